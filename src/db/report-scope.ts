import { type RawBuilder, sql } from 'kysely';
import type { ServicePointId } from '../domain/ids.ts';
import type { DaySpan } from '../domain/report-period.ts';

/** What every report is limited to. */
export interface ReportScope {
  /** IANA zone of the library: its days begin and end there. */
  readonly zone: string;
  readonly span: DaySpan;
  /** null: all of the library. */
  readonly servicePointId: ServicePointId | null;
}

/** The instants of a span: from the first midnight to the one after the last day, which is not part of it. */
export function instantsOf({ zone, span }: Pick<ReportScope, 'zone' | 'span'>): {
  readonly start: RawBuilder<Date>;
  readonly end: RawBuilder<Date>;
} {
  return { start: midnight(span.from, zone), end: midnightAfter(span.to, zone) };
}

/** The first instant of a day on the wall calendar of a zone. */
export function midnight(day: string, zone: string): RawBuilder<Date> {
  return sql<Date>`(${day}::date::timestamp at time zone ${zone})`;
}

export function midnightAfter(day: string, zone: string): RawBuilder<Date> {
  return sql<Date>`((${day}::date + 1)::timestamp at time zone ${zone})`;
}

/** A page of rows behind a figure. */
export interface RowPage {
  readonly offset: number;
  readonly limit: number;
}

/** Rows and how many there are in all. */
export interface PageOf<Row> {
  readonly rows: readonly Row[];
  readonly total: number;
}
