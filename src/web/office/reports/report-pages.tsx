import type { Context } from 'hono';
import type { Child } from 'hono/jsx';
import { may, type Role } from '../../../domain/permissions.ts';
import { formatDuration, formatMonth, formatNumber, formatPercent } from '../../../i18n/format.ts';
import type { Texts } from '../../../i18n/index.ts';
import type { CaseReport } from '../../../usecases/report-cases.ts';
import type { MemberReport } from '../../../usecases/report-members.ts';
import type { MonthStanding } from '../../../usecases/report-month.ts';
import type { ReportDays } from '../../../usecases/report-scope.ts';
import type { StepReport } from '../../../usecases/report-steps.ts';
import type { VisitReport } from '../../../usecases/report-visits.ts';
import { Chart, type ChartProps } from '../../components/chart.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import type { LibraryEnv } from '../../env.ts';
import { textsOf } from '../../frame.tsx';
import { officePage } from '../office-page.tsx';
import * as cases from './case-sheet.ts';
import * as members from './member-sheet.ts';
import {
  Attention,
  KeyFigures,
  PART_PATHS,
  PeriodBar,
  PeriodNotes,
  ReportActions,
  type ReportPart,
  ReportTabs,
  RowsNote,
} from './report-parts.tsx';
import { type AskedReport, periodName } from './report-request.ts';
import type { ReportTable } from './report-table.ts';
import { ReportTableView } from './report-table-view.tsx';
import * as steps from './step-sheet.ts';
import * as visits from './visit-sheet.ts';

type C = Context<LibraryEnv>;

/** The frame of a part: tabs, period, title, downloads. */
function partPage(
  c: C,
  asked: AskedReport,
  part: ReportPart,
  input: { readonly title: string; readonly lead?: string | undefined; readonly days: ReportDays },
  children: Child,
) {
  const texts = textsOf(c);
  const path = PART_PATHS[part];
  return officePage(
    c,
    { area: 'reports', title: `${input.title}, ${periodName(asked.lang, asked.period)}` },
    <>
      <ReportTabs asked={asked} texts={texts} current={part} />
      <PeriodBar asked={asked} texts={texts} library={c.get('library')} path={path} />
      <PageHeader title={input.title} eyebrow={periodName(asked.lang, asked.period)} lead={input.lead}>
        {part !== 'overview' && <ReportActions asked={asked} texts={texts} path={path} />}
      </PageHeader>
      <div class="dp-stack dp-reports">
        <PeriodNotes asked={asked} texts={texts} days={input.days} />
        {children}
      </div>
    </>,
  );
}

type Series = ChartProps['series'];

function chart(
  texts: Texts,
  asked: AskedReport,
  input: {
    readonly title: string;
    readonly kind: ChartProps['kind'];
    readonly category: string;
    readonly categories: readonly string[];
    readonly series: Series;
    readonly digits?: number;
    readonly standard?: ChartProps['standard'];
  },
) {
  return (
    <Chart
      title={input.title}
      kind={input.kind}
      categoryLabel={input.category}
      categories={input.categories}
      series={input.series}
      format={(value) => formatNumber(asked.lang, value, Number.isInteger(value) ? 0 : (input.digits ?? 1))}
      standard={input.standard}
      tableLabel={texts.common.chart.showTable}
      empty={texts.common.table.empty}
    />
  );
}

export interface OverviewReports {
  readonly members: MemberReport;
  readonly waiting: CaseReport['waiting'];
  readonly visits: VisitReport;
  /** Persons of each month of the trend. */
  readonly visitMonths: ReadonlyMap<string, number>;
  readonly steps: StepReport;
  /** The sheets of the last months that are over, the newest first. */
  readonly sheets: ReadonlyMap<string, MonthStanding>;
}

/** `/{library}/laporan`: how the period went, on one screen. */
export function overviewPage(c: C, asked: AskedReport, reports: OverviewReports) {
  const texts = textsOf(c);
  const text = texts.reports.overview;
  const { lang } = asked;
  const number = (value: number, digits = 0) => formatNumber(lang, value, digits);
  const { movement, months } = reports.members;
  const { total, procedures } = reports.steps;
  const published = procedures[0]?.publishedTotal ?? 0;
  const change = movement.closing.registered - movement.opening.registered;
  const names = months.map(({ month }) => visits.shortMonth(asked, month));
  const trend = months.map(({ month }) => reports.visitMonths.get(month) ?? 0);
  const minutes = (seconds: number | null | undefined) =>
    seconds === null || seconds === undefined ? null : seconds / 60;
  return partPage(
    c,
    asked,
    'overview',
    { title: text.title, days: reports.members },
    <>
      <KeyFigures
        figures={[
          {
            label: text.registered,
            value: number(movement.closing.registered),
            note: `${text.registeredNote(number(movement.closing.active))}; ${text.change(`${change < 0 ? '−' : '+'}${number(Math.abs(change))}`)}`,
            href: asked.href(PART_PATHS.members),
          },
          {
            label: text.joined,
            value: number(movement.registered.joined),
            note: text.joinedNote(number(movement.renewals)),
            href: asked.href(PART_PATHS.members),
          },
          {
            label: text.visits,
            value: number(reports.visits.persons),
            note:
              reports.visits.meanPerServiceDay === null
                ? text.visitsNoteNone
                : text.visitsNote(number(reports.visits.meanPerServiceDay, 1)),
            href: asked.href(PART_PATHS.visits),
          },
          {
            label: text.time,
            value: total?.median == null ? '–' : formatDuration(lang, total.median),
            note:
              total && total.n > 0
                ? text.timeNote(formatPercent(lang, total.within / total.n), formatDuration(lang, published))
                : text.timeNone,
            href: asked.href(PART_PATHS.steps),
          },
        ]}
      />
      <Attention
        title={text.attention}
        items={[
          ...waitingSheets(texts, asked, reports.sheets, c.get('officer')?.roles ?? []),
          ...attentionItems(texts, asked, reports),
        ]}
        otherwise={text.nothing}
      />
      <div class="dp-charts">
        {chart(texts, asked, {
          title: text.chartMembers,
          kind: 'line',
          category: texts.reports.common.month,
          categories: names,
          series: [
            {
              label: texts.reports.members.registered,
              values: months.map(({ closing }) => closing.registered),
            },
            { label: texts.reports.members.active, values: months.map(({ closing }) => closing.active) },
          ],
        })}
        {chart(texts, asked, {
          title: text.chartFlow,
          kind: 'bar',
          category: texts.reports.common.month,
          categories: names,
          series: [
            { label: texts.reports.members.newMembers, values: months.map(({ joined }) => joined) },
            { label: texts.reports.members.renewalsShort, values: months.map(({ renewals }) => renewals) },
          ],
        })}
        {chart(texts, asked, {
          title: text.chartVisits,
          kind: 'bar',
          category: texts.reports.common.month,
          categories: names,
          series: [{ label: texts.reports.visits.total, values: trend }],
        })}
        {chart(texts, asked, {
          title: text.chartTime,
          kind: 'line',
          category: texts.reports.common.month,
          categories: names,
          series: [
            {
              label: texts.reports.steps.medianCase,
              values: reports.steps.months.map(({ times }) => minutes(times?.median)),
            },
            {
              label: texts.reports.steps.p90Case,
              values: reports.steps.months.map(({ times }) => minutes(times?.p90)),
            },
          ],
          standard: {
            value: published / 60,
            label: `${texts.reports.steps.published} ${formatDuration(lang, published)}`,
          },
        })}
      </div>
    </>,
  );
}

/** Sheets that wait for whoever looks: the last month to be checked, every checked one to be signed. */
function waitingSheets(
  texts: Texts,
  asked: AskedReport,
  sheets: OverviewReports['sheets'],
  roles: readonly Role[],
) {
  const { waitsForCheck, waitsForSignature } = texts.reports.monthly;
  return [...sheets].flatMap(([month, standing], index) => {
    const name = formatMonth(asked.lang, month);
    const href = `/${asked.slug}/laporan/bulanan?periode=${month}`;
    if (standing === 'open' && index === 0 && may(roles, 'report.check'))
      return [{ text: waitsForCheck(name), href }];
    return standing === 'checked' && may(roles, 'report.sign')
      ? [{ text: waitsForSignature(name), href }]
      : [];
  });
}

function attentionItems(texts: Texts, asked: AskedReport, reports: OverviewReports) {
  const text = texts.reports.overview;
  const number = (value: number) => formatNumber(asked.lang, value);
  const { closing } = reports.members.movement;
  const worst = (reports.steps.procedures[0]?.steps ?? [])
    .filter(({ n, within }) => n >= 10 && within / n < 0.8)
    .sort((one, other) => one.within / one.n - other.within / other.n)[0];
  return [
    ...(reports.waiting.closing > 0
      ? [{ text: text.waiting(number(reports.waiting.closing)), href: asked.href(PART_PATHS.cases) }]
      : []),
    ...(closing.expired > 0
      ? [{ text: text.expired(number(closing.expired)), href: asked.href(PART_PATHS.members) }]
      : []),
    ...(worst
      ? [
          {
            text: text.slowest(steps.stepNumbers(worst), formatPercent(asked.lang, worst.within / worst.n)),
            href: asked.href(PART_PATHS.steps),
          },
        ]
      : []),
  ];
}

export function membersPage(
  c: C,
  asked: AskedReport,
  report: MemberReport,
  districts: members.DistrictNames,
) {
  const texts = textsOf(c);
  const words = { asked, texts, library: c.get('library'), districts };
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

function tableView(asked: AskedReport, texts: Texts, path: string) {
  return (table: ReportTable) => <ReportTableView asked={asked} texts={texts} table={table} path={path} />;
}

export function casesPage(c: C, asked: AskedReport, report: CaseReport) {
  const texts = textsOf(c);
  const words = { asked, texts, library: c.get('library') };
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

export function visitsPage(c: C, asked: AskedReport, report: VisitReport) {
  const texts = textsOf(c);
  const words = { asked, texts, library: c.get('library') };
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

export function stepsPage(c: C, asked: AskedReport, report: StepReport) {
  const texts = textsOf(c);
  const words = { asked, texts };
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
