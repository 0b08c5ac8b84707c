import {
  type Address,
  type ApplicantData,
  EDUCATIONS,
  GUARDIAN_RELATIONS,
  type Guardian,
  OCCUPATIONS,
  SEXES,
} from './applicant.ts';
import { canHoldKia } from './child.ts';
import { cleanText } from './clean-text.ts';
import { checkDocumentNumber } from './document-number.ts';
import { isEmail } from './email.ts';
import {
  CHECKED,
  choicesOf,
  type FieldKind,
  type FieldName,
  FORM_FIELDS,
  type FormContext,
  type FormField,
  type FormValues,
  getField,
  NO_DOCUMENT,
} from './form-fields.ts';
import type { FormOutcome, FormProblem, FormProblemCode, FormWarning } from './form-outcome.ts';
import { holdsIdentityNumber, isCovered } from './identity-in-text.ts';
import type { Nik, Phone, RegionCode } from './ids.ts';
import { nikWarnings, parseNik } from './nik.ts';
import { cleanName } from './person-name.ts';
import { parsePhone } from './phone.ts';
import { ageOn, type PlainDate } from './plain-date.ts';
import { DOCUMENT_TYPES, type DocumentType } from './procedure.ts';
import { readTypedDate } from './typed-date.ts';

/** Older than any person: a typing error. Between this and `OLD_AGE` it only warns. */
const IMPOSSIBLE_AGE = 130;
const OLD_AGE = 100;
const LONGEST_TEXT = 500;
/** Kinds whose answers are stored as typed: a number of a document would lie open there. */
const UNSEALED: ReadonlySet<FieldKind> = new Set(['text', 'name', 'email']);

function isUnsealed({ name, kind }: FormField): boolean {
  return UNSEALED.has(kind) && name !== 'document_number';
}

/** Kemendagri code of a village. */
const VILLAGE = /^\d{2}\.\d{2}\.\d{2}\.\d{4}$/;

/**
 * Checks a whole form and makes the applicant's data of it. Fields that these answers do not ask for are
 * not read. All problems are found at once, in the order of the form; warnings never refuse.
 */
export function checkForm(values: FormValues, context: FormContext): FormOutcome {
  const form = readerOf(values, context);
  const document = readDocument(form);
  const name = form.name('name');
  const birthPlace = form.text('birth_place');
  const birthDate = readBirthDate(form, context);
  const sex = form.choice('sex', SEXES);
  const address = readAddress(form, 'address');
  const presentSame = values.present_same !== 'different';
  const present = presentSame ? null : readAddress(form, 'present');
  const phone = form.phone('phone');
  const email = form.email('email');
  const occupation = form.choice('occupation', OCCUPATIONS);
  const institution = form.text('institution') || null;
  const education = form.choice('education', EDUCATIONS);
  const memberType = form.choice('member_type', context.memberTypes);
  const guardian = readGuardian(form);
  if (values.consent_version && values.consent_version !== context.consentVersion)
    // The texts changed while the form lay open: what was ticked was another text.
    form.problem('acknowledged', 'consent_text_changed');
  else if (!form.checked('acknowledged')) form.problem('acknowledged', 'must_acknowledge');

  const problems = form.problems();
  if (problems.length > 0 || name === '' || !birthDate || !sex || !memberType) return { ok: false, problems };
  const applicant: ApplicantData = {
    ...document,
    name,
    birthPlace,
    birthDate,
    sex,
    address,
    presentSame,
    present,
    phone,
    email,
    occupation,
    institution,
    education,
    memberType,
    guardian,
    acknowledged: true,
    consents: {
      photo_on_card: form.checked('consent_photo_on_card'),
      messages: form.checked('consent_messages'),
    },
    consentVersion: context.consentVersion,
  };
  return { ok: true, applicant, warnings: [...form.warnings(), ...warningsOf(applicant, context)] };
}

type Form = ReturnType<typeof readerOf>;

/** Reads one field at a time by its kind and collects what is wrong with it; at most one problem a field. */
function readerOf(values: FormValues, context: FormContext) {
  const found = new Map<FieldName, FormProblemCode>();
  const warnings: FormWarning[] = [];

  function problem(field: FieldName, code: FormProblemCode): void {
    if (!found.has(field)) found.set(field, code);
  }
  function typed(name: FieldName): string {
    const field = getField(name);
    if (!field.asked(values, context)) return '';
    // Of digits that are too many it is more helpful to say which shape is expected.
    const longest = field.kind === 'digits' ? LONGEST_TEXT : (field.maxLength ?? LONGEST_TEXT);
    const result = cleanText(values[name] ?? '', longest);
    if (!result.ok) problem(name, result.reason);
    else if (isUnsealed(field) && holdsIdentityNumber(result.text)) {
      if (context.isStored?.(name, result.text)) warnings.push({ field: name, code: 'identity_number' });
      else problem(name, 'identity_number');
    } else if (result.text === '' && field.required(values, context)) problem(name, 'required');
    else if (isUnsealed(field) && isCovered(result.text) && context.isStored?.(name, result.text))
      warnings.push({ field: name, code: 'identity_covered' });
    return result.ok ? result.text : '';
  }
  /** The typed text read by `read`, null where it is empty or unreadable. */
  function parsed<T>(
    name: FieldName,
    code: FormProblemCode,
    read: (text: string) => T | undefined,
  ): T | null {
    const text = typed(name);
    if (text === '') return null;
    const value = read(text);
    if (value === undefined) problem(name, code);
    return value ?? null;
  }

  return {
    problem,
    text: typed,
    parsed,
    name(name: FieldName): string {
      const text = typed(name);
      if (text === '') return '';
      const result = cleanName(text);
      if (result.ok) return result.name;
      problem(name, result.reason === 'empty' ? 'required' : result.reason);
      return '';
    },
    choice<T extends string>(name: FieldName, codes: readonly T[]): T | null {
      return parsed(name, 'unknown_choice', (text) => codes.find((code) => code === text));
    },
    /** The code of a choice whose list is the library's own. */
    ownChoice(name: FieldName): string | null {
      const codes = choicesOf(getField(name), context);
      return parsed(name, 'unknown_choice', (text) => codes.find((code) => code === text));
    },
    phone(name: FieldName): Phone | null {
      return parsed(name, 'phone_unreadable', (text) => {
        const result = parsePhone(text);
        return result.ok ? result.phone : undefined;
      });
    },
    email(name: FieldName): string | null {
      return parsed(name, 'email_unreadable', (text) => (isEmail(text) ? text : undefined));
    },
    checked(name: FieldName): boolean {
      return getField(name).asked(values, context) && values[name] === CHECKED;
    },
    asked(name: FieldName): boolean {
      return getField(name).asked(values, context);
    },
    village(name: FieldName): RegionCode | null {
      return parsed(name, 'unknown_village', (text) => {
        const code = text as RegionCode;
        return VILLAGE.test(code) && (context.knownVillage?.(code) ?? true) ? code : undefined;
      });
    },
    warnings: (): readonly FormWarning[] => warnings,
    problems(): readonly FormProblem[] {
      return FORM_FIELDS.flatMap(({ name }) => {
        const code = found.get(name);
        return code ? [{ field: name, code }] : [];
      });
    },
  };
}

type DocumentData = Pick<
  ApplicantData,
  'documentType' | 'documentNumber' | 'nik' | 'kk' | 'noDocumentReason'
>;

function readDocument(form: Form): DocumentData {
  const chosen = form.ownChoice('document_type');
  const type = DOCUMENT_TYPES.find((each) => each === chosen) ?? null;
  const noDocumentReason = chosen === NO_DOCUMENT ? form.ownChoice('no_document_reason') : null;
  const added = form.parsed('nik', 'nik_not_16_digits', (text): Nik | undefined => {
    const result = parseNik(text);
    return result.ok ? result.nik : undefined;
  });
  const none = { documentType: type, documentNumber: null, nik: added, kk: null, noDocumentReason };
  if (type === null) {
    // Without a type only its absence is worth saying.
    return none;
  }
  const number = form.text('document_number');
  if (number === '') return none;
  const result = checkDocumentNumber(type, number);
  if (!result.ok) {
    form.problem('document_number', result.reason);
    return none;
  }
  return {
    documentType: type,
    documentNumber: result.number,
    nik: result.nik ?? added,
    kk: type === 'kk' ? result.number : null,
    noDocumentReason,
  };
}

function readBirthDate(form: Form, context: FormContext): PlainDate | null {
  const date = form.parsed('birth_date', 'not_a_date', readTypedDate);
  if (date && date > context.today) form.problem('birth_date', 'date_in_future');
  if (date && ageOn(date, context.today) > IMPOSSIBLE_AGE) form.problem('birth_date', 'date_too_early');
  return date;
}

function readAddress(form: Form, which: 'address' | 'present'): Address {
  const threeDigits = (text: string) => (/^\d{1,3}$/.test(text) ? text.padStart(3, '0') : undefined);
  return {
    line: form.text(`${which}_line`),
    rt: form.parsed(`${which}_rt`, 'rt_rw_not_digits', threeDigits),
    rw: form.parsed(`${which}_rw`, 'rt_rw_not_digits', threeDigits),
    village: form.village(`${which}_village`),
  };
}

function readGuardian(form: Form): Guardian | null {
  if (!form.asked('guardian_name')) return null;
  const name = form.name('guardian_name');
  const relation = form.choice('guardian_relation', GUARDIAN_RELATIONS);
  const phone = form.phone('guardian_phone');
  if (name === '' || relation === null) return null;
  return { name, relation, phone, consented: form.checked('guardian_consent') };
}

function warningsOf(applicant: ApplicantData, context: FormContext): readonly FormWarning[] {
  const { birthDate, documentType, nik, kk, sex, memberType } = applicant;
  const warnings: FormWarning[] = [];
  if (nik) {
    const field = carriesNik(documentType, applicant.documentNumber) ? 'document_number' : 'nik';
    const { knownPrefix } = context;
    for (const code of nikWarnings(nik, { birthDate, sex, kk, ...(knownPrefix && { knownPrefix }) }))
      warnings.push({ field, code: `nik_${code}` });
  }
  const age = ageOn(birthDate, context.today);
  if (age > OLD_AGE) warnings.push({ field: 'birth_date', code: 'very_old' });
  const kia = canHoldKia(birthDate, context.today);
  if (documentType === 'kia' && !kia) warnings.push({ field: 'document_type', code: 'kia_from_17' });
  if (documentType === 'ktp' && kia) warnings.push({ field: 'document_type', code: 'ktp_before_17' });
  if (context.fitsMemberType?.(memberType, age) === false)
    warnings.push({ field: 'member_type', code: 'member_type_age' });
  return warnings;
}

function carriesNik(type: DocumentType | null, number: string | null): boolean {
  return type === 'ktp' || type === 'kia' || (type === 'sim' && number?.length === 16);
}
