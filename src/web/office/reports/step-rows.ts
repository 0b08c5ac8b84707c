import type { Context } from 'hono';
import type { StepFigure, StepFigureRow } from '../../../db/report-step.ts';
import { plainDateIn } from '../../../domain/plain-date.ts';
import { formatShortDate } from '../../../i18n/format.ts';
import { listStepsOfFigure } from '../../../usecases/report-steps.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../../env.ts';
import { ticketCell } from './case-rows.ts';
import type { AskedReport } from './report-request.ts';
import { type ReportTable, tableOf } from './report-table.ts';
import { type ReportWords, wordsOf } from './report-words.ts';
import { rowPage, rowsPage } from './rows-page.tsx';
import { duration } from './step-sheet.ts';

type C = Context<LibraryEnv>;

const STEP_FIGURES: readonly StepFigure[] = [
  'measured',
  'within',
  'over',
  'unmeasured',
  'at_home',
  'not_needed',
];

/** The cases behind a figure of a step. */
export async function stepRows(c: C, deps: WebDeps, asked: AskedReport) {
  const figure = STEP_FIGURES.find((each) => each === c.req.query('apa'));
  const procedureVersion = Number(c.req.query('versi'));
  const covers = (c.req.query('langkah') ?? '').split(' ').map(Number);
  if (!figure || !isCount(procedureVersion) || !covers.every(isCount)) return c.notFound();
  const page = rowPage(c);
  const step = { procedureVersion, covers, figure };
  const found = await listStepsOfFigure(deps.db, deps, scopeOf(c, deps), asked, step, page);
  if (!found.ok) return c.notFound();
  const words = wordsOf(c, asked);
  const { steps } = words.texts.reports;
  return rowsPage(c, {
    asked,
    page: page.page,
    part: 'steps',
    what: `${steps.step} ${covers.join('+')}, ${steps.figures[figure]}`,
    total: found.total,
    table: stepTable(words, found.rows),
  });
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0 && value < 100_000;
}

function stepTable(words: ReportWords, rows: readonly StepFigureRow[]): ReportTable {
  const { asked, texts, library } = words;
  const text = texts.reports.rows;
  const zone = library.settings.profile.timezone;
  const withOfficers = rows.some(({ officerName }) => officerName !== null);
  return tableOf<StepFigureRow>(
    { key: 'baris', title: text.steps },
    [
      { title: text.ticket, kind: 'text', cell: (row) => ticketCell(words, row) },
      { title: text.name, kind: 'text', cell: ({ name }) => ({ value: name ?? text.erased }) },
      {
        title: text.date,
        kind: 'date',
        cell: ({ endedAt }) => {
          const day = plainDateIn(zone, endedAt);
          return { value: day, text: formatShortDate(asked.lang, day) };
        },
      },
      { title: text.working, kind: 'integer', cell: (row) => duration(words, row.workingSeconds) },
      { title: text.standard, kind: 'integer', cell: (row) => duration(words, row.standardSeconds) },
      { title: text.waiting, kind: 'integer', cell: (row) => duration(words, row.waitingSeconds) },
      ...(withOfficers
        ? [
            {
              title: text.officer,
              kind: 'text' as const,
              cell: ({ officerName }: StepFigureRow) => ({ value: officerName ?? '–' }),
            },
          ]
        : []),
    ],
    rows,
  );
}
