import type { Selectable } from 'kysely';
import type { PersonColumns } from '../db/schema.ts';
import type { Vault } from '../db/vault.ts';
import type { ApplicantData, Guardian, Sex } from '../domain/applicant.ts';
import { documentNumberKey } from '../domain/document-number.ts';
import type { LibraryId } from '../domain/ids.ts';
import { nameKey } from '../domain/person-name.ts';
import type { PlainDate } from '../domain/plain-date.ts';

type WrittenPerson = Omit<Selectable<PersonColumns>, 'photo_id' | 'person_key' | 'former_name_keys'>;

/** What a person's columns are made of: a checked form, or a row of another system, which may know less. */
export type PersonData = Omit<
  ApplicantData,
  'birthDate' | 'sex' | 'guardian' | 'acknowledged' | 'consents' | 'consentVersion'
> & {
  readonly birthDate: PlainDate | null;
  readonly sex: Sex | null;
  readonly guardian: Omit<Guardian, 'consented'> | null;
};

/** A checked form as the columns of a case or a member: numbers sealed, with keyed hashes for equality. */
export function personColumns(
  vault: Vault,
  libraryId: LibraryId,
  applicant: PersonData,
  key = nameKey(applicant.name),
): WrittenPerson {
  const { documentType, documentNumber, nik, kk, address, present, guardian } = applicant;
  return {
    name: applicant.name,
    name_key: key,
    birth_place: applicant.birthPlace || null,
    birth_date: applicant.birthDate,
    sex: applicant.sex,
    document_type: documentType,
    document_number: documentNumber === null ? null : vault.seal(libraryId, 'document', documentNumber),
    nik: nik === null ? null : vault.seal(libraryId, 'nik', nik),
    kk: kk === null ? null : vault.seal(libraryId, 'kk', kk),
    ...numberHashes(vault, libraryId, applicant),
    no_document_reason: applicant.noDocumentReason,
    address_line: address.line,
    address_rt: address.rt,
    address_rw: address.rw,
    address_village: address.village,
    present_same: applicant.presentSame,
    present_line: present?.line ?? null,
    present_rt: present?.rt ?? null,
    present_rw: present?.rw ?? null,
    present_village: present?.village ?? null,
    phone: applicant.phone,
    email: applicant.email,
    occupation: applicant.occupation,
    institution: applicant.institution,
    education: applicant.education,
    member_type: applicant.memberType,
    guardian_name: guardian?.name ?? null,
    guardian_relation: guardian?.relation ?? null,
    guardian_phone: guardian?.phone ?? null,
  };
}

/** Keyed hashes of a person's numbers, by which equal ones are found. */
export function numberHashes(
  vault: Vault,
  libraryId: LibraryId,
  person: Pick<PersonData, 'documentType' | 'documentNumber' | 'institution' | 'nik' | 'kk'>,
): Pick<WrittenPerson, 'document_hash' | 'nik_hash' | 'kk_hash'> {
  const { documentType, documentNumber, nik, kk } = person;
  return {
    document_hash:
      documentType === null || documentNumber === null
        ? null
        : vault.hash(
            libraryId,
            'document',
            documentNumberKey(documentType, documentNumber, person.institution ?? ''),
          ),
    nik_hash: nik === null ? null : vault.hash(libraryId, 'nik', nik),
    kk_hash: kk === null ? null : vault.hash(libraryId, 'kk', kk),
  };
}
