import writeXlsxFile, { type CellObject, type SheetData } from 'write-excel-file/node';
import type { Table, TableColumn } from './table.ts';

const FORMATS = { integer: '#,##0', decimal: '#,##0.00', percent: '0.0%', date: 'dd-mm-yyyy' } as const;
/** What Excel holds in a cell. */
const LONGEST_TEXT = 32_767;

/**
 * Tables as one XLSX workbook, a sheet each: titles bold and kept in view, numbers as numbers, dates as dates,
 * and text always as text, so that a member number keeps its zeros and nothing runs as a formula.
 * Throws RangeError for a date that is none, and without any table.
 */
export async function tableXlsx(tables: readonly Table[]): Promise<Buffer> {
  if (tables.length === 0) throw new RangeError('a workbook has at least one sheet');
  const names = sheetNames(tables.map((table) => table.name));
  const sheets = tables.map((table, index) => ({
    sheet: names[index] ?? '',
    data: sheetData(table),
    columns: table.columns.map((column, at) => ({ width: columnWidth(table, column, at) })),
    stickyRowsCount: 1,
  }));
  return await writeXlsxFile(sheets).toBuffer();
}

function sheetData(table: Table): SheetData {
  const titles: CellObject[] = table.columns.map((column) => ({
    value: xmlText(column.title),
    type: String,
    fontWeight: 'bold',
    backgroundColor: '#eef1f4',
    wrap: true,
    align: isNumber(column) ? 'right' : 'left',
  }));
  const rows = table.rows.map((row) =>
    table.columns.map((column, index) => cell(column, row[index] ?? null)),
  );
  return [titles, ...rows];
}

function cell(column: TableColumn, value: string | number | null): CellObject | null {
  if (value === null || value === '') return null;
  if (column.kind === 'text') return { value: xmlText(String(value)), type: String };
  if (column.kind === 'date') {
    const date = new Date(`${value}T00:00:00Z`);
    if (Number.isNaN(date.getTime())) throw new RangeError('a date is YYYY-MM-DD');
    return { value: date, type: Date, format: FORMATS.date };
  }
  const number = Number(value);
  return Number.isFinite(number) ? { value: number, type: Number, format: FORMATS[column.kind] } : null;
}

function isNumber(column: TableColumn): boolean {
  return column.kind !== 'text' && column.kind !== 'date';
}

function columnWidth(table: Table, column: TableColumn, index: number): number {
  const longest = table.rows
    .slice(0, 500)
    .reduce((most, row) => Math.max(most, String(row[index] ?? '').length), column.title.length);
  return Math.min(Math.max(longest + 2, 8), 60);
}

/** Characters that XML 1.0 cannot hold make Excel refuse the whole file. */
export function xmlText(text: string): string {
  return text.replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '').slice(0, LONGEST_TEXT);
}

/** Excel allows 31 characters, not these signs, and no name twice, whatever its case. */
function sheetNames(wanted: readonly string[]): readonly string[] {
  const used = new Set<string>();
  return wanted.map((name, index) => {
    const clean =
      xmlText(name)
        .replace(/[[\]:*?/\\\t\r\n]/g, ' ')
        .replace(/^[\s']+|[\s']+$/g, '') || `${index + 1}`;
    let candidate = clean.slice(0, 31).trimEnd();
    for (let copy = 2; used.has(candidate.toLowerCase()); copy++)
      candidate = `${clean.slice(0, 30 - String(copy).length).trimEnd()} ${copy}`;
    used.add(candidate.toLowerCase());
    return candidate;
  });
}
