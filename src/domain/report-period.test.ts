import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ageGroupOf } from './age-group.ts';
import { addDays, type PlainDate } from './plain-date.ts';
import {
  daysOf,
  monthsIn,
  neighbour,
  periodAround,
  periodKey,
  readPeriod,
  trendSpan,
} from './report-period.ts';

const anyPeriod = fc.oneof(
  fc.record({
    kind: fc.constant('month' as const),
    year: fc.integer({ min: 1991, max: 2199 }),
    month: fc.integer({ min: 1, max: 12 }),
  }),
  fc.record({
    kind: fc.constant('quarter' as const),
    year: fc.integer({ min: 1991, max: 2199 }),
    quarter: fc.integer({ min: 1, max: 4 }),
  }),
  fc.record({ kind: fc.constant('year' as const), year: fc.integer({ min: 1991, max: 2199 }) }),
  fc.tuple(fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: 0, max: 800 })).map(([start, length]) => {
    const from = addDays('2000-01-01' as PlainDate, start);
    return { kind: 'range' as const, from, to: addDays(from, length) };
  }),
);

test('an address names every period, and reads back as the same one', () => {
  fc.assert(
    fc.property(anyPeriod, (period) => {
      expect(readPeriod(periodKey(period))).toEqual(period);
    }),
  );
});

test('the next period begins on the day after, the one before ends on the day before', () => {
  fc.assert(
    fc.property(anyPeriod, (period) => {
      const { from, to } = daysOf(period);
      expect(daysOf(neighbour(period, 1)).from).toBe(addDays(to, 1));
      expect(daysOf(neighbour(period, -1)).to).toBe(addDays(from, -1));
      expect(periodKey(neighbour(neighbour(period, 1), -1))).toBe(periodKey(period));
    }),
  );
});

test('February of a leap year has 29 days, the first quarter three months', () => {
  expect(daysOf({ kind: 'month', year: 2028, month: 2 }).to).toBe('2028-02-29');
  expect(monthsIn(daysOf({ kind: 'quarter', year: 2026, quarter: 1 }))).toEqual([
    '2026-01',
    '2026-02',
    '2026-03',
  ]);
  expect(periodAround('quarter', '2026-12-31' as PlainDate)).toEqual({
    kind: 'quarter',
    year: 2026,
    quarter: 4,
  });
});

test('swapped ends are turned round; nonsense and a mistyped century are no period', () => {
  expect(readPeriod('2026-02-10..2026-01-05')).toEqual({
    kind: 'range',
    from: '2026-01-05',
    to: '2026-02-10',
  });
  for (const text of [
    '',
    '2026-13',
    '2026-T5',
    '26',
    '2026-02-30..2026-03-01',
    '1026-01-01..2026-01-01',
    '0000',
  ])
    expect(readPeriod(text)).toBeUndefined();
});

test('a trend shows twelve months at least, and the whole of a longer period', () => {
  expect(monthsIn(trendSpan(daysOf({ kind: 'month', year: 2026, month: 2 })))).toHaveLength(12);
  expect(
    monthsIn(trendSpan({ from: '2024-01-15' as PlainDate, to: '2026-02-10' as PlainDate })),
  ).toHaveLength(26);
});

test('a child born in 2020 is counted as six in 2026; without a year of birth nobody has an age', () => {
  expect(ageGroupOf(2020, 2026)).toBe('a6');
  expect(ageGroupOf(2021, 2026)).toBe('a0');
  expect(ageGroupOf(1950, 2026)).toBe('a60');
  expect(ageGroupOf(null, 2026)).toBe('unknown');
  expect(ageGroupOf(2027, 2026)).toBe('unknown');
});
