import fc from 'fast-check';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { parseInstant, TIMESTAMPTZ } from './parse-instant.ts';

const usual = pg.types.getTypeParser(TIMESTAMPTZ, 'text') as (text: string) => Date | number;

/** As PostgreSQL writes a time: up to six digits behind the point, no zeros at their end, the zone as the session has it. */
const written = fc
  .tuple(
    fc.integer({ min: 0, max: 9999 }),
    fc.integer({ min: 1, max: 12 }),
    fc.integer({ min: 1, max: 28 }),
    fc.integer({ min: 0, max: 23 }),
    fc.integer({ min: 0, max: 59 }),
    fc.integer({ min: 0, max: 59 }),
    fc.integer({ min: 0, max: 999_999 }),
    fc.constantFrom('+00', '+07', '+08', '+09', '-05', '+05:30', '+07:07:12', '-00'),
  )
  .map(([year, month, day, hour, minute, second, micro, zone]) => {
    const two = (value: number) => String(value).padStart(2, '0');
    const fraction = micro === 0 ? '' : `.${String(micro).padStart(6, '0').replace(/0+$/, '')}`;
    const date = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
    return `${date} ${two(hour)}:${two(minute)}:${two(second)}${fraction}${zone}`;
  });

describe('an instant as the database writes it', () => {
  it('is the one that the usual parser reads', () => {
    fc.assert(
      fc.property(written, (text) => {
        const expected = usual(text);
        expect(parseInstant(text)).toEqual(
          // That one counts parts of a millisecond in binary fractions, and can lose one by it.
          expected instanceof Date && /\.\d/.test(text) ? closest(expected, parseInstant(text)) : expected,
        );
      }),
      { numRuns: 5_000 },
    );
  });

  it('is left to the usual parser where it is an unusual one', () => {
    for (const text of ['infinity', '-infinity', '0044-03-15 12:00:00+00 BC', '12026-01-01 00:00:00+07'])
      expect(parseInstant(text)).toEqual(usual(text));
  });
});

/** The expected one, or what was read where they are one millisecond apart. */
function closest(expected: Date, read: Date): Date {
  return Math.abs(expected.getTime() - read.getTime()) <= 1 ? read : expected;
}
