import type { IncomingField, IncomingMember, RowProblem } from '../domain/importing/incoming-member.ts';

/** A column of another system's table. Readers and writers share these lists. */
export interface ForeignColumn {
  /** As the other system writes it. */
  readonly title: string;
  /** Our name of what stands in it; null where we have no place for it. */
  readonly field: IncomingField | null;
}

/** One format of rows. */
export interface RowFormat {
  readonly columns: readonly ForeignColumn[];
  /** Texts of this format only, such as a `1` for male; default: as written. */
  readonly meaning?: (field: IncomingField, text: string) => string;
}

/** A cell's place and its meaning, found once a file. */
export interface PlacedColumn {
  readonly at: number;
  readonly title: string;
  readonly field: IncomingField | null;
}

/** Titles are compared without case, marks and doubled spaces: three versions of INLISLite differ only in these. */
export function titleKey(title: string): string {
  return title
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\s\u00A0\uFEFF.]+/g, ' ')
    .replace(/\s*([/()])\s*/g, '$1')
    .trim();
}

/** Which cell is what, by the header; titles that the format does not know are left over. */
export function placeColumns(
  header: readonly string[],
  columns: readonly ForeignColumn[],
): readonly PlacedColumn[] {
  const known = new Map(columns.map((column) => [titleKey(column.title), column.field]));
  return header.flatMap((title, at): PlacedColumn[] => {
    const key = titleKey(title);
    return key === '' ? [] : [{ at, title: title.trim(), field: known.get(key) ?? null }];
  });
}

/** Titles that are numbers of rows: nobody misses them. */
const COUNTERS = new Set(['no', 'nomor', '#']);

/** A row of cells as a member; never throws, whatever the cells hold. */
export function readCells(
  cells: readonly string[],
  row: number,
  placed: readonly PlacedColumn[],
  meaning: RowFormat['meaning'] = (_field, text) => text,
  widest = Number.POSITIVE_INFINITY,
): IncomingMember {
  const facts: Partial<Record<IncomingField, string>> = {};
  const leftOver: string[] = [];
  for (const { at, title, field } of placed) {
    // An apostrophe that keeps a spreadsheet from running a text as a formula is no part of the text.
    const text = (cells[at] ?? '').trim().replace(/^'(?=\s*[=+\-@＝＋－＠])/u, '');
    if (text === '') continue;
    if (field === null || facts[field] !== undefined) {
      if (!COUNTERS.has(titleKey(title))) leftOver.push(title);
      continue;
    }
    const meant = meaning(field, text);
    if (meant !== '') facts[field] = meant;
  }
  const problems: RowProblem[] = cells.slice(widest).some((cell) => cell.trim() !== '')
    ? ['too_many_cells']
    : [];
  return { row, facts, leftOver, renewals: [], problems };
}
