import { type RawBuilder, sql } from 'kysely';
import type { ApplicationId, OfficerId, ServicePointId } from '../domain/ids.ts';
import type { Tx } from './connection.ts';
import {
  instantsOf,
  midnight,
  midnightAfter,
  type PageOf,
  type ReportScope,
  type RowPage,
} from './report-scope.ts';

/**
 * Step times of the cases that ended in a period, by the day they ended: every case counts once and whole. Only work
 * in the library is compared with the standard; a step that was not needed or filled in at home is told apart.
 */
export interface StepFigures {
  readonly procedureVersion: number;
  readonly firstStep: number;
  /** Steps that one act fulfils (SOP-J 3 and 4) stand together, against the sum of their standards. */
  readonly covers: readonly number[];
  readonly standardSeconds: number;
  /** Measured: done in the library, with a beginning that was seen. */
  readonly n: number;
  readonly median: number | null;
  readonly p90: number | null;
  readonly within: number;
  /** Done, but nobody saw it begin. */
  readonly unmeasured: number;
  readonly atHome: number;
  /** "Tidak dilakukan" */
  readonly notNeeded: number;
  readonly waitingMedian: number | null;
  readonly waitingP90: number | null;
}

/** Whole cases that were completed: the work of all steps together. */
export interface CaseTimes {
  /** `YYYY-MM`; empty for the period as a whole. */
  readonly month: string;
  readonly n: number;
  readonly median: number | null;
  readonly p90: number | null;
  /** Within the published total of the procedure the case began with. */
  readonly within: number;
  readonly waitingMedian: number | null;
  readonly waitingP90: number | null;
}

export interface OfficerTimes {
  readonly officerId: OfficerId;
  readonly name: string;
  readonly n: number;
  readonly cases: number;
  readonly within: number;
  /** Of what each step took, as a share of its standard. */
  readonly medianShare: number | null;
}

const ENDED = sql`('completed', 'already_member', 'rejected', 'cancelled', 'lapsed')`;

/** Cases that ended between two days; `completed` where a card was handed over. */
function ended(scope: ReportScope, from: string): RawBuilder<unknown> {
  return sql`select e.application_id, max(e.effective_at) as at, bool_or(e.to_state = 'completed') as completed
    from application_event e
    where e.effective_at >= ${midnight(from, scope.zone)}
      and e.effective_at < ${midnightAfter(scope.span.to, scope.zone)} and e.to_state in ${ENDED}
    group by 1`;
}

function pointOf(servicePointId: ServicePointId | null): RawBuilder<unknown> {
  return servicePointId === null ? sql`true` : sql`st.service_point_id = ${servicePointId}`;
}

const MEASURED = sql`st.outcome = 'done' and st.working_seconds is not null`;

export async function countSteps(tx: Tx, scope: ReportScope): Promise<readonly StepFigures[]> {
  const { rows } = await sql<StepFigures>`with ended as (${ended(scope, scope.span.from)})
    select st.procedure_version as "procedureVersion", st.first_step as "firstStep", st.covers,
      st.standard_seconds as "standardSeconds",
      count(*) filter (where ${MEASURED}) as n,
      percentile_cont(0.5) within group (order by st.working_seconds) filter (where ${MEASURED}) as median,
      percentile_cont(0.9) within group (order by st.working_seconds) filter (where ${MEASURED}) as p90,
      count(*) filter (where ${MEASURED} and st.working_seconds <= st.standard_seconds) as within,
      count(*) filter (where st.outcome = 'done' and st.working_seconds is null) as unmeasured,
      count(*) filter (where st.outcome = 'at_home') as "atHome",
      count(*) filter (where st.outcome = 'not_needed') as "notNeeded",
      percentile_cont(0.5) within group (order by st.waiting_seconds) filter (where ${MEASURED}) as "waitingMedian",
      percentile_cont(0.9) within group (order by st.waiting_seconds) filter (where ${MEASURED}) as "waitingP90"
    from ended join step_time st on st.library_id = app_library() and st.application_id = ended.application_id
    where ${pointOf(scope.servicePointId)}
    group by 1, 2, 3, 4 order by 1 desc, 2`.execute(tx);
  return rows;
}

/**
 * Completed cases of the period and of the months of its trend.
 * @param published published total in seconds by version of the procedure
 */
export async function countCaseTimes(
  tx: Tx,
  scope: ReportScope,
  trendFrom: string,
  published: ReadonlyMap<number, number>,
): Promise<readonly CaseTimes[]> {
  const { start } = instantsOf(scope);
  const totals = [...published].map(([version, seconds]) => sql`(${version}::int, ${seconds}::int)`);
  if (totals.length === 0) return [];
  const figures = sql`count(*) as n,
      percentile_cont(0.5) within group (order by working) as median,
      percentile_cont(0.9) within group (order by working) as p90,
      count(*) filter (where working <= published) as within,
      percentile_cont(0.5) within group (order by waiting) as "waitingMedian",
      percentile_cont(0.9) within group (order by waiting) as "waitingP90"`;
  const { rows } = await sql<CaseTimes>`with ended as (${ended(scope, trendFrom)}), whole as (
      select ended.at, sum(st.working_seconds) as working, sum(st.waiting_seconds) as waiting,
        min(total.seconds) as published
      from ended join step_time st on st.library_id = app_library() and st.application_id = ended.application_id
      join (values ${sql.join(totals)}) as total (version, seconds) on total.version = st.procedure_version
      where ended.completed and ${pointOf(scope.servicePointId)}
      group by ended.application_id, ended.at having sum(st.working_seconds) is not null
    )
    select to_char(at at time zone ${scope.zone}, 'YYYY-MM') as month, ${figures} from whole group by 1
    union all
    select '', ${figures} from whole where at >= ${start}
    order by 1`.execute(tx);
  return rows;
}

/** Times by officer; for those with the permission only. */
export async function countOfficerTimes(tx: Tx, scope: ReportScope): Promise<readonly OfficerTimes[]> {
  const { rows } = await sql<OfficerTimes>`with ended as (${ended(scope, scope.span.from)})
    select st.officer_id as "officerId", coalesce(officer.name, '') as name, count(*) as n,
      count(distinct st.application_id) as cases,
      count(*) filter (where st.working_seconds <= st.standard_seconds) as within,
      percentile_cont(0.5) within group (order by st.working_seconds::float / nullif(st.standard_seconds, 0))
        as "medianShare"
    from ended join step_time st on st.library_id = app_library() and st.application_id = ended.application_id
    left join officer on officer.library_id = app_library() and officer.id = st.officer_id
    where ${MEASURED} and st.officer_id is not null and ${pointOf(scope.servicePointId)}
    group by 1, 2 order by 3 desc, 2`.execute(tx);
  return rows;
}

export interface StepFigureRow {
  readonly applicationId: ApplicationId;
  readonly ticketCode: string | null;
  readonly name: string | null;
  readonly outcome: 'done' | 'at_home' | 'not_needed';
  readonly workingSeconds: number | null;
  readonly waitingSeconds: number | null;
  readonly standardSeconds: number;
  readonly endedAt: Date;
  readonly officerName: string | null;
}

export type StepFigure = 'measured' | 'within' | 'over' | 'unmeasured' | 'at_home' | 'not_needed';

const FIGURE: Readonly<Record<StepFigure, RawBuilder<unknown>>> = {
  measured: MEASURED,
  within: sql`${MEASURED} and st.working_seconds <= st.standard_seconds`,
  over: sql`${MEASURED} and st.working_seconds > st.standard_seconds`,
  unmeasured: sql`st.outcome = 'done' and st.working_seconds is null`,
  at_home: sql`st.outcome = 'at_home'`,
  not_needed: sql`st.outcome = 'not_needed'`,
};

/** The cases behind a figure of a step, the slowest first. */
export async function listStepFigure(
  tx: Tx,
  scope: ReportScope,
  step: {
    readonly procedureVersion: number;
    readonly covers: readonly number[];
    readonly figure: StepFigure;
  },
  page: RowPage,
): Promise<PageOf<StepFigureRow>> {
  const { rows } = await sql<
    StepFigureRow & { total: number }
  >`with ended as (${ended(scope, scope.span.from)})
    select st.application_id as "applicationId", a.ticket_code as "ticketCode", a.name, st.outcome,
      st.working_seconds as "workingSeconds", st.waiting_seconds as "waitingSeconds",
      st.standard_seconds as "standardSeconds", coalesce(st.ended_at, ended.at) as "endedAt",
      officer.name as "officerName", count(*) over () as total
    from ended join step_time st on st.library_id = app_library() and st.application_id = ended.application_id
    left join application a on a.library_id = app_library() and a.id = st.application_id
    left join officer on officer.library_id = app_library() and officer.id = st.officer_id
    where st.procedure_version = ${step.procedureVersion} and st.covers = ${[...step.covers]}::int[]
      and ${FIGURE[step.figure]} and ${pointOf(scope.servicePointId)}
    order by st.working_seconds desc nulls last, st.application_id
    offset ${page.offset} limit ${page.limit}`.execute(tx);
  return { rows, total: rows[0]?.total ?? 0 };
}
