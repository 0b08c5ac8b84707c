import type { Brand } from './ids.ts';
import { wallClockIn } from './zone-clock.ts';

/**
 * A calendar date without a time or a zone, `YYYY-MM-DD`. Birth dates and ends of validity are plain:
 * kept as an instant, a birth date read in Jayapura (UTC+9) would print as the day before in UTC.
 */
export type PlainDate = Brand<string, 'PlainDate'>;

export interface DateParts {
  readonly year: number;
  /** 1 to 12 */
  readonly month: number;
  /** 1 to 31 */
  readonly day: number;
}

/** Days in a month of the proleptic Gregorian calendar; month is 1 to 12. */
export function daysInMonth(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** The date of these parts, or undefined where the calendar has no such day. */
export function plainDateOf(parts: DateParts): PlainDate | undefined {
  const { year, month, day } = parts;
  if (![year, month, day].every(Number.isInteger)) return undefined;
  if (year < 1000 || year > 9999 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month))
    return undefined;
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}` as PlainDate;
}

/** Reads `YYYY-MM-DD`; undefined for anything else, an impossible day included. */
export function parsePlainDate(text: string): PlainDate | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text.trim());
  if (!match) return undefined;
  return plainDateOf({ year: Number(match[1]), month: Number(match[2]), day: Number(match[3]) });
}

/** The parts of a date. */
export function datePartsOf(date: PlainDate): DateParts {
  return { year: Number(date.slice(0, 4)), month: Number(date.slice(5, 7)), day: Number(date.slice(8, 10)) };
}

/** Today on the wall calendar of an IANA zone such as `Asia/Jakarta`. */
export function plainDateIn(zone: string, at: Date): PlainDate {
  return wallClockIn(zone, at).date as PlainDate;
}

/** Full years between two dates; someone born on 29 February grows older on 1 March in common years. */
export function ageOn(birth: PlainDate, day: PlainDate): number {
  const from = datePartsOf(birth);
  const to = datePartsOf(day);
  const before = to.month < from.month || (to.month === from.month && to.day < from.day);
  return to.year - from.year - (before ? 1 : 0);
}

/** The same day so many months later, or the last day of that month where it has no such day. */
export function addMonths(date: PlainDate, months: number): PlainDate {
  const { year, month, day } = datePartsOf(date);
  const index = year * 12 + (month - 1) + months;
  const target = { year: Math.floor(index / 12), month: (index % 12) + 1 };
  const moved = plainDateOf({ ...target, day: Math.min(day, daysInMonth(target.year, target.month)) });
  if (!moved) throw new RangeError('date out of range');
  return moved;
}

/** The date so many days later (negative: earlier). */
export function addDays(date: PlainDate, days: number): PlainDate {
  const { year, month, day } = datePartsOf(date);
  const moved = parsePlainDate(new Date(Date.UTC(year, month - 1, day + days)).toISOString().slice(0, 10));
  if (!moved) throw new RangeError('date out of range');
  return moved;
}
