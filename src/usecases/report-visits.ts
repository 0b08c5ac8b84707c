import type { Db, Tx } from '../db/connection.ts';
import type { PageOf, RowPage } from '../db/report-scope.ts';
import {
  countVisitDays,
  countVisits,
  listVisitFigure,
  type VisitCount,
  type VisitFigureRow,
  type VisitFilter,
  type VisitorCount,
} from '../db/report-visit.ts';
import { WEEKDAYS, type Weekday } from '../domain/library-settings.ts';
import { calendarOf, serviceDaysBetween, weekdayOf } from '../domain/opening-hours.ts';
import { addDays, type PlainDate } from '../domain/plain-date.ts';
import { type DaySpan, trendSpan } from '../domain/report-period.ts';
import { VISIT_KINDS, type VisitKind } from '../domain/visit.ts';
import type { Deps, Scope } from './context.ts';
import {
  type ReportDays,
  type ReportRequest,
  type RowsOutcome,
  readReport,
  readRows,
  reportDays,
  reportScope,
} from './report-scope.ts';

export type ByKind = Readonly<Record<VisitKind, number>>;

export interface VisitGroup {
  readonly value: string;
  readonly persons: number;
  readonly byKind: ByKind;
}

export interface VisitReport extends ReportDays {
  /** Persons: a group counts as those who came with it. */
  readonly persons: number;
  readonly byKind: ByKind;
  readonly groups: number;
  readonly serviceDays: number;
  /** Persons a service day; null in a period without one. */
  readonly meanPerServiceDay: number | null;
  /** Check-ins of members that the library's rule does not count again. */
  readonly repeated: number;
  readonly busiestDay: { readonly day: PlainDate; readonly persons: number } | null;
  /** Each day of the period, in order. */
  readonly days: readonly { readonly day: PlainDate; readonly persons: number; readonly byKind: ByKind }[];
  /** Mean of the service days of each weekday. */
  readonly weekdays: readonly {
    readonly weekday: Weekday;
    readonly serviceDays: number;
    readonly mean: number | null;
  }[];
  readonly hours: readonly { readonly hour: number; readonly persons: number }[];
  readonly byPurpose: readonly VisitGroup[];
  readonly byPoint: readonly VisitGroup[];
  readonly byMode: readonly VisitGroup[];
  /** Non-members and groups by what they told of themselves. */
  readonly visitors: readonly VisitorCount[];
}

/** Visits of a period, by the library's rule for repeated check-ins and its days of service. */
export function reportVisits(db: Db, scope: Scope, request: ReportRequest): Promise<VisitReport> {
  return readReport(db, scope, (tx) => visitReport(tx, scope, request));
}

/** The same inside a transaction, for pages that need several reports of one moment. */
export async function visitReport(tx: Tx, scope: Scope, request: ReportRequest): Promise<VisitReport> {
  const { settings } = scope.library;
  const days = reportDays(scope, request.period);
  const counts = await countVisits(tx, reportScope(scope, request));
  const of = (by: VisitCount['by']) => groupsOf(counts.visits.filter((count) => count.by === by));
  const byDay = new Map(of('day').map((group) => [group.value, group]));
  const calendar = calendarOf(settings);
  const serviceDays = serviceDaysBetween(days.span.from, days.span.to, calendar);
  const each = daysIn(days.span).map((day) => ({
    day,
    persons: byDay.get(day)?.persons ?? 0,
    byKind: byDay.get(day)?.byKind ?? nobody(),
  }));
  const byKind = sumOf(of('mode'));
  const persons = byKind.member + byKind.non_member + byKind.group;
  const busiest = each.reduce((most, day) => (day.persons > (most?.persons ?? 0) ? day : most), each[0]);
  return {
    ...days,
    persons,
    byKind,
    groups: counts.visits.reduce(
      (sum, count) => sum + (count.by === 'mode' && count.kind === 'group' ? count.entries : 0),
      0,
    ),
    serviceDays,
    meanPerServiceDay: serviceDays === 0 ? null : persons / serviceDays,
    repeated: counts.repeated,
    busiestDay: busiest && busiest.persons > 0 ? { day: busiest.day, persons: busiest.persons } : null,
    days: each,
    weekdays: WEEKDAYS.map((weekday) => {
      const those = each.filter(({ day }) => weekdayOf(day) === weekday);
      const service = those.filter(({ day }) => serviceDaysBetween(day, day, calendar) > 0);
      const sum = those.reduce((total, day) => total + day.persons, 0);
      return {
        weekday,
        serviceDays: service.length,
        mean: service.length === 0 ? null : sum / service.length,
      };
    }),
    hours: of('hour')
      .map(({ value, persons: at }) => ({ hour: Number(value), persons: at }))
      .sort((one, other) => one.hour - other.hour),
    byPurpose: of('purpose'),
    byPoint: of('point'),
    byMode: of('mode'),
    visitors: counts.visitors,
  };
}

/** How many came, as an overview tells it. */
export interface VisitSummary extends Pick<VisitReport, 'persons' | 'meanPerServiceDay'> {
  /** Persons by month, `YYYY-MM`, of the period's trend. */
  readonly months: ReadonlyMap<string, number>;
}

export function reportVisitSummary(db: Db, scope: Scope, request: ReportRequest): Promise<VisitSummary> {
  const { span } = reportDays(scope, request.period);
  return readReport(db, scope, async (tx) => {
    const days = await countVisitDays(tx, { ...reportScope(scope, request), span: trendSpan(span) });
    const months = new Map<string, number>();
    let persons = 0;
    for (const [day, those] of days) {
      months.set(day.slice(0, 7), (months.get(day.slice(0, 7)) ?? 0) + those);
      if (day >= span.from) persons += those;
    }
    const serviceDays = serviceDaysBetween(span.from, span.to, calendarOf(scope.library.settings));
    return { months, persons, meanPerServiceDay: serviceDays === 0 ? null : persons / serviceDays };
  });
}

/** The visits behind a figure, for those who may see them; the reading is in the audit log. */
export function listVisitsOfFigure(
  db: Db,
  deps: Deps,
  scope: Scope,
  request: ReportRequest,
  filter: VisitFilter,
  page: RowPage,
): Promise<RowsOutcome<PageOf<VisitFigureRow> & { readonly persons: number }>> {
  return readRows(db, deps, scope, { report: 'visits', fields: Object.keys(filter) }, (tx) =>
    listVisitFigure(tx, reportScope(scope, request), filter, page),
  );
}

function daysIn({ from, to }: DaySpan): readonly PlainDate[] {
  const days: PlainDate[] = [];
  for (let day = from; day <= to; day = addDays(day, 1)) days.push(day);
  return days;
}

function nobody(): Record<VisitKind, number> {
  return { member: 0, non_member: 0, group: 0 };
}

function groupsOf(counts: readonly VisitCount[]): readonly VisitGroup[] {
  const groups = new Map<string, Record<VisitKind, number>>();
  for (const { value, kind, persons } of counts) {
    const byKind = groups.get(value) ?? nobody();
    byKind[kind] += persons;
    groups.set(value, byKind);
  }
  return [...groups]
    .map(([value, byKind]) => ({ value, byKind, persons: byKind.member + byKind.non_member + byKind.group }))
    .sort((one, other) => other.persons - one.persons || one.value.localeCompare(other.value));
}

function sumOf(groups: readonly VisitGroup[]): ByKind {
  const sum = nobody();
  for (const { byKind } of groups) for (const kind of VISIT_KINDS) sum[kind] += byKind[kind];
  return sum;
}
