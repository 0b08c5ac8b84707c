import type { Context } from 'hono';
import { may, type Role } from '../../../domain/permissions.ts';
import { formatDuration, formatMonth, formatNumber, formatPercent } from '../../../i18n/format.ts';
import type { Texts } from '../../../i18n/index.ts';
import type { CaseReport } from '../../../usecases/report-cases.ts';
import type { MemberReport } from '../../../usecases/report-members.ts';
import type { MonthStanding } from '../../../usecases/report-month.ts';
import type { StepReport } from '../../../usecases/report-steps.ts';
import type { VisitSummary } from '../../../usecases/report-visits.ts';
import type { LibraryEnv } from '../../env.ts';
import { textsOf } from '../../frame.tsx';
import { chart, partPage } from './part-page.tsx';
import { Attention, KeyFigures, PART_PATHS } from './report-parts.tsx';
import type { AskedReport } from './report-request.ts';
import * as steps from './step-sheet.ts';
import * as visits from './visit-sheet.ts';

type C = Context<LibraryEnv>;

export interface OverviewReports {
  readonly members: MemberReport;
  readonly waiting: CaseReport['waiting'];
  readonly visits: VisitSummary;
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
  const trend = months.map(({ month }) => reports.visits.months.get(month) ?? 0);
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
