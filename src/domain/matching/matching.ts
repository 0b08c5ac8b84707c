import type { Sex } from '../applicant.ts';
import type { RegionCode } from '../ids.ts';
import { datePartsOf, type PlainDate } from '../plain-date.ts';
import { nameSimilarity } from './name-similarity.ts';

/** What is compared of a person. Unknown values are null and say nothing. */
export interface MatchPerson {
  readonly name: string;
  /** Former names: they stay searchable. */
  readonly otherNames?: readonly string[];
  readonly birthDate: PlainDate | null;
  readonly sex: Sex | null;
  /** Where the person lives now, else as on the document. */
  readonly village: RegionCode | null;
}

/**
 * Equality of what is only stored hashed or compared exactly; null where one side lacks it.
 */
export interface MatchEqualities {
  readonly nikEqual: boolean | null;
  /** Documents of one person and of one kind; null for a KK and where the kinds differ. */
  readonly documentEqual: boolean | null;
  /** The number of the family card: says family, not person. */
  readonly familyCardEqual: boolean | null;
  readonly phoneEqual: boolean | null;
  readonly emailEqual: boolean | null;
}

export type MatchReasonCode =
  | 'nik_same'
  | 'nik_differs'
  | 'document_same'
  | 'document_differs'
  | 'family_card_same'
  | 'phone_same'
  | 'email_same'
  | 'name_same'
  | 'name_very_similar'
  | 'name_similar'
  | 'name_partly'
  | 'name_differs'
  | 'birth_date_same'
  | 'birth_date_swapped'
  | 'birth_date_near'
  | 'birth_date_differs'
  | 'sex_differs'
  | 'village_same'
  | 'district_same'
  | 'region_differs';

export interface MatchReason {
  readonly code: MatchReasonCode;
  /** Bits of evidence: positive for one person, negative for two. Reasons are sorted by its size. */
  readonly weight: number;
  /** For the reasons about names: 0 to 1. */
  readonly similarity?: number;
}

export type MatchVerdict = 'same' | 'look' | 'different';

export interface Match {
  /** 0 to 1; grows with the evidence that the two are one person. */
  readonly score: number;
  /** `same` is a proposal too: an officer decides. */
  readonly verdict: MatchVerdict;
  readonly reasons: readonly MatchReason[];
}

/**
 * Evidence in bits, log2 of how much oftener an agreement occurs within one person than between two
 * (Fellegi and Sunter, 1969), from what is common in registers: families share a phone and a village, twins
 * a birth date too; a NIK is mistyped now and then but rarely another's.
 */
const WEIGHTS: Readonly<Record<MatchReasonCode, number>> = {
  nik_same: 10,
  nik_differs: -6,
  document_same: 9,
  document_differs: -3,
  family_card_same: 1.5,
  phone_same: 3,
  email_same: 3.5,
  name_same: 5,
  name_very_similar: 3.5,
  name_similar: 1,
  name_partly: -4,
  name_differs: -8,
  birth_date_same: 4,
  birth_date_swapped: 2.5,
  birth_date_near: 1,
  birth_date_differs: -5,
  sex_differs: -3,
  village_same: 1.5,
  district_same: 0.7,
  region_differs: -0.3,
};
/** Before any evidence: how unlikely it is that a candidate found by the search is the person. */
const PRIOR = -6;

/** From here on shown as one person; a person confirms. */
const SAME_FROM = 0.97;
/** From here on somebody should look. */
const LOOK_FROM = 0.6;
/** Where a rule asks for a look although the sum does not: above the threshold of "must be judged". */
const MUST_LOOK = 0.86;

/** Compares an applicant with one member or open case. Symmetrical: who came first does not matter. */
export function compare(applicant: MatchPerson, candidate: MatchPerson, equal: MatchEqualities): Match {
  const similarity = bestSimilarity(applicant, candidate);
  const nameCode = nameReason(similarity);
  const others = [
    equal.nikEqual === null ? undefined : equal.nikEqual ? 'nik_same' : 'nik_differs',
    documentReason(equal),
    equal.familyCardEqual ? 'family_card_same' : undefined,
    equal.phoneEqual ? 'phone_same' : undefined,
    equal.emailEqual ? 'email_same' : undefined,
    birthReason(applicant.birthDate, candidate.birthDate),
    applicant.sex && candidate.sex && applicant.sex !== candidate.sex ? 'sex_differs' : undefined,
    regionReason(applicant.village, candidate.village),
  ] as const;
  const reasons: MatchReason[] = [{ code: nameCode, weight: WEIGHTS[nameCode], similarity }];
  for (const code of others) if (code) reasons.push({ code, weight: WEIGHTS[code] });
  reasons.sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight) || (a.code < b.code ? -1 : 1));

  const bits = reasons.reduce((sum, reason) => sum + reason.weight, PRIOR);
  const sum = 1 / (1 + 2 ** -bits);
  const numberSame = equal.nikEqual === true || equal.documentEqual === true;
  const score = numberSame ? Math.max(sum, isSameName(nameCode) ? SAME_FROM : MUST_LOOK) : sum;
  // A number that two clearly different names share was mistyped or is another's: never one person unseen.
  const capped = numberSame && !isSameName(nameCode) ? Math.min(score, SAME_FROM - 0.01) : score;
  return { score: capped, verdict: verdictOf(capped), reasons };
}

function verdictOf(score: number): MatchVerdict {
  if (score >= SAME_FROM) return 'same';
  return score >= LOOK_FROM ? 'look' : 'different';
}

function bestSimilarity(one: MatchPerson, other: MatchPerson): number {
  const names = [one.name, ...(one.otherNames ?? [])];
  const others = [other.name, ...(other.otherNames ?? [])];
  return Math.max(...names.flatMap((a) => others.map((b) => nameSimilarity(a, b))));
}

function nameReason(similarity: number): MatchReasonCode {
  if (similarity >= 0.97) return 'name_same';
  if (similarity >= 0.85) return 'name_very_similar';
  if (similarity >= 0.7) return 'name_similar';
  return similarity >= 0.5 ? 'name_partly' : 'name_differs';
}

function isSameName(code: MatchReasonCode): boolean {
  return code === 'name_same' || code === 'name_very_similar' || code === 'name_similar';
}

/** Where both numbers are the same number (a KTP's is the NIK) it counts once. */
function documentReason({ nikEqual, documentEqual }: MatchEqualities): MatchReasonCode | undefined {
  if (documentEqual === null || documentEqual === nikEqual) return undefined;
  return documentEqual ? 'document_same' : 'document_differs';
}

function birthReason(one: PlainDate | null, other: PlainDate | null): MatchReasonCode | undefined {
  if (!one || !other) return undefined;
  if (one === other) return 'birth_date_same';
  const a = datePartsOf(one);
  const b = datePartsOf(other);
  if (a.year === b.year && a.day === b.month && a.month === b.day) return 'birth_date_swapped';
  const same = [a.year === b.year, a.month === b.month, a.day === b.day].filter(Boolean).length;
  return same === 2 && slip(a.year, b.year) && slip(a.month, b.month) && slip(a.day, b.day)
    ? 'birth_date_near'
    : 'birth_date_differs';
}

/** One digit mistyped, or two neighbours swapped. */
function slip(one: number, other: number): boolean {
  const a = String(one).padStart(2, '0');
  const b = String(other).padStart(2, '0');
  const wrong = [...a].flatMap((digit, index) => (digit === b[index] ? [] : [index]));
  const [first = 0, second = 0] = wrong;
  return (
    wrong.length <= 1 ||
    (wrong.length === 2 && second === first + 1 && a[first] === b[second] && a[second] === b[first])
  );
}

function regionReason(one: RegionCode | null, other: RegionCode | null): MatchReasonCode | undefined {
  if (!one || !other) return undefined;
  if (one === other) return 'village_same';
  return one.slice(0, 8) === other.slice(0, 8) ? 'district_same' : 'region_differs';
}
