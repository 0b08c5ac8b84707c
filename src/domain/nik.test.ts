import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Nik } from './ids.ts';
import { maskNik, nikWarnings, offeredBirthDates, parseNik, readNik } from './nik.ts';
import { addDays, datePartsOf, type PlainDate } from './plain-date.ts';

function nik(text: string): Nik {
  const result = parseNik(text);
  if (!result.ok) throw new Error('not a NIK');
  return result.nik;
}
const date = (text: string): PlainDate => text as PlainDate;
const birthDates = fc.integer({ min: 0, max: 45_000 }).map((days) => addDays(date('1903-01-01'), days));

describe('reading a NIK', () => {
  it('takes sixteen digits with spaces, dots or hyphens between them', () => {
    expect(parseNik(' 99.7401.170590 0001 ')).toEqual({ ok: true, nik: '9974011705900001' });
  });

  it('refuses every other shape', () => {
    for (const text of [
      '',
      '123',
      '997401170590000',
      '99740117059000012',
      '99740117059OOOO1',
      '９９７４０１１７０５９００００１',
    ])
      expect(parseNik(text)).toEqual({ ok: false, reason: 'not-16-digits' });
  });

  it('reads forty days more as a woman', () => {
    expect(readNik(nik('9974015705900001'))).toEqual({
      birthDates: ['2090-05-17', '1990-05-17'],
      sex: 'P',
      regionPrefix: '997401',
    });
  });

  it('knows that 29 February of a year 00 is 2000, as 1900 had none', () => {
    expect(readNik(nik('9974012902000001')).birthDates).toEqual(['2000-02-29']);
  });

  it('always finds the true birth date and sex among what it reads', () => {
    fc.assert(
      fc.property(
        birthDates,
        fc.constantFrom('L' as const, 'P' as const),
        fc.integer({ min: 1, max: 9999 }),
        (birth, sex, serial) => {
          const { year, month, day } = datePartsOf(birth);
          const digits = [sex === 'P' ? day + 40 : day, month, year % 100]
            .map((n) => String(n).padStart(2, '0'))
            .join('');
          const made = nik(`997401${digits}${String(serial).padStart(4, '0')}`);
          expect(readNik(made).birthDates).toContain(birth);
          expect(readNik(made).sex).toBe(sex);
          expect(
            nikWarnings(made, { birthDate: birth, sex, knownPrefix: (prefix) => prefix.startsWith('99') }),
          ).toEqual([]);
        },
      ),
    );
  });

  it('never fails on any sixteen digits', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\d{16}$/), (digits) => {
        expect(readNik(nik(digits)).birthDates.length).toBeLessThanOrEqual(2);
        nikWarnings(nik(digits), { birthDate: date('1990-05-17'), sex: 'L', kk: digits });
      }),
    );
  });
});

describe('offering a birth date', () => {
  it('offers the child first and the centenarian second', () => {
    expect(offeredBirthDates(nik('9974011705240001'), date('2026-11-21'))).toEqual([
      '2024-05-17',
      '1924-05-17',
    ]);
  });

  it('offers neither the future nor an age nobody reaches', () => {
    expect(offeredBirthDates(nik('9974011705900001'), date('2026-11-21'))).toEqual(['1990-05-17']);
    expect(offeredBirthDates(nik('9974011705100001'), date('2026-11-21'))).toEqual(['2010-05-17']);
  });
});

describe('warning about a NIK', () => {
  it.each([
    ['9974013505900001', 'day_impossible'],
    ['9974010005900001', 'day_impossible'],
    ['9974017205900001', 'day_impossible'],
    ['9974013102900001', 'date_impossible'],
    ['9974011713900001', 'date_impossible'],
    ['9974011805900001', 'birth_date_differs'],
    ['9974015705900001', 'sex_differs'],
    ['9874011705900001', 'prefix_unknown'],
    ['9974011705900000', 'serial_zero'],
  ])('says of %s: %s', (digits, warning) => {
    const context = {
      birthDate: date('1990-05-17'),
      sex: 'L',
      knownPrefix: (prefix: string) => prefix.startsWith('99'),
    } as const;
    expect(nikWarnings(nik(digits), context)).toEqual([warning]);
  });

  it('notices the number of the family card in the place of the NIK', () => {
    expect(nikWarnings(nik('9974011705900001'), { kk: '9974011705900001' })).toEqual(['equals_kk']);
  });

  it('compares nothing that the form does not say', () => {
    expect(nikWarnings(nik('9974011705900001'), {})).toEqual([]);
  });
});

it('shows only the last four digits of a NIK', () => {
  expect(maskNik('9974011705900001')).toBe('•••••••••••• 0001');
});
