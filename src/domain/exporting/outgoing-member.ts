import type { Education, GuardianRelation, Occupation, Sex } from '../applicant.ts';
import type { Phone } from '../ids.ts';
import type { MemberState } from '../member.ts';
import type { PlainDate } from '../plain-date.ts';
import type { DocumentType } from '../procedure.ts';

/** Lending systems that members go to (`interop.md`). */
export const EXPORT_TARGETS = [
  'inlislite-3.2',
  'inlislite-3.3',
  'slims',
  'koha',
  'koha-rest',
  'inlislite-db',
  'slims-db',
] as const;
export type ExportTarget = (typeof EXPORT_TARGETS)[number];

/** Those that are spoken to: Koha's server, and the databases of INLISLite and SLiMS. */
export const LIVE_TARGETS = [
  'inlislite-db',
  'slims-db',
  'koha-rest',
] as const satisfies readonly ExportTarget[];
export type LiveTarget = (typeof LIVE_TARGETS)[number];

/** Those that take a file. */
export type FileTarget = Exclude<ExportTarget, LiveTarget>;

export function isFileTarget(target: ExportTarget): target is FileTarget {
  return !LIVE_TARGETS.some((live) => live === target);
}

/** An address with the names of its places; empty where unknown. */
export interface OutgoingAddress {
  readonly line: string;
  readonly rt: string | null;
  readonly rw: string | null;
  readonly village: string;
  readonly district: string;
  readonly regency: string;
  readonly province: string;
}

/** A member as the writers of all formats need one: places by name, the identity number only where it may leave. */
export interface OutgoingMember {
  /** By which the lending system knows the member: our number, or the NIK where the library says so. */
  readonly number: string;
  readonly name: string;
  readonly birthPlace: string | null;
  readonly birthDate: PlainDate | null;
  readonly sex: Sex | null;
  /** Null: has none, or it may not leave. */
  readonly identity: { readonly type: DocumentType; readonly number: string } | null;
  readonly address: OutgoingAddress;
  /** Null: the same. */
  readonly present: OutgoingAddress | null;
  readonly phone: Phone | null;
  readonly email: string | null;
  readonly occupation: Occupation | null;
  readonly education: Education | null;
  readonly institution: string | null;
  readonly memberType: { readonly code: string; readonly name: string };
  readonly memberSince: PlainDate;
  readonly validFrom: PlainDate;
  /** Null: for life. */
  readonly validUntil: PlainDate | null;
  readonly state: MemberState;
  /** Since when it is so, on the library's calendar. */
  readonly stateSince: PlainDate;
  readonly guardian: {
    readonly name: string;
    readonly relation: GuardianRelation;
    readonly phone: Phone | null;
  } | null;
}

/** Why a member does not fit a target; said in words by the interface, with what to do. */
export const MISFIT_CODES = [
  /** Sent earlier, has left since (or was merged into another): to be closed there by hand. */
  'ended',
  'number_too_long',
  'name_too_long',
  'address_too_long',
  'institution_too_long',
  'email_too_long',
  'identity_too_long',
  'type_too_long',
  'row_too_long',
  /** SLiMS deletes every backslash. */
  'backslash',
  /** An empty gender becomes "female" there. */
  'sex_missing',
  /** More rows than a sheet holds: those left go with the next export. */
  'sheet_full',
  'category_missing',
  /** Somebody else has this card number there. */
  'number_taken',
  /** The server named fields it does not take: `refused:/body/email`. */
  'refused',
  /** Changed on both sides: waits for a person. */
  'conflict',
  /** The server was busy with this very row: tried again by itself. */
  'later',
  /** A member type, or another word of a list, that is not in the lists there. */
  'type_missing',
  /** Several rows there have this number: nobody knows which is meant. */
  'number_double',
  /** Deleted there, and left so by a person. */
  'gone_there',
  /** The person's data are erased here and emptied there, as far as they came from here. */
  'erased',
  /** Erased, but the number there is still the NIK: something hangs on it, or we may not look. */
  'nik_there',
  /** Sent, but INLISLite keeps only letters of latin1: the others become question marks there. */
  'letters_lost',
] as const;
export type MisfitCode = (typeof MISFIT_CODES)[number];

/** A code, or `refused:` with the place that the server named. */
export type Misfit = Exclude<MisfitCode, 'refused'> | `refused:${string}`;

export function misfitCode(misfit: string): MisfitCode {
  const code = misfit.split(':', 1)[0];
  return MISFIT_CODES.find((known) => known === code) ?? 'refused';
}

/** What each writer makes of a member. */
export type Fitted<T> =
  /** `notes`: it fits, and an officer should look at it there. */
  | { readonly ok: true; readonly value: T; readonly notes: readonly Misfit[] }
  | { readonly ok: false; readonly misfits: readonly Misfit[] };

/** One format of rows: handed into the use case by the entry points. */
export interface ExportFormat {
  readonly header: readonly string[];
  /** Rows that one file holds below its header. */
  readonly mostRows: number;
  row(member: OutgoingMember): Fitted<readonly string[]>;
}

/** For life, where a system wants a date: our importer reads it back as such. */
export const FOR_LIFE = '9999-12-31' as PlainDate;

/** `Jl. Contoh 1, RT 001/RW 002`: for systems without places of their own for these. */
export function lineWithRt({ line, rt, rw }: OutgoingAddress): string {
  const parts = [rt === null ? '' : `RT ${rt}`, rw === null ? '' : `RW ${rw}`].filter((part) => part !== '');
  return [line, parts.join('/')].filter((part) => part !== '').join(', ');
}

/** Names behind a line, each once: an address that was imported as text holds them already. */
export function withPlaces(line: string, names: readonly string[]): string {
  const parts = new Set(line.split(',').map((part) => part.trim().toLowerCase()));
  return [line, ...names.filter((name) => !parts.has(name.toLowerCase()))]
    .filter((part) => part !== '')
    .join(', ');
}

/** The whole address in one line. */
export function wholeAddress(address: OutgoingAddress): string {
  const { village, district, regency, province } = address;
  return withPlaces(lineWithRt(address), [village, district, regency, province]);
}

/** As people of the lending desk dial it: `081234567890`; a foreign number keeps its `+`. */
export function localPhone(phone: Phone | null): string {
  if (phone === null) return '';
  return phone.startsWith('+62') ? `0${phone.slice(3)}` : phone;
}
