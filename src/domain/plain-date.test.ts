import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addDays,
  addMonths,
  ageOn,
  datePartsOf,
  daysInMonth,
  type PlainDate,
  parsePlainDate,
  plainDateIn,
  plainDateOf,
} from './plain-date.ts';

const date = (text: string): PlainDate => text as PlainDate;
const anyDate = fc.integer({ min: -200_000, max: 200_000 }).map((days) => addDays(date('2000-01-01'), days));

describe('a date', () => {
  it('is read only where the calendar has that day', () => {
    expect(parsePlainDate('2024-02-29')).toBe('2024-02-29');
    for (const text of [
      '2023-02-29',
      '1900-02-29',
      '2024-13-01',
      '2024-00-10',
      '2024-1-1',
      '24-01-01',
      '0999-01-01',
      '',
    ])
      expect(parsePlainDate(text)).toBeUndefined();
    expect(plainDateOf({ year: 2024, month: 1.5, day: 1 })).toBeUndefined();
    expect(plainDateOf({ year: Number.NaN, month: 1, day: 1 })).toBeUndefined();
  });

  it('is made of its own parts', () => {
    fc.assert(
      fc.property(anyDate, (day) => {
        expect(plainDateOf(datePartsOf(day))).toBe(day);
        expect(parsePlainDate(day)).toBe(day);
      }),
    );
  });

  it('knows the length of February as the Gregorian rule says', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1000, max: 9999 }), (year) => {
        const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
        expect(daysInMonth(year, 2)).toBe(leap ? 29 : 28);
      }),
    );
  });

  it('is the one on the wall of the library, not the one of UTC', () => {
    const at = new Date('2026-11-21T16:30:00Z');
    expect(plainDateIn('Asia/Jakarta', at)).toBe('2026-11-21');
    expect(plainDateIn('Asia/Makassar', at)).toBe('2026-11-22');
    expect(plainDateIn('Asia/Jayapura', at)).toBe('2026-11-22');
    expect(plainDateIn('UTC', at)).toBe('2026-11-21');
  });
});

describe('days and months', () => {
  it('are counted forward and back alike', () => {
    fc.assert(
      fc.property(anyDate, fc.integer({ min: -40_000, max: 40_000 }), (day, days) => {
        expect(addDays(addDays(day, days), -days)).toBe(day);
        expect(addDays(day, days) > day).toBe(days > 0);
      }),
    );
  });

  it('end on the last day where a month is shorter', () => {
    expect(addMonths(date('2026-01-31'), 1)).toBe('2026-02-28');
    expect(addMonths(date('2024-02-29'), 12)).toBe('2025-02-28');
    expect(addMonths(date('2026-12-15'), 1)).toBe('2027-01-15');
    expect(addMonths(date('2026-01-15'), -1)).toBe('2025-12-15');
  });

  it('keep the day of the month, or give its last', () => {
    fc.assert(
      fc.property(anyDate, fc.integer({ min: 0, max: 240 }), (day, months) => {
        const from = datePartsOf(day);
        const to = datePartsOf(addMonths(day, months));
        expect(to.year * 12 + to.month).toBe(from.year * 12 + from.month + months);
        expect(to.day === from.day || (to.day < from.day && to.day === daysInMonth(to.year, to.month))).toBe(
          true,
        );
      }),
    );
  });

  it('never leave the years that a date can write', () => {
    expect(() => addDays(date('9999-12-31'), 1)).toThrow(RangeError);
    expect(() => addMonths(date('9999-12-31'), 1)).toThrow(RangeError);
  });
});

describe('an age', () => {
  it('grows on the birthday; one born on 29 February grows older on 1 March', () => {
    expect(ageOn(date('2008-11-21'), date('2026-11-20'))).toBe(17);
    expect(ageOn(date('2008-11-21'), date('2026-11-21'))).toBe(18);
    expect(ageOn(date('2008-02-29'), date('2026-02-28'))).toBe(17);
    expect(ageOn(date('2008-02-29'), date('2026-03-01'))).toBe(18);
  });

  it('is as many birthdays as have passed', () => {
    fc.assert(
      fc.property(anyDate, fc.integer({ min: 0, max: 40_000 }), (birth, days) => {
        const day = addDays(birth, days);
        let birthdays = 0;
        // A birthday on 29 February is kept on 1 March in common years.
        const nth = (n: number) => {
          const { year, month, day: number } = datePartsOf(birth);
          return plainDateOf({ year: year + n, month, day: number }) ?? date(`${year + n}-03-01`);
        };
        while (nth(birthdays + 1) <= day) birthdays++;
        expect(ageOn(birth, day)).toBe(birthdays);
      }),
    );
  });
});

it('today changes at midnight of the zone, whatever was asked before', () => {
  const zone = 'Asia/Makassar';
  const midnight = Date.parse('2026-03-02T16:00:00Z');
  expect(plainDateIn(zone, new Date(midnight - 1))).toBe('2026-03-02');
  expect(plainDateIn(zone, new Date(midnight))).toBe('2026-03-03');
  expect(plainDateIn(zone, new Date(midnight - 1))).toBe('2026-03-02');
  expect(plainDateIn('Asia/Jakarta', new Date(midnight))).toBe('2026-03-02');
});
