import type { Vault } from '../db/vault.ts';
import { documentNumberKey } from '../domain/document-number.ts';
import type { LibraryId } from '../domain/ids.ts';
import type { StagedMember } from '../domain/importing/staged-member.ts';
import { type BlockKey, blockKeys } from '../domain/matching/block-keys.ts';
import type { Comparable, Population } from '../domain/matching/compare.ts';
import { nameKeyOf } from '../domain/person-name.ts';
import { comparableOf, keyedOf, nikKeys, personalHashes, slotsOf, storedKeys } from './match-columns.ts';
import type { Sought } from './match-people.ts';
import { numberHashes, type PersonData, personColumns } from './person-columns.ts';

type ImportedPerson = ReturnType<typeof personColumns>;

/** A row of another system as the columns of a member. @param key its `nameKey`, where it is at hand */
export function importedPerson(
  vault: Vault,
  libraryId: LibraryId,
  staged: StagedMember,
  memberType: string,
  key: string | undefined,
): ImportedPerson {
  return personColumns(vault, libraryId, personOf(staged, memberType), key);
}

function personOf(staged: StagedMember, memberType: string): PersonData {
  return {
    documentType: staged.identity.type,
    documentNumber: staged.identity.number,
    nik: staged.identity.nik,
    kk: staged.identity.kk,
    noDocumentReason: null,
    name: staged.name,
    birthPlace: staged.birthPlace ?? '',
    birthDate: staged.birthDate,
    sex: staged.sex,
    address: staged.address,
    presentSame: staged.present === null,
    present: staged.present,
    phone: staged.phone,
    email: staged.email,
    occupation: staged.occupation,
    institution: staged.institution,
    education: staged.education,
    memberType,
    guardian: staged.guardian,
  };
}

/** What a member is compared and found by; nothing is sealed for it. */
function comparedColumns(vault: Vault, libraryId: LibraryId, staged: StagedMember) {
  const { type, number, nik, kk } = staged.identity;
  const person = { documentType: type, documentNumber: number, institution: staged.institution, nik, kk };
  return Object.assign(factColumns(staged), numberHashes(vault, libraryId, person));
}

function factColumns(staged: StagedMember) {
  return {
    name: staged.name,
    former_name_keys: [],
    birth_place: staged.birthPlace,
    birth_date: staged.birthDate,
    sex: staged.sex,
    document_type: staged.identity.type,
    nik: null,
    phone: staged.phone,
    email: staged.email,
    present_same: staged.present === null,
    address_line: staged.address.line,
    address_village: staged.address.village,
    present_line: staged.present?.line ?? null,
    present_village: staged.present?.village ?? null,
  };
}

/** A row in the shape in which two people are compared, with the keys by which it is looked for and will be found. */
export interface SoughtRow extends Sought {
  /** Made at need: the first members of a library are compared with nobody. */
  readonly person: Comparable;
  /** With how many share each of them. */
  readonly blocks: readonly BlockKey[];
  /** As of the member that the row may become. */
  readonly matchKeys: readonly number[];
  readonly nikSlots: Uint8Array | null;
  readonly nameKey: string;
}

/** All that is computed of a row to look for its person; once, the rest of the way it is read. */
export function soughtOf(
  vault: Vault,
  libraryId: LibraryId,
  staged: StagedMember,
  population: Population,
): SoughtRow {
  const { nik } = staged.identity;
  const columns = comparedColumns(vault, libraryId, staged);
  const { birth_date: birthDate } = columns;
  // The NIK is at hand: sealing it only to have it opened there would cost more than all the keys.
  const keyed = keyedOf(columns, nik);
  const blocks = blockKeys(keyed, population);
  const numbers = nik === null ? [] : nikKeys(vault, libraryId, nik, birthDate);
  const slots = nik === null ? null : slotsOf(vault, libraryId, nik);
  let person: Comparable | undefined;
  return {
    get person() {
      person ??= comparableOf(columns, slots, nik, keyed.names);
      return person;
    },
    blocks,
    nikKeys: numbers,
    hashes: personalHashes(columns),
    matchKeys: [...storedKeys(libraryId, keyed, blocks), ...numbers],
    nikSlots: slots,
    nameKey: nameKeyOf(keyed.names.flatMap(({ words }) => words.map(({ text }) => text))),
  };
}

/** A row that was put aside, ready to be compared. @param kept its `nikSlots`, where they were kept with it */
export function comparedRow(
  vault: Vault,
  libraryId: LibraryId,
  staged: StagedMember,
  kept: Uint8Array | null,
): Comparable {
  const { nik } = staged.identity;
  const nikSlots = kept ?? (nik === null ? null : slotsOf(vault, libraryId, nik));
  return comparableOf(comparedColumns(vault, libraryId, staged), nikSlots, nik);
}

/** The same for a comparison with other rows only: numbers stay as they are, for hashing them says no more. */
export function comparedInFile(
  vault: Vault,
  libraryId: LibraryId,
  staged: StagedMember,
  kept: Uint8Array | null,
): Comparable {
  const { type, number, nik, kk } = staged.identity;
  const nikSlots = kept ?? (nik === null ? null : slotsOf(vault, libraryId, nik));
  const document =
    type === null || number === null ? null : documentNumberKey(type, number, staged.institution ?? '');
  const numbers = { document_hash: document, nik_hash: nik, kk_hash: kk };
  return comparableOf(Object.assign(factColumns(staged), numbers), nikSlots, nik);
}
