import type { Context } from 'hono';
import type { VisitReport } from '../../../usecases/report-visits.ts';
import type { LibraryEnv } from '../../env.ts';
import { chart, partPage, tableView } from './part-page.tsx';
import { KeyFigures, PART_PATHS, RowsNote } from './report-parts.tsx';
import type { AskedReport } from './report-request.ts';
import { ReportTableView } from './report-table-view.tsx';
import { wordsOf } from './report-words.ts';
import * as visits from './visit-sheet.ts';

type C = Context<LibraryEnv>;

export function visitsPage(c: C, asked: AskedReport, report: VisitReport) {
  const words = wordsOf(c, asked);
  const { texts } = words;
  const text = texts.reports.visits;
  const view = tableView(asked, texts, PART_PATHS.visits);
  const bars = visits.visitBars(words, report);
  const byDay = report.days.length <= 45;
  return partPage(
    c,
    asked,
    'visits',
    { title: text.title, lead: text.lead, days: report },
    <>
      <KeyFigures figures={visits.visitFigures(words, report)} />
      <RowsNote asked={asked} texts={texts} />
      {chart(texts, asked, {
        title: byDay ? text.perDay : text.perMonth,
        kind: 'bar',
        category: byDay ? texts.reports.common.day : texts.reports.common.month,
        categories: bars.map(({ name }) => name),
        series: (['member', 'non_member', 'group'] as const).map((kind) => ({
          label: text.kinds[kind],
          values: bars.map(({ byKind }) => byKind[kind]),
        })),
      })}
      <div class="dp-charts">
        {chart(texts, asked, {
          title: text.weekdays,
          kind: 'bar',
          category: text.weekday,
          categories: report.weekdays.map(({ weekday }) => visits.weekdayName(asked, weekday)),
          series: [{ label: text.meanPersons, values: report.weekdays.map(({ mean }) => mean) }],
        })}
        {chart(texts, asked, {
          title: text.hours,
          kind: 'bar',
          category: text.hour,
          categories: report.hours.map(
            ({ hour }) => `${String(hour).padStart(2, '0')}${asked.lang === 'id' ? '.' : ':'}00`,
          ),
          series: [
            { label: texts.reports.common.persons, values: report.hours.map(({ persons }) => persons) },
          ],
        })}
      </div>
      <div class="dp-report-pair">
        {view(visits.kindTable(words, report))}
        {view(visits.weekdayTable(words, report))}
      </div>
      {view(visits.divisionTable(words, report, 'purpose'))}
      {view(visits.divisionTable(words, report, 'point'))}
      {view(visits.divisionTable(words, report, 'mode'))}
      <h2>{text.visitors}</h2>
      <p class="dp-small dp-muted">{text.visitorsLead}</p>
      <div class="dp-report-pair">
        {(['sex', 'education', 'occupation'] as const).map((by) => (
          <ReportTableView
            asked={asked}
            texts={texts}
            table={visits.visitorTable(words, report, by)}
            path={PART_PATHS.visits}
            level={3}
          />
        ))}
      </div>
      {byDay && view(visits.dayTable(words, report))}
    </>,
  );
}
