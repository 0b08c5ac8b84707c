import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PlainDate } from '../plain-date.ts';
import { compareBirthDates, nikPlaceOfSlip } from './date-evidence.ts';

const day = (text: string) => text as PlainDate;
const anyDate = fc
  .date({ min: new Date('1930-01-01T00:00:00Z'), max: new Date('2020-12-31T00:00:00Z'), noInvalidDate: true })
  .map((date) => day(date.toISOString().slice(0, 10)));

describe('two birth dates', () => {
  it.each([
    ['2001-03-01', '2001-02-28', 'next_day'],
    ['2000-01-01', '1999-12-31', 'next_day'],
    ['2009-03-09', '2009-03-10', 'next_day'],
    ['1990-05-09', '1990-05-17', 'part'],
    ['1990-05-09', '1990-12-09', 'part'],
    ['1990-05-12', '1990-12-05', 'swapped'],
    ['1990-05-12', '1990-05-13', 'slip'],
    ['1990-01-01', '1990-08-13', 'day_unknown'],
    ['1999-05-12', '2000-05-12', 'year_differs'],
    ['1990-05-12', '1994-11-30', 'differs'],
  ])('%s and %s: %s', (one, other, outcome) => {
    expect(compareBirthDates(day(one), day(other))).toBe(outcome);
    expect(compareBirthDates(day(other), day(one))).toBe(outcome);
  });

  it('differ where their NIKs would', () => {
    const inNik = (date: PlainDate) => `990101${date.slice(8)}${date.slice(5, 7)}${date.slice(2, 4)}0001`;
    fc.assert(
      fc.property(anyDate, anyDate, (one, other) => {
        const place = nikPlaceOfSlip(one, other);
        if (place === null) return;
        const [a, b] = [inNik(one), inNik(other)];
        expect(a.slice(0, place)).toBe(b.slice(0, place));
        expect(a[place]).not.toBe(b[place]);
      }),
    );
  });
});
