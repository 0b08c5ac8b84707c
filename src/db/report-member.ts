import { type RawBuilder, sql } from 'kysely';
import { AGE_GROUPS, ageGroupOf } from '../domain/age-group.ts';
import type { MemberId, ServicePointId } from '../domain/ids.ts';
import type { MembershipChangeKind, MembershipStatus } from '../domain/membership-count.ts';
import { addDays, datePartsOf, type PlainDate } from '../domain/plain-date.ts';
import type { Tx } from './connection.ts';
import { midnightAfter, type PageOf, type ReportScope, type RowPage } from './report-scope.ts';

/**
 * Members counted from the history of memberships alone (`member_span`, kept from its events), with the values each
 * event was written with: a later correction, merge or erasure changes no closed month. The rules are those of
 * `domain/membership-count.ts`, which is the oracle of these statements.
 */

export const MEMBER_DIMENSIONS = ['type', 'sex', 'age', 'district', 'point'] as const;
export type MemberDimension = (typeof MEMBER_DIMENSIONS)[number];

/** What carries a member from one status to another. */
export type StepCause = MembershipChangeKind | 'expired';

/** So many members passed from one status to another on a day of the trend. */
export interface StepCount {
  /** `YYYY-MM` */
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
 * All member figures of a period in one statement: one pass over the spans for who stood when, divided every way at
 * once, and by index what happened since the trend began.
 * @param trendFrom first day whose months are told apart; not after the period's first
 */
export async function countMemberships(
  tx: Tx,
  scope: ReportScope,
  trendFrom: PlainDate,
): Promise<MemberCounts> {
  const { from, to } = scope.span;
  const inTrend = sql`between ${trendFrom}::date and ${to}::date`;
  const { rows } = await sql<CountRow>`with standing as (
  -- Both states in one number, behind an offset: the planner takes that for two hundred values and divides by hashing;
  -- what it sees through looks like as many values as there are days, and it would sort once a division.
  select member_type, sex, birth_year, district, service_point_id,
    ${codeAt(addDays(from, -1))} * 10 + ${codeAt(to)} as states
  from (select member_type, sex, birth_year, district, service_point_id, day, next_day, expires_on,
    ${STATUS_CODE} as code from member_span
    where day <= ${to}::date and (next_day is null or next_day >= ${from}::date) ${joinedHere(scope)} offset 0
  ) as span offset 0
)
-- Types, sexes and points are few together: divided once, they are told apart afterwards.
select 'standing' as part, case grouping(member_type, birth_year) when 1 then 'few' when 2 then 'age' else 'district' end
    as a, coalesce(member_type, birth_year::text, district) as b, states::text as c, sex as d,
  service_point_id::text as e, count(*) as count
  from standing group by grouping sets ((member_type, sex, service_point_id, states), (birth_year, states),
    (district, states))
union all
select 'step', day::text, from_status, status, kind, null, count(*)
  from member_span where day ${inTrend} and (from_status is distinct from status or kind = 'renewed')
    ${joinedHere(scope)} group by day, 3, 4, 5
union all
select 'step', expires_on::text, 'active', 'expired', 'expired', null, count(*)
  from member_span where expires_on ${inTrend} ${joinedHere(scope)} group by expires_on
union all
select 'flow ' || case when from_status is null then 'joined' when status = 'ended' then 'ended' else 'reactivated' end,
  case grouping(member_type, birth_year) when 1 then 'few' when 2 then 'age' else 'district' end,
  coalesce(member_type, birth_year::text, district), year::text, sex, service_point_id::text, count(*)
  from (select *, extract(year from day)::int as year from member_span
    where day between ${from}::date and ${to}::date and ${ENTERS_OR_LEAVES} ${joinedHere(scope)} offset 0) as moved
  group by 1, grouping sets ((member_type, sex, service_point_id), (birth_year, year), (district))
union all
select 'later', '', '', '', null, null, count(*)
  from member_span where day between ${from}::date and ${to}::date and recorded_at >= ${midnightAfter(to, scope.zone)}
    ${joinedHere(scope)}`.execute(tx);
  return countsOf(rows, scope);
}

interface CountRow {
  readonly part: 'standing' | 'step' | 'later' | `flow ${GroupFlow['flow']}`;
  readonly a: string;
  readonly b: string | null;
  readonly c: string;
  readonly d: string | null;
  readonly e: string | null;
  readonly count: number;
}

/** What a divided row says of each dimension it tells apart. */
function valuesOf({ a, b, d, e }: CountRow, year: number): readonly (readonly [MemberDimension, string])[] {
  const known = (value: string | null) => value ?? 'unknown';
  if (a === 'district') return [['district', known(b)]];
  return a === 'age'
    ? [['age', ageGroupOf(b === null ? null : Number(b), year)]]
    : [
        ['type', known(b)],
        ['sex', known(d)],
        ['point', known(e)],
      ];
}

function countsOf(rows: readonly CountRow[], { span }: ReportScope): MemberCounts {
  const part = (name: 'standing' | 'step' | 'flow' | 'later') =>
    rows.filter((row) => row.part.split(' ')[0] === name);
  const years = { opening: datePartsOf(addDays(span.from, -1)).year, closing: datePartsOf(span.to).year };
  return {
    groups: part('standing').flatMap((row) =>
      (['opening', 'closing'] as const).flatMap((at) => {
        const [first, last] = row.c.padStart(2, '0');
        const status = STATUSES[Number(at === 'opening' ? first : last) - 1];
        if (status === undefined) return [];
        return valuesOf(row, years[at]).map(([dimension, value]) => ({
          dimension,
          value,
          at,
          status,
          count: row.count,
        }));
      }),
    ),
    steps: part('step').map((row) => ({
      month: row.a.slice(0, 7),
      inPeriod: row.a >= span.from,
      from: row.b as MembershipStatus | null,
      to: row.c as MembershipStatus,
      cause: row.d as StepCause,
      count: row.count,
    })),
    flows: part('flow').flatMap((row) =>
      valuesOf(row, Number(row.c)).map(([dimension, value]) => ({
        flow: row.part.split(' ')[1] as GroupFlow['flow'],
        dimension,
        value,
        count: row.count,
      })),
    ),
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
      ? sql`${datePartsOf(opening ? addDays(from, -1) : to).year}::int`
      : sql`extract(year from day)::int`;
  const found =
    measure.kind === 'standing'
      ? standingAt(scope, opening ? addDays(from, -1) : to)
      : sql`select * from (${passages(scope)}) as passage where ${passageOf(measure)}`;
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
  const { rows } = await sql<MemberFigureRow & { total: number }>`with found as (${found}),
chosen as (select *, count(*) over () as total from found where ${status} and ${value}
  order by day, member_id offset ${page.offset} limit ${page.limit})
select chosen.member_id as "memberId", member.number, member.name, chosen.member_type as "memberType",
  chosen.district, chosen.service_point_id as "servicePointId", chosen.day,
  chosen.valid_until as "validUntil", chosen.status, chosen.cause, chosen.total
  from chosen left join member on member.library_id = app_library() and member.id = chosen.member_id
  order by chosen.day, chosen.member_id`.execute(tx);
  return { rows, total: rows[0]?.total ?? 0 };
}

const ENTERS_OR_LEAVES = sql`(from_status is null or (from_status = 'ended') <> (status = 'ended'))`;

function passageOf(measure: Exclude<MemberMeasure, { kind: 'standing' }>): RawBuilder<unknown> {
  if (measure.kind === 'flow') {
    switch (measure.flow) {
      case 'joined':
        return sql`from_status is null`;
      case 'reactivated':
        return sql`from_status = 'ended' and status <> 'ended'`;
      case 'ended':
        return sql`from_status is not null and from_status <> 'ended' and status = 'ended'`;
      case 'renewed':
        return sql`cause = 'renewed'`;
    }
  }
  return measure.way === 'out'
    ? sql`from_status = 'active' and status <> 'active' and status = ${measure.cause}`
    : sql`from_status is distinct from 'active' and status = 'active' and ${entrance} = ${measure.cause}`;
}

/** How somebody came to be active: as `entrance` of the domain says it. */
const entrance = sql`case when cause = 'joined' and from_status is null then 'joined'
  when cause in ('joined', 'reactivated') then 'reactivated' when cause = 'resumed' then 'resumed' else 'renewed' end`;

/** Statuses by their number in a count, less one; 0 is nobody. */
const STATUSES: readonly MembershipStatus[] = ['active', 'expired', 'suspended', 'cleared', 'ended'];
const STATUS_CODE = sql`case status when 'active' then 1 when 'expired' then 2 when 'suspended' then 3 when 'cleared'
    then 4 else 5 end`;

/** The status at the end of a day within a span, as its number; 0 for a span that does not hold that day. */
function codeAt(day: PlainDate): RawBuilder<unknown> {
  return sql`case when day <= ${day}::date and (next_day is null or next_day > ${day}::date)
    then case when expires_on <= ${day}::date then 2 else code end else 0 end`;
}

/** Members as they stand at the end of a day, with the values of their last event. */
function standingAt(scope: ReportScope, day: PlainDate): RawBuilder<unknown> {
  return sql`select kind as cause, member_id, member_type, sex, birth_year, district, service_point_id,
    case when expires_on <= ${day}::date then 'expired' else status end as status, day, valid_until
    from member_span where day <= ${day}::date and (next_day is null or next_day > ${day}::date)
      ${joinedHere(scope)}`;
}

/** With a service point: members who joined there, wherever they were served later. */
function joinedHere({ servicePointId }: ReportScope): RawBuilder<unknown> {
  return servicePointId === null
    ? sql``
    : sql`and member_id in (select member_id from member_span
        where kind = 'joined' and service_point_id = ${servicePointId})`;
}

/** Each passing from one status to another in a period; renewals also where they move nobody. */
function passages(scope: ReportScope): RawBuilder<unknown> {
  const { from, to } = scope.span;
  return sql`select kind as cause, member_id, member_type, sex, birth_year, district, service_point_id, from_status,
      status, day, valid_until
    from member_span where day between ${from}::date and ${to}::date
      and (from_status is distinct from status or kind = 'renewed') ${joinedHere(scope)}
    union all
    select 'expired', member_id, member_type, sex, birth_year, district, service_point_id, 'active', 'expired',
      expires_on, valid_until
    from member_span where expires_on between ${from}::date and ${to}::date ${joinedHere(scope)}`;
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
