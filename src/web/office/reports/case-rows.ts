import type { Context } from 'hono';
import { CASE_MEASURES, type CaseFigureRow, type CaseMeasure } from '../../../db/report-case.ts';
import { formatTicketCode } from '../../../domain/ticket-code.ts';
import { formatShortDateTime } from '../../../i18n/format.ts';
import { listCasesOfFigure } from '../../../usecases/report-cases.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../../env.ts';
import { caseReason } from './case-sheet.ts';
import type { AskedReport } from './report-request.ts';
import { type ReportCell, type ReportTable, tableOf } from './report-table.ts';
import { type ReportWords, wordsOf } from './report-words.ts';
import { rowPage, rowsPage } from './rows-page.tsx';
import { pointName } from './visit-sheet.ts';

type C = Context<LibraryEnv>;

/** The cases behind a figure. */
export async function caseRows(c: C, deps: WebDeps, asked: AskedReport) {
  const measure = CASE_MEASURES.find((each) => each === c.req.query('apa'));
  if (!measure) return c.notFound();
  const filter = {
    channel: c.req.query('jalur'),
    servicePointId: c.req.query('tempat'),
    reason: c.req.query('alasan'),
  };
  const page = rowPage(c);
  const found = await listCasesOfFigure(deps.db, deps, scopeOf(c, deps), asked, measure, filter, page);
  if (!found.ok) return c.notFound();
  const words = wordsOf(c, asked);
  return rowsPage(c, {
    asked,
    page: page.page,
    part: 'cases',
    what: words.texts.reports.cases.measures[measure],
    total: found.total,
    table: caseTable(words, measure, found.rows),
  });
}

function caseTable(words: ReportWords, measure: CaseMeasure, rows: readonly CaseFigureRow[]): ReportTable {
  const { asked, texts, library } = words;
  const { rows: text, cases, period } = texts.reports;
  const zone = library.settings.profile.timezone;
  const withReasons = rows.some(({ reason }) => reason !== '');
  return tableOf<CaseFigureRow>(
    { key: 'baris', title: text.cases },
    [
      { title: text.ticket, kind: 'text', cell: (row) => ticketCell(words, row) },
      { title: text.name, kind: 'text', cell: ({ name }) => ({ value: name ?? text.erased }) },
      {
        title: text.time,
        kind: 'text',
        cell: ({ at }) => ({ value: formatShortDateTime(asked.lang, at, zone) }),
      },
      { title: text.channel, kind: 'text', cell: ({ channel }) => ({ value: cases.channels[channel] }) },
      {
        title: period.servicePoint,
        kind: 'text',
        cell: ({ servicePointId: id }) => ({ value: id === null ? '–' : pointName(words, id) }),
      },
      { title: text.state, kind: 'text', cell: ({ state }) => ({ value: stateName(words, state) }) },
      ...(withReasons
        ? [
            {
              title: text.reason,
              kind: 'text' as const,
              cell: ({ reason }: CaseFigureRow) => ({ value: caseReason(words, measure, reason) }),
            },
          ]
        : []),
    ],
    rows,
  );
}

function stateName({ texts }: ReportWords, state: CaseFigureRow['state']): string {
  if (state === null) return '–';
  return state === 'rejected' ? texts.common.staffRejected : texts.common.state[state];
}

/** The number of a case, which leads to it. */
export function ticketCell(
  { asked, texts }: ReportWords,
  row: Pick<CaseFigureRow, 'ticketCode' | 'applicationId'>,
): ReportCell {
  return row.ticketCode === null
    ? { value: texts.reports.rows.erased }
    : { value: formatTicketCode(row.ticketCode), href: `/${asked.slug}/loket/${row.applicationId}` };
}
