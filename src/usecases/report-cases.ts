import type { Db, Tx } from '../db/connection.ts';
import {
  CASE_MEASURES,
  type CaseCount,
  type CaseFigureRow,
  type CaseFilter,
  type CaseMeasure,
  countCases,
  countWaitingCases,
  listCaseFigure,
} from '../db/report-case.ts';
import type { PageOf, RowPage } from '../db/report-scope.ts';
import { type DaySpan, monthsIn, trendSpan } from '../domain/report-period.ts';
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

export type CaseTotals = Readonly<Record<CaseMeasure, number>>;

/** One value of a division of the cases, with every measure. */
export interface CaseGroup {
  readonly value: string;
  readonly totals: CaseTotals;
}

export interface CaseReport extends ReportDays {
  readonly totals: CaseTotals;
  /** Waiting for a decision before and after: opening + new − decided = closing. */
  readonly waiting: { readonly opening: number; readonly closing: number };
  readonly months: readonly { readonly month: string; readonly totals: CaseTotals }[];
  readonly byChannel: readonly CaseGroup[];
  readonly byPoint: readonly CaseGroup[];
  /** Codes with their counts, most frequent first. */
  readonly rejections: readonly { readonly reason: string; readonly count: number }[];
  readonly corrections: readonly { readonly reason: string; readonly count: number }[];
  readonly escalations: readonly { readonly reason: string; readonly count: number }[];
}

/** What became of the applications of a period, by the events that took effect in it. */
export function reportCases(db: Db, scope: Scope, request: ReportRequest): Promise<CaseReport> {
  return readReport(db, scope, (tx) => caseReport(tx, scope, request));
}

/**
 * The same inside a transaction, for pages that need several reports of one moment.
 * @param trendOf which months are told apart: the year up to the period, or as few as are shown
 */
export async function caseReport(
  tx: Tx,
  scope: Scope,
  request: ReportRequest,
  trendOf: (span: DaySpan) => DaySpan = trendSpan,
): Promise<CaseReport> {
  const days = reportDays(scope, request.period);
  const trend = trendOf(days.span);
  const asked = reportScope(scope, request);
  const counts = await countCases(tx, asked, trend.from);
  const waiting = await countWaitingCases(tx, asked);
  const inside = counts.filter((count) => count.inPeriod);
  return {
    ...days,
    totals: totalsOf(inside),
    waiting,
    months: monthsIn(trend).map((month) => ({
      month,
      totals: totalsOf(counts.filter((count) => count.month === month)),
    })),
    byChannel: groupsBy(inside, (count) => count.channel),
    byPoint: groupsBy(inside, (count) => count.servicePointId ?? 'unknown'),
    rejections: reasonsOf(inside, 'rejected'),
    corrections: reasonsOf(inside, 'correction'),
    escalations: reasonsOf(inside, 'escalated'),
  };
}

/** Cases that waited for a decision before and after the period. */
export function reportWaiting(db: Db, scope: Scope, request: ReportRequest): Promise<CaseReport['waiting']> {
  return readReport(db, scope, (tx) => countWaitingCases(tx, reportScope(scope, request)));
}

/** The cases behind a figure, for those who may see them; the reading is in the audit log. */
export function listCasesOfFigure(
  db: Db,
  deps: Deps,
  scope: Scope,
  request: ReportRequest,
  measure: CaseMeasure,
  filter: CaseFilter,
  page: RowPage,
): Promise<RowsOutcome<PageOf<CaseFigureRow>>> {
  return readRows(db, deps, scope, { report: 'cases', fields: [measure] }, (tx) =>
    listCaseFigure(tx, reportScope(scope, request), measure, filter, page),
  );
}

function totalsOf(counts: readonly CaseCount[]): CaseTotals {
  const totals = Object.fromEntries(CASE_MEASURES.map((measure) => [measure, 0])) as Record<
    CaseMeasure,
    number
  >;
  for (const { measure, count } of counts) totals[measure] += count;
  return totals;
}

function groupsBy(counts: readonly CaseCount[], by: (count: CaseCount) => string): readonly CaseGroup[] {
  const values = [...new Set(counts.map(by))];
  return values
    .map((value) => ({ value, totals: totalsOf(counts.filter((count) => by(count) === value)) }))
    .sort((one, other) => other.totals.new - one.totals.new || one.value.localeCompare(other.value));
}

function reasonsOf(counts: readonly CaseCount[], measure: CaseMeasure) {
  const of = counts.filter((count) => count.measure === measure);
  return [...new Set(of.map(({ reason }) => reason))]
    .map((reason) => ({
      reason,
      count: of.reduce((sum, each) => sum + (each.reason === reason ? each.count : 0), 0),
    }))
    .sort((one, other) => other.count - one.count || one.reason.localeCompare(other.reason));
}
