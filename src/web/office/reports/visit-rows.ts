import type { Context } from 'hono';
import type { VisitFigureRow } from '../../../db/report-visit.ts';
import { formatNumber, formatShortDateTime } from '../../../i18n/format.ts';
import { listVisitsOfFigure } from '../../../usecases/report-visits.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../../env.ts';
import type { AskedReport } from './report-request.ts';
import { link, type ReportTable, tableOf } from './report-table.ts';
import { type ReportWords, wordsOf } from './report-words.ts';
import { rowPage, rowsPage } from './rows-page.tsx';
import { pointName, purposeName } from './visit-sheet.ts';

type C = Context<LibraryEnv>;

/** The visits behind a figure. */
export async function visitRows(c: C, deps: WebDeps, asked: AskedReport) {
  const filter = {
    kind: c.req.query('jenis'),
    purpose: c.req.query('tujuan'),
    servicePointId: c.req.query('tempat'),
    mode: c.req.query('cara'),
    day: c.req.query('hari'),
  };
  const page = rowPage(c);
  const found = await listVisitsOfFigure(deps.db, deps, scopeOf(c, deps), asked, filter, page);
  if (!found.ok) return c.notFound();
  const words = wordsOf(c, asked);
  const { rows: text, visits } = words.texts.reports;
  const kinds: Readonly<Record<string, string>> = visits.kinds;
  const number = (value: number) => formatNumber(asked.lang, value);
  return rowsPage(c, {
    asked,
    page: page.page,
    part: 'visits',
    what: kinds[filter.kind ?? ''] ?? visits.total,
    found: text.personsFound(number(found.total), number(found.persons)),
    total: found.total,
    table: visitTable(words, found.rows),
  });
}

function visitTable(words: ReportWords, rows: readonly VisitFigureRow[]): ReportTable {
  const { asked, texts, library } = words;
  const { rows: text, visits, period } = texts.reports;
  const zone = library.settings.profile.timezone;
  return tableOf<VisitFigureRow>(
    { key: 'baris', title: text.visits },
    [
      {
        title: text.time,
        kind: 'text',
        cell: ({ at }) => ({ value: formatShortDateTime(asked.lang, at, zone) }),
      },
      { title: text.kind, kind: 'text', cell: ({ kind }) => ({ value: visits.kinds[kind] }) },
      {
        title: text.name,
        kind: 'text',
        cell: ({ name, memberNumber, memberId }) => ({
          value: [name ?? text.anonymous, ...(memberNumber === null ? [] : [memberNumber])].join(' · '),
          ...link(memberId === null ? undefined : `/${asked.slug}/anggota/${memberId}`),
        }),
      },
      { title: text.institution, kind: 'text', cell: ({ institution }) => ({ value: institution ?? '–' }) },
      { title: text.purpose, kind: 'text', cell: ({ purpose }) => ({ value: purposeName(words, purpose) }) },
      {
        title: period.servicePoint,
        kind: 'text',
        cell: ({ servicePointId }) => ({ value: pointName(words, servicePointId) }),
      },
      { title: text.persons, kind: 'integer', cell: ({ persons }) => ({ value: persons }) },
    ],
    rows,
  );
}
