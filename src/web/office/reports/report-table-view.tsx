import { formatNumber, formatPercent } from '../../../i18n/format.ts';
import type { Lang, Texts } from '../../../i18n/index.ts';
import { DataTable } from '../../components/data-table.tsx';
import type { Child } from '../../jsx/jsx-runtime.ts';
import type { AskedReport } from './report-request.ts';
import type { ReportCell, ReportColumn, ReportTable } from './report-table.ts';

/** A table with its download; figures with rows behind them are links. */
export function ReportTableView(props: {
  readonly asked: AskedReport;
  readonly texts: Texts;
  readonly table: ReportTable;
  readonly path?: string | undefined;
  readonly level?: 2 | 3 | undefined;
  /** Rows of people: each a card on a phone. */
  readonly stack?: boolean | undefined;
}) {
  const { table, asked, texts } = props;
  const Title = props.level === 3 ? 'h3' : 'h2';
  return (
    <section class="dp-report" id={table.key}>
      <div class="dp-report__head">
        <Title>{table.title}</Title>
        {props.path !== undefined && (
          <a
            class="dp-small dp-noprint"
            href={asked.href(`${props.path}.csv`, { tabel: table.key })}
            aria-label={texts.reports.download.csvOf(table.title)}
            download
          >
            {texts.reports.download.csv}
          </a>
        )}
      </div>
      {table.lead !== undefined && <p class="dp-small dp-muted">{table.lead}</p>}
      <DataTable
        caption={table.title}
        hiddenCaption
        stack={props.stack}
        rows={table.rows}
        empty={texts.common.table.empty}
        columns={table.columns.map((column, index) => ({
          label: column.title,
          align: column.kind === 'text' || column.kind === 'date' ? undefined : ('right' as const),
          rowHeader: index === 0,
          cell: (row: readonly ReportCell[]) =>
            cellView(
              asked.lang,
              texts,
              column.kind,
              row[index],
              column.lang,
              String(row[0]?.text ?? row[0]?.value ?? ''),
            ),
          footer:
            table.footer === undefined
              ? undefined
              : cellView(asked.lang, texts, column.kind, table.footer[index], undefined, table.title),
        }))}
      />
    </section>
  );
}

function cellView(
  lang: Lang,
  texts: Texts,
  kind: ReportColumn['kind'],
  cell: ReportCell | undefined,
  ofLang: string | undefined,
  row: string,
): Child {
  if (!cell) return '';
  const text = cellText(lang, kind, cell);
  if (cell.href !== undefined && cell.value !== 0 && cell.value !== null)
    return (
      <a href={cell.href} aria-label={texts.reports.common.openRows(`${row}, ${text}`)}>
        {text}
      </a>
    );
  return ofLang === undefined ? text : <span lang={ofLang}>{text}</span>;
}

/** What the page shows of a cell. */
export function cellText(lang: Lang, kind: ReportColumn['kind'], { text, value }: ReportCell): string {
  if (text !== undefined) return text;
  if (value === null) return '–';
  if (typeof value === 'string') return value;
  switch (kind) {
    case 'percent':
      return formatPercent(lang, value);
    case 'decimal':
      return formatNumber(lang, value, 1);
    default:
      return formatNumber(lang, value);
  }
}
