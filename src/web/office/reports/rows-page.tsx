import type { Context } from 'hono';
import type { Child } from 'hono/jsx';
import type { CaseFigureRow, CaseMeasure } from '../../../db/report-case.ts';
import type { MemberFigureRow } from '../../../db/report-member.ts';
import type { PageOf } from '../../../db/report-scope.ts';
import type { StepFigureRow } from '../../../db/report-step.ts';
import type { VisitFigureRow } from '../../../db/report-visit.ts';
import { plainDateIn } from '../../../domain/plain-date.ts';
import { formatTicketCode } from '../../../domain/ticket-code.ts';
import { formatNumber, formatShortDate, formatShortDateTime } from '../../../i18n/format.ts';
import { PageHeader } from '../../components/page-header.tsx';
import { Pagination } from '../../components/pagination.tsx';
import type { LibraryEnv } from '../../env.ts';
import { textsOf } from '../../frame.tsx';
import { officePage } from '../office-page.tsx';
import { caseReason } from './case-sheet.ts';
import { type DistrictNames, link, memberGroupName } from './member-sheet.ts';
import { type AskedReport, periodName } from './report-request.ts';
import type { ReportTable } from './report-table.ts';
import { ReportTableView } from './report-table-view.tsx';
import { duration } from './step-sheet.ts';
import { pointName, purposeName } from './visit-sheet.ts';

type C = Context<LibraryEnv>;

/** Rows on one page. */
export const ROWS_PER_PAGE = 50;

interface RowsView {
  readonly asked: AskedReport;
  readonly page: number;
  readonly back: { readonly path: string; readonly label: string };
  readonly title: string;
  /** Which figure it was, in words. */
  readonly what: string;
  readonly found: string;
  readonly total: number;
  readonly table: ReportTable;
}

/** The people or entries behind one figure. */
export function rowsPage(c: C, view: RowsView) {
  const texts = textsOf(c);
  const { asked } = view;
  const text = texts.reports.rows;
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
      title: view.title,
      back: { href: asked.href(view.back.path), label: `${text.back}: ${view.back.label}` },
    },
    (
      <>
        <PageHeader
          title={view.title}
          eyebrow={`${periodName(asked.lang, asked.period)} · ${view.what}`}
          lead={view.found}
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
      </>
    ) satisfies Child,
  );
}

export function memberRowsTable(
  c: C,
  asked: AskedReport,
  found: PageOf<MemberFigureRow>,
  districts: DistrictNames,
): ReportTable {
  const texts = textsOf(c);
  const text = texts.reports.rows;
  const words = { asked, texts, library: c.get('library'), districts };
  return {
    key: 'baris',
    title: text.members,
    columns: [
      { title: text.number, kind: 'text' },
      { title: text.name, kind: 'text' },
      { title: text.memberType, kind: 'text' },
      { title: text.district, kind: 'text' },
      { title: text.event, kind: 'text' },
      { title: text.date, kind: 'date' },
      { title: text.validUntil, kind: 'date' },
      { title: text.status, kind: 'text' },
    ],
    rows: found.rows.map((row) => [
      {
        value: row.number ?? text.erased,
        ...link(row.number === null ? undefined : `/${asked.slug}/anggota/${row.memberId}`),
      },
      { value: row.name ?? text.erased },
      { value: memberGroupName(words, 'type', row.memberType) },
      { value: row.district === null ? '–' : memberGroupName(words, 'district', row.district) },
      { value: text.causes[row.cause] },
      { value: row.day, text: formatShortDate(asked.lang, row.day) },
      {
        value: row.validUntil,
        text: row.validUntil === null ? '–' : formatShortDate(asked.lang, row.validUntil),
      },
      { value: texts.common.memberState[row.status] },
    ]),
  };
}

export function caseRowsTable(
  c: C,
  asked: AskedReport,
  measure: CaseMeasure,
  found: PageOf<CaseFigureRow>,
): ReportTable {
  const texts = textsOf(c);
  const library = c.get('library');
  const text = texts.reports.rows;
  const zone = library.settings.profile.timezone;
  const words = { asked, texts, library };
  return {
    key: 'baris',
    title: text.cases,
    columns: [
      { title: text.ticket, kind: 'text' },
      { title: text.name, kind: 'text' },
      { title: text.time, kind: 'text' },
      { title: text.channel, kind: 'text' },
      { title: texts.reports.period.servicePoint, kind: 'text' },
      { title: text.state, kind: 'text' },
      ...(found.rows.some(({ reason }) => reason !== '')
        ? [{ title: text.reason, kind: 'text' as const }]
        : []),
    ],
    rows: found.rows.map((row) => [
      row.ticketCode === null
        ? { value: text.erased }
        : { value: formatTicketCode(row.ticketCode), href: `/${asked.slug}/loket/${row.applicationId}` },
      { value: row.name ?? text.erased },
      { value: formatShortDateTime(asked.lang, row.at, zone) },
      { value: texts.reports.cases.channels[row.channel] },
      { value: row.servicePointId === null ? '–' : pointName(words, row.servicePointId) },
      {
        value:
          row.state === null
            ? '–'
            : row.state === 'rejected'
              ? texts.common.staffRejected
              : texts.common.state[row.state],
      },
      { value: caseReason(words, measure, row.reason) },
    ]),
  };
}

export function visitRowsTable(c: C, asked: AskedReport, found: PageOf<VisitFigureRow>): ReportTable {
  const texts = textsOf(c);
  const library = c.get('library');
  const text = texts.reports.rows;
  const zone = library.settings.profile.timezone;
  const words = { asked, texts, library };
  return {
    key: 'baris',
    title: text.visits,
    columns: [
      { title: text.time, kind: 'text' },
      { title: text.kind, kind: 'text' },
      { title: text.name, kind: 'text' },
      { title: text.institution, kind: 'text' },
      { title: text.purpose, kind: 'text' },
      { title: texts.reports.period.servicePoint, kind: 'text' },
      { title: text.persons, kind: 'integer' },
    ],
    rows: found.rows.map((row) => [
      { value: formatShortDateTime(asked.lang, row.at, zone) },
      { value: texts.reports.visits.kinds[row.kind] },
      {
        value: [row.name ?? text.anonymous, ...(row.memberNumber === null ? [] : [row.memberNumber])].join(
          ' · ',
        ),
        ...link(row.memberId === null ? undefined : `/${asked.slug}/anggota/${row.memberId}`),
      },
      { value: row.institution ?? '–' },
      { value: purposeName(words, row.purpose) },
      { value: pointName(words, row.servicePointId) },
      { value: row.persons },
    ]),
  };
}

export function stepRowsTable(c: C, asked: AskedReport, found: PageOf<StepFigureRow>): ReportTable {
  const texts = textsOf(c);
  const text = texts.reports.rows;
  const words = { asked, texts };
  const zone = c.get('library').settings.profile.timezone;
  const withOfficers = found.rows.some(({ officerName }) => officerName !== null);
  return {
    key: 'baris',
    title: text.steps,
    columns: [
      { title: text.ticket, kind: 'text' },
      { title: text.name, kind: 'text' },
      { title: text.date, kind: 'date' },
      { title: text.working, kind: 'integer' },
      { title: text.standard, kind: 'integer' },
      { title: text.waiting, kind: 'integer' },
      ...(withOfficers ? [{ title: text.officer, kind: 'text' as const }] : []),
    ],
    rows: found.rows.map((row) => {
      const day = plainDateIn(zone, row.endedAt);
      return [
        row.ticketCode === null
          ? { value: text.erased }
          : { value: formatTicketCode(row.ticketCode), href: `/${asked.slug}/loket/${row.applicationId}` },
        { value: row.name ?? text.erased },
        { value: day, text: formatShortDate(asked.lang, day) },
        duration(words, row.workingSeconds),
        duration(words, row.standardSeconds),
        duration(words, row.waitingSeconds),
        { value: row.officerName ?? '–' },
      ];
    }),
  };
}
