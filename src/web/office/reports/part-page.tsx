import type { Context } from 'hono';
import { formatNumber } from '../../../i18n/format.ts';
import type { Texts } from '../../../i18n/index.ts';
import type { ReportDays } from '../../../usecases/report-scope.ts';
import { Chart, type ChartProps } from '../../components/chart.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import type { LibraryEnv } from '../../env.ts';
import { textsOf } from '../../frame.tsx';
import type { Child } from '../../jsx/jsx-runtime.ts';
import { officePage } from '../office-page.tsx';
import {
  PART_PATHS,
  PeriodBar,
  PeriodNotes,
  ReportActions,
  type ReportPart,
  ReportTabs,
} from './report-parts.tsx';
import { type AskedReport, periodName } from './report-request.ts';
import type { ReportTable } from './report-table.ts';
import { ReportTableView } from './report-table-view.tsx';

type C = Context<LibraryEnv>;

/** The frame of a part: tabs, period, title, downloads. */
export function partPage(
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

/** A chart of a report, with its table beside it. */
export function chart(
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

/** Shows the tables of a part, each with its download. */
export function tableView(asked: AskedReport, texts: Texts, path: string) {
  return (table: ReportTable) => <ReportTableView asked={asked} texts={texts} table={table} path={path} />;
}
