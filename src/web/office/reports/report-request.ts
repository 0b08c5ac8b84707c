import type { Context } from 'hono';
import type { ServicePointId } from '../../../domain/ids.ts';
import { may } from '../../../domain/permissions.ts';
import { type PlainDate, plainDateIn } from '../../../domain/plain-date.ts';
import { periodAround, periodKey, type ReportPeriod, readPeriod } from '../../../domain/report-period.ts';
import { formatMonth, formatShortDate } from '../../../i18n/format.ts';
import { type Lang, texts } from '../../../i18n/index.ts';
import type { ReportRequest } from '../../../usecases/report-scope.ts';
import type { LibraryEnv } from '../../env.ts';

/** What a page of the reports was asked for, and the addresses that keep it. */
export interface AskedReport extends ReportRequest {
  readonly lang: Lang;
  readonly slug: string;
  readonly today: PlainDate;
  /** Whether figures open into their rows. */
  readonly rows: boolean;
  /** Both dates were given and could not be read. */
  readonly unreadable: boolean;
  /** Address of a part of the reports for the same period and service point. */
  href(path: string, more?: Readonly<Record<string, string>>): string;
  /** The same for another period. */
  hrefFor(path: string, period: ReportPeriod, more?: Readonly<Record<string, string>>): string;
  /** Address of the rows behind a figure; undefined for those who see figures only. */
  rowsHref(of: string, query: Readonly<Record<string, string>>): string | undefined;
}

/** Reads period and service point; without them this month, or the last one on its first days. */
export function readReportRequest(c: Context<LibraryEnv>, at: Date): AskedReport {
  const library = c.get('library');
  const today = plainDateIn(library.settings.profile.timezone, at);
  const from = c.req.query('dari') ?? '';
  const to = c.req.query('sampai') ?? '';
  const range = from !== '' || to !== '' ? readPeriod(`${from}..${to}`) : undefined;
  const unreadable = (from !== '' || to !== '') && range === undefined;
  const period = range ?? readPeriod(c.req.query('periode') ?? '') ?? periodAround('month', today);
  const asked = c.req.query('titik');
  const servicePointId = (library.servicePoints.find(({ id }) => id === asked)?.id ??
    null) as ServicePointId | null;
  const slug = library.slug;
  const rows = may(c.get('officer')?.roles ?? [], 'report.rows');
  const address = (path: string, of: ReportPeriod, more: Readonly<Record<string, string>>) => {
    const query = new URLSearchParams({ periode: periodKey(of), ...more });
    if (servicePointId !== null) query.set('titik', servicePointId);
    return `/${slug}/laporan${path}?${query}`;
  };
  return {
    period,
    servicePointId,
    lang: c.get('lang'),
    slug,
    today,
    rows,
    unreadable,
    href: (path, more = {}) => address(path, period, more),
    hrefFor: (path, of, more = {}) => address(path, of, more),
    rowsHref: (of, query) => (rows ? address(`/baris/${of}`, period, query) : undefined),
  };
}

/** The period in words. */
export function periodName(lang: Lang, period: ReportPeriod): string {
  const text = texts(lang).reports.period;
  switch (period.kind) {
    case 'month':
      return formatMonth(lang, periodKey(period));
    case 'quarter':
      return text.quarter(period.quarter, period.year);
    case 'year':
      return text.year(period.year);
    case 'range':
      return period.from === period.to
        ? formatShortDate(lang, period.from)
        : text.span(formatShortDate(lang, period.from), formatShortDate(lang, period.to));
  }
}
