import type { Context } from 'hono';
import { periodKey } from '../../../domain/report-period.ts';
import { reportCases } from '../../../usecases/report-cases.ts';
import { type MemberReport, reportMembers } from '../../../usecases/report-members.ts';
import { readDistrictNames } from '../../../usecases/report-places.ts';
import { reportSteps } from '../../../usecases/report-steps.ts';
import { reportVisits } from '../../../usecases/report-visits.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../../env.ts';
import { caseTables } from './case-sheet.ts';
import { memberTables } from './member-sheet.ts';
import { monthlyDownload, monthOf } from './monthly-routes.tsx';
import { type AskedReport, readReportRequest } from './report-request.ts';
import { downloadTable, type ReportTable } from './report-table.ts';
import { wordsOf } from './report-words.ts';
import { stepTables } from './step-sheet.ts';
import { visitTables } from './visit-sheet.ts';

type C = Context<LibraryEnv>;

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** `/laporan/{part}.csv` with one table, `.xlsx` with all of a part. */
export async function download(c: C, deps: WebDeps) {
  const [part = '', kind = ''] = (c.req.param('file') ?? '').split('.');
  const request = readReportRequest(c, deps.now());
  const asked = part === 'bulanan' ? monthOf(request) : request;
  const tables = await tablesOf(deps, c, part, asked);
  const only = c.req.query('tabel');
  const name = `${c.get('library').slug}-${part}-${periodKey(asked.period).replace('..', '_')}`;
  if (kind === 'xlsx') {
    const bytes = await deps.documents.tableXlsx(tables.map(downloadTable));
    return file(c, new Uint8Array(bytes), `${name}.xlsx`, XLSX);
  }
  const table = tables.find(({ key }) => key === only) ?? tables[0];
  if (!table) return c.notFound();
  // Excel in Indonesian opens a semicolon in columns.
  const csv = deps.documents.tableCsv(downloadTable(table), { separator: asked.lang === 'id' ? ';' : ',' });
  return file(c, csv, `${name}-${table.key}.csv`, 'text/csv; charset=utf-8');
}

function file(c: C, body: string | Uint8Array<ArrayBuffer>, name: string, type: string) {
  c.header('Content-Type', type);
  c.header('Content-Disposition', `attachment; filename="${name}"`);
  return c.body(body);
}

/** Names of the districts of a report. */
export function districtsOf(deps: WebDeps, report: MemberReport) {
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
  const words = wordsOf(c, asked);
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
