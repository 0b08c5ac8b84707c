import { addDays, type PlainDate } from '../../../domain/plain-date.ts';
import {
  daysOf,
  neighbour,
  periodAround,
  periodKey,
  type ReportPeriod,
} from '../../../domain/report-period.ts';
import { formatDate } from '../../../i18n/format.ts';
import type { Texts } from '../../../i18n/index.ts';
import type { LibraryContext } from '../../../usecases/context.ts';
import type { ReportDays } from '../../../usecases/report-scope.ts';
import { Alert } from '../../components/alert.tsx';
import { Button, LinkButton } from '../../components/button.tsx';
import { Field } from '../../components/field.tsx';
import { Icon } from '../../components/icon.tsx';
import { type AskedReport, periodName } from './report-request.ts';
import type { KeyFigure } from './report-table.ts';

export const REPORT_PARTS = ['overview', 'members', 'cases', 'visits', 'steps', 'monthly'] as const;
export type ReportPart = (typeof REPORT_PARTS)[number];
export const PART_PATHS: Readonly<Record<ReportPart, string>> = {
  overview: '',
  members: '/anggota',
  cases: '/permohonan',
  visits: '/kunjungan',
  steps: '/waktu',
  monthly: '/bulanan',
};

/** The parts of the reports, for the same period. */
export function ReportTabs({
  asked,
  texts,
  current,
}: {
  readonly asked: AskedReport;
  readonly texts: Texts;
  readonly current: ReportPart | null;
}) {
  const { tabs } = texts.reports;
  return (
    <nav class="dp-report-tabs dp-noprint" aria-label={tabs.label}>
      <ul>
        {REPORT_PARTS.map((part) => (
          <li>
            <a href={asked.href(PART_PATHS[part])} aria-current={part === current ? 'page' : undefined}>
              {tabs[part]}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** Which period and service point, with the periods beside it one press away. */
export function PeriodBar(props: {
  readonly asked: AskedReport;
  readonly texts: Texts;
  readonly library: LibraryContext;
  readonly path: string;
  /** The monthly sheet shows months only. */
  readonly monthsOnly?: boolean | undefined;
}) {
  const { asked, texts, library, path } = props;
  const text = texts.reports.period;
  const { lang, period } = asked;
  const [before, after] = [neighbour(period, -1), neighbour(period, 1)];
  const isRange = period.kind === 'range';
  return (
    <div class="dp-period dp-noprint">
      <div class="dp-period__now">
        <a href={asked.hrefFor(path, before)} aria-label={text.previous(periodName(lang, before))} rel="prev">
          <Icon name="back" />
        </a>
        <strong>{periodName(lang, period)}</strong>
        {daysOf(after).from <= asked.today ? (
          <a href={asked.hrefFor(path, after)} aria-label={text.next(periodName(lang, after))} rel="next">
            <Icon name="arrow" />
          </a>
        ) : (
          <span aria-hidden="true" />
        )}
      </div>
      <form method="get" action={`/${asked.slug}/laporan${path}`} class="dp-period__form">
        <Field name="periode" label={text.label}>
          <select class="ds-input" id="periode" name="periode">
            {isRange && (
              <option value={periodKey(period)} selected>
                {periodName(lang, period)}
              </option>
            )}
            {choicesOf(asked, props.monthsOnly === true).map(({ kind, periods }) => (
              <optgroup label={text[kind]}>
                {periods.map((each) => (
                  <option value={periodKey(each)} selected={periodKey(each) === periodKey(period)}>
                    {periodName(lang, each)}
                  </option>
                ))}
              </optgroup>
            ))}
          </select>
        </Field>
        {library.servicePoints.length > 1 && (
          <Field name="titik" label={text.servicePoint}>
            <select class="ds-input" id="titik" name="titik">
              <option value="">{text.allPoints}</option>
              {library.servicePoints.map(({ id, name }) => (
                <option value={id} selected={id === asked.servicePointId}>
                  {name}
                </option>
              ))}
            </select>
          </Field>
        )}
        <Button variant="secondary">{text.show}</Button>
      </form>
      {props.monthsOnly !== true && (
        <details class="dp-period__range" open={isRange || asked.unreadable}>
          <summary>{text.range}</summary>
          <form method="get" action={`/${asked.slug}/laporan${path}`} class="dp-period__form">
            {asked.servicePointId !== null && (
              <input type="hidden" name="titik" value={asked.servicePointId} />
            )}
            {(['dari', 'sampai'] as const).map((name) => (
              <Field
                name={name}
                label={name === 'dari' ? text.from : text.to}
                error={asked.unreadable && name === 'dari' ? text.invalid : undefined}
              >
                <input
                  class="ds-input"
                  type="date"
                  id={name}
                  name={name}
                  value={isRange ? period[name === 'dari' ? 'from' : 'to'] : ''}
                  required
                />
              </Field>
            ))}
            <Button variant="secondary">{text.showRange}</Button>
          </form>
        </details>
      )}
    </div>
  );
}

/** Two years of months, quarters and years to choose from, and the one asked for where it is older. */
function choicesOf(
  { today, period }: AskedReport,
  monthsOnly: boolean,
): readonly { readonly kind: 'months' | 'quarters' | 'years'; readonly periods: readonly ReportPeriod[] }[] {
  const back = (kind: 'month' | 'quarter' | 'year', count: number) => {
    const periods: ReportPeriod[] = [];
    let day: PlainDate = today;
    for (let n = 0; n < count; n++) {
      const each = periodAround(kind, day);
      periods.push(each);
      day = addDays(daysOf(each).from, -1);
    }
    if (period.kind === kind && !periods.some((each) => periodKey(each) === periodKey(period)))
      periods.push(period);
    return periods;
  };
  const months = { kind: 'months' as const, periods: back('month', 25) };
  if (monthsOnly) return [months];
  return [
    months,
    { kind: 'quarters', periods: back('quarter', 9) },
    { kind: 'years', periods: back('year', 5) },
  ];
}

/** What the reader should know of the period before the figures. */
export function PeriodNotes({
  asked,
  texts,
  days,
}: {
  readonly asked: AskedReport;
  readonly texts: Texts;
  readonly days: ReportDays;
}) {
  if (!days.running) return null;
  return (
    <p class="dp-small dp-muted">{texts.reports.period.running(formatDate(asked.lang, days.span.to))}</p>
  );
}

export function RowsNote({ asked, texts }: { readonly asked: AskedReport; readonly texts: Texts }) {
  const { rowsHint, figuresOnly } = texts.reports.common;
  return <p class="dp-small dp-muted dp-noprint">{asked.rows ? rowsHint : figuresOnly}</p>;
}

export function KeyFigures({ figures }: { readonly figures: readonly KeyFigure[] }) {
  return (
    <dl class="dp-figures">
      {figures.map(({ label, value, note, href }) => (
        <div class="dp-figure">
          <dt>{href === undefined ? label : <a href={href}>{label}</a>}</dt>
          <dd>{value}</dd>
          {note !== undefined && <dd class="dp-figure__note">{note}</dd>}
        </div>
      ))}
    </dl>
  );
}

/** Downloads of a whole part, and paper. */
export function ReportActions({
  asked,
  texts,
  path,
}: {
  readonly asked: AskedReport;
  readonly texts: Texts;
  readonly path: string;
}) {
  return (
    <LinkButton href={asked.href(`${path}.xlsx`)} variant="secondary" download>
      <Icon name="download" /> {texts.reports.download.xlsx}
    </LinkButton>
  );
}

/** A thing the head of a library should look at. */
export function Attention({
  title,
  items,
  otherwise,
}: {
  readonly title: string;
  readonly items: readonly { readonly text: string; readonly href: string }[];
  readonly otherwise: string;
}) {
  if (items.length === 0) return <p class="dp-muted">{otherwise}</p>;
  return (
    <Alert tone="info" title={title} level={2}>
      <ul class="dp-attention">
        {items.map(({ text, href }) => (
          <li>
            <a href={href}>{text}</a>
          </li>
        ))}
      </ul>
    </Alert>
  );
}
