import type { Address, ApplicantData } from './applicant.ts';
import { CHECKED, FAMILY_FIELDS, type FieldName, type FormValues, NO_DOCUMENT } from './form-fields.ts';

/** The form filled with known data: for a correction, the desk and the next step of a draft. Undoes `checkForm`. */
export function valuesOf(applicant: ApplicantData): FormValues {
  const { documentType, documentNumber, nik, address, present, guardian, consents } = applicant;
  const values: Partial<Record<FieldName, string | null>> = {
    document_type: documentType ?? NO_DOCUMENT,
    document_number: documentNumber,
    no_document_reason: applicant.noDocumentReason,
    // On a KTP the number is the NIK already; nothing is typed twice.
    nik: nik === documentNumber ? null : nik,
    name: applicant.name,
    birth_place: applicant.birthPlace,
    birth_date: applicant.birthDate,
    sex: applicant.sex,
    ...addressValues('address', address),
    present_same: applicant.presentSame ? 'same' : 'different',
    ...(present && addressValues('present', present)),
    phone: applicant.phone,
    email: applicant.email,
    occupation: applicant.occupation,
    institution: applicant.institution,
    education: applicant.education,
    member_type: applicant.memberType,
    guardian_name: guardian?.name ?? null,
    guardian_relation: guardian?.relation ?? null,
    guardian_phone: guardian?.phone ?? null,
    guardian_consent: guardian?.consented ? CHECKED : null,
    acknowledged: CHECKED,
    consent_photo_on_card: consents.photo_on_card ? CHECKED : null,
    consent_messages: consents.messages ? CHECKED : null,
    consent_version: applicant.consentVersion,
  };
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}

function addressValues(which: 'address' | 'present', address: Address) {
  return {
    [`${which}_line`]: address.line,
    [`${which}_rt`]: address.rt,
    [`${which}_rw`]: address.rw,
    [`${which}_village`]: address.village,
  };
}

/** "Anggota keluarga berikutnya": a new form with address, guardian and contact, never identity or consent. */
export function familyValues(values: FormValues): FormValues {
  const copied: Partial<Record<FieldName, string>> = {};
  for (const name of FAMILY_FIELDS) {
    const value = values[name];
    if (value) copied[name] = value;
  }
  return copied;
}

/**
 * The fields of a form that differ between two versions of the data, in the form's words: what a revision
 * row names and the screen marks.
 */
export function changedFields(before: FormValues, after: FormValues): readonly FieldName[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)] as FieldName[]);
  return [...names].filter((name) => (before[name] ?? '') !== (after[name] ?? ''));
}
