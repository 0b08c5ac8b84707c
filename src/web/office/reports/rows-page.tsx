import type { Context } from 'hono';
import type { RowPage } from '../../../db/report-scope.ts';
import { formatNumber } from '../../../i18n/format.ts';
import { PageHeader } from '../../components/page-header.tsx';
import { Pagination } from '../../components/pagination.tsx';
import type { LibraryEnv } from '../../env.ts';
import { textsOf } from '../../frame.tsx';
import { officePage } from '../office-page.tsx';
import { PART_PATHS, type ReportPart } from './report-parts.tsx';
import { type AskedReport, periodName } from './report-request.ts';
import type { ReportTable } from './report-table.ts';
import { ReportTableView } from './report-table-view.tsx';

type C = Context<LibraryEnv>;

/** Rows on one page. */
const ROWS_PER_PAGE = 50;

interface RowsView {
  readonly asked: AskedReport;
  readonly page: number;
  /** The part of the reports that the figure stands in. */
  readonly part: Exclude<ReportPart, 'overview' | 'monthly'>;
  /** Which figure it was, in words. */
  readonly what: string;
  readonly total: number;
  /** How many there are, where a row is more than one. */
  readonly found?: string | undefined;
  readonly table: ReportTable;
}

/** The people or entries behind one figure. */
export function rowsPage(c: C, view: RowsView) {
  const texts = textsOf(c);
  const { asked } = view;
  const { rows: text, tabs } = texts.reports;
  const title = text[view.part];
  const pages = Math.max(1, Math.ceil(view.total / ROWS_PER_PAGE));
  const href = (page: number) => {
    const url = new URL(c.req.url);
    url.searchParams.set('hal', String(page));
    return `${url.pathname}${url.search}`;
  };
  const number = (value: number) => formatNumber(asked.lang, value);
  const first = (view.page - 1) * ROWS_PER_PAGE;
  return officePage(
    c,
    {
      area: 'reports',
      title,
      back: { href: asked.href(PART_PATHS[view.part]), label: `${text.back}: ${tabs[view.part]}` },
    },
    <>
      <PageHeader
        title={title}
        eyebrow={`${periodName(asked.lang, asked.period)} · ${view.what}`}
        lead={view.found ?? text.found(number(view.total))}
      />
      <div class="dp-stack">
        <p class="dp-small dp-muted">{text.audited}</p>
        <ReportTableView asked={asked} texts={texts} table={view.table} stack />
        <Pagination
          page={view.page}
          pages={pages}
          href={href}
          range={
            view.total > ROWS_PER_PAGE
              ? texts.common.pagination.range(
                  number(first + 1),
                  number(Math.min(first + ROWS_PER_PAGE, view.total)),
                  number(view.total),
                )
              : undefined
          }
          labels={texts.common.pagination}
        />
      </div>
    </>,
  );
}

/** Which page of the rows. */
export function rowPage(c: C): RowPage & { readonly page: number } {
  const asked = Number(c.req.query('hal') ?? '1');
  const page = Number.isSafeInteger(asked) && asked >= 1 && asked <= 100_000 ? asked : 1;
  return { page, offset: (page - 1) * ROWS_PER_PAGE, limit: ROWS_PER_PAGE };
}
