import { type Context, Hono } from 'hono';
import { lastDayOf } from '../../../domain/monthly-report.ts';
import { addMonths, type PlainDate } from '../../../domain/plain-date.ts';
import { daysOf, periodAround, periodKey, readPeriod } from '../../../domain/report-period.ts';
import {
  checkMonth,
  type MonthlyRefusal,
  type MonthlyReport,
  readMonth,
  readMonthStandings,
  signMonth,
  withdrawMonth,
} from '../../../usecases/report-month.ts';
import { readDistrictNames } from '../../../usecases/report-places.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../../env.ts';
import { readForm } from '../../form-body.ts';
import { textsOf } from '../../frame.tsx';
import { requirePermission } from '../../middleware/session.ts';
import type { FieldError } from '../member-action-page.tsx';
import type { Notice } from '../office-page.tsx';
import { monthlyPage } from './monthly-page.tsx';
import { approvalTable, differenceTable, MONTHLY_SECTIONS, monthlyTables } from './monthly-sheet.ts';
import { type AskedReport, readReportRequest } from './report-request.ts';
import type { ReportTable } from './report-table.ts';
import { wordsOf } from './report-words.ts';

type C = Context<LibraryEnv>;

/** `/laporan/bulanan`: the sheet of a month, checked by the Kepala Bidang and signed by the Kepala SKPD. */
export function monthlyRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();

  app.get('/laporan/bulanan', requirePermission('report.view'), (c) => {
    const { done } = textsOf(c).reports.monthly;
    const words: Readonly<Record<string, string>> = done;
    const text = words[c.req.query('selesai') ?? ''];
    return show(c, deps, monthOf(readReportRequest(c, deps.now())), {
      notices: text === undefined ? [] : [{ tone: 'success', text }],
    });
  });

  app.post('/laporan/bulanan/:month/periksa', requirePermission('report.check'), async (c) => {
    const body = await readForm(c);
    const month = c.req.param('month');
    return answer(
      c,
      deps,
      'periksa',
      await checkMonth(deps.db, deps, scopeOf(c, deps), { month, digest: body.text('sidik') }),
    );
  });

  app.post('/laporan/bulanan/:month/sahkan', requirePermission('report.sign'), async (c) => {
    const body = await readForm(c);
    const input = { month: c.req.param('month'), revision: Number(body.text('lembar')) };
    return answer(c, deps, 'sahkan', await signMonth(deps.db, deps, scopeOf(c, deps), input));
  });

  app.post(
    '/laporan/bulanan/:month/kembalikan',
    requirePermission('report.check', 'report.sign'),
    async (c) => {
      const body = await readForm(c);
      const reason = body.text('alasan');
      const input = { month: c.req.param('month'), revision: Number(body.text('lembar')), reason };
      return answer(
        c,
        deps,
        'kembalikan',
        await withdrawMonth(deps.db, deps, scopeOf(c, deps), input),
        reason,
      );
    },
  );
  return app;
}

/** The sheet is of a month: of the last one, up to this one, that another period touches. */
export function monthOf(asked: AskedReport): AskedReport {
  if (asked.period.kind === 'month') return asked;
  const { from, to } = daysOf(asked.period);
  // Days are texts: the middle one of the three lies in the period, as near to today as it can.
  const period = periodAround('month', [from, asked.today, to].sort()[1] ?? to);
  return { ...asked, period, href: (path, more) => asked.hrefFor(path, period, more) };
}

/** The tables of the download: who answers for them first, then what was checked, then how today differs. */
export async function monthlyDownload(
  c: C,
  deps: WebDeps,
  asked: AskedReport,
): Promise<readonly ReportTable[]> {
  const report = await readMonth(
    deps.db,
    deps,
    scopeOf(c, deps),
    periodKey(asked.period),
    asked.servicePointId,
  );
  const words = { ...wordsOf(c, asked), districts: await districtsOf(deps, report) };
  const tables = monthlyTables(words, report.standing?.figures ?? report.live, true);
  const differences = differenceTable(words, report);
  return [
    approvalTable(words, report),
    ...MONTHLY_SECTIONS.flatMap((section) => tables[section]),
    ...(differences ? [differences] : []),
  ];
}

interface Said {
  readonly notices: readonly Notice[];
  readonly errors?: readonly FieldError[];
  readonly typed?: string;
}

async function show(c: C, deps: WebDeps, asked: AskedReport, said: Said) {
  const scope = scopeOf(c, deps);
  const report = await readMonth(deps.db, deps, scope, periodKey(asked.period), asked.servicePointId);
  return monthlyPage(c, {
    asked,
    report,
    districts: await districtsOf(deps, report),
    standings: await readMonthStandings(deps.db, scope, closedMonths(asked.today)),
    now: deps.now(),
    errors: [],
    typed: '',
    ...said,
  });
}

/** Back to the sheet, or the sheet again with what stood in the way. */
async function answer(
  c: C,
  deps: WebDeps,
  verb: string,
  outcome: { readonly ok: true } | MonthlyRefusal,
  typed = '',
) {
  const month = c.req.param('month') ?? '';
  const period = readPeriod(month);
  if (lastDayOf(month) === undefined || period === undefined) return c.notFound();
  const asked = readReportRequest(c, deps.now());
  if (outcome.ok) return c.redirect(`/${asked.slug}/laporan/bulanan?periode=${month}&selesai=${verb}`, 303);
  const text = textsOf(c).reports.monthly.refused[outcome.reason];
  c.status(outcome.reason === 'changed-meanwhile' ? 409 : 422);
  const here = (path: string, more = {}) => asked.hrefFor(path, period, more);
  return show(
    c,
    deps,
    { ...asked, period, href: here },
    outcome.reason === 'reason-missing'
      ? { notices: [], errors: [{ field: 'alasan', text }], typed }
      : { notices: [{ tone: 'danger', text }], typed },
  );
}

/** The last twelve months that are over, the newest first. */
export function closedMonths(today: PlainDate): readonly string[] {
  const first = `${today.slice(0, 7)}-01` as PlainDate;
  return Array.from({ length: 12 }, (_, back) => addMonths(first, -1 - back).slice(0, 7));
}

function districtsOf(deps: WebDeps, report: MonthlyReport) {
  const codes = [report.live, ...(report.standing ? [report.standing.figures] : [])].flatMap((figures) =>
    figures.members.groups.district.map(({ value }) => value),
  );
  return readDistrictNames(deps.db, codes);
}
