import type { Vault } from '../db/vault.ts';
import { isPersonalDocument } from '../domain/document-number.ts';
import type { LibraryId, Nik } from '../domain/ids.ts';
import { type BlockKey, blockKeys, type Keyed, storedKey } from '../domain/matching/block-keys.ts';
import { type Comparable, prepare } from '../domain/matching/compare.ts';
import { type ComparedName, prepareName } from '../domain/matching/name-evidence.ts';
import { isAnothersNik } from '../domain/matching/nik-owner.ts';
import { nikSlots, nikWindows } from '../domain/matching/nik-slots.ts';
import { populationOf } from '../domain/matching/population.ts';
import { searchKeys } from '../domain/matching/search-keys.ts';
import { birthDateOfNik } from '../domain/nik.ts';
import type { PlainDate } from '../domain/plain-date.ts';
import type { PersonRow } from './revise-person.ts';

/** Columns of a member by which cross-check and search find, and the check compares; written whenever a person's data are. */
export interface MatchColumns {
  readonly match_keys: number[];
  readonly nik_slots: Buffer | null;
}

/** A person of whom nothing is known any more is found by nothing. */
export const NO_MATCH_COLUMNS: MatchColumns = { match_keys: [], nik_slots: null };

/** Stored keys are all there are: how common each is does not matter. */
const NOBODY = populationOf({
  people: 0,
  looked: 0,
  words: new Map(),
  villages: new Map(),
  birthPlaces: new Map(),
});

type Found = Pick<
  PersonRow,
  'name' | 'former_name_keys' | 'birth_date' | 'nik' | 'present_same' | 'address_village' | 'present_village'
>;
type Compared = Omit<Found, 'nik'> &
  Pick<
    PersonRow,
    'birth_place' | 'sex' | 'document_type' | 'phone' | 'email' | 'address_line' | 'present_line'
  > & {
    /** Keyed hashes, or the numbers themselves where both sides are at hand. */
    readonly [Number in 'nik_hash' | 'document_hash' | 'kk_hash']: Buffer | string | null;
  };

/** @param nik of the person, where the caller has it open */
export function matchColumns(
  vault: Vault,
  libraryId: LibraryId,
  person: Found,
  nik = person.nik === null ? null : vault.openText(libraryId, 'nik', person.nik),
): MatchColumns {
  const keyed = keyedOf(person, nik);
  return {
    match_keys: [
      ...storedKeys(libraryId, keyed, blockKeys(keyed, NOBODY)),
      ...(nik === null ? [] : nikKeys(vault, libraryId, nik, person.birth_date)),
    ],
    nik_slots: nik === null ? null : Buffer.from(slotsOf(vault, libraryId, nik)),
  };
}

/** Keys of a person but for those of the NIK. @param blocks its `blockKeys`, whatever the crowd */
export function storedKeys(libraryId: LibraryId, keyed: Keyed, blocks: readonly BlockKey[]): number[] {
  const texts = new Set(blocks.map((key) => key.text));
  for (const name of keyed.names)
    for (const key of searchKeys(name.words.map((word) => word.text))) texts.add(key);
  return Array.from(texts, (text) => storedKey(libraryId, text));
}

/** What the keys of a person are made of. @param nik in plain, where there is one */
export function keyedOf(person: Omit<Found, 'nik'>, nik: string | null): Keyed {
  return {
    names: [person.name, ...person.former_name_keys].map(prepareName),
    birthDate: person.birth_date,
    nikBirthDate: nikBirthDateOf(nik),
    village: villageOf(person),
  };
}

/** Keys that find a NIK with a wrong digit; nothing else than the vault's key tells the number by them. */
export function nikKeys(
  vault: Vault,
  libraryId: LibraryId,
  nik: string,
  birthDate: PlainDate | null,
): readonly number[] {
  return nikWindows(nik, (blocks) => vault.hashBlocks(libraryId, blocks), birthDate);
}

export function slotsOf(vault: Vault, libraryId: LibraryId, nik: string): Uint8Array {
  return nikSlots(nik, (blocks) => vault.hashBlocks(libraryId, blocks));
}

/** Keyed hashes of numbers that belong to one person; a KK belongs to a family. */
export function personalHashes(
  row: Pick<PersonRow, 'document_type' | 'document_hash' | 'nik_hash'>,
): Buffer[] {
  const personal = row.document_type !== null && isPersonalDocument(row.document_type);
  return [personal ? row.document_hash : null, row.nik_hash].filter((hash) => hash !== null);
}

/** Nobody who is read is born later; of those born in the years up to it a century earlier, hardly anybody comes. */
const NEWEST = '2029-12-31' as PlainDate;

function nikBirthDateOf(nik: string | null): PlainDate | null {
  return nik === null ? null : birthDateOfNik(nik as Nik, NEWEST);
}

/**
 * A stored person in the shape in which two are compared.
 * @param nik in plain, where it is at hand: it names a birth date, and may show itself to be a parent's
 * @param names made ready, where they are
 */
export function comparableOf(
  row: Compared,
  slots: Uint8Array | null,
  nik: string | null = null,
  names?: readonly ComparedName[],
): Comparable {
  const hex = (hash: Buffer | string | null) =>
    hash === null || typeof hash === 'string' ? hash : hash.toString('hex');
  const document = hex(row.document_hash);
  return prepare(
    {
      name: row.name,
      // Former names are kept as comparison keys, which compare like names.
      otherNames: row.former_name_keys,
      birthDate: row.birth_date,
      nikBirthDate: nikBirthDateOf(nik),
      birthPlace: row.birth_place,
      sex: row.sex,
      nik: hex(row.nik_hash),
      nikIsAnothers: nik !== null && isAnothersNik(nik, { birthDate: row.birth_date, sex: row.sex }),
      nikSlots: slots,
      document:
        document !== null && row.document_type !== null && isPersonalDocument(row.document_type)
          ? { kind: row.document_type, number: document }
          : null,
      familyCard: hex(row.kk_hash),
      phone: row.phone,
      email: row.email?.toLowerCase() ?? null,
      address: row.present_same ? row.address_line : row.present_line,
      village: villageOf(row),
    },
    names,
  );
}

/** Where the person lives. */
function villageOf(row: Omit<Found, 'nik'>): string | null {
  return row.present_same ? row.address_village : row.present_village;
}
