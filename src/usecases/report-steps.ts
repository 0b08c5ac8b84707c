import type { Db, Tx } from '../db/connection.ts';
import { getProcedure } from '../db/library.ts';
import type { PageOf, RowPage } from '../db/report-scope.ts';
import {
  type CaseTimes,
  countCaseTimes,
  countOfficerTimes,
  countSteps,
  listStepFigure,
  type OfficerTimes,
  type StepFigure,
  type StepFigureRow,
  type StepFigures,
} from '../db/report-step.ts';
import { type Procedure, sumOfStandards } from '../domain/procedure.ts';
import { type DaySpan, monthsIn, trendSpan } from '../domain/report-period.ts';
import type { Deps, Scope } from './context.ts';
import {
  maySeeOfficerTimes,
  type ReportDays,
  type ReportRequest,
  type RowsOutcome,
  readReport,
  readRows,
  reportDays,
  reportScope,
} from './report-scope.ts';

export interface TimedStepReport extends StepFigures {
  /** Official words of the steps, Indonesian. */
  readonly texts: readonly string[];
}

/** Steps of one version of the procedure: a case is measured by the version it began with. */
export interface ProcedureTimes {
  readonly version: number;
  readonly serviceName: string;
  readonly steps: readonly TimedStepReport[];
  /** Of the steps, in seconds; the published total may differ and stands beside it. */
  readonly sumOfStandards: number;
  readonly publishedTotal: number;
}

export interface StepReport extends ReportDays {
  /** Newest version first; those without an ended case in the period are left out, but the one in force never. */
  readonly procedures: readonly ProcedureTimes[];
  /** Completed cases of the period; null where there was none. */
  readonly total: CaseTimes | null;
  readonly months: readonly { readonly month: string; readonly times: CaseTimes | null }[];
  /** Null for those who may not see them. */
  readonly officers: readonly OfficerTimes[] | null;
}

/** Steps and whole cases against their standard. */
export function reportSteps(db: Db, scope: Scope, request: ReportRequest): Promise<StepReport> {
  return readReport(db, scope, (tx) => stepReport(tx, scope, request));
}

/**
 * The same inside a transaction, for pages that need several reports of one moment.
 * @param trendOf which months are told apart: the year up to the period, or as few as are shown
 */
export async function stepReport(
  tx: Tx,
  scope: Scope,
  request: ReportRequest,
  trendOf: (span: DaySpan) => DaySpan = trendSpan,
): Promise<StepReport> {
  const days = reportDays(scope, request.period);
  const trend = trendOf(days.span);
  const asked = reportScope(scope, request);
  const figures = await countSteps(tx, asked);
  const procedures = await proceduresOf(tx, scope);
  const published = new Map([...procedures].map(([version, each]) => [version, each.publishedTotalSeconds]));
  const times = await countCaseTimes(tx, asked, trend.from, published);
  return {
    ...days,
    procedures: [...procedures]
      .map(([version, procedure]) => procedureTimes(version, procedure, figures))
      .filter(({ version, steps }) => steps.length > 0 || version === scope.library.procedureVersion),
    total: times.find(({ month }) => month === '') ?? null,
    months: monthsIn(trend).map((month) => ({
      month,
      times: times.find((each) => each.month === month) ?? null,
    })),
    officers: maySeeOfficerTimes(scope) ? await countOfficerTimes(tx, asked) : null,
  };
}

/** Newest first. */
async function proceduresOf(tx: Tx, scope: Scope): Promise<ReadonlyMap<number, Procedure>> {
  const rows = await tx
    .selectFrom('procedure_version')
    .select('version')
    .where('state', '=', 'signed')
    .orderBy('version', 'desc')
    .execute();
  const procedures = new Map<number, Procedure>();
  for (const { version } of rows) {
    procedures.set(
      version,
      version === scope.library.procedureVersion ? scope.library.procedure : await getProcedure(tx, version),
    );
  }
  return procedures;
}

function procedureTimes(
  version: number,
  procedure: Procedure,
  figures: readonly StepFigures[],
): ProcedureTimes {
  return {
    version,
    serviceName: procedure.serviceName,
    steps: figures
      .filter((figure) => figure.procedureVersion === version)
      .map((figure) => ({
        ...figure,
        texts: figure.covers.map((no) => procedure.steps.find((step) => step.no === no)?.text ?? ''),
      })),
    sumOfStandards: sumOfStandards(procedure),
    publishedTotal: procedure.publishedTotalSeconds,
  };
}

/** The cases behind a figure of a step; officers' names only for those who may see their times. */
export function listStepsOfFigure(
  db: Db,
  deps: Deps,
  scope: Scope,
  request: ReportRequest,
  step: {
    readonly procedureVersion: number;
    readonly covers: readonly number[];
    readonly figure: StepFigure;
  },
  page: RowPage,
): Promise<RowsOutcome<PageOf<StepFigureRow>>> {
  return readRows(db, deps, scope, { report: 'steps', fields: [step.figure] }, async (tx) => {
    const found = await listStepFigure(tx, reportScope(scope, request), step, page);
    if (maySeeOfficerTimes(scope)) return found;
    return { ...found, rows: found.rows.map((row) => ({ ...row, officerName: null })) };
  });
}
