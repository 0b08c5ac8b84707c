import {
  type ExportFormat,
  type Fitted,
  FOR_LIFE,
  localPhone,
  type Misfit,
  type OutgoingMember,
  wholeAddress,
} from '../../domain/exporting/outgoing-member.ts';
import { STATE_NOTE } from '../../domain/exporting/outgoing-words.ts';
import { SLIMS_IMPORT } from './columns.ts';

/** What its importer reads of a row, in bytes with the line's end (`$max_chars` in its import.php). */
const LONGEST_ROW = 4096;
/** Widths of its `member` table by place; it inserts with `ignore`, which cuts what is longer without a word. */
const WIDTHS: readonly (readonly [number, number, Misfit])[] = [
  [0, 20, 'number_too_long'],
  [1, 100, 'name_too_long'],
  [3, 50, 'type_too_long'],
  [4, 100, 'email_too_long'],
  [5, 255, 'address_too_long'],
  [7, 100, 'institution_too_long'],
  [10, 50, 'identity_too_long'],
];

/** The CSV that SLiMS 9 imports: nineteen columns by their place. The password stays empty: it is set there. */
export const slims: ExportFormat = {
  header: SLIMS_IMPORT.map(({ title }) => title),
  mostRows: Number.POSITIVE_INFINITY,
  row(member): Fitted<readonly string[]> {
    const cells = cellsOf(member).map(oneLine);
    const misfits: Misfit[] = WIDTHS.flatMap(([at, most, code]) =>
      [...(cells[at] ?? '')].length > most ? [code] : [],
    );
    // An empty gender is read as 0, and 0 is female.
    if (member.sex === null) misfits.push('sex_missing');
    if (cells.some((cell) => cell.includes('\\'))) misfits.push('backslash');
    if (longestRow(cells) > LONGEST_ROW) misfits.push('row_too_long');
    return misfits.length > 0 ? { ok: false, misfits } : { ok: true, value: cells, notes: [] };
  },
};

function cellsOf(member: OutgoingMember): readonly string[] {
  return [
    member.number,
    member.name,
    member.sex === 'L' ? '1' : '0',
    member.memberType.name,
    member.email ?? '',
    wholeAddress(member.address),
    '',
    member.institution ?? '',
    '0',
    '',
    member.identity?.number ?? '',
    localPhone(member.phone),
    '',
    member.memberSince,
    member.validFrom,
    // Never null there.
    member.validUntil ?? FOR_LIFE,
    member.birthDate ?? '',
    STATE_NOTE[member.state],
    '',
  ];
}

/** It skips rows line by line: a line break inside a cell would shift every row after it. */
function oneLine(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, ' ');
}

/** At most so many bytes: every cell quoted, every quote doubled, a guard before each. */
function longestRow(cells: readonly string[]): number {
  const bytes = (text: string) => new TextEncoder().encode(text).length;
  return cells.reduce((sum, cell) => sum + bytes(cell) + cell.split('"').length + 3, 2);
}
