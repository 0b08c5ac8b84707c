/** Labelled sets as CSV (RFC 4180, UTF-8): what `npm run match` reads, and the truth beside it. */
import type { PersonRow, Truth } from './generate.ts';

export const COLUMNS = [
  'id',
  'name',
  'birth_place',
  'birth_date',
  'sex',
  'nik',
  'kk',
  'phone',
  'email',
  'address',
  'village_code',
] as const satisfies readonly (keyof PersonRow)[];

/** Header and one line a person. */
export function toCsv(rows: readonly PersonRow[]): string {
  return lines([COLUMNS, ...rows.map((row) => COLUMNS.map((column) => row[column]))]);
}

/** `incoming_id,existing_id,kind,errors`, the errors with a space between. */
export function truthToCsv(truth: ReadonlyMap<string, Truth>): string {
  const rows = [...truth].map(([id, { existingId, kind, errors }]) => [
    id,
    existingId ?? '',
    kind,
    errors.join(' '),
  ]);
  return lines([['incoming_id', 'existing_id', 'kind', 'errors'], ...rows]);
}

function lines(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

function cell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
