import type { Nik, Phone, RegionCode } from './ids.ts';
import type { PlainDate } from './plain-date.ts';
import type { DocumentType } from './procedure.ts';

export const SEXES = ['L', 'P'] as const;
/** As on Indonesian documents: L laki-laki, P perempuan. */
export type Sex = (typeof SEXES)[number];

export const OCCUPATIONS = [
  'pupil',
  'student',
  'civil_servant',
  'military_police',
  'teacher',
  'private_employee',
  'entrepreneur',
  'farmer_fisher',
  'labourer',
  'homemaker',
  'retired',
  'not_working',
  'other',
] as const;
export type Occupation = (typeof OCCUPATIONS)[number];

/** Highest education begun or finished, as the reports group it: SD/MI, SMP/MTs, SMA/SMK/MA, D1 to D4, S1 to S3. */
export const EDUCATIONS = ['none', 'sd', 'smp', 'sma', 'diploma', 's1', 's2', 's3'] as const;
export type Education = (typeof EDUCATIONS)[number];

/** Relations seen on a KK or KIA, or in a court's decision. A teacher is not a guardian. */
export const GUARDIAN_RELATIONS = [
  'father',
  'mother',
  'grandparent',
  'sibling',
  'relative',
  'legal_guardian',
] as const;
export type GuardianRelation = (typeof GUARDIAN_RELATIONS)[number];

export interface Address {
  readonly line: string;
  /** Three digits, as on a KTP: `003`. */
  readonly rt: string | null;
  readonly rw: string | null;
  readonly village: RegionCode | null;
}

export interface Guardian {
  readonly name: string;
  readonly relation: GuardianRelation;
  readonly phone: Phone | null;
  /** Consented on this very form; else the case waits for the guardian. */
  readonly consented: boolean;
}

/** A checked form: what a case and later a member is made from. */
export interface ApplicantData {
  readonly documentType: DocumentType | null;
  /** As normalised by `checkDocumentNumber`. */
  readonly documentNumber: string | null;
  /** From the document where its number is a NIK, else as given; never required. */
  readonly nik: Nik | null;
  readonly kk: string | null;
  /** A code of the library's `noDocumentReasons`. */
  readonly noDocumentReason: string | null;
  readonly name: string;
  readonly birthPlace: string;
  readonly birthDate: PlainDate;
  readonly sex: Sex;
  readonly address: Address;
  readonly presentSame: boolean;
  /** Null where it is the same as on the document. */
  readonly present: Address | null;
  readonly phone: Phone | null;
  readonly email: string | null;
  readonly occupation: Occupation | null;
  readonly institution: string | null;
  readonly education: Education | null;
  readonly memberType: string;
  /** Null for those of 18 and more. */
  readonly guardian: Guardian | null;
  readonly acknowledged: true;
  /** Optional consents; a child's count once the guardian has consented. */
  readonly consents: { readonly photo_on_card: boolean; readonly messages: boolean };
  /** The texts that the person saw. */
  readonly consentVersion: string;
}
