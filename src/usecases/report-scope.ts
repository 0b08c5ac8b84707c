import type { Db, Tx } from '../db/connection.ts';
import type { ReportScope } from '../db/report-scope.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { ServicePointId } from '../domain/ids.ts';
import { may } from '../domain/permissions.ts';
import { type DaySpan, daysOf, type ReportPeriod } from '../domain/report-period.ts';
import { writeAudit } from './audit.ts';
import { type Deps, type Scope, todayOf } from './context.ts';

/** What somebody asked to see. */
export interface ReportRequest {
  readonly period: ReportPeriod;
  /** null: the whole library. */
  readonly servicePointId: ServicePointId | null;
}

/** Days that a report covers: a period that still runs is counted up to today. */
export interface ReportDays {
  readonly span: DaySpan;
  /** The period goes on after today. */
  readonly running: boolean;
}

export function reportDays(scope: Scope, period: ReportPeriod): ReportDays {
  const whole = daysOf(period);
  const today = todayOf(scope);
  if (whole.to <= today) return { span: whole, running: false };
  // A period that has not begun shows its first day, which is empty.
  const begun = whole.from <= today;
  return { span: { from: whole.from, to: begun ? today : whole.from }, running: true };
}

export function reportScope(scope: Scope, request: ReportRequest): ReportScope {
  return {
    zone: scope.library.settings.profile.timezone,
    span: reportDays(scope, request.period).span,
    servicePointId: request.servicePointId,
  };
}

/** One transaction, so that all figures of a page are of one moment. */
export function readReport<T>(db: Db, scope: Scope, work: (tx: Tx) => Promise<T>): Promise<T> {
  return inLibrary(db, scope.library.id, work, 'repeatable read');
}

/**
 * The people behind a figure, for those who may see them; the reading is in the audit log with it.
 * @param read which report, and which of its figures by their codes
 */
export function readRows<T extends object>(
  db: Db,
  deps: Deps,
  scope: Scope,
  read: { readonly report: 'members' | 'cases' | 'visits' | 'steps'; readonly fields: readonly string[] },
  work: (tx: Tx) => Promise<T>,
): Promise<RowsOutcome<T>> {
  if (!maySeeRows(scope)) return Promise.resolve({ ok: false, reason: 'not-allowed' });
  return readReport(db, scope, async (tx) => {
    const found = await work(tx);
    await writeAudit(tx, deps, scope, {
      action: 'report.rows',
      subjectKind: 'report',
      subjectId: read.report,
      fields: read.fields,
    });
    return { ok: true, ...found };
  });
}

export type RowsOutcome<T> =
  | ({ readonly ok: true } & T)
  | { readonly ok: false; readonly reason: 'not-allowed' };

function maySeeRows(scope: Scope): boolean {
  return scope.actor.kind === 'officer' && may(scope.actor.roles, 'report.rows');
}

export function maySeeOfficerTimes(scope: Scope): boolean {
  return scope.actor.kind === 'officer' && may(scope.actor.roles, 'report.officer_times');
}
