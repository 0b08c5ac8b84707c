import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inOneSegment, SEGMENT } from './sms-text.ts';

const say = (name: string) =>
  `${name}: kode Anda 123456, berlaku 10 menit. Jangan berikan kode ini kepada siapa pun.`;

test('a text message is one segment in letters that every phone has, whatever the library is called', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (name) => {
      const text = inOneSegment(name, say);
      expect(text.length).toBeLessThanOrEqual(SEGMENT);
      expect(text).toMatch(/^[A-Za-z0-9 !"#$%&'()*+,\-./:;<=>?@_]*$/);
      expect(text).toContain('kode Anda 123456');
      expect(text.endsWith('kepada siapa pun.')).toBe(true);
    }),
  );
});

test('of a long name the end goes, of letters their marks', () => {
  expect(inOneSegment('Perpustakaan “Kalijagå” — Cépu', say)).toContain(
    'Perpustakaan "Kalijaga" - Cepu: kode',
  );
  const long = inOneSegment('Perpustakaan '.repeat(20), say);
  expect(long).toHaveLength(SEGMENT);
  expect(long.startsWith('Perpustakaan Perpustakaan')).toBe(true);
});
