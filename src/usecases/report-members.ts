import type { Db, Tx } from '../db/connection.ts';
import {
  countMemberships,
  type GroupCount,
  type GroupFlow,
  listMemberFigure,
  MEMBER_DIMENSIONS,
  type MemberCounts,
  type MemberDimension,
  type MemberFigureRow,
  type MemberMeasure,
  type StepCount,
} from '../db/report-member.ts';
import type { PageOf, RowPage } from '../db/report-scope.ts';
import type {
  ActiveIn,
  ActiveOut,
  MembershipCount,
  MembershipMovement,
  MembershipStatus,
} from '../domain/membership-count.ts';
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

/** The members at the end of a month, and what happened in it. */
export interface MemberMonth {
  /** `YYYY-MM` */
  readonly month: string;
  readonly closing: MembershipCount;
  readonly joined: number;
  readonly renewals: number;
  readonly expired: number;
  readonly ended: number;
}

/** One value of a dimension: opening + in − out + moved = closing, of the registered members. */
export interface MemberGroup {
  readonly value: string;
  readonly opening: number;
  readonly joined: number;
  readonly reactivated: number;
  readonly ended: number;
  /** Came from another group less those who went: an older age group, another type, a new address. */
  readonly moved: number;
  readonly closing: number;
  /** At the end, by status. */
  readonly status: Readonly<Record<MembershipStatus, number>>;
}

export interface MemberReport extends ReportDays {
  readonly movement: MembershipMovement;
  readonly months: readonly MemberMonth[];
  /** Every dimension, largest group first. */
  readonly groups: Readonly<Record<MemberDimension, readonly MemberGroup[]>>;
  /** Events of the period that were written down after it had ended: why an old print may differ. */
  readonly recordedLater: number;
}

/** The record that SOP-B requires, the number of members: as of any date, and how it came about. */
export function reportMembers(db: Db, scope: Scope, request: ReportRequest): Promise<MemberReport> {
  return readReport(db, scope, (tx) => memberReport(tx, scope, request));
}

/**
 * The same inside a transaction, for pages that need several reports of one moment.
 * @param trendOf which months are told apart: the year up to the period, or as few as are shown
 */
export async function memberReport(
  tx: Tx,
  scope: Scope,
  request: ReportRequest,
  trendOf: (span: DaySpan) => DaySpan = trendSpan,
): Promise<MemberReport> {
  const days = reportDays(scope, request.period);
  const trend = trendOf(days.span);
  const counts = await countMemberships(tx, reportScope(scope, request), trend.from);
  return {
    ...days,
    movement: movementOf(openingOf(counts), counts.steps),
    months: monthsOf(openingOf(counts), counts.steps, monthsIn(trend)),
    groups: Object.fromEntries(
      MEMBER_DIMENSIONS.map((dimension) => [dimension, groupsOf(dimension, counts.groups, counts.flows)]),
    ) as MemberReport['groups'],
    recordedLater: counts.recordedLater,
  };
}

/** The members behind a figure, for those who may see them; the reading is in the audit log. */
export function listMembersOfFigure(
  db: Db,
  deps: Deps,
  scope: Scope,
  request: ReportRequest,
  measure: MemberMeasure,
  group: { readonly dimension: MemberDimension; readonly value: string } | null,
  page: RowPage,
): Promise<RowsOutcome<PageOf<MemberFigureRow>>> {
  return readRows(db, deps, scope, { report: 'members', fields: [measure.kind] }, (tx) =>
    listMemberFigure(tx, reportScope(scope, request), measure, group, page),
  );
}

const NOBODY: MembershipCount = { registered: 0, active: 0, expired: 0, suspended: 0, cleared: 0, ended: 0 };

/**
 * The count after some passages: who came to a status less who left it.
 * @param way −1 gives the count before them
 */
function after(count: MembershipCount, steps: readonly StepCount[], way: 1 | -1 = 1): MembershipCount {
  const next = { ...count };
  for (const step of steps) {
    next[step.to] += way * step.count;
    if (step.from !== null) next[step.from] -= way * step.count;
  }
  return { ...next, registered: next.active + next.expired + next.suspended + next.cleared };
}

/** Every member has a type, so that the types make the whole. */
function openingOf({ groups }: MemberCounts): MembershipCount {
  const count = { ...NOBODY };
  for (const each of groups)
    if (each.dimension === 'type' && each.at === 'opening') count[each.status] += each.count;
  return { ...count, registered: count.active + count.expired + count.suspended + count.cleared };
}

function movementOf(opening: MembershipCount, steps: readonly StepCount[]): MembershipMovement {
  const inside = steps.filter((step) => step.inPeriod);
  const registered = { joined: 0, reactivated: 0, ended: 0 };
  const into: Record<ActiveIn, number> = { joined: 0, renewed: 0, resumed: 0, reactivated: 0 };
  const out: Record<ActiveOut, number> = { expired: 0, suspended: 0, cleared: 0, ended: 0 };
  let renewals = 0;
  for (const { from, to, cause, count } of inside) {
    if (cause === 'renewed') renewals += count;
    if (from === null) registered.joined += count;
    else if (from === 'ended' && to !== 'ended') registered.reactivated += count;
    else if (from !== 'ended' && to === 'ended') registered.ended += count;
    if (from !== 'active' && to === 'active') into[entranceOf(from, cause)] += count;
    if (from === 'active' && to !== 'active') out[to] += count;
  }
  return { opening, closing: after(opening, inside), registered, active: { in: into, out }, renewals };
}

/** A corrected end of validity makes an expired member valid again: a renewal in all but name. */
function entranceOf(from: MembershipStatus | null, cause: StepCount['cause']): ActiveIn {
  if (cause === 'joined') return from === null ? 'joined' : 'reactivated';
  return cause === 'resumed' || cause === 'reactivated' ? cause : 'renewed';
}

function monthsOf(
  opening: MembershipCount,
  steps: readonly StepCount[],
  months: readonly string[],
): readonly MemberMonth[] {
  // Back from the period to where the trend begins.
  let count = after(
    opening,
    steps.filter((step) => !step.inPeriod),
    -1,
  );
  return months.map((month) => {
    const inside = steps.filter((step) => step.month === month);
    count = after(count, inside);
    const sum = (is: (step: StepCount) => boolean) =>
      inside.filter(is).reduce((total, step) => total + step.count, 0);
    return {
      month,
      closing: count,
      joined: sum(({ from }) => from === null),
      renewals: sum(({ cause }) => cause === 'renewed'),
      expired: sum(({ from, to }) => from === 'active' && to === 'expired'),
      ended: sum(({ from, to }) => from !== null && from !== 'ended' && to === 'ended'),
    };
  });
}

function groupsOf(
  dimension: MemberDimension,
  counts: readonly GroupCount[],
  flows: readonly GroupFlow[],
): readonly MemberGroup[] {
  const groups = new Map<string, MutableGroup>();
  const of = (value: string) => {
    const group = groups.get(value) ?? emptyGroup(value);
    groups.set(value, group);
    return group;
  };
  for (const each of counts) {
    if (each.dimension !== dimension) continue;
    const group = of(each.value);
    if (each.status !== 'ended') group[each.at] += each.count;
    if (each.at === 'closing') group.status[each.status] += each.count;
  }
  for (const each of flows) if (each.dimension === dimension) of(each.value)[each.flow] += each.count;
  return [...groups.values()]
    .map((group) => ({
      ...group,
      moved: group.closing - group.opening - group.joined - group.reactivated + group.ended,
    }))
    .filter((group) => group.opening + group.closing + group.joined + group.reactivated + group.ended > 0)
    .sort((one, other) => other.closing - one.closing || one.value.localeCompare(other.value));
}

type MutableGroup = { -readonly [Key in keyof Omit<MemberGroup, 'status'>]: MemberGroup[Key] } & {
  status: Record<MembershipStatus, number>;
};

function emptyGroup(value: string): MutableGroup {
  return {
    value,
    opening: 0,
    joined: 0,
    reactivated: 0,
    ended: 0,
    moved: 0,
    closing: 0,
    status: { active: 0, expired: 0, suspended: 0, cleared: 0, ended: 0 },
  };
}
