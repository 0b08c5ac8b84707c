import type { TableColumn, TableRow } from './table.ts';

export interface CsvOptions {
  /** `;` opens in columns in an Indonesian Excel, `,` everywhere else. Default `,`. */
  readonly separator?: ',' | ';' | '\t';
  /** Default: comma beside the semicolon, else point. */
  readonly decimal?: '.' | ',';
}

/**
 * A table as CSV (RFC 4180: CRLF, quotes doubled) in UTF-8 with a byte order mark, without which Excel reads
 * Latin-1. Text that a spreadsheet would run as a formula is preceded by an apostrophe: a name typed by
 * a stranger must not start a program on an officer's PC.
 */
export function tableCsv(
  table: { readonly columns: readonly TableColumn[]; readonly rows: Iterable<TableRow> },
  options: CsvOptions = {},
): string {
  return [...csvLines(table.columns, table.rows, options)].join('');
}

/** The same line by line, for exports that do not fit in memory; the first holds the mark and the titles. */
export function* csvLines(
  columns: readonly TableColumn[],
  rows: Iterable<TableRow>,
  options: CsvOptions = {},
): Generator<string> {
  const separator = options.separator ?? ',';
  const decimal = options.decimal ?? (separator === ';' ? ',' : '.');
  const line = (cells: readonly string[]) =>
    `${cells.map((cell) => quoted(cell, separator)).join(separator)}\r\n`;
  yield `\uFEFF${line(columns.map((column) => guarded(column.title)))}`;
  for (const row of rows)
    yield line(columns.map((column, index) => cellText(column, row[index] ?? null, decimal)));
}

/**
 * One line for another system's importer: no mark before the first, the same guard, but a phone number with its plus
 * stays one, which a spreadsheet makes a number of at most.
 */
export function plainCsvLine(cells: readonly string[]): string {
  const texts = cells.map((text) => (/^\+\d+$/.test(text) ? text : guarded(text)));
  return `${texts.map((text) => quoted(text, ',')).join(',')}\r\n`;
}

function cellText(column: TableColumn, value: string | number | null, decimal: string): string {
  if (value === null) return '';
  if (typeof value === 'string') return guarded(value);
  if (!Number.isFinite(value)) return '';
  if (column.kind === 'percent') return `${plainNumber(value * 100, decimal)}%`;
  return plainNumber(value, decimal);
}

/** At most six decimals and no exponent: `1e-7` is text to a spreadsheet in another language. */
function plainNumber(value: number, decimal: string): string {
  const text = value.toFixed(6).replace(/\.?0+$/, '');
  return (text === '-0' ? '0' : text).replace('.', decimal);
}

function guarded(text: string): string {
  return /^[\s\p{Cc}]*[=+\-@＝＋－＠]|^[\t\r\n]/u.test(text) ? `'${text}` : text;
}

function quoted(text: string, separator: string): string {
  const needs = text.includes(separator) || /["\r\n]|^\s|\s$/.test(text);
  return needs ? `"${text.replaceAll('"', '""')}"` : text;
}
