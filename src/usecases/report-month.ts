import type { Db, Tx } from '../db/connection.ts';
import {
  findCapacity,
  listMonthlyReports,
  listStandingMonths,
  lockMonthlyReport,
  type MonthlyReportRow,
} from '../db/report-month.ts';
import { inLibrary } from '../db/tenancy.ts';
import {
  canonicalJson,
  lastDayOf,
  type MonthlyReportAction,
  type MonthlyReportState,
  monthlyReportActions,
} from '../domain/monthly-report.ts';
import { PERMISSIONS_OF, type Permission, ROLES } from '../domain/permissions.ts';
import { type DaySpan, readPeriod } from '../domain/report-period.ts';
import { coverDigits, writeAudit } from './audit.ts';
import { type Deps, type Scope, todayOf } from './context.ts';
import { type CaseReport, caseReport } from './report-cases.ts';
import { type MemberReport, memberReport } from './report-members.ts';
import { type ReportRequest, readReport } from './report-scope.ts';
import { type StepReport, stepReport } from './report-steps.ts';
import { type VisitReport, visitReport } from './report-visits.ts';

/** All figures of the sheet of a month: what is frozen when it is checked. No person is in it. */
export interface MonthlyFigures {
  readonly members: {
    readonly movement: MemberReport['movement'];
    readonly groups: Pick<MemberReport['groups'], 'type' | 'sex' | 'age' | 'district'>;
  };
  readonly cases: Pick<CaseReport, 'totals' | 'waiting' | 'rejections'>;
  readonly visits: Pick<
    VisitReport,
    | 'persons'
    | 'byKind'
    | 'groups'
    | 'serviceDays'
    | 'meanPerServiceDay'
    | 'repeated'
    | 'busiestDay'
    | 'byPurpose'
    | 'byPoint'
  >;
  readonly steps: Pick<StepReport, 'procedures' | 'total'>;
}

/** Who did something with a sheet, as they were called then; `acting` is Plh. or Plt. */
export interface MonthlyHand {
  readonly at: Date;
  readonly name: string;
  readonly acting: 'plh' | 'plt' | null;
}

/** One sheet of a month, as it was checked. */
export interface StoredMonth {
  readonly revision: number;
  readonly figures: MonthlyFigures;
  /** Hexadecimal; printed, so that paper and database can be compared. */
  readonly digest: string;
  /** False: somebody changed the stored figures past the program. */
  readonly intact: boolean;
  readonly checked: MonthlyHand;
  readonly signed: MonthlyHand | null;
  readonly withdrawn: { readonly at: Date; readonly name: string; readonly reason: string } | null;
}

export interface MonthlyReport {
  readonly month: string;
  /** The month is still running, or lies ahead. */
  readonly running: boolean;
  /** As counted now. */
  readonly live: MonthlyFigures;
  readonly liveDigest: string;
  /** Members' events of the month that were written down after it had ended. */
  readonly recordedLater: number;
  /** The checked or signed sheet; null where there is none, or only one service point was asked for. */
  readonly standing: StoredMonth | null;
  readonly withdrawn: readonly StoredMonth[];
  /** Whether the figures of the standing sheet would be others today. */
  readonly changed: boolean;
  readonly allowed: ReadonlySet<MonthlyReportAction>;
}

export type MonthlyRefusal = {
  readonly ok: false;
  readonly reason: 'not-allowed' | 'changed-meanwhile' | 'figures-changed' | 'reason-missing';
};

/** The figures of a month and, for the whole library, who checked and signed them. */
export function readMonth(
  db: Db,
  deps: Deps,
  scope: Scope,
  month: string,
  servicePointId: ReportRequest['servicePointId'],
): Promise<MonthlyReport> {
  return readReport(db, scope, async (tx) => {
    const { figures: live, running, recordedLater } = await figuresOf(tx, scope, month, servicePointId);
    const rows = servicePointId === null ? await listMonthlyReports(tx, month) : [];
    const stored = rows.map((row) => storedMonth(deps, scope, row));
    const standingRow = rows.find((row) => row.withdrawn_at === null);
    const standing = stored.find((each) => each.withdrawn === null) ?? null;
    const liveDigest = digestOf(deps, scope, live).toString('hex');
    return {
      month,
      running,
      live,
      liveDigest,
      recordedLater,
      standing,
      withdrawn: stored.filter((each) => each.withdrawn !== null),
      changed: standing !== null && liveDigest !== standing.digest,
      allowed: servicePointId === null ? allowedFor(scope, month, standingRow) : new Set(),
    };
  });
}

/**
 * Freezes the figures of a closed month as checked.
 * @param digest of the figures that the Kepala Bidang saw: others are not checked unseen
 */
export async function checkMonth(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: { readonly month: string; readonly digest: string },
): Promise<{ readonly ok: true } | MonthlyRefusal> {
  const { actor, library, at } = scope;
  const { month } = input;
  if (actor.kind !== 'officer' || lastDayOf(month) === undefined) return { ok: false, reason: 'not-allowed' };
  if (!allowedFor(scope, month, undefined).has('check')) return { ok: false, reason: 'not-allowed' };
  // Counted at one moment, then written: a lock over the count would hold up whoever signs meanwhile.
  const { figures } = await readReport(db, scope, (tx) => figuresOf(tx, scope, month, null));
  const digest = digestOf(deps, scope, figures);
  if (digest.toString('hex') !== input.digest) return { ok: false, reason: 'changed-meanwhile' };
  return inLibrary(db, library.id, async (tx) => {
    const rows = await listMonthlyReports(tx, month);
    const hand = await findCapacity(tx, actor.id, officesWith('report.check'), todayOf(scope));
    if (!hand) return { ok: false, reason: 'not-allowed' };
    const written = await tx
      .insertInto('monthly_report')
      .values({
        library_id: library.id,
        month,
        revision: (rows[0]?.revision ?? 0) + 1,
        figures: canonicalJson(figures),
        digest,
        checked_at: at,
        checked_by: actor.id,
        checked_name: hand.name,
        checked_acting: hand.acting,
        signed_at: null,
        signed_by: null,
        signed_name: null,
        signed_acting: null,
        withdrawn_at: null,
        withdrawn_by: null,
        withdrawn_name: null,
        withdrawn_reason: null,
      })
      // Somebody else checked it in the same second.
      .onConflict((conflict) => conflict.doNothing())
      .returning('revision')
      .executeTakeFirst();
    if (!written) return { ok: false, reason: 'changed-meanwhile' };
    await audit(tx, deps, scope, 'check', month, written.revision);
    return { ok: true };
  });
}

/** Signs the checked sheet of a month; figures that changed since the check go back to it first. */
export async function signMonth(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: { readonly month: string; readonly revision: number },
): Promise<{ readonly ok: true } | MonthlyRefusal> {
  const { actor, library, at } = scope;
  const { month } = input;
  if (actor.kind !== 'officer' || lastDayOf(month) === undefined) return { ok: false, reason: 'not-allowed' };
  const { figures } = await readReport(db, scope, (tx) => figuresOf(tx, scope, month, null));
  return inLibrary(db, library.id, async (tx) => {
    const row = await lockMonthlyReport(tx, month);
    if (!row || row.revision !== input.revision) return { ok: false, reason: 'changed-meanwhile' };
    if (!allowedFor(scope, month, row).has('sign')) return { ok: false, reason: 'not-allowed' };
    if (!digestOf(deps, scope, figures).equals(row.digest)) return { ok: false, reason: 'figures-changed' };
    const hand = await findCapacity(tx, actor.id, officesWith('report.sign'), todayOf(scope));
    if (!hand) return { ok: false, reason: 'not-allowed' };
    await tx
      .updateTable('monthly_report')
      .set({ signed_at: at, signed_by: actor.id, signed_name: hand.name, signed_acting: hand.acting })
      .where('month', '=', month)
      .where('revision', '=', row.revision)
      .execute();
    await audit(tx, deps, scope, 'sign', month, row.revision);
    return { ok: true };
  });
}

/** Gives a checked sheet back, or opens a signed one again; it stays on file with the reason, which no audit row holds. */
export async function withdrawMonth(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: { readonly month: string; readonly revision: number; readonly reason: string },
): Promise<{ readonly ok: true } | MonthlyRefusal> {
  const { actor, library, at } = scope;
  const { month } = input;
  return inLibrary(db, library.id, async (tx) => {
    const row = await lockMonthlyReport(tx, month);
    if (!row || row.revision !== input.revision) return { ok: false, reason: 'changed-meanwhile' };
    const allowed = allowedFor(scope, month, row);
    const action = (['return', 'reopen'] as const).find((each) => allowed.has(each));
    if (actor.kind !== 'officer' || !action) return { ok: false, reason: 'not-allowed' };
    const reason = coverDigits(input.reason.trim()).slice(0, 400);
    if (reason === '') return { ok: false, reason: 'reason-missing' };
    const offices = [...officesWith('report.check'), ...officesWith('report.sign')];
    const hand = await findCapacity(tx, actor.id, offices, todayOf(scope));
    if (!hand) return { ok: false, reason: 'not-allowed' };
    await tx
      .updateTable('monthly_report')
      .set({
        withdrawn_at: at,
        withdrawn_by: actor.id,
        withdrawn_name: hand.name,
        withdrawn_reason: reason,
      })
      .where('month', '=', month)
      .where('revision', '=', row.revision)
      .execute();
    await audit(tx, deps, scope, action, month, row.revision);
    return { ok: true };
  });
}

export type MonthStanding = 'open' | 'checked' | 'signed';

/** How far the sheets of some months are. */
export function readMonthStandings(
  db: Db,
  scope: Scope,
  months: readonly string[],
): Promise<ReadonlyMap<string, MonthStanding>> {
  return inLibrary(db, scope.library.id, async (tx) => {
    const rows = await listStandingMonths(tx, months);
    return new Map(
      months.map((month) => {
        const row = rows.find((each) => each.month === month);
        return [month, row ? (row.signed_at === null ? 'checked' : 'signed') : 'open'];
      }),
    );
  });
}

async function figuresOf(
  tx: Tx,
  scope: Scope,
  month: string,
  servicePointId: ReportRequest['servicePointId'],
): Promise<{ figures: MonthlyFigures; running: boolean; recordedLater: number }> {
  const period = readPeriod(month);
  if (period?.kind !== 'month') throw new RangeError('a month is YYYY-MM');
  const request = { period, servicePointId };
  // No trend: the sheet shows one month.
  const alone = (span: DaySpan) => span;
  const members = await memberReport(tx, scope, request, alone);
  const cases = await caseReport(tx, scope, request, alone);
  const visits = await visitReport(tx, scope, request);
  const steps = await stepReport(tx, scope, request, alone);
  const { type, sex, age, district } = members.groups;
  return {
    running: members.running,
    recordedLater: members.recordedLater,
    figures: {
      members: { movement: members.movement, groups: { type, sex, age, district } },
      cases: { totals: cases.totals, waiting: cases.waiting, rejections: cases.rejections },
      visits: {
        persons: visits.persons,
        byKind: visits.byKind,
        groups: visits.groups,
        serviceDays: visits.serviceDays,
        meanPerServiceDay: visits.meanPerServiceDay,
        repeated: visits.repeated,
        busiestDay: visits.busiestDay,
        byPurpose: visits.byPurpose,
        byPoint: visits.byPoint,
      },
      steps: {
        // Without those that no case ended under: a procedure signed later would change a closed month.
        procedures: steps.procedures.filter((procedure) => procedure.steps.length > 0),
        total: steps.total,
      },
    },
  };
}

function digestOf(deps: Deps, scope: Scope, figures: object): Buffer {
  return deps.vault.hash(scope.library.id, 'figures', canonicalJson(figures));
}

function stateOf(row: MonthlyReportRow | undefined): MonthlyReportState {
  if (!row) return { kind: 'open' };
  return row.signed_at === null ? { kind: 'checked', checkedBy: row.checked_by } : { kind: 'signed' };
}

function allowedFor(
  scope: Scope,
  month: string,
  standing: MonthlyReportRow | undefined,
): ReadonlySet<MonthlyReportAction> {
  if (scope.actor.kind !== 'officer') return new Set();
  return monthlyReportActions(month, stateOf(standing), scope.actor, todayOf(scope));
}

function officesWith(permission: Permission) {
  return ROLES.filter((role) => (PERMISSIONS_OF[role] as readonly Permission[]).includes(permission));
}

function storedMonth(deps: Deps, scope: Scope, row: MonthlyReportRow): StoredMonth {
  return {
    revision: row.revision,
    figures: row.figures as MonthlyFigures,
    digest: row.digest.toString('hex'),
    intact: digestOf(deps, scope, row.figures).equals(row.digest),
    checked: { at: row.checked_at, name: row.checked_name, acting: row.checked_acting },
    signed:
      row.signed_at === null
        ? null
        : { at: row.signed_at, name: row.signed_name ?? '', acting: row.signed_acting },
    withdrawn:
      row.withdrawn_at === null
        ? null
        : { at: row.withdrawn_at, name: row.withdrawn_name ?? '', reason: row.withdrawn_reason ?? '' },
  };
}

function audit(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  verb: MonthlyReportAction,
  month: string,
  revision: number,
): Promise<void> {
  return writeAudit(tx, deps, scope, {
    action: `report.${verb}`,
    subjectKind: 'report',
    // In the characters that the audit page's link and search take.
    subjectId: `${month}.${revision}`,
  });
}
