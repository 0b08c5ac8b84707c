import { type Context, Hono } from 'hono';
import { reportCases, reportWaiting } from '../../../usecases/report-cases.ts';
import { reportMembers } from '../../../usecases/report-members.ts';
import { readMonthStandings } from '../../../usecases/report-month.ts';
import { reportSteps } from '../../../usecases/report-steps.ts';
import { reportVisitSummary, reportVisits } from '../../../usecases/report-visits.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../../env.ts';
import { requirePermission } from '../../middleware/session.ts';
import { caseRows } from './case-rows.ts';
import { casesPage } from './cases-page.tsx';
import { districtsOf, download } from './downloads.ts';
import { memberRows } from './member-rows.ts';
import { membersPage } from './members-page.tsx';
import { closedMonths, monthlyRoutes } from './monthly-routes.tsx';
import { overviewPage } from './overview-page.tsx';
import { readReportRequest } from './report-request.ts';
import { stepRows } from './step-rows.ts';
import { stepsPage } from './steps-page.tsx';
import { visitRows } from './visit-rows.ts';
import { visitsPage } from './visits-page.tsx';

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
      visits: await reportVisitSummary(deps.db, scope, asked),
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

  app.get('/laporan/:file{(anggota|permohonan|kunjungan|waktu|bulanan)\\.(csv|xlsx)}', figures, (c) =>
    download(c, deps),
  );

  app.get('/laporan/baris/anggota', rows, (c) => memberRows(c, deps, ask(c)));
  app.get('/laporan/baris/permohonan', rows, (c) => caseRows(c, deps, ask(c)));
  app.get('/laporan/baris/kunjungan', rows, (c) => visitRows(c, deps, ask(c)));
  app.get('/laporan/baris/waktu', rows, (c) => stepRows(c, deps, ask(c)));
  return app;
}
