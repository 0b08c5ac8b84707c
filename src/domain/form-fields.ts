import { EDUCATIONS, GUARDIAN_RELATIONS, OCCUPATIONS, SEXES } from './applicant.ts';
import { needsGuardian } from './child.ts';
import type { RegionCode } from './ids.ts';
import type { PlainDate } from './plain-date.ts';
import type { DocumentType } from './procedure.ts';
import { readTypedDate } from './typed-date.ts';

/**
 * The one definition of the registration form: phone, kiosk, paper and desk draw these groups and fields
 * in this order. What is checked stands in `check-form.ts`; words are the interface's, found by name and code.
 */

/** Where a form is filled. */
export type FormChannel = 'phone' | 'kiosk' | 'desk' | 'paper';

export const FIELD_NAMES = [
  'document_type',
  'document_number',
  'no_document_reason',
  'nik',
  'name',
  'birth_place',
  'birth_date',
  'sex',
  'address_line',
  'address_rt',
  'address_rw',
  'address_village',
  'present_same',
  'present_line',
  'present_rt',
  'present_rw',
  'present_village',
  'phone',
  'email',
  'occupation',
  'institution',
  'education',
  'member_type',
  'guardian_name',
  'guardian_relation',
  'guardian_phone',
  'guardian_consent',
  'acknowledged',
  'consent_photo_on_card',
  'consent_messages',
  'consent_version',
] as const;
export type FieldName = (typeof FIELD_NAMES)[number];

/** What an officer can ask the applicant to put right. */
export type CorrectableField = FieldName | 'photo';

/** The form as typed: strings only, a ticked box is `CHECKED`, an unticked one is absent or empty. */
export type FormValues = Readonly<Partial<Record<FieldName, string>>>;
export const CHECKED = '1';

/** The choice of `document_type` for a person who has no document to show. */
export const NO_DOCUMENT = 'none';

/** What the library and the moment add to the form. */
export interface FormContext {
  /** On the library's wall calendar. */
  readonly today: PlainDate;
  readonly documentsAccepted: readonly DocumentType[];
  /** Codes of the library's `noDocumentReasons`. */
  readonly noDocumentReasons: readonly string[];
  /** Codes of the library's active member types. */
  readonly memberTypes: readonly string[];
  /** Version of the notice and consent texts now in force. */
  readonly consentVersion: string;
  readonly channel: FormChannel;
  /** Server only: whether the village is in the list of regions. Absent: only its shape is checked. */
  readonly knownVillage?: (code: RegionCode) => boolean;
  /** Server only: whether a NIK's first six digits are a known district. Absent: not warned about. */
  readonly knownPrefix?: (prefix: string) => boolean;
  /** Whether the text of a field is the one stored already: a number in it, typed before the rule, warns only. */
  readonly isStored?: (field: FieldName, text: string) => boolean;
  /** Whether somebody of this age (full years) may have the member type; see `fitsAge`. */
  readonly fitsMemberType?: (code: string, age: number) => boolean;
}

export type FieldKind =
  | 'text'
  | 'digits'
  | 'name'
  | 'date'
  | 'choice'
  | 'village'
  | 'phone'
  | 'email'
  | 'checkbox'
  | 'hidden';

/** Why a field is asked; one short text per code stands at the field (UU 27/2022 Ps. 21). */
export type WhyCode =
  | 'identify'
  | 'avoid_duplicates'
  | 'printed_on_card'
  | 'age_and_type'
  | 'reports_only'
  | 'service_area'
  | 'reach_you'
  | 'membership'
  | 'child_consent'
  | 'your_choice';

export type FieldRule = (values: FormValues, context: FormContext) => boolean;

export interface FormField {
  readonly name: FieldName;
  readonly kind: FieldKind;
  /** Whether the field is part of the form at all for these answers; a hidden one is not read. */
  readonly asked: FieldRule;
  /** Whether an asked field must be answered. */
  readonly required: FieldRule;
  /** HTML autofill token for a person's own phone; see `autocompleteOf`. */
  readonly autocomplete: string;
  readonly inputmode: 'text' | 'numeric' | 'tel' | 'email' | null;
  readonly maxLength: number | null;
  /** Codes of a choice; the named lists are the library's own, see `choicesOf`. */
  readonly choices: readonly string[] | 'documents' | 'no_document_reasons' | 'member_types' | null;
  /** The answer that is preselected. */
  readonly initial: string;
  readonly why: WhyCode | null;
}

export type GroupName =
  | 'document'
  | 'identity'
  | 'address'
  | 'present'
  | 'contact'
  | 'optional'
  | 'membership'
  | 'guardian'
  | 'consent';

export interface FormGroup {
  readonly name: GroupName;
  readonly fields: readonly FormField[];
}

const always: FieldRule = () => true;
const never: FieldRule = () => false;
const hasDocument: FieldRule = (values) => (values.document_type ?? '') !== NO_DOCUMENT;
const hasNoDocument: FieldRule = (values) => values.document_type === NO_DOCUMENT;
/** A KTP, a KIA and a new SIM carry the NIK; with another document it may be added. */
const mayAddNik: FieldRule = (values) => ['kk', 'ktm', 'sim', 'paspor'].includes(values.document_type ?? '');
const livesElsewhere: FieldRule = (values) => values.present_same === 'different';
/** A passport's holder may live abroad: then the line says where. */
const needsVillage: FieldRule = (values) => values.document_type !== 'paspor';
/** A student number means nothing without the university that gave it. */
const showsKtm: FieldRule = (values) => values.document_type === 'ktm';
const isChild: FieldRule = (values, context) => {
  const birth = readTypedDate(values.birth_date ?? '');
  return birth !== undefined && needsGuardian(birth, context.today);
};

function field(name: FieldName, kind: FieldKind, more: Partial<Omit<FormField, 'name' | 'kind'>>): FormField {
  return {
    name,
    kind,
    asked: always,
    required: always,
    autocomplete: 'off',
    inputmode: null,
    maxLength: null,
    choices: null,
    initial: '',
    why: null,
    ...more,
  };
}

const number = { inputmode: 'numeric' } as const;
const postal = { autocomplete: 'street-address', maxLength: 200, why: 'service_area' } as const;
const rtRw = { ...number, required: never, maxLength: 3, why: 'service_area' } as const;
const reports = { required: never, why: 'reports_only' } as const;
const child = { asked: isChild, why: 'child_consent' } as const;
const choice = { required: never, why: 'your_choice' } as const;

export const FORM_GROUPS: readonly FormGroup[] = [
  {
    name: 'document',
    fields: [
      field('document_type', 'choice', { choices: 'documents', why: 'identify' }),
      field('document_number', 'text', { asked: hasDocument, maxLength: 40, why: 'avoid_duplicates' }),
      field('no_document_reason', 'choice', {
        asked: hasNoDocument,
        choices: 'no_document_reasons',
        why: 'identify',
      }),
      // 16 digits and the spaces or dots that people put between them.
      field('nik', 'digits', {
        ...number,
        asked: mayAddNik,
        required: never,
        maxLength: 24,
        why: 'avoid_duplicates',
      }),
    ],
  },
  {
    name: 'identity',
    fields: [
      field('name', 'name', { autocomplete: 'name', maxLength: 200, why: 'printed_on_card' }),
      field('birth_place', 'text', { maxLength: 100, why: 'identify' }),
      field('birth_date', 'date', { autocomplete: 'bday', maxLength: 30, why: 'age_and_type' }),
      field('sex', 'choice', { choices: SEXES, why: 'reports_only' }),
    ],
  },
  {
    name: 'address',
    fields: [
      field('address_line', 'text', postal),
      field('address_rt', 'digits', rtRw),
      field('address_rw', 'digits', rtRw),
      field('address_village', 'village', { required: needsVillage, why: 'service_area' }),
    ],
  },
  {
    name: 'present',
    fields: [
      field('present_same', 'choice', {
        choices: ['same', 'different'],
        initial: 'same',
        why: 'service_area',
      }),
      field('present_line', 'text', { ...postal, asked: livesElsewhere }),
      field('present_rt', 'digits', { ...rtRw, asked: livesElsewhere }),
      field('present_rw', 'digits', { ...rtRw, asked: livesElsewhere }),
      field('present_village', 'village', { asked: livesElsewhere, why: 'service_area' }),
    ],
  },
  {
    name: 'contact',
    fields: [
      field('phone', 'phone', {
        required: never,
        autocomplete: 'tel',
        inputmode: 'tel',
        maxLength: 30,
        why: 'reach_you',
      }),
      field('email', 'email', {
        required: never,
        autocomplete: 'email',
        inputmode: 'email',
        maxLength: 254,
        why: 'reach_you',
      }),
    ],
  },
  {
    name: 'optional',
    fields: [
      field('occupation', 'choice', { ...reports, choices: OCCUPATIONS }),
      field('institution', 'text', {
        ...reports,
        required: showsKtm,
        autocomplete: 'organization',
        maxLength: 150,
      }),
      field('education', 'choice', { ...reports, choices: EDUCATIONS }),
    ],
  },
  {
    name: 'membership',
    fields: [field('member_type', 'choice', { choices: 'member_types', why: 'membership' })],
  },
  {
    name: 'guardian',
    fields: [
      field('guardian_name', 'name', { ...child, maxLength: 200 }),
      field('guardian_relation', 'choice', { ...child, choices: GUARDIAN_RELATIONS }),
      field('guardian_phone', 'phone', { ...child, required: never, inputmode: 'tel', maxLength: 30 }),
      field('guardian_consent', 'checkbox', { ...child, required: never }),
    ],
  },
  {
    name: 'consent',
    fields: [
      field('acknowledged', 'checkbox', { why: 'membership' }),
      field('consent_photo_on_card', 'checkbox', choice),
      field('consent_messages', 'checkbox', choice),
      field('consent_version', 'hidden', { required: never }),
    ],
  },
];

/** All fields in the order of the form. */
export const FORM_FIELDS: readonly FormField[] = FORM_GROUPS.flatMap((group) => group.fields);

const byName: ReadonlyMap<FieldName, FormField> = new Map(FORM_FIELDS.map((each) => [each.name, each]));

/** What "anggota keluarga berikutnya" copies: address, guardian and contact, never identity or consent. */
export const FAMILY_FIELDS: readonly FieldName[] = [
  'address_line',
  'address_rt',
  'address_rw',
  'address_village',
  'present_same',
  'present_line',
  'present_rt',
  'present_rw',
  'present_village',
  'phone',
  'email',
  'guardian_name',
  'guardian_relation',
  'guardian_phone',
];

/** The definition of one field. */
export function getField(name: FieldName): FormField {
  const found = byName.get(name);
  if (!found) throw new RangeError(`unknown field ${name}`);
  return found;
}

/** The codes a choice offers here; empty for a field that is no choice. */
export function choicesOf(field: FormField, context: FormContext): readonly string[] {
  if (field.choices === 'documents') return [...context.documentsAccepted, NO_DOCUMENT];
  if (field.choices === 'no_document_reasons') return context.noDocumentReasons;
  if (field.choices === 'member_types') return context.memberTypes;
  return field.choices ?? [];
}

/** A shared kiosk and an officer's browser must not offer one visitor's data to the next. */
export function autocompleteOf(field: FormField, channel: FormChannel): string {
  return channel === 'phone' ? field.autocomplete : 'off';
}

/** Keeps the known fields of a submitted form, text only; anything else a client sends is dropped. */
export function pickFormValues(raw: Readonly<Record<string, unknown>>): FormValues {
  const picked: Partial<Record<FieldName, string>> = {};
  for (const name of FIELD_NAMES) {
    const value = raw[name];
    if (typeof value === 'string') picked[name] = value;
  }
  return picked;
}
