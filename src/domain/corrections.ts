import { type CorrectableField, type FieldName, FORM_GROUPS, type FormValues } from './form-fields.ts';

/** Answers that decide whether others are asked: whoever may change one may change those as well. */
const DEPENDENTS: Partial<Record<FieldName, readonly FieldName[]>> = {
  document_type: ['document_number', 'no_document_reason', 'nik'],
  // A number that was somebody else's is taken out by saying which document there is, or why there is none.
  document_number: ['document_type', 'no_document_reason', 'nik'],
  birth_date: ['guardian_name', 'guardian_relation', 'guardian_phone', 'guardian_consent'],
  present_same: ['present_line', 'present_rt', 'present_rw', 'present_village'],
};

/** What an applicant may change while nobody has looked at the case yet: all but the consents given. */
export const EDITABLE_FIELDS: readonly FieldName[] = FORM_GROUPS.filter(
  (group) => group.name !== 'consent',
).flatMap((group) => group.fields.map((field) => field.name));

/** The fields a correction opens, with those that depend on them, in the order of the form. */
export function fieldsOfCorrection(asked: readonly CorrectableField[]): readonly FieldName[] {
  const open = new Set<CorrectableField>(asked);
  for (const field of asked)
    if (field !== 'photo') for (const other of DEPENDENTS[field] ?? []) open.add(other);
  return EDITABLE_FIELDS.filter((field) => open.has(field));
}

/**
 * The stored answers with those of the open fields replaced. A number left empty keeps the stored one, which the
 * screen never shows in full, unless it now belongs to another document. A document's number goes with the document
 * ("no document", with its reason); an added NIK, which no form asks for, is emptied by saying so.
 * @param open as `fieldsOfCorrection` gives them; anything else in `answers` is dropped
 * @param emptied fields that the person asked to empty
 */
export function mergeAnswers(
  stored: FormValues,
  answers: FormValues,
  open: readonly FieldName[],
  emptied: readonly FieldName[] = [],
): FormValues {
  const merged: Partial<Record<FieldName, string>> = { ...stored };
  const otherDocument =
    open.includes('document_type') && (answers.document_type ?? '') !== (stored.document_type ?? '');
  for (const field of open) {
    const answer = answers[field] ?? '';
    if (field === 'document_number' && answer.trim() === '' && !otherDocument) continue;
    if (field === 'nik' && answer.trim() === '' && !emptied.includes('nik')) continue;
    merged[field] = answer;
  }
  return merged;
}
