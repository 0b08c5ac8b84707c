import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { OpeningHours } from './library-settings.ts';
import {
  isOpenAt,
  isServiceDay,
  minutesOf,
  nextOpening,
  openSecondsBetween,
  openSpansBetween,
  type ServiceCalendar,
  serviceDaysBetween,
} from './opening-hours.ts';
import type { PlainDate } from './plain-date.ts';

const day = (text: string) => text as PlainDate;
const office = [{ from: '08:00', until: '15:30' }];
const hours: OpeningHours = {
  monday: office,
  tuesday: office,
  wednesday: office,
  thursday: office,
  friday: [
    { from: '13:00', until: '15:00' },
    { from: '07:30', until: '11:00' },
  ],
  saturday: [],
  sunday: [],
};
const jakarta: ServiceCalendar = {
  hours,
  holidays: [{ date: day('2025-01-27'), name: 'Isra Mikraj' }],
  zone: 'Asia/Jakarta',
};

test('a weekend and a holiday are no days of service', () => {
  expect(isServiceDay(day('2025-01-24'), jakarta)).toBe(true);
  expect(isServiceDay(day('2025-01-25'), jakarta)).toBe(false);
  expect(isServiceDay(day('2025-01-27'), jakarta)).toBe(false);
  expect(serviceDaysBetween(day('2025-01-20'), day('2025-01-31'), jakarta)).toBe(9);
  expect(serviceDaysBetween(day('2025-01-31'), day('2025-01-20'), jakarta)).toBe(0);
});

test('opening time is read on the wall clock of the library, not in UTC', () => {
  const at = (text: string) => new Date(text);
  // 13 January 2025 is a Monday; 08:00 WIB is 01:00 UTC.
  expect(openSecondsBetween(at('2025-01-13T00:00:00Z'), at('2025-01-13T02:00:00Z'), jakarta)).toBe(3600);
  const jayapura = { ...jakarta, zone: 'Asia/Jayapura' };
  expect(openSecondsBetween(at('2025-01-13T00:00:00Z'), at('2025-01-13T02:00:00Z'), jayapura)).toBe(7200);
  expect(isOpenAt(at('2025-01-13T00:59:59Z'), jakarta)).toBe(false);
  expect(isOpenAt(at('2025-01-13T01:00:00Z'), jakarta)).toBe(true);
  expect(isOpenAt(at('2025-01-13T08:30:00Z'), jakarta)).toBe(false);
});

test('the Friday prayer break is closed', () => {
  const whole = openSecondsBetween(
    new Date('2025-01-23T17:00:00Z'),
    new Date('2025-01-24T17:00:00Z'),
    jakarta,
  );
  expect(whole).toBe(5.5 * 3600);
});

test('the next opening after Friday afternoon skips the weekend and the holiday on Monday', () => {
  expect(nextOpening(new Date('2025-01-24T08:00:00Z'), jakarta)).toEqual(new Date('2025-01-28T01:00:00Z'));
  const open = new Date('2025-01-28T03:04:05Z');
  expect(nextOpening(open, jakarta)).toEqual(open);
});

test('a library that never opens has no next opening and no hang', () => {
  const never = Object.fromEntries(Object.keys(hours).map((name) => [name, []])) as unknown as OpeningHours;
  expect(nextOpening(new Date(0), { ...jakarta, hours: never })).toBeUndefined();
});

test('mistyped times are no opening time', () => {
  expect(minutesOf('24:00')).toBe(1440);
  for (const wrong of ['24:01', '8:00', '08.00', '', '25:00', '12:60']) expect(minutesOf(wrong)).toBeNaN();
});

test('a day of summer time has an hour less where the clock jumps', () => {
  const allDay = [{ from: '00:00', until: '24:00' }];
  const always = Object.fromEntries(
    Object.keys(hours).map((name) => [name, allDay]),
  ) as unknown as OpeningHours;
  const seconds = openSecondsBetween(new Date('2025-03-29T23:00:00Z'), new Date('2025-03-30T22:00:00Z'), {
    hours: always,
    holidays: [],
    zone: 'Europe/Berlin',
  });
  expect(seconds).toBe(23 * 3600);
});

const zones = { 'Asia/Jakarta': 7, 'Asia/Makassar': 8, 'Asia/Jayapura': 9 } as const;

test('opening time agrees with looking at the clock every minute, in each of the three zones', () => {
  const minute = fc.integer({ min: 0, max: 14 * 24 * 60 });
  const interval = fc
    .tuple(fc.integer({ min: 0, max: 1440 }), fc.integer({ min: 0, max: 1440 }))
    .map(([from, until]) => ({ from: clock(from), until: clock(until) }));
  const week = fc.array(fc.array(interval, { maxLength: 3 }), { minLength: 7, maxLength: 7 });
  fc.assert(
    fc.property(
      minute,
      minute,
      week,
      fc.constantFrom(...(Object.keys(zones) as (keyof typeof zones)[])),
      (a, b, days, zone) => {
        const [from, to] = a < b ? [a, b] : [b, a];
        // 13 January 2025 is a Monday, midnight UTC is minute 0.
        const origin = Date.UTC(2025, 0, 13);
        const names = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
        const calendar: ServiceCalendar = {
          hours: Object.fromEntries(
            names.map((name, index) => [name, days[index]]),
          ) as unknown as OpeningHours,
          holidays: [{ date: day('2025-01-15'), name: 'libur' }],
          zone,
        };
        let expected = 0;
        for (let now = from; now < to; now++) {
          const local = now + zones[zone] * 60;
          const ofDay = local % 1440;
          const date = Math.floor(local / 1440);
          if (date === 2) continue;
          const open = days[date % 7]?.some((each) => {
            const [start, end] = [each.from, each.until].map((time) => {
              const [hour, minutes] = time.split(':').map(Number);
              return (hour ?? 0) * 60 + (minutes ?? 0);
            });
            return ofDay >= (start ?? 0) && ofDay < (end ?? 0);
          });
          if (open) expected += 60;
        }
        const begin = new Date(origin + from * 60_000);
        const end = new Date(origin + to * 60_000);
        expect(openSecondsBetween(begin, end, calendar)).toBe(expected);
        const spans = openSpansBetween(begin, end, calendar);
        spans.forEach((span, index) => {
          const next = spans[index + 1];
          expect(span.from < span.to && (!next || span.to <= next.from)).toBe(true);
        });
      },
    ),
    { numRuns: 60 },
  );
});

function clock(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}
