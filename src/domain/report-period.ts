import {
  addDays,
  addMonths,
  datePartsOf,
  type PlainDate,
  parsePlainDate,
  plainDateOf,
} from './plain-date.ts';

/** What a report looks at: a calendar month, quarter (triwulan) or year, or any days. */
export type ReportPeriod =
  | { readonly kind: 'month'; readonly year: number; readonly month: number }
  | { readonly kind: 'quarter'; readonly year: number; readonly quarter: number }
  | { readonly kind: 'year'; readonly year: number }
  | { readonly kind: 'range'; readonly from: PlainDate; readonly to: PlainDate };

export type PeriodKind = ReportPeriod['kind'];

/** Days of a period, both ends included. */
export interface DaySpan {
  readonly from: PlainDate;
  readonly to: PlainDate;
}

/** Longest free range in years: more is a mistyped year, and would count for minutes. */
const LONGEST_YEARS = 11;
const EARLIEST_YEAR = 1990;
const LATEST_YEAR = 2200;

/**
 * Reads a period as an address names it: `2026-02`, `2026-T1`, `2026`, or `2026-01-05..2026-02-10` (turned round
 * where the ends are swapped). Undefined for anything else.
 */
export function readPeriod(text: string): ReportPeriod | undefined {
  const month = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(text);
  if (month) return known({ kind: 'month', year: Number(month[1]), month: Number(month[2]) });
  const quarter = /^(\d{4})-T([1-4])$/.exec(text);
  if (quarter) return known({ kind: 'quarter', year: Number(quarter[1]), quarter: Number(quarter[2]) });
  if (/^\d{4}$/.test(text)) return known({ kind: 'year', year: Number(text) });
  const [from, to, ...rest] = text.split('..').map(parsePlainDate);
  if (!from || !to || rest.length > 0) return undefined;
  const [first, last] = from <= to ? [from, to] : [to, from];
  if (last >= addMonths(first, 12 * LONGEST_YEARS)) return undefined;
  return datePartsOf(first).year >= EARLIEST_YEAR && datePartsOf(last).year <= LATEST_YEAR
    ? { kind: 'range', from: first, to: last }
    : undefined;
}

function known<P extends ReportPeriod & { readonly year: number }>(period: P): P | undefined {
  return period.year >= EARLIEST_YEAR && period.year <= LATEST_YEAR ? period : undefined;
}

/** The period as `readPeriod` reads it. */
export function periodKey(period: ReportPeriod): string {
  switch (period.kind) {
    case 'month':
      return `${period.year}-${String(period.month).padStart(2, '0')}`;
    case 'quarter':
      return `${period.year}-T${period.quarter}`;
    case 'year':
      return String(period.year);
    case 'range':
      return `${period.from}..${period.to}`;
  }
}

/** First and last day. */
export function daysOf(period: ReportPeriod): DaySpan {
  switch (period.kind) {
    case 'month':
      return monthsFrom(period.year, period.month, 1);
    case 'quarter':
      return monthsFrom(period.year, period.quarter * 3 - 2, 3);
    case 'year':
      return monthsFrom(period.year, 1, 12);
    case 'range':
      return { from: period.from, to: period.to };
  }
}

function monthsFrom(year: number, month: number, count: number): DaySpan {
  const from = plainDateOf({ year, month, day: 1 });
  if (!from) throw new RangeError('period out of range');
  return { from, to: addDays(addMonths(from, count), -1) };
}

/** The period of a kind that holds a day. */
export function periodAround(kind: Exclude<PeriodKind, 'range'>, day: PlainDate): ReportPeriod {
  const { year, month } = datePartsOf(day);
  if (kind === 'year') return { kind, year };
  return kind === 'month' ? { kind, year, month } : { kind, year, quarter: Math.ceil(month / 3) };
}

/** The period just before (−1) or after (1); a free range moves by its own length. */
export function neighbour(period: ReportPeriod, by: -1 | 1): ReportPeriod {
  const { from, to } = daysOf(period);
  if (period.kind !== 'range') return periodAround(period.kind, by < 0 ? addDays(from, -1) : addDays(to, 1));
  const days = (Date.parse(to) - Date.parse(from)) / 86_400_000 + 1;
  return { kind: 'range', from: addDays(from, by * days), to: addDays(to, by * days) };
}

/** Calendar months that a span touches, `YYYY-MM`, in order. */
export function monthsIn({ from, to }: DaySpan): readonly string[] {
  const months: string[] = [];
  for (let day = `${from.slice(0, 7)}-01` as PlainDate; day <= to; day = addMonths(day, 1))
    months.push(day.slice(0, 7));
  return months;
}

/** The span and the months before it, twelve at least: what a trend shows. */
export function trendSpan(span: DaySpan): DaySpan {
  const lastMonth = `${span.to.slice(0, 7)}-01` as PlainDate;
  const yearBefore = addMonths(lastMonth, -11);
  const firstMonth = `${span.from.slice(0, 7)}-01` as PlainDate;
  const from = [firstMonth, yearBefore].sort()[0] ?? firstMonth;
  return { from, to: span.to };
}
