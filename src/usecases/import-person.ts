import type { Vault } from '../db/vault.ts';
import type { LibraryId } from '../domain/ids.ts';
import type { StagedMember } from '../domain/importing/staged-member.ts';
import type { Keyed } from '../domain/matching/block-keys.ts';
import type { Comparable } from '../domain/matching/compare.ts';
import { comparableOf, keyedOf, matchColumns, nikKeys, personalHashes, slotsOf } from './match-columns.ts';
import type { Sought } from './match-people.ts';
import { numberHashes, type PersonData, personColumns } from './person-columns.ts';

type ImportedPerson = ReturnType<typeof personColumns>;

/** A row of another system as the columns of a member. */
export function importedPerson(
  vault: Vault,
  libraryId: LibraryId,
  staged: StagedMember,
  memberType: string,
): ImportedPerson {
  return personColumns(vault, libraryId, personOf(staged, memberType));
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
  return {
    name: staged.name,
    former_name_keys: [],
    birth_place: staged.birthPlace,
    birth_date: staged.birthDate,
    sex: staged.sex,
    document_type: staged.identity.type,
    nik: null,
    ...numberHashes(vault, libraryId, {
      documentType: staged.identity.type,
      documentNumber: staged.identity.number,
      institution: staged.institution,
      nik: staged.identity.nik,
      kk: staged.identity.kk,
    }),
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
  readonly keyed: Keyed;
  /** As of the member that the row may become. */
  readonly matchKeys: readonly number[];
  readonly nikSlots: Uint8Array | null;
}

/** All that is computed of a row to look for its person; once, the rest of the way it is read. */
export function soughtOf(vault: Vault, libraryId: LibraryId, staged: StagedMember): SoughtRow {
  const { nik } = staged.identity;
  const columns = comparedColumns(vault, libraryId, staged);
  const { birth_date: birthDate } = columns;
  // The NIK is at hand: sealing it only to have it opened there would cost more than all the keys.
  const found = matchColumns(vault, libraryId, columns, nik);
  let person: Comparable | undefined;
  return {
    get person() {
      person ??= comparableOf(columns, found.nik_slots, nik);
      return person;
    },
    keyed: keyedOf(columns, nik),
    nikKeys: nik === null ? [] : nikKeys(vault, libraryId, nik, birthDate),
    hashes: personalHashes(columns),
    matchKeys: found.match_keys,
    nikSlots: found.nik_slots,
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
