import type { Context } from 'hono';
import { formatDuration } from '../../../i18n/format.ts';
import type { StepReport } from '../../../usecases/report-steps.ts';
import type { LibraryEnv } from '../../env.ts';
import { chart, partPage, tableView } from './part-page.tsx';
import { KeyFigures, PART_PATHS, RowsNote } from './report-parts.tsx';
import type { AskedReport } from './report-request.ts';
import { wordsOf } from './report-words.ts';
import * as steps from './step-sheet.ts';
import * as visits from './visit-sheet.ts';

type C = Context<LibraryEnv>;

export function stepsPage(c: C, asked: AskedReport, report: StepReport) {
  const words = wordsOf(c, asked);
  const { texts } = words;
  const text = texts.reports.steps;
  const view = tableView(asked, texts, PART_PATHS.steps);
  const officers = steps.officerTable(words, report);
  const minutes = (seconds: number | null | undefined) =>
    seconds === null || seconds === undefined ? null : Math.round(seconds / 6) / 10;
  const published = report.procedures[0]?.publishedTotal ?? 0;
  return partPage(
    c,
    asked,
    'steps',
    { title: text.title, lead: text.lead, days: report },
    <>
      <KeyFigures figures={steps.stepFigures(words, report)} />
      <RowsNote asked={asked} texts={texts} />
      {report.procedures.map((procedure) => (
        <>
          {report.procedures.length > 1 && <h2>{text.version(procedure.version)}</h2>}
          {procedure.steps.length === 0 ? (
            <p class="dp-muted">{text.none}</p>
          ) : (
            chart(texts, asked, {
              title: text.chart,
              kind: 'bar',
              category: text.step,
              categories: procedure.steps.map((step) => `${text.step} ${steps.stepNumbers(step)}`),
              series: [
                { label: text.median, values: procedure.steps.map(({ median }) => minutes(median)) },
                {
                  label: text.chartStandard,
                  values: procedure.steps.map(({ standardSeconds }) => minutes(standardSeconds)),
                },
              ],
            })
          )}
          {view(steps.stepTable(words, procedure))}
          {procedure.steps.length > 0 && view(steps.waitingTable(words, procedure))}
        </>
      ))}
      {chart(texts, asked, {
        title: text.chartMonths,
        kind: 'line',
        category: texts.reports.common.month,
        categories: report.months.map(({ month }) => visits.shortMonth(asked, month)),
        series: [
          { label: text.medianCase, values: report.months.map(({ times }) => minutes(times?.median)) },
          { label: text.p90Case, values: report.months.map(({ times }) => minutes(times?.p90)) },
          {
            label: text.waitingCase,
            values: report.months.map(({ times }) => minutes(times?.waitingMedian)),
          },
        ],
        standard: {
          value: published / 60,
          label: `${text.published} ${formatDuration(asked.lang, published)}`,
        },
      })}
      {view(steps.stepMonthsTable(words, report))}
      {officers && view(officers)}
    </>,
  );
}
