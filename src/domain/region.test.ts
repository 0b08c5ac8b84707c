import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ancestorOf, levelOf, parseRegionCode, regionKey, regionWords } from './region.ts';

test('a code is read with its level, and says which district and regency it lies in', () => {
  const code = parseRegionCode(' 99.01.02.2003 ');
  expect(code).toBe('99.01.02.2003');
  if (!code) return;
  expect(levelOf(code)).toBe(4);
  expect(ancestorOf(code, 3)).toBe('99.01.02');
  expect(ancestorOf(code, 2)).toBe('99.01');
  const regency = ancestorOf(code, 2);
  expect(regency && ancestorOf(regency, 3)).toBeUndefined();
});

test('codes of another shape are not codes', () => {
  for (const text of ['', '9', '99.1', '99.01.02.203', '99.01.02.2003.1', '99-01', 'aa.bb'])
    expect(parseRegionCode(text)).toBeUndefined();
});

test('apostrophes, accents, capitals and marks make no difference to a search', () => {
  expect(regionKey('Udek Du’en')).toBe('udek duen');
  expect(regionKey('Toli-Toli (Kota)')).toBe('toli toli kota');
  expect(regionKey('  Bumiayú ')).toBe('bumiayu');
});

test('"Desa", "Kec." and "Kab." may be typed or not, unless there is nothing else', () => {
  expect(regionWords('Desa Genteng, Kec. Genteng, Kab. Banyuwangi')).toEqual([
    'genteng',
    'genteng',
    'banyuwangi',
  ]);
  expect(regionWords('desa')).toEqual(['desa']);
});

test('whatever is typed, a search holds only letters, digits and single spaces', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const key = regionKey(text);
      expect(key).toMatch(/^([a-z0-9]+( [a-z0-9]+)*)?$/);
      expect(regionKey(key)).toBe(key);
    }),
  );
});
