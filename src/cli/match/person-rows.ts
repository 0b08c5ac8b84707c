import { createCipheriv } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import { SEXES } from '../../domain/applicant.ts';
import type { Nik } from '../../domain/ids.ts';
import type { MatchRecord } from '../../domain/matching/compare.ts';
import { isAnothersNik } from '../../domain/matching/nik-owner.ts';
import { type HashBlocks, NIK_LENGTH, nikSlots } from '../../domain/matching/nik-slots.ts';
import { birthDateOfNik, readNik } from '../../domain/nik.ts';
import { parsePhone } from '../../domain/phone.ts';
import { type PlainDate, parsePlainDate } from '../../domain/plain-date.ts';

/** A row of a file of people. */
export interface PersonRow {
  readonly id: string;
  readonly name: string;
  readonly person: MatchRecord;
}

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
] as const;
type Column = (typeof COLUMNS)[number];

export type ReadRows =
  | { readonly ok: true; readonly rows: readonly PersonRow[]; readonly notes: readonly string[] }
  | { readonly ok: false; readonly why: string };

/**
 * Reads a CSV of people; a cell that cannot be read counts as empty and is told in a note.
 * @param key of 32 bytes, of the hashes that find a mistyped NIK: one for all files that are compared
 * @param today nobody's birth date in a NIK is later
 */
export function personRows(bytes: Uint8Array, key: Uint8Array, today: PlainDate): ReadRows {
  const cipher = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);
  const hash: HashBlocks = (blocks) => cipher.update(blocks);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return { ok: false, why: 'this is not UTF-8 text. Save it as "CSV UTF-8".' };
  }
  let table: string[][];
  try {
    table = parse(text, { bom: true, relaxColumnCount: true, skipEmptyLines: true, trim: true });
  } catch (error) {
    return { ok: false, why: `this is no CSV: ${error instanceof Error ? error.message : 'unreadable'}` };
  }
  const [header = [], ...body] = table;
  const places = new Map(header.map((name, place) => [name.trim().toLowerCase(), place]));
  const lacking = (['id', 'name'] as const).filter((column) => !places.has(column));
  if (lacking.length > 0)
    return { ok: false, why: `the header lacks ${lacking.join(' and ')}; it must name ${COLUMNS.join(',')}` };
  const notes = COLUMNS.filter((column) => !places.has(column)).map(
    (column) => `there is no column ${column}; it counts as empty`,
  );
  const unreadable = new Map<Column, number>();
  const rows = body.map((cells): PersonRow => {
    const cell = (column: Column) => (cells[places.get(column) ?? -1] ?? '').trim();
    return readRow(cell, { hash, today }, (column) =>
      unreadable.set(column, (unreadable.get(column) ?? 0) + 1),
    );
  });
  for (const [column, count] of unreadable)
    notes.push(`${count} cells of ${column} could not be read and count as empty`);
  return { ok: true, rows, notes };
}

function readRow(
  cell: (column: Column) => string,
  { hash, today }: { readonly hash: HashBlocks; readonly today: PlainDate },
  unreadable: (column: Column) => void,
): PersonRow {
  const read = <T>(column: Column, parse: (text: string) => T | undefined): T | null => {
    const text = cell(column);
    if (text === '') return null;
    const value = parse(text);
    if (value === undefined) unreadable(column);
    return value ?? null;
  };
  const number = (text: string) => {
    const digits = text.replace(/\D/g, '');
    return digits.length === NIK_LENGTH ? digits : undefined;
  };
  const familyCard = read('kk', number);
  const typed = read('nik', number);
  // The number of the family card in the place of the NIK says nothing of the person.
  const nik = typed === familyCard ? null : (typed as Nik | null);
  const name = cell('name');
  const birthDate = read('birth_date', readDate);
  const sex = read('sex', (text) => SEXES.find((each) => each === text.toUpperCase()));
  return {
    id: cell('id'),
    name,
    person: {
      name,
      birthDate,
      nikBirthDate: nik === null ? null : birthDateOfNik(nik, today),
      birthPlace: cell('birth_place') || null,
      sex: sex ?? (nik === null ? null : readNik(nik).sex),
      nik,
      nikIsAnothers: nik !== null && isAnothersNik(nik, { birthDate, sex }),
      nikSlots: nik === null ? null : nikSlots(nik, hash),
      document: null,
      familyCard,
      phone: read('phone', (text) => {
        const phone = parsePhone(text);
        return phone.ok ? phone.phone : undefined;
      }),
      email: cell('email').toLowerCase() || null,
      address: cell('address') || null,
      village: read('village_code', villageCode),
    },
  };
}

/** A year alone is that year's 1 January, as registers write a day that nobody knows. */
function readDate(text: string): PlainDate | undefined {
  return parsePlainDate(/^\d{4}$/.test(text) ? `${text}-01-01` : text);
}

/** Dotted as Kemendagri writes it, also from ten digits. */
function villageCode(text: string): string | undefined {
  const digits = text.replace(/\D/g, '');
  return digits.length === 10
    ? `${digits.slice(0, 2)}.${digits.slice(2, 4)}.${digits.slice(4, 6)}.${digits.slice(6)}`
    : undefined;
}
