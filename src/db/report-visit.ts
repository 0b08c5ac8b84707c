import { type RawBuilder, sql } from 'kysely';
import type { MemberId, ServicePointId, VisitId } from '../domain/ids.ts';
import type { PlainDate } from '../domain/plain-date.ts';
import type { VisitKind } from '../domain/visit.ts';
import type { Tx } from './connection.ts';
import type { PageOf, ReportScope, RowPage } from './report-scope.ts';

/** Persons who visited, told apart in one way at a time; a group counts as its persons. */
export interface VisitCount {
  readonly by: 'day' | 'purpose' | 'point' | 'mode' | 'hour';
  /** Date, code of the purpose, id of the point, `luring` or `daring`, hour of the day. */
  readonly value: string;
  readonly kind: VisitKind;
  readonly persons: number;
  /** Entries in the guest book: a group is one. */
  readonly entries: number;
}

/** Non-members and the persons of groups, by what they told of themselves. */
export interface VisitorCount {
  readonly by: 'sex' | 'education' | 'occupation';
  /** `unknown` where nothing was told. */
  readonly value: string;
  readonly kind: 'non_member' | 'group';
  readonly persons: number;
}

export interface VisitCounts {
  readonly visits: readonly VisitCount[];
  readonly visitors: readonly VisitorCount[];
  /** Check-ins of members that the library's rule does not count again. */
  readonly repeated: number;
}

/** Visits of a period; repeated check-ins were judged by the library's rule when they were made. */
export async function countVisits(tx: Tx, scope: ReportScope): Promise<VisitCounts> {
  const book = guestBook(scope);
  const { rows } = await sql<VisitCount & { part: string }>`${book}
select 'visit' as part, case grouping(day, purpose, service_point_id, mode, hour)
    when 15 then 'day' when 23 then 'purpose' when 27 then 'point' when 29 then 'mode' else 'hour' end as by,
  coalesce(day::text, purpose, service_point_id::text, mode, hour::text) as value, kind,
  sum(persons)::int as persons, count(*)::int as entries
  from counted
  group by grouping sets ((day, kind), (purpose, kind), (service_point_id, kind), (mode, kind), (hour, kind))
union all
select 'visitor', told.by, coalesce(told.value, 'unknown'), kind, sum(told.persons)::int, 0
  from counted cross join lateral (
    values ('sex', sex, 1), ('education', education, 1), ('occupation', occupation, 1)
  ) as told (by, value, persons) where kind = 'non_member' group by 2, 3, 4
union all
select 'visitor', part.by, told.key, kind, sum(told.value::int)::int, 0
  from counted cross join lateral (values ('sex', group_counts -> 'bySex'), ('education', group_counts -> 'byEducation'),
    ('occupation', group_counts -> 'byOccupation')) as part (by, counts)
  cross join lateral jsonb_each_text(coalesce(part.counts, '{}')) as told where kind = 'group' group by 2, 3, 4
union all
select 'repeated', '', '', 'member', 0, count(*)::int from checked where not counted`.execute(tx);
  return {
    visits: rows.filter(({ part }) => part === 'visit').map(({ part: _, ...count }) => count),
    visitors: rows
      .filter(({ part, persons }) => part === 'visitor' && persons > 0)
      .map(({ by, value, kind, persons }) => ({ by, value, kind, persons }) as unknown as VisitorCount),
    repeated: rows.find(({ part }) => part === 'repeated')?.entries ?? 0,
  };
}

/** Persons a day, days without visitors left out: a tenth of the work of all that a page of visits tells apart. */
export async function countVisitDays(tx: Tx, scope: ReportScope): Promise<ReadonlyMap<PlainDate, number>> {
  const { rows } = await sql<{ day: PlainDate; persons: number }>`
    select day, sum(persons)::int as persons from visit
    where day between ${scope.span.from}::date and ${scope.span.to}::date and voided_at is null and counted
      and ${scope.servicePointId === null ? sql`true` : sql`service_point_id = ${scope.servicePointId}`}
    group by day`.execute(tx);
  return new Map(rows.map(({ day, persons }) => [day, persons]));
}

export interface VisitFilter {
  readonly kind?: string | undefined;
  readonly purpose?: string | undefined;
  readonly servicePointId?: string | undefined;
  readonly mode?: string | undefined;
  readonly day?: string | undefined;
}

export interface VisitFigureRow {
  readonly visitId: VisitId;
  readonly at: Date;
  readonly kind: VisitKind;
  readonly mode: 'luring' | 'daring';
  readonly purpose: string;
  readonly servicePointId: ServicePointId;
  readonly persons: number;
  readonly memberId: MemberId | null;
  readonly memberNumber: string | null;
  /** The member's name, the visitor's where given, a group's leader. */
  readonly name: string | null;
  readonly institution: string | null;
}

/** The visits behind a figure, in order; `persons` of all of them together. */
export async function listVisitFigure(
  tx: Tx,
  scope: ReportScope,
  filter: VisitFilter,
  page: RowPage,
): Promise<PageOf<VisitFigureRow> & { readonly persons: number }> {
  const book = guestBook(scope);
  const is = (column: RawBuilder<unknown>, value: string | undefined) =>
    value === undefined ? sql`true` : sql`${column} = ${value}`;
  const { rows } = await sql<VisitFigureRow & { total: number; allPersons: number }>`${book},
chosen as (select *, count(*) over ()::int as total, sum(persons) over ()::int as all_persons from counted
  where ${is(sql`kind`, filter.kind)} and ${is(sql`purpose`, filter.purpose)} and ${is(sql`mode`, filter.mode)}
    and ${is(sql`service_point_id::text`, filter.servicePointId)} and ${is(sql`day::text`, filter.day)}
  order by at, id offset ${page.offset} limit ${page.limit})
select chosen.id as "visitId", chosen.at, chosen.kind, chosen.mode, chosen.purpose,
  chosen.service_point_id as "servicePointId", chosen.persons, chosen.member_id as "memberId",
  member.number as "memberNumber", coalesce(member.name, chosen.name) as name, chosen.institution,
  chosen.total, chosen.all_persons as "allPersons"
  from chosen left join member on member.library_id = app_library() and member.id = chosen.member_id
  order by chosen.at, chosen.id`.execute(tx);
  return { rows, total: rows[0]?.total ?? 0, persons: rows[0]?.allPersons ?? 0 };
}

/**
 * `checked`: all standing entries of the period; `counted`: those that the library's rule counted when they were made,
 * so that another rule changes no closed month. Entries corrected away are left out.
 */
function guestBook({ zone, span, servicePointId }: ReportScope): RawBuilder<unknown> {
  return sql`with checked as (
  select *, extract(hour from at at time zone ${zone})::int as hour
  from visit where day between ${span.from}::date and ${span.to}::date and voided_at is null
    and ${servicePointId === null ? sql`true` : sql`service_point_id = ${servicePointId}`}
), counted as (
  select * from checked where counted
)`;
}
