import type { Selectable } from 'kysely';
import type { Tx } from '../db/connection.ts';
import type { PersonColumns } from '../db/schema.ts';
import type { Vault } from '../db/vault.ts';
import type { ApplicantData } from '../domain/applicant.ts';
import { maskDocumentNumber } from '../domain/document-number.ts';
import {
  type CorrectableField,
  type FieldName,
  type FormValues,
  NO_DOCUMENT,
} from '../domain/form-fields.ts';
import { changedFields, valuesOf } from '../domain/form-values.ts';
import type { ApplicationId, LibraryId, MemberId } from '../domain/ids.ts';
import { maskNik } from '../domain/nik.ts';
import { keepDigest } from './audit.ts';
import { actorColumns, type Deps, newId, type Scope } from './context.ts';
import { personColumns } from './person-columns.ts';

/** The person in a row of `application` or `member`. */
export type PersonRow = Selectable<PersonColumns>;

/** Answers that are no data of the person: they have rows of their own and are never revised. */
const NOT_REVISED: ReadonlySet<FieldName> = new Set([
  'guardian_consent',
  'acknowledged',
  'consent_photo_on_card',
  'consent_messages',
  'consent_version',
]);

/**
 * A stored person as the form would hold it.
 * @param numbers `masked` wherever a screen shows it; `full` only inside a use case and for the officer who holds
 *   the case in its identity step
 */
export function formValuesOf(
  row: PersonRow,
  vault: Vault,
  libraryId: LibraryId,
  numbers: 'full' | 'masked',
): FormValues {
  const open = (kind: 'document' | 'nik', sealed: Buffer | null) =>
    sealed === null ? null : vault.openText(libraryId, kind, sealed);
  const number = open('document', row.document_number);
  const nik = open('nik', row.nik);
  const masked = numbers === 'masked';
  const values: Partial<Record<FieldName, string | null>> = {
    document_type: row.document_type ?? NO_DOCUMENT,
    document_number: number !== null && masked ? maskDocumentNumber(number) : number,
    no_document_reason: row.no_document_reason,
    // On a KTP the number is the NIK already.
    nik: nik === null || nik === number ? null : masked ? maskNik(nik) : nik,
    name: row.name,
    birth_place: row.birth_place,
    birth_date: row.birth_date,
    sex: row.sex,
    address_line: row.address_line,
    address_rt: row.address_rt,
    address_rw: row.address_rw,
    address_village: row.address_village,
    present_same: row.present_same ? 'same' : 'different',
    present_line: row.present_line,
    present_rt: row.present_rt,
    present_rw: row.present_rw,
    present_village: row.present_village,
    phone: row.phone,
    email: row.email,
    occupation: row.occupation,
    institution: row.institution,
    education: row.education,
    member_type: row.member_type,
    guardian_name: row.guardian_name,
    guardian_relation: row.guardian_relation,
    guardian_phone: row.guardian_phone,
  };
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}

export interface PersonRevision {
  /** Columns to write; empty where nothing changed. */
  readonly patch: Partial<ReturnType<typeof personColumns>>;
  readonly fields: readonly FieldName[];
  /** Only the fields that changed. */
  readonly before: FormValues;
  readonly after: FormValues;
}

/** What has to be written so that a row holds this checked form, and what changes by it. */
export function personPatch(
  vault: Vault,
  libraryId: LibraryId,
  row: PersonRow,
  applicant: ApplicantData,
): PersonRevision {
  const before = formValuesOf(row, vault, libraryId, 'full');
  const after = valuesOf(applicant);
  const fields = changedFields(before, after).filter((field) => !NOT_REVISED.has(field));
  const only = (values: FormValues): FormValues =>
    Object.fromEntries(fields.map((field) => [field, values[field] ?? '']));
  return {
    patch: fields.length === 0 ? {} : personColumns(vault, libraryId, applicant),
    fields,
    before: only(before),
    after: only(after),
  };
}

/**
 * Keeps before and after of a change, sealed under the person's own key, so that an erasure can destroy them while
 * the audit log stays whole; that one holds a digest of it by the same key. Writes nothing where nothing changed.
 * @param subject.evidence a code, or in the officer's own words the document that proves the change
 */
export async function writeRevision(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  subject: {
    readonly applicationId: ApplicationId | null;
    readonly memberId: MemberId | null;
    readonly personKey: Buffer;
    readonly evidence?: { readonly code: string } | { readonly words: string };
  },
  revision: Record<'before' | 'after', Readonly<Partial<Record<CorrectableField, string>>>> & {
    readonly fields: readonly CorrectableField[];
  },
): Promise<void> {
  if (revision.fields.length === 0) return;
  const { before, after } = revision;
  const { evidence } = subject;
  const content = JSON.stringify({ before, after });
  const subjectId = subject.applicationId ?? subject.memberId;
  if (subjectId !== null)
    keepDigest(tx, subjectId, deps.vault.hashFor(scope.library.id, subject.personKey, content));
  await tx
    .insertInto('revision')
    .values({
      library_id: scope.library.id,
      id: newId(deps, scope.at),
      application_id: subject.applicationId,
      member_id: subject.memberId,
      at: scope.at,
      ...actorColumns(scope.actor),
      fields: [...revision.fields],
      content: deps.vault.sealFor(scope.library.id, subject.personKey, content),
      evidence: evidence && 'code' in evidence ? evidence.code : null,
      evidence_words:
        evidence && 'words' in evidence
          ? deps.vault.sealFor(scope.library.id, subject.personKey, evidence.words)
          : null,
    })
    .execute();
}

/**
 * Keeps what changed between two states of a member's row, sealed like every revision, where no form was sent.
 * @param evidence a code
 */
export async function writePersonRevision(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  member: PersonRow & { readonly id: MemberId },
  changed: PersonRow,
  evidence: string,
): Promise<void> {
  const before = formValuesOf(member, deps.vault, scope.library.id, 'full');
  const after = formValuesOf(changed, deps.vault, scope.library.id, 'full');
  const fields: CorrectableField[] = changedFields(before, after).filter((field) => !NOT_REVISED.has(field));
  const only = (values: FormValues) =>
    Object.fromEntries(fields.map((field) => [field, values[field as FieldName] ?? '']));
  const photo = member.photo_id !== changed.photo_id;
  await writeRevision(
    tx,
    deps,
    scope,
    {
      applicationId: null,
      memberId: member.id,
      personKey: member.person_key,
      evidence: { code: evidence },
    },
    {
      fields: photo ? [...fields, 'photo'] : fields,
      before: { ...only(before), ...(photo ? { photo: member.photo_id ?? '' } : {}) },
      after: { ...only(after), ...(photo ? { photo: changed.photo_id ?? '' } : {}) },
    },
  );
}
