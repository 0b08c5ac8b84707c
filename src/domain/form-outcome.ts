import type { ApplicantData } from './applicant.ts';
import type { FieldName } from './form-fields.ts';

export type FormProblemCode =
  | 'required'
  | 'nik_not_16_digits'
  | 'kk_not_16_digits'
  | 'sim_not_12_or_16_digits'
  | 'number_unreadable'
  | 'control_characters'
  | 'too_long'
  | 'identity_number'
  | 'unknown_choice'
  | 'not_a_date'
  | 'date_in_future'
  | 'date_too_early'
  | 'rt_rw_not_digits'
  | 'unknown_village'
  | 'phone_unreadable'
  | 'email_unreadable'
  | 'must_acknowledge'
  | 'consent_text_changed';

export interface FormProblem {
  readonly field: FieldName;
  readonly code: FormProblemCode;
}

export type FormWarningCode =
  | 'nik_day_impossible'
  | 'nik_date_impossible'
  | 'nik_birth_date_differs'
  | 'nik_sex_differs'
  | 'nik_prefix_unknown'
  | 'nik_serial_zero'
  | 'nik_equals_kk'
  | 'kia_from_17'
  | 'ktp_before_17'
  | 'very_old'
  | 'member_type_age'
  /** In a text stored before the rule; typed anew it is a problem. */
  | 'identity_number'
  /** One stood in a stored text and is covered now. */
  | 'identity_covered';

/** Worth a look by a person; never a reason to refuse (`domain.md` §2). */
export interface FormWarning {
  readonly field: FieldName;
  readonly code: FormWarningCode;
}

export type FormOutcome =
  | { readonly ok: true; readonly applicant: ApplicantData; readonly warnings: readonly FormWarning[] }
  | { readonly ok: false; readonly problems: readonly FormProblem[] };
