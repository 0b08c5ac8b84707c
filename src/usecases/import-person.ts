import type { Vault } from '../db/vault.ts';
import type { LibraryId } from '../domain/ids.ts';
import type { StagedMember } from '../domain/importing/staged-member.ts';
import type { Comparable } from '../domain/matching/compare.ts';
import { comparableOf, nikKeys, personalHashes, slotsOf } from './match-columns.ts';
import type { Sought } from './match-people.ts';
import { type PersonData, personColumns } from './person-columns.ts';

type ImportedPerson = ReturnType<typeof personColumns>;

/** A row of another system as the columns of a member. */
export function importedPerson(
  vault: Vault,
  libraryId: LibraryId,
  staged: StagedMember,
  memberType: string,
): ImportedPerson {
  const person: PersonData = {
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
  return personColumns(vault, libraryId, person);
}

/** The row in the shape in which two people are compared, and the keys by which it is looked for. */
export function soughtOf(
  vault: Vault,
  libraryId: LibraryId,
  staged: StagedMember,
): Sought & { person: Comparable } {
  const { nik } = staged.identity;
  const row = importedPerson(vault, libraryId, staged, '');
  const person = comparableOf({ ...row, former_name_keys: [] }, null);
  let slots: Uint8Array | undefined;
  return {
    // Sixteen hashes that only a comparison with somebody of another NIK asks for.
    person: Object.defineProperty(person, 'nikSlots', {
      get() {
        if (nik !== null) slots ??= slotsOf(vault, libraryId, nik);
        return slots ?? null;
      },
    }),
    // Asked for by the caller who stores or looks for keys.
    get nikKeys() {
      return nik === null ? [] : nikKeys(vault, libraryId, nik, staged.birthDate);
    },
    hashes: personalHashes(row),
  };
}
