import type { Holiday, LibrarySettings, OpenInterval, OpeningHours, Weekday } from './library-settings.ts';
import { addDays, datePartsOf, type PlainDate, plainDateIn } from './plain-date.ts';
import { zoneOffset } from './zone-clock.ts';

/** When a library is open: its week, its holidays and its zone. */
export interface ServiceCalendar {
  readonly hours: OpeningHours;
  readonly holidays: readonly Holiday[];
  /** IANA zone */
  readonly zone: string;
}

/** A stretch of time, `from` included, `to` not. */
export interface TimeSpan {
  readonly from: Date;
  readonly to: Date;
}

export function calendarOf(settings: LibrarySettings): ServiceCalendar {
  return { hours: settings.openingHours, holidays: settings.holidays, zone: settings.profile.timezone };
}

/** A day of service has opening hours and is no holiday: what the mean of visits per day divides by. */
export function isServiceDay(day: PlainDate, calendar: Pick<ServiceCalendar, 'hours' | 'holidays'>): boolean {
  return intervalsOn(day, calendar).length > 0;
}

/** Days of service from one date to another, both included. */
export function serviceDaysBetween(
  from: PlainDate,
  to: PlainDate,
  calendar: Pick<ServiceCalendar, 'hours' | 'holidays'>,
): number {
  const closed = new Set(calendar.holidays.map((holiday) => holiday.date));
  let days = 0;
  for (let day = from; day <= to; day = addDays(day, 1))
    if (!closed.has(day) && merged(calendar.hours[weekdayOf(day)]).length > 0) days++;
  return days;
}

/** The opening times that lie in a stretch, clipped to it, in order and without overlap. */
export function openSpansBetween(from: Date, to: Date, calendar: ServiceCalendar): readonly TimeSpan[] {
  const spans: TimeSpan[] = [];
  if (to <= from) return spans;
  const last = plainDateIn(calendar.zone, to);
  for (let day = plainDateIn(calendar.zone, from); day <= last; day = addDays(day, 1)) {
    for (const [start, end] of intervalsOn(day, calendar)) {
      const opens = Math.max(instantOf(day, start, calendar.zone), from.getTime());
      const closes = Math.min(instantOf(day, end, calendar.zone), to.getTime());
      if (opens < closes) spans.push({ from: new Date(opens), to: new Date(closes) });
    }
  }
  return spans;
}

/** Seconds of opening time in a stretch; 0 where it ends before it begins. */
export function openSecondsBetween(from: Date, to: Date, calendar: ServiceCalendar): number {
  return openSpansBetween(from, to, calendar).reduce(
    (sum, span) => sum + (span.to.getTime() - span.from.getTime()) / 1000,
    0,
  );
}

export function isOpenAt(at: Date, calendar: ServiceCalendar): boolean {
  return openSpansBetween(at, new Date(at.getTime() + 1), calendar).length > 0;
}

/**
 * When a person can next be served: the moment itself where the library is open, else its next opening;
 * undefined where none comes within a year.
 */
export function nextOpening(at: Date, calendar: ServiceCalendar): Date | undefined {
  const first = plainDateIn(calendar.zone, at);
  for (let ahead = 0; ahead <= 366; ahead++) {
    const day = addDays(first, ahead);
    for (const [start, end] of intervalsOn(day, calendar)) {
      if (instantOf(day, end, calendar.zone) > at.getTime())
        return new Date(Math.max(instantOf(day, start, calendar.zone), at.getTime()));
    }
  }
  return undefined;
}

const WEEK: readonly Weekday[] = [
  'sunday',
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
];

export function weekdayOf(day: PlainDate): Weekday {
  return WEEK[new Date(`${day}T00:00:00Z`).getUTCDay()] ?? 'sunday';
}

/** Opening intervals of a date in minutes after midnight on the wall clock. */
function intervalsOn(
  day: PlainDate,
  calendar: Pick<ServiceCalendar, 'hours' | 'holidays'>,
): readonly (readonly [number, number])[] {
  if (calendar.holidays.some((holiday) => holiday.date === day)) return [];
  return merged(calendar.hours[weekdayOf(day)]);
}

/** In order and without overlap, whatever somebody entered; an interval that ends before it begins is none. */
function merged(intervals: readonly OpenInterval[]): readonly (readonly [number, number])[] {
  const sorted = intervals
    .map(({ from, until }) => [minutesOf(from), minutesOf(until)] as const)
    .filter(([from, until]) => until > from)
    .sort((one, other) => one[0] - other[0]);
  const result: (readonly [number, number])[] = [];
  for (const [from, until] of sorted) {
    const before = result.at(-1);
    if (before && from <= before[1]) result[result.length - 1] = [before[0], Math.max(before[1], until)];
    else result.push([from, until]);
  }
  return result;
}

/** Minutes after midnight of `HH:MM`; NaN for anything else, which no interval survives. */
export function minutesOf(time: string): number {
  const match = /^([01]\d|2[0-4]):([0-5]\d)$/.exec(time);
  const minutes = match ? Number(match[1]) * 60 + Number(match[2]) : Number.NaN;
  return minutes <= 1440 ? minutes : Number.NaN;
}

/** Milliseconds since the epoch of a wall-clock time, given as minutes after midnight. */
export function instantOf(day: PlainDate, minutes: number, zone: string): number {
  const { year, month, day: date } = datePartsOf(day);
  const asIfUtc = Date.UTC(year, month - 1, date, 0, minutes);
  // Twice: the offset that holds at the moment itself, also beside a change of summer time.
  const near = asIfUtc - zoneOffset(zone, asIfUtc);
  return asIfUtc - zoneOffset(zone, near);
}
