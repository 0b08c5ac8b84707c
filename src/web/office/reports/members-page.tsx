import type { Context } from 'hono';
import { formatNumber } from '../../../i18n/format.ts';
import type { MemberReport } from '../../../usecases/report-members.ts';
import type { LibraryEnv } from '../../env.ts';
import * as members from './member-sheet.ts';
import { chart, partPage, tableView } from './part-page.tsx';
import { KeyFigures, PART_PATHS, RowsNote } from './report-parts.tsx';
import type { AskedReport } from './report-request.ts';
import { type DistrictNames, wordsOf } from './report-words.ts';
import * as visits from './visit-sheet.ts';

type C = Context<LibraryEnv>;

export function membersPage(c: C, asked: AskedReport, report: MemberReport, districts: DistrictNames) {
  const words = { ...wordsOf(c, asked), districts };
  const { texts } = words;
  const text = texts.reports.members;
  const names = report.months.map(({ month }) => visits.shortMonth(asked, month));
  const view = tableView(asked, texts, PART_PATHS.members);
  return partPage(
    c,
    asked,
    'members',
    { title: text.title, lead: text.lead, days: report },
    <>
      <KeyFigures figures={members.memberFigures(words, report)} />
      <RowsNote asked={asked} texts={texts} />
      <div class="dp-report-pair">
        {view(members.movementTable(words, report))}
        {view(members.statusTable(words, report))}
      </div>
      {report.recordedLater > 0 && (
        <p class="dp-small dp-muted">{text.recordedLater(formatNumber(asked.lang, report.recordedLater))}</p>
      )}
      <div class="dp-charts">
        {chart(texts, asked, {
          title: texts.reports.overview.chartMembers,
          kind: 'line',
          category: texts.reports.common.month,
          categories: names,
          series: [
            { label: text.registered, values: report.months.map(({ closing }) => closing.registered) },
            { label: text.active, values: report.months.map(({ closing }) => closing.active) },
          ],
        })}
        {chart(texts, asked, {
          title: texts.reports.overview.chartFlow,
          kind: 'bar',
          category: texts.reports.common.month,
          categories: names,
          series: [
            { label: text.newMembers, values: report.months.map(({ joined }) => joined) },
            { label: text.renewalsShort, values: report.months.map(({ renewals }) => renewals) },
            { label: text.expiredShort, values: report.months.map(({ expired }) => expired) },
          ],
        })}
      </div>
      {view(members.groupTable(words, report, 'type'))}
      {view(members.groupTable(words, report, 'sex'))}
      {view(members.groupTable(words, report, 'point'))}
      {view(members.groupTable(words, report, 'age'))}
      {view(members.groupTable(words, report, 'district'))}
      {view(members.monthsTable(words, report))}
    </>,
  );
}
