import fc from 'fast-check';
import readXlsxFile from 'read-excel-file/node';
import { describe, expect, it } from 'vitest';
import type { Table } from './table.ts';
import { tableCsv } from './table-csv.ts';
import { tableXlsx } from './table-xlsx.ts';

const members: Table = {
  name: 'Anggota: Januari/Februari 2025 menurut jenis',
  columns: [
    { title: 'Nomor', kind: 'text' },
    { title: 'Nama', kind: 'text' },
    { title: 'Terdaftar', kind: 'date' },
    { title: 'Kunjungan', kind: 'integer' },
    { title: 'Rata-rata', kind: 'decimal' },
    { title: 'Dalam standar', kind: 'percent' },
  ],
  rows: [
    ['000017', '=HYPERLINK("http://contoh.example";"x")', '2025-01-13', 1234, 2.5, 0.875],
    ['000018', 'Contoh; "Anggota", dua', '2025-02-28', 0, null, 1],
    ['000019', 'Ḥusnā\nContoh', null, -3, -0.25, null],
  ],
};

/** RFC 4180 read by the letter, independent of the writer. */
function readCsv(text: string, separator: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let inside = false;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (inside) {
      if (char !== '"') cell += char;
      else if (text[i + 1] === '"') cell += text[++i];
      else inside = false;
    } else if (char === '"') inside = true;
    else if (char === separator) {
      row.push(cell);
      cell = '';
    } else if (char === '\r' && text[i + 1] === '\n') {
      i++;
      rows.push([...row, cell]);
      row = [];
      cell = '';
    } else cell += char;
  }
  return rows;
}

describe('tables for a spreadsheet', () => {
  it('XLSX keeps zeros of numbers, dates as dates, and text that looks like a formula as text', async () => {
    const bytes = await tableXlsx([members, { ...members, rows: [] }]);
    const sheets = await readXlsxFile(bytes);
    expect(sheets.map((sheet) => sheet.sheet)).toEqual([
      'Anggota  Januari Februari 2025',
      'Anggota  Januari Februari 202 2',
    ]);
    expect(sheets[0]?.data).toEqual([
      ['Nomor', 'Nama', 'Terdaftar', 'Kunjungan', 'Rata-rata', 'Dalam standar'],
      [
        '000017',
        '=HYPERLINK("http://contoh.example";"x")',
        new Date('2025-01-13T00:00:00Z'),
        1234,
        2.5,
        0.875,
      ],
      ['000018', 'Contoh; "Anggota", dua', new Date('2025-02-28T00:00:00Z'), 0, null, 1],
      ['000019', 'Ḥusnā\nContoh', null, -3, -0.25, null],
    ]);
  });

  it('XLSX leaves out characters that would make Excel refuse the file', async () => {
    const table: Table = {
      name: '',
      columns: [{ title: 'a\u0000', kind: 'text' }],
      rows: [['x\u0007\uFFFFy\uD800']],
    };
    const [sheet] = await readXlsxFile(await tableXlsx([table]));
    expect(sheet?.data).toEqual([['a'], ['xy']]);
  });

  it('CSV opens in Excel with its letters right and never runs a formula', () => {
    const csv = tableCsv(members, { separator: ';' });
    expect(csv.startsWith('\uFEFFNomor;Nama;')).toBe(true);
    const [, first, second, third] = readCsv(csv.slice(1), ';');
    expect(first).toEqual([
      '000017',
      '\'=HYPERLINK("http://contoh.example";"x")',
      '2025-01-13',
      '1234',
      '2,5',
      '87,5%',
    ]);
    expect(second).toEqual(['000018', 'Contoh; "Anggota", dua', '2025-02-28', '0', '', '100%']);
    expect(third).toEqual(['000019', 'Ḥusnā\nContoh', '', '-3', '-0,25', '']);
  });

  it('CSV gives back every text, and none of them begins like a formula', () => {
    const cell = fc.string({
      unit: fc.constantFrom('a', '=', '+', '-', '@', '"', ',', ';', '\r', '\n', '\t', ' ', 'é'),
    });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(cell, cell), { maxLength: 6 }),
        fc.constantFrom(',', ';', '\t'),
        (rows, separator) => {
          const columns = [
            { title: 'a', kind: 'text' },
            { title: 'b', kind: 'text' },
          ] as const;
          const read = readCsv(
            tableCsv({ columns, rows }, { separator: separator as ',' }).slice(1),
            separator,
          ).slice(1);
          expect(read.map((row) => row.map((text) => text.replace(/^'/, '')))).toEqual(rows);
          for (const text of read.flat()) expect(text).not.toMatch(/^\s*[=+\-@]/);
        },
      ),
    );
  });
});
