import { coveredTitles } from '../domain/identity-in-text.ts';
import type { IncomingField, IncomingMember, SourceFormat } from '../domain/importing/incoming-member.ts';
import { type ByteSource, headOf } from './byte-source.ts';
import { placeColumns, type RowFormat, readCells, titleKey } from './column-list.ts';
import { type CsvDialect, csvDialect, csvRows, type TableRow } from './csv-rows.ts';
import { INLISLITE_32, INLISLITE_33 } from './inlislite/columns.ts';
import { KOHA, kohaMeaning } from './koha/columns.ts';
import { proposedMapping } from './plain/mapping.ts';
import { looksLikeSlims, SLIMS_EXPORT, SLIMS_IMPORT, slimsMeaning } from './slims/columns.ts';
import { xlsxRows } from './xlsx-rows.ts';

/** Our name for each column of a table without a format of its own, by the column's title. */
export type ColumnMapping = Readonly<Record<string, IncomingField>>;

/** What a file was recognised as, by its first bytes and its header; the file's name says nothing. */
export interface RecognisedFile {
  readonly format: SourceFormat;
  /** SLiMS may leave it out. */
  readonly hasHeader: boolean;
  readonly dialect: CsvDialect | null;
  /** Titles of the columns, as written; identity numbers in them are covered, as the first row may be a person. */
  readonly titles: readonly string[];
  /** A few rows, for whoever has to say which column is what. */
  readonly sample: readonly (readonly string[])[];
  /** What the columns most likely are; complete for formats that are known. */
  readonly mapping: ColumnMapping;
}

export type Recognition =
  | ({ readonly ok: true } & RecognisedFile)
  | { readonly ok: false; readonly reason: 'empty' | 'not-a-table' | 'old-excel' };

const SAMPLE_ROWS = 5;

/** Looks at the beginning of a file. */
export async function recognise(source: ByteSource): Promise<Recognition> {
  const head = await headOf(source, 8);
  if (head.length === 0) return { ok: false, reason: 'empty' };
  // The compound file of Excel up to 2003.
  if (head[0] === 0xd0 && head[1] === 0xcf && head[2] === 0x11 && head[3] === 0xe0)
    return { ok: false, reason: 'old-excel' };
  const isZip = head[0] === 0x50 && head[1] === 0x4b;
  const dialect = isZip ? null : await csvDialect(source);
  const rows: string[][] = [];
  let unreadable = false;
  try {
    for await (const { cells } of dialect === null ? xlsxRows(source) : csvRows(source, dialect)) {
      if (cells === null) unreadable = true;
      else rows.push([...cells]);
      if (rows.length > SAMPLE_ROWS) break;
    }
  } catch {
    return { ok: false, reason: 'not-a-table' };
  }
  const [first, ...sample] = rows;
  if (first === undefined) return { ok: false, reason: unreadable ? 'not-a-table' : 'empty' };
  if (dialect !== null && first.length < 2 && sample.every((row) => row.length < 2))
    return { ok: false, reason: 'not-a-table' };
  const isBinary = first.some((cell) => /\p{Cc}/u.test(cell.replace(/\s/g, '')));
  if (isBinary) return { ok: false, reason: 'not-a-table' };
  if (looksLikeSlims(first)) {
    const titles = (first.length >= 19 ? SLIMS_IMPORT : SLIMS_EXPORT).map((column) => column.title);
    return found('slims-csv', false, dialect, titles, rows.slice(0, SAMPLE_ROWS));
  }
  return found(formatOf(first, dialect === null), true, dialect, first, sample);
}

function found(
  format: SourceFormat,
  hasHeader: boolean,
  dialect: CsvDialect | null,
  written: readonly string[],
  sample: readonly (readonly string[])[],
): Recognition {
  const titles = coveredTitles(written);
  const { columns } = FORMATS[format] ?? { columns: null };
  const mapping =
    columns === null
      ? proposedMapping(titles, sample)
      : Object.fromEntries(
          placeColumns(titles, columns).flatMap(({ title, field }) =>
            field === null ? [] : [[title, field]],
          ),
        );
  return { ok: true, format, hasHeader, dialect, titles, sample, mapping };
}

function formatOf(header: readonly string[], isXlsx: boolean): SourceFormat {
  const titles = new Set(header.map(titleKey));
  const has = (...keys: string[]) => keys.every((key) => titles.has(titleKey(key)));
  // The same sheet saved as CSV is as good.
  if (has('no anggota', 'nama') && has('jenis anggota')) {
    if (has('nomor identitas')) return 'inlislite-3.3';
    if (has('no. identitas')) return 'inlislite-3.2';
  }
  if (has('member_id', 'member_name', 'member_type_name')) return 'slims-csv';
  if (has('cardnumber', 'surname')) return 'koha-csv';
  return isXlsx ? 'xlsx' : 'csv';
}

const FORMATS: Readonly<Partial<Record<SourceFormat, RowFormat>>> = {
  'inlislite-3.2': { columns: INLISLITE_32 },
  'inlislite-3.3': { columns: INLISLITE_33 },
  'slims-csv': { columns: SLIMS_IMPORT, meaning: slimsMeaning },
  'koha-csv': { columns: KOHA, meaning: kohaMeaning },
};

/** The members of a recognised file, row by row; faults of single rows are told with the row. */
export async function* readMembers(
  source: ByteSource,
  file: Pick<RecognisedFile, 'format' | 'hasHeader' | 'dialect' | 'titles'>,
  mapping: ColumnMapping,
): AsyncGenerator<IncomingMember> {
  const meaning = FORMATS[file.format]?.meaning;
  const placed = file.titles.flatMap((title, at) => {
    const field = mapping[title.trim()] ?? null;
    return title.trim() === '' ? [] : [{ at, title: title.trim(), field }];
  });
  const firstname =
    file.format === 'koha-csv' ? placed.find(({ title }) => titleKey(title) === 'firstname')?.at : undefined;
  const columns = firstname === undefined ? placed : placed.filter(({ at }) => at !== firstname);
  let header = file.hasHeader;
  const rows: AsyncIterable<TableRow> =
    file.dialect === null ? xlsxRows(source) : csvRows(source, file.dialect);
  for await (const { row, cells } of rows) {
    if (header) {
      header = false;
      continue;
    }
    if (cells === null) {
      yield { row, facts: {}, leftOver: [], renewals: [], problems: ['row_unreadable'] };
      continue;
    }
    const member = readCells(cells, row, columns, meaning, file.titles.length);
    // Koha keeps the two halves of a name apart, Indonesians do not.
    const given = firstname === undefined ? '' : (cells[firstname] ?? '').trim();
    yield given === ''
      ? member
      : { ...member, facts: { ...member.facts, name: `${given} ${member.facts.name ?? ''}`.trim() } };
  }
}
