import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, datePartsOf, type PlainDate } from './plain-date.ts';
import { readTypedDate } from './typed-date.ts';

const MONTHS = 'Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember'.split(
  ' ',
);
const ENGLISH = 'January February March April May June July August September October November December'.split(
  ' ',
);

describe('a date as people type it', () => {
  it.each([
    ['1990-05-17', '1990-05-17'],
    ['17-05-1990', '1990-05-17'],
    ['17/5/1990', '1990-05-17'],
    ['17.5.1990', '1990-05-17'],
    ['17 05 1990', '1990-05-17'],
    ['17051990', '1990-05-17'],
    [' 17 Mei 1990 ', '1990-05-17'],
    ['17 agt 1990', '1990-08-17'],
    ['17 Agust 1990', '1990-08-17'],
    ['17 Pebruari 1990', '1990-02-17'],
    ['31-02-1990', undefined],
    ['5/17/1990', undefined],
    ['17-05-90', undefined],
    ['kemarin', undefined],
    ['', undefined],
  ])('"%s" is %s', (typed, date) => {
    expect(readTypedDate(typed)).toBe(date);
  });

  it('is the same day in every writing', () => {
    const day = fc.integer({ min: 0, max: 60_000 }).map((days) => addDays('1900-01-01' as PlainDate, days));
    fc.assert(
      fc.property(day, (date) => {
        const { year, month, day: number } = datePartsOf(date);
        const two = (n: number) => String(n).padStart(2, '0');
        for (const typed of [
          date,
          `${number}-${month}-${year}`,
          `${two(number)}/${two(month)}/${year}`,
          `${two(number)}${two(month)}${year}`,
          `${number} ${MONTHS[month - 1]} ${year}`,
          `${number} ${ENGLISH[month - 1]?.toLowerCase()} ${year}`,
        ])
          expect(readTypedDate(typed)).toBe(date);
      }),
    );
  });
});
