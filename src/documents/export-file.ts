import { Readable } from 'node:stream';
import type { FileTarget } from '../domain/exporting/outgoing-member.ts';
import { plainCsvLine } from './table-csv.ts';
import { xlsxStream } from './xlsx-stream.ts';

/** The bytes of an export's file while its rows are being read, with what a browser calls it. */
export function exportFile(
  target: FileTarget,
  rows: AsyncIterable<readonly string[]>,
): { readonly bytes: Readable; readonly extension: 'xlsx' | 'csv'; readonly type: string } {
  if (target === 'inlislite-3.2' || target === 'inlislite-3.3')
    return {
      bytes: xlsxStream('Anggota', rows),
      extension: 'xlsx',
      type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    };
  return {
    bytes: Readable.from(lines(rows), { objectMode: false }),
    extension: 'csv',
    type: 'text/csv; charset=utf-8',
  };
}

async function* lines(rows: AsyncIterable<readonly string[]>): AsyncGenerator<Buffer> {
  let open: string[] = [];
  for await (const cells of rows) {
    open.push(plainCsvLine(cells));
    if (open.length < 200) continue;
    yield Buffer.from(open.join(''));
    open = [];
  }
  if (open.length > 0) yield Buffer.from(open.join(''));
}
