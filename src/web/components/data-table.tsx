import type { Child } from '../jsx/jsx-runtime.ts';

export interface Column<Row> {
  readonly label: string;
  readonly cell: (row: Row) => Child;
  /** Numbers stand right, their digits under each other. */
  readonly align?: 'right' | undefined;
  /** Names the row for screen readers. */
  readonly rowHeader?: boolean | undefined;
  readonly footer?: Child | undefined;
  /** The label is only for screen readers: a column of actions. */
  readonly hiddenLabel?: boolean | undefined;
}

export interface DataTableProps<Row> {
  readonly caption: string;
  /** The caption is only for screen readers: a heading above says the same. */
  readonly hiddenCaption?: boolean | undefined;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** `Belum ada data.` */
  readonly empty: string;
  /** On a phone every row becomes a card; else the table scrolls sideways. */
  readonly stack?: boolean | undefined;
}

/** A table that stays readable on a phone; reached and scrolled by keyboard. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { columns, rows } = props;
  const hasFooter = columns.some((column) => column.footer !== undefined);
  return (
    <section
      class="dp-scroll"
      data-stack={props.stack ? '' : undefined}
      tabindex={0}
      aria-label={props.caption}
    >
      <table class="ds-table">
        <caption class={props.hiddenCaption ? 'dp-sr' : undefined}>{props.caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th scope="col" data-align={column.align}>
                {column.hiddenLabel ? <span class="dp-sr">{column.label}</span> : column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.length === 0 && (
            <tr>
              <td class="dp-table-empty" colspan={columns.length}>
                {props.empty}
              </td>
            </tr>
          )}
          {rows.map((row) => (
            <tr>
              {columns.map((column) =>
                column.rowHeader ? (
                  <th scope="row" data-align={column.align}>
                    {column.cell(row)}
                  </th>
                ) : (
                  <td data-align={column.align} data-label={column.hiddenLabel ? undefined : column.label}>
                    {column.cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
        {hasFooter && (
          <tfoot>
            <tr>
              {columns.map((column) => (
                <td
                  data-align={column.align}
                  data-label={column.footer === undefined || column.rowHeader ? undefined : column.label}
                >
                  {column.footer ?? ''}
                </td>
              ))}
            </tr>
          </tfoot>
        )}
      </table>
    </section>
  );
}
