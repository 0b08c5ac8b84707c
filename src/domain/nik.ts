import type { Sex } from './applicant.ts';
import type { Nik } from './ids.ts';
import { datePartsOf, type PlainDate, plainDateOf } from './plain-date.ts';

export type NikResult =
  | { readonly ok: true; readonly nik: Nik }
  | { readonly ok: false; readonly reason: 'not-16-digits' };

/** Reads a NIK as typed; spaces, dots and hyphens between the digits do not matter. Only the shape is checked. */
export function parseNik(text: string): NikResult {
  const digits = text.replace(/[\s.-]+/g, '');
  return /^\d{16}$/.test(digits) ? { ok: true, nik: digits as Nik } : { ok: false, reason: 'not-16-digits' };
}

export interface NikReading {
  /** Newest first: the year has two digits, so both centuries are possible; empty for an impossible date. */
  readonly birthDates: readonly PlainDate[];
  /** Null where the day is neither a man's (01 to 31) nor a woman's (41 to 71). */
  readonly sex: Sex | null;
  /** Where the person was first registered (PPRRKK); never the present address. */
  readonly regionPrefix: string;
}

/** What the digits say: PPRRKK, day (a woman's + 40), month, year, serial. There is no check digit. */
export function readNik(nik: Nik): NikReading {
  const typedDay = Number(nik.slice(6, 8));
  const day = typedDay > 40 ? typedDay - 40 : typedDay;
  const month = Number(nik.slice(8, 10));
  const year = Number(nik.slice(10, 12));
  const birthDates = [2000 + year, 1900 + year]
    .map((fullYear) => plainDateOf({ year: fullYear, month, day }))
    .filter((date) => date !== undefined);
  const sex = day < 1 || day > 31 ? null : typedDay > 40 ? 'P' : 'L';
  return { birthDates, sex, regionPrefix: nik.slice(0, 6) };
}

/**
 * The birth date that a NIK names, for where none was written down: of the two centuries the one that has come.
 * @param newest nobody is born after it
 */
export function birthDateOfNik(nik: Nik, newest: PlainDate): PlainDate | null {
  return readNik(nik).birthDates.find((date) => date <= newest) ?? null;
}

const OLDEST_OFFERED_YEARS = 110;

/** Birth dates worth offering in a form: not in the future, nobody older than 110, the likelier first. */
export function offeredBirthDates(nik: Nik, today: PlainDate): readonly PlainDate[] {
  const oldest = datePartsOf(today).year - OLDEST_OFFERED_YEARS;
  return readNik(nik).birthDates.filter((date) => date <= today && datePartsOf(date).year >= oldest);
}

export type NikWarning =
  | 'day_impossible'
  | 'date_impossible'
  | 'birth_date_differs'
  | 'sex_differs'
  | 'prefix_unknown'
  | 'serial_zero'
  | 'equals_kk';

/** What the form says beside the NIK; absent or null is not compared. */
export interface NikContext {
  readonly birthDate?: PlainDate | null;
  readonly sex?: Sex | null;
  readonly kk?: string | null;
  /** Old district codes exist: an unknown prefix is only a hint. */
  readonly knownPrefix?: (prefix: string) => boolean;
}

/**
 * What a person should look at again. All of these occur on genuine documents (wrong at issue, kept for
 * life), so none of them may refuse a registration.
 */
export function nikWarnings(nik: Nik, context: NikContext): readonly NikWarning[] {
  const { birthDates, sex, regionPrefix } = readNik(nik);
  const { birthDate, kk, knownPrefix } = context;
  const warnings: NikWarning[] = [];
  if (sex === null) warnings.push('day_impossible');
  else if (birthDates.length === 0) warnings.push('date_impossible');
  else if (birthDate && !birthDates.includes(birthDate)) warnings.push('birth_date_differs');
  if (sex && context.sex && sex !== context.sex) warnings.push('sex_differs');
  if (knownPrefix && !knownPrefix(regionPrefix)) warnings.push('prefix_unknown');
  if (nik.endsWith('0000')) warnings.push('serial_zero');
  if (kk && kk === nik) warnings.push('equals_kk');
  return warnings;
}

/** For screens: twelve dots and the last four digits. */
export function maskNik(nik: string): string {
  return `${'•'.repeat(12)} ${nik.slice(-4)}`;
}
