import type { DocumentsPort } from '../../../documents/port.ts';

/** A table as the pages show it and as CSV and XLSX carry it: one definition for both. */
export interface ReportTable {
  /** Names the table in the address of its download. */
  readonly key: string;
  readonly title: string;
  readonly lead?: string | undefined;
  readonly columns: readonly ReportColumn[];
  readonly rows: readonly (readonly ReportCell[])[];
  readonly footer?: readonly ReportCell[] | undefined;
}

type DownloadTable = Parameters<DocumentsPort['tableXlsx']>[0][number];

export interface ReportColumn {
  readonly title: string;
  readonly kind: DownloadTable['columns'][number]['kind'];
  /** What its numbers are in, where the page shows words instead: `detik`. */
  readonly unit?: string | undefined;
  /** The texts of the column are in this language: official words of a procedure. */
  readonly lang?: string | undefined;
}

export interface ReportCell {
  /** What a spreadsheet gets: text, number, date as `YYYY-MM-DD`; null is empty. */
  readonly value: string | number | null;
  /** What the page shows where that differs: a duration, a share, a date in words. */
  readonly text?: string | undefined;
  /** Where the rows behind a figure are. */
  readonly href?: string | undefined;
}

/** Figure that says how a period went, above the tables. */
export interface KeyFigure {
  readonly label: string;
  readonly value: string;
  readonly note?: string | undefined;
  readonly href?: string | undefined;
}

/** The table as a spreadsheet gets it. */
export function downloadTable(table: ReportTable): DownloadTable {
  const cells = (row: readonly ReportCell[]) => row.map((cell) => cell.value);
  return {
    name: table.title,
    columns: table.columns.map(({ title, kind, unit }) => ({
      title: unit === undefined ? title : `${title} (${unit})`,
      kind,
    })),
    // A column of dates holds dates: its sum is left to the reader.
    rows: [
      ...table.rows.map(cells),
      ...(table.footer && table.columns[0]?.kind !== 'date' ? [cells(table.footer)] : []),
    ],
  };
}

/** A column together with what it says of a row: they cannot fall out of step. */
export interface ColumnOf<Row> extends ReportColumn {
  readonly cell: (row: Row) => ReportCell;
}

/** A table of things that each stand in a row. */
export function tableOf<Row>(
  input: Pick<ReportTable, 'key' | 'title' | 'lead'>,
  columns: readonly ColumnOf<Row>[],
  rows: readonly Row[],
): ReportTable {
  return {
    ...input,
    columns: columns.map(({ cell: _, ...column }) => column),
    rows: rows.map((row) => columns.map(({ cell }) => cell(row))),
  };
}

/** A line that is added or taken away: bare signs at the beginning would be a formula to a spreadsheet. */
export function signedLabel(sign: '+' | '−', label: string): ReportCell {
  return { value: `(${sign}) ${label}`, text: `${sign} ${label}` };
}

/** An address only where there is one: a cell without it is no link. */
export function link(href: string | undefined): { readonly href?: string } {
  return href === undefined ? {} : { href };
}
