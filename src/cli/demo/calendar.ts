import {
  isServiceDay,
  openSpansBetween,
  type ServiceCalendar,
  type TimeSpan,
  weekdayOf,
} from '../../domain/opening-hours.ts';
import { addDays, datePartsOf, type PlainDate, plainDateIn } from '../../domain/plain-date.ts';
import type { Chance } from './random.ts';

/** Days of service up to a day, oldest first. */
export function serviceDaysUpTo(
  last: PlainDate,
  days: number,
  calendar: ServiceCalendar,
): readonly PlainDate[] {
  const found: PlainDate[] = [];
  for (let back = days; back >= 0; back--) {
    const day = addDays(last, -back);
    if (isServiceDay(day, calendar)) found.push(day);
  }
  return found;
}

/** Fasting month 2025 and 2026: shorter days, fewer visitors. */
const FASTING: readonly (readonly [string, string])[] = [
  ['2025-03-01', '2025-03-30'],
  ['2026-02-18', '2026-03-19'],
];

/** How busy a day is against an ordinary one: the school year, the week, the weather of chance. */
export function busyness(day: PlainDate, chance: Chance): number {
  const { month, day: date } = datePartsOf(day);
  const week = {
    monday: 1.12,
    tuesday: 1.06,
    wednesday: 1.02,
    thursday: 1,
    friday: 0.72,
    saturday: 0.92,
    sunday: 0.8,
  };
  const fasting = FASTING.some(([from, to]) => day >= from && day <= to) ? 0.6 : 1;
  // New school year in July and August, tests in November and May, holidays at the end of June and December.
  const season = [0.94, 1.04, 1, 1.02, 1.14, 0.8, 1.1, 1.24, 1.12, 1.08, 1.18, 0.78][month - 1] ?? 1;
  const holidays = (month === 12 && date > 20) || (month === 6 && date > 20) ? 0.75 : 1;
  return week[weekdayOf(day)] * season * fasting * holidays * (0.82 + 0.36 * chance.next());
}

/** A moment in the opening hours of a day, most of them late in the morning and early in the afternoon. */
export function momentIn(day: PlainDate, calendar: ServiceCalendar, chance: Chance): Date {
  const spans = spansOn(day, calendar);
  const first = spans[0];
  const last = spans.at(-1);
  if (!first || !last) throw new RangeError(`no opening hours on ${day}`);
  // The last half hour takes no new case that could not be finished.
  const end = Math.max(first.from.getTime() + 1_800_000, last.to.getTime() - 1_800_000);
  for (;;) {
    const share = (chance.next() + chance.next()) / 2;
    const at = new Date(first.from.getTime() + Math.round(share * (end - first.from.getTime())));
    if (spans.some((span) => at >= span.from && at < span.to)) return at;
  }
}

const opening = new WeakMap<ServiceCalendar, Map<PlainDate, readonly TimeSpan[]>>();

/** Opening times of a day; kept, as each is asked for a hundred times. */
function spansOn(day: PlainDate, calendar: ServiceCalendar): readonly TimeSpan[] {
  const known = opening.get(calendar) ?? new Map<PlainDate, readonly TimeSpan[]>();
  opening.set(calendar, known);
  const found =
    known.get(day) ??
    openSpansBetween(
      new Date(`${addDays(day, -1)}T12:00:00Z`),
      new Date(`${addDays(day, 1)}T12:00:00Z`),
      calendar,
    ).filter((span) => dayOf(span.from, calendar) === day);
  known.set(day, found);
  return found;
}

/** The day of an instant. */
export function dayOf(at: Date, calendar: Pick<ServiceCalendar, 'zone'>): PlainDate {
  return plainDateIn(calendar.zone, at);
}
