/** Synthetic members by the thousand, as rows of COPY: the same for the same number on every machine. */
import { randomBytes } from '../../src/db/random-bytes.ts';
import type { Vault } from '../../src/db/vault.ts';
import { type LibraryId, risingUuids } from '../../src/domain/ids.ts';
import { nameKey } from '../../src/domain/person-name.ts';
import { parsePhone } from '../../src/domain/phone.ts';
import { parsePlainDate } from '../../src/domain/plain-date.ts';
import { matchColumns } from '../../src/usecases/match-columns.ts';
import type { PersonRow as Person } from '../../src/usecases/revise-person.ts';
import { generateSet, type LabelledSet, type PersonRow } from '../matching/generate.ts';

/** Members of one chunk: a regency's. */
export const CHUNK = 50_000;
/** Those who come, made with each chunk. */
const INCOMING = 400;

/** What is the same for all members of the library. */
export interface Place {
  readonly libraryId: LibraryId;
  readonly servicePointId: string;
}

export function chunkOf(index: number, members = CHUNK): LabelledSet {
  return generateSet({ seed: `crosscheck ${index}`, existing: members, incoming: INCOMING, shareKnown: 0.5 });
}

/** The number of the member who is `existingId` of a chunk. */
export function memberNumberOf(chunk: number, existingId: string): string {
  return `K${String(chunk).padStart(3, '0')}${existingId}`;
}

/**
 * A row of the generator as a case or a member holds it.
 * @param seal as the vault does, where nobody reads the numbers
 */
export function personOf(
  row: PersonRow,
  vault: Vault,
  { libraryId }: Place,
  seal: Vault['seal'] = vault.seal,
): Person {
  const filled = (text: string) => (text === '' ? null : text);
  const phone = parsePhone(row.phone);
  const [nik, kk] = [filled(row.nik), filled(row.kk)];
  return {
    name: row.name,
    name_key: nameKey(row.name),
    former_name_keys: [],
    birth_place: filled(row.birth_place),
    birth_date: parsePlainDate(row.birth_date) ?? null,
    sex: row.sex === 'L' || row.sex === 'P' ? row.sex : null,
    document_type: nik === null ? null : 'ktp',
    document_number: nik === null ? null : seal(libraryId, 'document', nik),
    document_hash: nik === null ? null : vault.hash(libraryId, 'document', nik),
    nik: nik === null ? null : seal(libraryId, 'nik', nik),
    nik_hash: nik === null ? null : vault.hash(libraryId, 'nik', nik),
    kk: kk === null ? null : seal(libraryId, 'kk', kk),
    kk_hash: kk === null ? null : vault.hash(libraryId, 'kk', kk),
    no_document_reason: null,
    address_line: filled(row.address),
    address_rt: null,
    address_rw: null,
    address_village: filled(row.village_code),
    present_same: true,
    present_line: null,
    present_rt: null,
    present_rw: null,
    present_village: null,
    phone: phone.ok ? phone.phone : null,
    email: filled(row.email),
    occupation: null,
    institution: null,
    education: null,
    member_type: 'UMUM',
    guardian_name: null,
    guardian_relation: null,
    guardian_phone: null,
    photo_id: null,
    person_key: Buffer.alloc(0),
  };
}

/** Lines of COPY in text format; the first names the columns. */
export function* copyLines(
  rows: readonly PersonRow[],
  chunk: number,
  place: Place,
  vault: Vault,
): Generator<readonly string[]> {
  const uuid = risingUuids(randomBytes);
  const now = new Date();
  const today = now.toISOString().slice(0, 10);
  const standing = {
    library_id: place.libraryId,
    state: 'active',
    state_effective_at: now,
    service_point_id: place.servicePointId,
    member_since: today,
    valid_from: today,
    created_at: now,
    updated_at: now,
  };
  // One for all: no revisions are sealed with it, and every number is the same when somebody opens it.
  const key = vault.newPersonKey(place.libraryId);
  const sealed = new Map<string, Buffer>(
    (['nik', 'kk', 'document'] as const).map((what) => [
      what,
      vault.seal(place.libraryId, what, '9'.repeat(16)),
    ]),
  );
  const sealedAs: Vault['seal'] = (_library, what) => sealed.get(what) ?? Buffer.alloc(0);
  const shared = new Map<unknown, string>([key, ...sealed.values()].map((bytes) => [bytes, cell(bytes)]));
  const cellOf = (value: unknown) => shared.get(value) ?? cell(value);
  const always = Object.values(standing).map(cell);
  let isFirst = true;
  for (const row of rows) {
    const person = personOf(row, vault, place, sealedAs);
    person.person_key = key;
    const found = matchColumns(vault, place.libraryId, person, row.nik === '' ? null : row.nik);
    if (isFirst)
      yield [...Object.keys(standing), 'id', 'number', ...Object.keys(person), ...Object.keys(found)];
    isFirst = false;
    yield [
      ...always,
      uuid(now),
      memberNumberOf(chunk, row.id),
      ...Object.values(person).map(cellOf),
      ...Object.values(found).map(cellOf),
    ];
  }
}

function cell(value: unknown): string {
  if (value === null) return '\\N';
  if (typeof value === 'string') return SPECIAL.test(value) ? escaped(value) : value;
  if (value instanceof Uint8Array)
    return `\\\\x${Buffer.from(value.buffer, value.byteOffset, value.length).toString('hex')}`;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return `{${value.join(',')}}`;
  return value === true ? 't' : value === false ? 'f' : String(value);
}

const SPECIAL = /[\\\t\n\r]/;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

function escaped(text: string): string {
  return text.replace(/[\\\t\n\r]/g, (mark) => ESCAPES[mark] ?? mark);
}
