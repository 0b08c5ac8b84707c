import { type RawBuilder, sql } from 'kysely';
import { AGE_GROUPS } from '../domain/age-group.ts';
import type { MemberId, ServicePointId } from '../domain/ids.ts';
import type { MembershipChangeKind, MembershipStatus } from '../domain/membership-count.ts';
import type { PlainDate } from '../domain/plain-date.ts';
import type { Tx } from './connection.ts';
import { midnightAfter, type PageOf, type ReportScope, type RowPage } from './report-scope.ts';

/**
 * Members counted from the history of memberships alone, with the values each event was written with: a later
 * correction, merge or erasure changes no closed month. The rules are those of `domain/membership-count.ts`, which is
 * the oracle of these statements.
 */

export const MEMBER_DIMENSIONS = ['type', 'sex', 'age', 'district', 'point'] as const;
export type MemberDimension = (typeof MEMBER_DIMENSIONS)[number];

/** What carries a member from one status to another. */
export type StepCause = MembershipChangeKind | 'expired';

/** So many members passed from one status to another in a month. */
export interface StepCount {
  /** `YYYY-MM`; empty for all that lies before the trend. */
  readonly month: string;
  readonly inPeriod: boolean;
  readonly from: MembershipStatus | null;
  readonly to: MembershipStatus;
  readonly cause: StepCause;
  readonly count: number;
}

/** Members of one value of a dimension, as of the evening before the period and as of its last day. */
export interface GroupCount {
  readonly dimension: MemberDimension;
  /** Code of the type, the district, …; `unknown` where the history has none. */
  readonly value: string;
  readonly at: 'opening' | 'closing';
  readonly status: MembershipStatus;
  readonly count: number;
}

/** Entries into and exits from the registered members by value of a dimension, as at the event. */
export interface GroupFlow {
  readonly dimension: MemberDimension;
  readonly value: string;
  readonly flow: 'joined' | 'reactivated' | 'ended';
  readonly count: number;
}

export interface MemberCounts {
  readonly steps: readonly StepCount[];
  readonly groups: readonly GroupCount[];
  readonly flows: readonly GroupFlow[];
  /** Events of the period that were written down after it had ended. */
  readonly recordedLater: number;
}

/**
 * All member figures of a period in one statement.
 * @param trendFrom first day whose months are told apart
 */
export async function countMemberships(
  tx: Tx,
  scope: ReportScope,
  trendFrom: PlainDate,
): Promise<MemberCounts> {
  const { from, to } = scope.span;
  const { rows } = await sql<{
    part: string;
    a: string;
    b: string;
    c: string;
    d: string;
    count: number;
  }>`${histories(scope)},
standing as (
  select 'opening' as moment, ${standingAt(sql`${from}::date - 1`)}
  union all
  select 'closing', ${standingAt(sql`${to}::date`)}
), cell as materialized (
  -- A hundred thousand members are some thousand different ones here: dividing these five ways costs nothing.
  select moment, member_type, sex, birth_year, district, service_point_id, status, count(*) as members
  from standing group by moment, member_type, sex, birth_year, district, service_point_id, status
)
select 'step' as part,
  (case when on_day >= ${trendFrom}::date then to_char(on_day, 'YYYY-MM') else '' end)
    || case when on_day >= ${from}::date then '*' else '' end as a,
  coalesce(from_status, '') as b, to_status as c, cause as d, count(*) as count
  from passage group by 1, 2, 3, 4, 5
union all
select 'group', moment, dimension, value, status, sum(members)::bigint
  from cell, lateral (values ${dimensionValues(sql`case moment when 'opening' then extract(year from ${from}::date - 1) else extract(year from ${to}::date) end`)}) as d (dimension, value)
  group by 2, 3, 4, 5
union all
select 'flow', case when from_status is null then 'joined' when to_status = 'ended' then 'ended' else 'reactivated' end,
  dimension, value, '', count(*)
  from passage, lateral (values ${dimensionValues(sql`extract(year from on_day)`)}) as d (dimension, value)
  where on_day >= ${from}::date and ${ENTERS_OR_LEAVES}
  group by 2, 3, 4
union all
select 'later', '', '', '', '', count(*)
  from life where day >= ${from}::date and at >= ${midnightAfter(to, scope.zone)}`.execute(tx);
  const part = (name: string) => rows.filter((row) => row.part === name);
  return {
    steps: part('step').map((row) => ({
      month: row.a.replace('*', ''),
      inPeriod: row.a.endsWith('*'),
      from: row.b === '' ? null : (row.b as MembershipStatus),
      to: row.c as MembershipStatus,
      cause: row.d as StepCause,
      count: row.count,
    })),
    groups: part('group').map((row) => ({
      at: row.a as GroupCount['at'],
      dimension: row.b as MemberDimension,
      value: row.c,
      status: row.d as MembershipStatus,
      count: row.count,
    })),
    flows: part('flow').map((row) => ({
      flow: row.a as GroupFlow['flow'],
      dimension: row.b as MemberDimension,
      value: row.c,
      count: row.count,
    })),
    recordedLater: part('later')[0]?.count ?? 0,
  };
}

/** Which members stand behind a figure. */
export type MemberMeasure =
  | {
      readonly kind: 'standing';
      readonly at: 'opening' | 'closing';
      /** `registered`: all but the ended. */
      readonly status: MembershipStatus | 'registered';
    }
  | { readonly kind: 'flow'; readonly flow: GroupFlow['flow'] | 'renewed' }
  /** Into or out of the active members. */
  | { readonly kind: 'active'; readonly way: 'in' | 'out'; readonly cause: string };

export interface MemberFigureRow {
  readonly memberId: MemberId;
  /** Null once the member's record was erased. */
  readonly number: string | null;
  readonly name: string | null;
  readonly memberType: string;
  readonly district: string | null;
  readonly servicePointId: ServicePointId | null;
  /** The day of the event; for those standing, of the last event before. */
  readonly day: PlainDate;
  readonly validUntil: PlainDate | null;
  readonly status: MembershipStatus;
  readonly cause: StepCause;
}

/** The members behind a figure of `countMemberships`, in the order of their events. */
export async function listMemberFigure(
  tx: Tx,
  scope: ReportScope,
  measure: MemberMeasure,
  group: { readonly dimension: MemberDimension; readonly value: string } | null,
  page: RowPage,
): Promise<PageOf<MemberFigureRow>> {
  const { from, to } = scope.span;
  const opening = measure.kind === 'standing' && measure.at === 'opening';
  const year =
    measure.kind === 'standing'
      ? sql`extract(year from ${opening ? sql`${from}::date - 1` : sql`${to}::date`})`
      : sql`extract(year from day)`;
  const found =
    measure.kind === 'standing'
      ? sql`select kind as cause, ${standingAt(opening ? sql`${from}::date - 1` : sql`${to}::date`)}`
      : sql`select cause, member_id, member_type, sex, birth_year, district, service_point_id, to_status as status,
            on_day as day, valid_until from passage where on_day >= ${from}::date and ${passageOf(measure)}`;
  const status =
    measure.kind !== 'standing'
      ? sql`true`
      : measure.status === 'registered'
        ? sql`status <> 'ended'`
        : sql`status = ${measure.status}`;
  const value =
    group === null
      ? sql`true`
      : sql`exists (select from (values ${dimensionValues(year)}) as d (dimension, value)
          where dimension = ${group.dimension} and value = ${group.value})`;
  const { rows } = await sql<MemberFigureRow & { total: number }>`${histories(scope)},
found as (${found}),
chosen as (select *, count(*) over () as total from found where ${status} and ${value}
  order by day, member_id offset ${page.offset} limit ${page.limit})
select chosen.member_id as "memberId", member.number, member.name, chosen.member_type as "memberType",
  chosen.district, chosen.service_point_id as "servicePointId", chosen.day,
  chosen.valid_until as "validUntil", chosen.status, chosen.cause, chosen.total
  from chosen left join member on member.library_id = app_library() and member.id = chosen.member_id
  order by chosen.day, chosen.member_id`.execute(tx);
  return { rows, total: rows[0]?.total ?? 0 };
}

const ENTERS_OR_LEAVES = sql`(from_status is null or (from_status = 'ended') <> (to_status = 'ended'))`;

function passageOf(measure: Exclude<MemberMeasure, { kind: 'standing' }>): RawBuilder<unknown> {
  if (measure.kind === 'flow') {
    switch (measure.flow) {
      case 'joined':
        return sql`from_status is null`;
      case 'reactivated':
        return sql`from_status = 'ended' and to_status <> 'ended'`;
      case 'ended':
        return sql`from_status is not null and from_status <> 'ended' and to_status = 'ended'`;
      case 'renewed':
        return sql`cause = 'renewed'`;
    }
  }
  return measure.way === 'out'
    ? sql`from_status = 'active' and to_status <> 'active' and to_status = ${measure.cause}`
    : sql`from_status is distinct from 'active' and to_status = 'active' and ${entrance} = ${measure.cause}`;
}

/** How somebody came to be active: as `entrance` of the domain says it. */
const entrance = sql`case when cause = 'joined' and from_status is null then 'joined'
  when cause in ('joined', 'reactivated') then 'reactivated' when cause = 'resumed' then 'resumed' else 'renewed' end`;

/** Members as they stand at the end of a day, with the values of their last event. */
function standingAt(day: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`member_id, member_type, sex, birth_year, district, service_point_id,
    case when status = 'active' and valid_until < ${day} then 'expired' else status end as status, day, valid_until
    from life where day <= ${day} and (next_day is null or next_day > ${day})`;
}

function dimensionValues(year: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`('type', member_type), ('sex', coalesce(sex, 'unknown')), ('age', ${ageGroup(year)}),
    ('district', coalesce(district, 'unknown')), ('point', coalesce(service_point_id::text, 'unknown'))`;
}

function ageGroup(year: RawBuilder<unknown>): RawBuilder<unknown> {
  const branches = AGE_GROUPS.flatMap(({ code, to }) =>
    to === null ? [] : [sql`when ${year} - birth_year <= ${sql.lit(to)} then ${sql.lit(code)}`],
  );
  const last = AGE_GROUPS.find(({ to }) => to === null)?.code ?? 'unknown';
  return sql`case when birth_year is null or birth_year > ${year} then 'unknown'
    ${sql.join(branches, sql` `)} else ${sql.lit(last)} end`;
}

/**
 * `life`: every event of a membership up to the last day, with the status just after it and the day of the next one.
 * `passage`: each passing from one status to another; a membership expires on the day after its last day.
 *
 * A later switch decides whether somebody is a member at all (ended, or joined and reactivated), the last state decides
 * what kind; both are found as the highest numbered event so far. What comes before joining counts for nothing.
 */
function histories({ zone, span, servicePointId }: ReportScope): RawBuilder<unknown> {
  const joinedHere =
    servicePointId === null
      ? sql``
      : sql`and member_id in (select member_id from member_event
          where kind = 'joined' and service_point_id = ${servicePointId})`;
  return sql`with numbered as (
  select member_id, id, at, effective_at, kind, valid_until, member_type, sex, birth_year, district, service_point_id,
    row_number() over (partition by member_id order by effective_at, id) as n
  from member_event where effective_at < ${midnightAfter(span.to, zone)} ${joinedHere}
), folded as (
  select *,
    max(case kind when 'ended' then n * 2 + 1 when 'joined' then n * 2 when 'reactivated' then n * 2 end) over so_far
      as turn,
    max(case kind when 'joined' then n * 4 when 'reactivated' then n * 4 when 'resumed' then n * 4
      when 'suspended' then n * 4 + 1 when 'cleared' then n * 4 + 2 end) over so_far as state,
    bool_or(kind = 'joined') over so_far as begun
  from numbered window so_far as (partition by member_id order by n)
), judged as (
  select *, case when turn % 2 = 1 then 'ended' when state % 4 = 1 then 'suspended' when state % 4 = 2 then 'cleared'
      when valid_until < day then 'expired' else 'active' end as status
  from (select *, (effective_at at time zone ${zone})::date as day from folded where begun) as begun
), life as materialized (
  select *, lead(day) over history as next_day, lag(status) over history as was,
    lag(valid_until) over history as was_until
  from judged window history as (partition by member_id order by n)
), passage as (
  select * from (
    select member_id, day as on_day, case when was = 'active' and was_until < day then 'expired' else was end
      as from_status, status as to_status, kind as cause, member_type, sex, birth_year, district, service_point_id,
      valid_until
    from life
  ) as event where from_status is distinct from to_status or cause = 'renewed'
  union all
  select member_id, valid_until + 1, status, 'expired', 'expired', member_type, sex, birth_year, district,
    service_point_id, valid_until
  from life where status = 'active' and valid_until < coalesce(next_day, ${span.to}::date)
)`;
}
