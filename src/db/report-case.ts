import { type RawBuilder, sql } from 'kysely';
import type { ApplicationState } from '../domain/application.ts';
import type { ApplicationId, ServicePointId } from '../domain/ids.ts';
import type { Tx } from './connection.ts';
import {
  instantsOf,
  midnight,
  midnightAfter,
  type PageOf,
  type ReportScope,
  type RowPage,
} from './report-scope.ts';
import type { Channel } from './schema.ts';

/**
 * What happens to cases, counted by the events that took effect in the period: those are never rewritten, so that a
 * closed month stays. `lapsed` and `cancelled` end a case without a decision of the library.
 */
export const CASE_MEASURES = [
  'new',
  'approved',
  'already_member',
  'rejected',
  'cancelled',
  'lapsed',
  'correction', // the applicant was asked for something: rounds, not cases
  'revised', // put right by an officer (SOP-J 6)
  'escalated', // put before the Sub Koordinator
  'no_document', // accepted without a document, by an exception
] as const;
export type CaseMeasure = (typeof CASE_MEASURES)[number];

export interface CaseCount {
  readonly measure: CaseMeasure;
  /** `YYYY-MM` */
  readonly month: string;
  readonly inPeriod: boolean;
  readonly channel: Channel | 'unknown';
  readonly servicePointId: ServicePointId | null;
  /** Code of a rejection, a correction or an escalation; empty where the measure has none. */
  readonly reason: string;
  readonly count: number;
}

/** A type without a card has nothing to hand over: its approval completes the case at once. */
const APPROVED = sql`(e.to_state = 'approved' or (e.to_state = 'completed' and e.from_state = 'in_review'))`;

/** Which event counts for which measure. */
const MEASURE: Readonly<Record<CaseMeasure, RawBuilder<unknown>>> = {
  new: sql`e.kind = 'submitted'`,
  approved: APPROVED,
  already_member: sql`e.to_state = 'already_member'`,
  rejected: sql`e.to_state = 'rejected'`,
  cancelled: sql`e.to_state = 'cancelled'`,
  lapsed: sql`e.to_state = 'lapsed'`,
  correction: sql`e.kind = 'correction_requested'`,
  revised: sql`e.kind = 'act' and e.act = 'revise'`,
  escalated: sql`e.kind = 'escalated'`,
  no_document: sql`e.act = 'see_identity' and e.reason = 'exception'`,
};
const DECIDED = sql`(${APPROVED} or e.to_state in ('already_member', 'rejected', 'cancelled', 'lapsed'))`;

/** The events of a period by what they count for; the case's own point counts, wherever the officer sat. */
function measured(scope: ReportScope, from: string): RawBuilder<unknown> {
  const measures = sql.join(CASE_MEASURES.map((name) => sql`(${sql.lit(name)}, ${MEASURE[name]})`));
  // The first condition spares most events, those of single acts, the look at every measure.
  return sql`select m.measure, e.application_id, e.effective_at as at, a.ticket_code, a.name, a.state,
      coalesce(a.channel, 'unknown') as channel, coalesce(a.service_point_id, e.service_point_id) as point,
      case when m.measure in ('rejected', 'correction', 'escalated') then coalesce(e.reason, '') else '' end as reason
    from application_event e
    left join application a on a.library_id = e.library_id and a.id = e.application_id
    cross join lateral (values ${measures}) as m (measure, counts)
    where e.effective_at >= ${midnight(from, scope.zone)}
      and e.effective_at < ${midnightAfter(scope.span.to, scope.zone)}
      and (e.to_state is not null or e.kind in ('submitted', 'correction_requested', 'escalated')
        or e.act in ('revise', 'see_identity'))
      and m.counts and ${pointOf(scope.servicePointId)}`;
}

/** All case figures of a period and of the months of its trend. */
export async function countCases(
  tx: Tx,
  scope: ReportScope,
  trendFrom: string,
): Promise<readonly CaseCount[]> {
  const { rows } = await sql<CaseCount>`with counted as (${measured(scope, trendFrom)})
    select measure, to_char(at at time zone ${scope.zone}, 'YYYY-MM') as month,
      at >= ${midnight(scope.span.from, scope.zone)} as "inPeriod", channel, point as "servicePointId", reason,
      count(*) as count
    from counted group by 1, 2, 3, 4, 5, 6`.execute(tx);
  return rows;
}

/**
 * Cases that waited for a decision on the evening before the period and on its last day: those that wait now, less what
 * came since, and with what was decided since. So no count has to begin with the first case ever.
 */
export async function countWaitingCases(
  tx: Tx,
  scope: ReportScope,
): Promise<{ readonly opening: number; readonly closing: number }> {
  const { start, end } = instantsOf(scope);
  const point = pointOf(scope.servicePointId);
  const { rows } = await sql<{ opening: number; closing: number }>`
    with now as (
      select count(*) as waiting from application a
      where a.state in ('waiting_guardian', 'submitted', 'in_review', 'needs_correction') and ${point}
    ), since as (
      select e.effective_at as at, case when ${DECIDED} then 1 else 0 end
        - case when e.kind = 'submitted' then 1 else 0 end as back
      from application_event e
      left join application a on a.library_id = e.library_id and a.id = e.application_id
      where e.effective_at >= ${start} and (${DECIDED} or e.kind = 'submitted') and ${point}
    )
    select waiting + coalesce((select sum(back) from since), 0)::int as opening,
      waiting + coalesce((select sum(back) from since where at >= ${end}), 0)::int as closing
    from now`.execute(tx);
  return rows[0] ?? { opening: 0, closing: 0 };
}

function pointOf(servicePointId: ServicePointId | null): RawBuilder<unknown> {
  return servicePointId === null ? sql`true` : sql`a.service_point_id = ${servicePointId}`;
}

/** Narrows a case figure to what one cell of a table counts. */
export interface CaseFilter {
  readonly channel?: string | undefined;
  readonly servicePointId?: string | undefined;
  readonly reason?: string | undefined;
}

export interface CaseFigureRow {
  readonly applicationId: ApplicationId;
  /** Null once the case was erased. */
  readonly ticketCode: string | null;
  readonly name: string | null;
  /** As it stands today. */
  readonly state: ApplicationState | null;
  readonly channel: Channel | 'unknown';
  readonly servicePointId: ServicePointId | null;
  readonly at: Date;
  readonly reason: string;
}

/** The cases behind a figure of `countCases`, in the order of their events. */
export async function listCaseFigure(
  tx: Tx,
  scope: ReportScope,
  measure: CaseMeasure,
  filter: CaseFilter,
  page: RowPage,
): Promise<PageOf<CaseFigureRow>> {
  const is = (column: RawBuilder<unknown>, value: string | undefined) =>
    value === undefined ? sql`true` : sql`${column} = ${value}`;
  const { rows } = await sql<
    CaseFigureRow & { total: number }
  >`with counted as (${measured(scope, scope.span.from)})
    select application_id as "applicationId", ticket_code as "ticketCode", name, state, channel,
      point as "servicePointId", at, reason, count(*) over () as total
    from counted
    where measure = ${measure} and ${is(sql`channel`, filter.channel)}
      and ${is(sql`point::text`, filter.servicePointId)} and ${is(sql`reason`, filter.reason)}
    order by at, application_id offset ${page.offset} limit ${page.limit}`.execute(tx);
  return { rows, total: rows[0]?.total ?? 0 };
}
