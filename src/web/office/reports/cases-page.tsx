import type { Context } from 'hono';
import type { CaseReport } from '../../../usecases/report-cases.ts';
import type { LibraryEnv } from '../../env.ts';
import * as cases from './case-sheet.ts';
import { chart, partPage, tableView } from './part-page.tsx';
import { KeyFigures, PART_PATHS, RowsNote } from './report-parts.tsx';
import type { AskedReport } from './report-request.ts';
import { wordsOf } from './report-words.ts';
import * as visits from './visit-sheet.ts';

type C = Context<LibraryEnv>;

export function casesPage(c: C, asked: AskedReport, report: CaseReport) {
  const words = wordsOf(c, asked);
  const { texts } = words;
  const text = texts.reports.cases;
  const view = tableView(asked, texts, PART_PATHS.cases);
  return partPage(
    c,
    asked,
    'cases',
    { title: text.title, lead: text.lead, days: report },
    <>
      <KeyFigures figures={cases.caseFigures(words, report)} />
      <RowsNote asked={asked} texts={texts} />
      <div class="dp-report-pair">
        {view(cases.outcomeTable(words, report))}
        {view(cases.repairTable(words, report))}
      </div>
      {chart(texts, asked, {
        title: texts.reports.overview.chartCases,
        kind: 'bar',
        category: texts.reports.common.month,
        categories: report.months.map(({ month }) => visits.shortMonth(asked, month)),
        series: [
          { label: text.measures.new, values: report.months.map(({ totals }) => totals.new) },
          { label: text.decided, values: report.months.map(({ totals }) => cases.decidedOf(totals)) },
        ],
      })}
      {view(cases.channelTable(words, report))}
      {view(cases.pointTable(words, report))}
      <div class="dp-report-pair">
        {view(cases.reasonTable(words, report, 'rejections'))}
        {view(cases.reasonTable(words, report, 'corrections'))}
        {view(cases.reasonTable(words, report, 'escalations'))}
      </div>
      {view(cases.caseMonthsTable(words, report))}
    </>,
  );
}
