import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isBackupDue, judgeBackups, keptBackups } from './backup-plan.ts';

const zone = 'Asia/Jakarta';
const keep = { daily: 7, weekly: 4, monthly: 12 };
const DAY = 86_400_000;
const nightly = (days: number, from = Date.UTC(2026, 0, 1, 19)) =>
  Array.from({ length: days }, (_, day) => ({ name: `b${day}`, at: new Date(from + day * DAY) }));

test('after two years of nights, a week of days, a month of weeks and a year of months are kept', () => {
  const made = nightly(730);
  const names = keptBackups(made, keep, zone);
  const kept = made.filter(({ name }) => names.has(name));
  // The newest of this week and month, at least, are among the days.
  expect(kept.length).toBeGreaterThanOrEqual(7 + 2 + 10);
  expect(kept.length).toBeLessThanOrEqual(7 + 4 + 12);
  const newest = made.at(-1)?.at.getTime() ?? 0;
  expect(kept.filter(({ at }) => newest - at.getTime() < 7 * DAY)).toHaveLength(7);
  expect(newest - (kept[0]?.at.getTime() ?? 0)).toBeGreaterThan(300 * DAY);
});

test('the newest backup is never removed, and thinning out twice removes nothing more', () => {
  fc.assert(
    fc.property(
      fc.array(fc.date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true }), {
        minLength: 1,
        maxLength: 60,
      }),
      fc.record({ daily: fc.nat(9), weekly: fc.nat(9), monthly: fc.nat(20) }),
      (dates, some) => {
        const made = dates.map((at, index) => ({ name: String(index), at }));
        const kept = keptBackups(made, some, zone);
        const newest = Math.max(...dates.map((at) => at.getTime()));
        const left = made.filter(({ name }) => kept.has(name));
        expect(left.some(({ at }) => at.getTime() === newest)).toBe(true);
        expect(kept.size).toBeLessThanOrEqual(Math.max(1, some.daily + some.weekly + some.monthly));
        expect(keptBackups(left, some, zone)).toEqual(kept);
      },
    ),
  );
});

test('a computer that is off for months keeps the backups it has', () => {
  const made = [...nightly(7), { name: 'late', at: new Date(Date.UTC(2026, 8, 1)) }];
  expect(keptBackups(made, keep, zone).size).toBe(7 + 1 - 1);
});

test('the daily backup is due once its hour has come, by the clock of the library', () => {
  const at = (text: string) => new Date(`${text}+07:00`);
  const due = (now: string, good: string | null, tried = good) =>
    isBackupDue(
      at(now),
      { good: good === null ? null : at(good), tried: tried === null ? null : at(tried) },
      '02:00',
      zone,
    );
  expect(due('2026-03-02T08:00', null)).toBe(true);
  expect(due('2026-03-02T08:00', '2026-03-02T02:00')).toBe(false);
  expect(due('2026-03-03T01:59', '2026-03-02T02:00')).toBe(false);
  expect(due('2026-03-03T02:00', '2026-03-02T02:00')).toBe(true);
  // Off at night: made in the morning, and again the next morning.
  expect(due('2026-03-03T08:00', '2026-03-02T08:05')).toBe(true);
  // A failed one is tried again after an hour, not at every look.
  expect(due('2026-03-03T02:30', '2026-03-02T02:00', '2026-03-03T02:00')).toBe(false);
  expect(due('2026-03-03T03:01', '2026-03-02T02:00', '2026-03-03T02:00')).toBe(true);
  // The clock was a year ahead when the last one was made.
  expect(due('2026-03-03T08:00', '2027-03-02T02:00')).toBe(true);
});

test('what an admin is told: failed before late, late before unchecked', () => {
  const now = new Date('2026-03-03T08:00:00Z');
  const run = (hoursAgo: number, failed = false, checked = true) => ({
    endedAt: new Date(now.getTime() - hoursAgo * 3_600_000),
    failed,
    checked,
  });
  expect(judgeBackups([], now)).toBe('none');
  expect(judgeBackups([run(5)], now)).toBe('good');
  expect(judgeBackups([run(1, true), run(5)], now)).toBe('failed');
  expect(judgeBackups([run(40)], now)).toBe('late');
  expect(judgeBackups([run(5, false, false)], now)).toBe('unchecked');
});
