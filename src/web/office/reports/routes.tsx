import { type Context, Hono } from 'hono';
import { CASE_MEASURES, type CaseMeasure } from '../../../db/report-case.ts';
import { MEMBER_DIMENSIONS, type MemberDimension, type MemberMeasure } from '../../../db/report-member.ts';
import type { StepFigure } from '../../../db/report-step.ts';
import { formatNumber } from '../../../i18n/format.ts';
import { listCasesOfFigure, reportCases, reportWaiting } from '../../../usecases/report-cases.ts';
import { listMembersOfFigure, type MemberReport, reportMembers } from '../../../usecases/report-members.ts';
import { readMonthStandings } from '../../../usecases/report-month.ts';
import { readDistrictNames } from '../../../usecases/report-places.ts';
import { listStepsOfFigure, reportSteps } from '../../../usecases/report-steps.ts';
import { listVisitsOfFigure, reportVisitMonths, reportVisits } from '../../../usecases/report-visits.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../../env.ts';
import { textsOf } from '../../frame.tsx';
import { requirePermission } from '../../middleware/session.ts';
import { caseTables } from './case-sheet.ts';
import { memberGroupName, memberTables } from './member-sheet.ts';
import { closedMonths, monthlyDownload, monthlyRoutes, monthOf } from './monthly-routes.tsx';
import { casesPage, membersPage, overviewPage, stepsPage, visitsPage } from './report-pages.tsx';
import { type AskedReport, readReportRequest } from './report-request.ts';
import { downloadTable, type ReportTable } from './report-table.ts';
import {
  caseRowsTable,
  memberRowsTable,
  ROWS_PER_PAGE,
  rowsPage,
  stepRowsTable,
  visitRowsTable,
} from './rows-page.tsx';
import { stepTables } from './step-sheet.ts';
import { visitTables } from './visit-sheet.ts';

type C = Context<LibraryEnv>;

/** `/{library}/laporan`: figures for everybody with `report.view`, rows behind them for those with `report.rows`. */
export function reportRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  const figures = requirePermission('report.view');
  const rows = requirePermission('report.rows');
  const ask = (c: C) => readReportRequest(c, deps.now());

  app.get('/laporan', figures, async (c) => {
    const asked = ask(c);
    const scope = scopeOf(c, deps);
    const members = await reportMembers(deps.db, scope, asked);
    return overviewPage(c, asked, {
      sheets: await readMonthStandings(deps.db, scope, closedMonths(asked.today)),
      members,
      waiting: await reportWaiting(deps.db, scope, asked),
      visits: await reportVisits(deps.db, scope, asked),
      visitMonths: await reportVisitMonths(deps.db, scope, asked),
      steps: await reportSteps(deps.db, scope, asked),
    });
  });

  app.get('/laporan/anggota', figures, async (c) => {
    const asked = ask(c);
    const report = await reportMembers(deps.db, scopeOf(c, deps), asked);
    return membersPage(c, asked, report, await districtsOf(deps, report));
  });
  app.get('/laporan/permohonan', figures, async (c) => {
    const asked = ask(c);
    return casesPage(c, asked, await reportCases(deps.db, scopeOf(c, deps), asked));
  });
  app.get('/laporan/kunjungan', figures, async (c) => {
    const asked = ask(c);
    return visitsPage(c, asked, await reportVisits(deps.db, scopeOf(c, deps), asked));
  });
  app.get('/laporan/waktu', figures, async (c) => {
    const asked = ask(c);
    return stepsPage(c, asked, await reportSteps(deps.db, scopeOf(c, deps), asked));
  });
  app.route('/', monthlyRoutes(deps));

  app.get('/laporan/:file{(anggota|permohonan|kunjungan|waktu|bulanan)\\.(csv|xlsx)}', figures, async (c) => {
    const [part = '', kind = ''] = c.req.param('file').split('.');
    const asked = part === 'bulanan' ? monthOf(ask(c)) : ask(c);
    const tables = await tablesOf(deps, c, part, asked);
    const only = c.req.query('tabel');
    const name = `${c.get('library').slug}-${part}-${periodKeyOf(asked)}`;
    if (kind === 'xlsx') {
      const bytes = await deps.documents.tableXlsx(tables.map(downloadTable));
      return file(c, new Uint8Array(bytes), `${name}.xlsx`, XLSX);
    }
    const table = tables.find(({ key }) => key === only) ?? tables[0];
    if (!table) return c.notFound();
    // Excel in Indonesian opens a semicolon in columns.
    const csv = deps.documents.tableCsv(downloadTable(table), { separator: asked.lang === 'id' ? ';' : ',' });
    return file(c, csv, `${name}-${table.key}.csv`, 'text/csv; charset=utf-8');
  });

  app.get('/laporan/baris/anggota', rows, (c) => memberRows(c, deps, ask(c)));
  app.get('/laporan/baris/permohonan', rows, (c) => caseRows(c, deps, ask(c)));
  app.get('/laporan/baris/kunjungan', rows, (c) => visitRows(c, deps, ask(c)));
  app.get('/laporan/baris/waktu', rows, (c) => stepRows(c, deps, ask(c)));
  return app;
}

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

function file(c: C, body: string | Uint8Array<ArrayBuffer>, name: string, type: string) {
  c.header('Content-Type', type);
  c.header('Content-Disposition', `attachment; filename="${name}"`);
  return c.body(body);
}

function periodKeyOf(asked: AskedReport): string {
  return new URLSearchParams(asked.href('').split('?')[1]).get('periode')?.replace('..', '_') ?? '';
}

async function districtsOf(deps: WebDeps, report: MemberReport) {
  return readDistrictNames(
    deps.db,
    report.groups.district.map(({ value }) => value),
  );
}

async function tablesOf(
  deps: WebDeps,
  c: C,
  part: string,
  asked: AskedReport,
): Promise<readonly ReportTable[]> {
  const scope = scopeOf(c, deps);
  const words = { asked, texts: textsOf(c), library: c.get('library') };
  switch (part) {
    case 'anggota': {
      const report = await reportMembers(deps.db, scope, asked);
      return memberTables({ ...words, districts: await districtsOf(deps, report) }, report);
    }
    case 'permohonan':
      return caseTables(words, await reportCases(deps.db, scope, asked));
    case 'kunjungan':
      return visitTables(words, await reportVisits(deps.db, scope, asked));
    case 'waktu':
      return stepTables(words, await reportSteps(deps.db, scope, asked));
    default:
      return monthlyDownload(c, deps, asked);
  }
}

/** Which page of the rows. */
function pageOf(c: C): { readonly page: number; readonly offset: number; readonly limit: number } {
  const asked = Number(c.req.query('hal') ?? '1');
  const page = Number.isSafeInteger(asked) && asked >= 1 && asked <= 100_000 ? asked : 1;
  return { page, offset: (page - 1) * ROWS_PER_PAGE, limit: ROWS_PER_PAGE };
}

async function memberRows(c: C, deps: WebDeps, asked: AskedReport) {
  const texts = textsOf(c);
  const { rows: text, members, tabs } = texts.reports;
  const measure = memberMeasure(c.req.query('apa') ?? '');
  if (!measure) return c.notFound();
  const by = c.req.query('menurut') ?? '';
  const value = c.req.query('nilai') ?? '';
  const dimension = (MEMBER_DIMENSIONS as readonly string[]).includes(by) ? (by as MemberDimension) : null;
  const group = dimension === null ? null : { dimension, value };
  const page = pageOf(c);
  const found = await listMembersOfFigure(deps.db, deps, scopeOf(c, deps), asked, measure, group, page);
  if (!found.ok) return c.notFound();
  const districts = await readDistrictNames(deps.db, [
    ...found.rows.flatMap(({ district }) => (district === null ? [] : [district])),
    ...(dimension === 'district' ? [value] : []),
  ]);
  const words = { asked, texts, library: c.get('library'), districts };
  const measureName = (() => {
    if (measure.kind === 'standing') {
      const status =
        measure.status === 'registered' ? members.registered : texts.common.memberState[measure.status];
      return `${measure.at === 'opening' ? members.opening : members.closing}, ${status}`;
    }
    if (measure.kind === 'flow') {
      if (measure.flow === 'ended') return members.out.ended;
      return measure.flow === 'renewed' ? members.renewals : members.in[measure.flow];
    }
    const names: Readonly<Record<string, string>> = measure.way === 'in' ? members.in : members.out;
    return `${members.active}: ${names[measure.cause] ?? measure.cause}`;
  })();
  const groupName = group === null ? [] : [memberGroupName(words, group.dimension, group.value)];
  return rowsPage(c, {
    asked,
    page: page.page,
    back: { path: '/anggota', label: tabs.members },
    title: text.members,
    what: [measureName, ...groupName].join(' · '),
    found: text.found(formatNumber(asked.lang, found.total)),
    total: found.total,
    table: memberRowsTable(c, asked, found, districts),
  });
}

const STATUSES = ['registered', 'active', 'expired', 'suspended', 'cleared', 'ended'] as const;

/** `standing.closing.active`, `flow.joined`, `active.out.expired` as the tables write them. */
function memberMeasure(text: string): MemberMeasure | undefined {
  const [kind, second = '', third = ''] = text.split('.');
  if (kind === 'standing' && (second === 'opening' || second === 'closing')) {
    const status = STATUSES.find((each) => each === third);
    return status && { kind, at: second, status };
  }
  if (kind === 'flow') {
    const flow = (['joined', 'reactivated', 'ended', 'renewed'] as const).find((each) => each === second);
    return flow && { kind, flow };
  }
  if (kind === 'active' && (second === 'in' || second === 'out')) return { kind, way: second, cause: third };
  return undefined;
}

async function caseRows(c: C, deps: WebDeps, asked: AskedReport) {
  const { rows: text, cases, tabs } = textsOf(c).reports;
  const measure = CASE_MEASURES.find((each) => each === c.req.query('apa')) as CaseMeasure | undefined;
  if (!measure) return c.notFound();
  const filter = {
    channel: c.req.query('jalur'),
    servicePointId: c.req.query('tempat'),
    reason: c.req.query('alasan'),
  };
  const page = pageOf(c);
  const found = await listCasesOfFigure(deps.db, deps, scopeOf(c, deps), asked, measure, filter, page);
  if (!found.ok) return c.notFound();
  return rowsPage(c, {
    asked,
    page: page.page,
    back: { path: '/permohonan', label: tabs.cases },
    title: text.cases,
    what: cases.measures[measure],
    found: text.found(formatNumber(asked.lang, found.total)),
    total: found.total,
    table: caseRowsTable(c, asked, measure, found),
  });
}

async function visitRows(c: C, deps: WebDeps, asked: AskedReport) {
  const { rows: text, visits, tabs } = textsOf(c).reports;
  const filter = {
    kind: c.req.query('jenis'),
    purpose: c.req.query('tujuan'),
    servicePointId: c.req.query('tempat'),
    mode: c.req.query('cara'),
    day: c.req.query('hari'),
  };
  const page = pageOf(c);
  const found = await listVisitsOfFigure(deps.db, deps, scopeOf(c, deps), asked, filter, page);
  if (!found.ok) return c.notFound();
  const kinds: Readonly<Record<string, string>> = visits.kinds;
  const number = (value: number) => formatNumber(asked.lang, value);
  return rowsPage(c, {
    asked,
    page: page.page,
    back: { path: '/kunjungan', label: tabs.visits },
    title: text.visits,
    what: kinds[filter.kind ?? ''] ?? visits.total,
    found: text.personsFound(number(found.total), number(found.persons)),
    total: found.total,
    table: visitRowsTable(c, asked, found),
  });
}

const STEP_FIGURES: readonly StepFigure[] = [
  'measured',
  'within',
  'over',
  'unmeasured',
  'at_home',
  'not_needed',
];

async function stepRows(c: C, deps: WebDeps, asked: AskedReport) {
  const { rows: text, steps, tabs } = textsOf(c).reports;
  const figure = STEP_FIGURES.find((each) => each === c.req.query('apa'));
  const procedureVersion = Number(c.req.query('versi'));
  const covers = (c.req.query('langkah') ?? '').split(' ').map(Number);
  if (!figure || !isCount(procedureVersion) || !covers.every(isCount)) return c.notFound();
  const page = pageOf(c);
  const step = { procedureVersion, covers, figure };
  const found = await listStepsOfFigure(deps.db, deps, scopeOf(c, deps), asked, step, page);
  if (!found.ok) return c.notFound();
  return rowsPage(c, {
    asked,
    page: page.page,
    back: { path: '/waktu', label: tabs.steps },
    title: text.steps,
    what: `${steps.step} ${covers.join('+')}, ${steps.figures[figure]}`,
    found: text.found(formatNumber(asked.lang, found.total)),
    total: found.total,
    table: stepRowsTable(c, asked, found),
  });
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0 && value < 100_000;
}
