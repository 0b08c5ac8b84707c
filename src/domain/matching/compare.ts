import type { Sex } from '../applicant.ts';
import type { PlainDate } from '../plain-date.ts';
import { type ComparedAddress, prepareAddress, sameAddress } from './address.ts';
import { compareBirthDates, nikPlaceOfSlip } from './date-evidence.ts';
import { editDistance } from './edit-distance.ts';
import { type Bits, bitsOf } from './evidence.ts';
import {
  BEST_NAME,
  type ComparedName,
  compareNames,
  type NamePattern,
  prepareName,
} from './name-evidence.ts';
import type { NameFrequency } from './name-frequency.ts';
import type { NameLike } from './name-letters.ts';
import { NIK_LENGTH, type NikSlip, nikSlip } from './nik-slots.ts';
import { preparePlace } from './place-names.ts';
import { type Odds, PRIOR, WEIGHTS } from './weights.ts';

/** What is known of a person, in the shape in which it is stored. Unknown values are null and say nothing. */
export interface MatchRecord {
  readonly name: string;
  /** Former names: they stay findable. */
  readonly otherNames?: readonly string[];
  readonly birthDate: PlainDate | null;
  /** The date in the NIK, where the number was at hand: it can only agree, since the number may be another's. */
  readonly nikBirthDate?: PlainDate | null;
  readonly birthPlace: string | null;
  readonly sex: Sex | null;
  /** Keyed hash of the NIK, or the number itself where both sides are at hand. */
  readonly nik: string | null;
  /** By `isAnothersNik`, where the number was at hand. */
  readonly nikIsAnothers?: boolean;
  /** The joined hashes of `nikSlots`. */
  readonly nikSlots: Uint8Array | null;
  /** Keyed hash of a number that is one person's (KTP, passport, student card), with its kind. */
  readonly document: { readonly kind: string; readonly number: string } | null;
  /** Keyed hash of the number of the family card: says family, not person. */
  readonly familyCard: string | null;
  readonly phone: string | null;
  readonly email: string | null;
  readonly address: string | null;
  /** Kemendagri code of the village (33.74.01.1001) where the person lives. */
  readonly village: string | null;
}

/** A record made ready to be compared with many others. */
export interface Comparable
  extends Omit<MatchRecord, 'name' | 'otherNames' | 'address' | 'birthPlace' | 'nikBirthDate'> {
  readonly nikBirthDate: PlainDate | null;
  readonly names: readonly ComparedName[];
  readonly address: ComparedAddress | null;
  readonly birthPlace: string | null;
}

/** What the people on file are like. */
export interface Population {
  /** How many are on file: the more, the likelier two strangers agree. */
  readonly people: number;
  readonly nameFrequency: NameFrequency;
  /** Whether people are called so, rather than nobody: known in the country, or more on file are than miswrite the other word. */
  readonly attested: (word: string, beside: string) => boolean;
  /** Whether people could be called so, by the letters. */
  readonly nameLike: NameLike;
  /** By `skeletonOf`: how many a key finds. */
  readonly skeletonFrequency: NameFrequency;
  /** Share of those with a word that begins so. */
  readonly beginningFrequency: NameFrequency;
  /** Share of those on file who live in this village. */
  readonly villageFrequency: (village: string) => number;
  /** Share of those on file who were born there, by `preparePlace`. */
  readonly birthPlaceFrequency: (place: string) => number;
}

export type MatchVerdict = 'same' | 'look' | 'different';

/** What a wrong answer costs, in looks of an officer. */
export interface MatchCosts {
  /** Two people taken for one: one of them loses the membership. */
  readonly wrongSame: number;
  /** One person on file twice. */
  readonly missed: number;
}

/** Joining strangers is worse than a second card, and a second card is worse than a glance. */
export const USUAL_COSTS: MatchCosts = { wrongSame: 25, missed: 3.5 };

export type MatchReasonCode =
  | 'nik_same'
  | 'nik_one_digit'
  | 'nik_swapped'
  | 'nik_differs'
  | 'document_same'
  | 'document_differs'
  | 'family_card_same'
  | 'family_card_differs'
  | 'phone_same'
  | 'phone_differs'
  | 'email_same'
  | 'email_differs'
  | 'name_same'
  | 'name_spelling'
  | 'name_slip'
  | 'name_ending'
  | 'name_shortened'
  | 'name_headless'
  | 'name_neighbour'
  | 'name_renamed'
  | 'name_differs'
  | 'birth_date_same'
  | 'birth_date_swapped'
  | 'birth_date_slip'
  | 'birth_date_day_unknown'
  | 'birth_date_in_nik'
  | 'birth_date_next_day'
  | 'birth_date_part'
  | 'birth_date_year_differs'
  | 'birth_date_differs'
  | 'birth_place_same'
  | 'birth_place_differs'
  | 'sex_same'
  | 'sex_differs'
  | 'village_same'
  | 'district_same'
  | 'region_differs'
  | 'address_same'
  | 'address_differs';

export interface MatchReason {
  readonly code: MatchReasonCode;
  /** Bits for one person (positive) or for two (negative), against the likelier way of being two. */
  readonly weight: number;
}

export interface Match {
  /** Probability that the two are one person. */
  readonly score: number;
  /** A proposal: an officer decides. */
  readonly verdict: MatchVerdict;
  /** The weightiest first. */
  readonly reasons: readonly MatchReason[];
}

/** @param names made ready, where they are */
export function prepare(record: MatchRecord, names?: readonly ComparedName[]): Comparable {
  const { address, birthPlace, otherNames = [] } = record;
  let made = names;
  let place: ComparedAddress | null | undefined = address === null ? null : undefined;
  // Field by field: a spread takes longer than all the rest, and a check prepares fifty.
  return {
    // Made at need: most of those who are compared are strangers by everything else.
    get names() {
      made ??= [record.name, ...otherNames].map((name) => prepareName(name));
      return made;
    },
    birthDate: record.birthDate,
    nikBirthDate: record.nikBirthDate ?? null,
    birthPlace: birthPlace === null ? null : preparePlace(birthPlace),
    sex: record.sex,
    nik: record.nik,
    nikIsAnothers: record.nikIsAnothers ?? false,
    nikSlots: record.nikSlots,
    document: record.document,
    familyCard: record.familyCard,
    phone: record.phone,
    email: record.email,
    get address() {
      if (place === undefined) place = address === null ? null : prepareAddress(address);
      return place;
    },
    village: record.village,
  };
}

/**
 * Compares two records. Four things can be true: they are one person, two of one household, twins, or two strangers; the
 * score is the probability of the first, so that what a family shares never makes two of its members one.
 * Symmetrical: who came first does not matter.
 */
export function compare(
  one: Comparable,
  other: Comparable,
  population: Population,
  costs = USUAL_COSTS,
): Match {
  return matchOf(evidenceOf(one, other, population), population, costs);
}

/**
 * The same for whoever wants to know only of those who may be one person: undefined where no address and no names could
 * make them more than two, which is found without looking at either. Those cost more than all the rest.
 */
export function compareNear(
  one: Comparable,
  other: Comparable,
  population: Population,
  costs = USUAL_COSTS,
): Match | undefined {
  const facts = quickFacts(one, other, population);
  // One number on two people is told however little else agrees.
  const oneNumber = facts.some(({ code }) => code === 'nik_same' || code === 'document_same');
  const canBe = (best: readonly Pick<Evidence, 'bits'>[]) =>
    oneNumber || verdictOf(scoreOf(oddsOf([...best, ...facts], population)), costs) !== 'different';
  if (!canBe([{ bits: BEST_NAME }, { bits: BEST_ADDRESS }])) return undefined;
  facts.push(...addressEvidence(one, other));
  if (!canBe([{ bits: BEST_NAME }])) return undefined;
  return matchOf([nameEvidence(one, other, population), ...facts], population, costs);
}

function oddsOf(evidence: readonly Pick<Evidence, 'bits'>[], population: Population): Bits {
  const odds = {
    unrelated: Math.log2(PRIOR.known / Math.max(population.people, 1_000)),
    household: Math.log2(PRIOR.known / PRIOR.household),
    twin: Math.log2(PRIOR.known / PRIOR.twin),
  };
  for (const { bits } of evidence) for (const story of STORIES) odds[story] += bits[story];
  return odds;
}

function scoreOf(odds: Bits): number {
  return 1 / STORIES.reduce((sum, story) => sum + 2 ** -odds[story], 1);
}

function matchOf(evidence: readonly Evidence[], population: Population, costs: MatchCosts): Match {
  const odds = oddsOf(evidence, population);
  const score = scoreOf(odds);
  const against = STORIES.reduce((likeliest, story) => (odds[story] < odds[likeliest] ? story : likeliest));
  const verdict = verdictOf(score, costs);
  const reasons = evidence
    .map(({ code, bits }) => ({ code, weight: bits[against] }))
    .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight) || (a.code < b.code ? -1 : 1));
  return { score, verdict: verdict === 'same' && mayBeSiblings(evidence) ? 'look' : verdict, reasons };
}

/**
 * Whether the names are two that a house may give, and no number of one person says otherwise. How many twins a library
 * has is a guess, and all that a form says of them is their mother's: however likely they are one, somebody looks.
 */
function mayBeSiblings(evidence: readonly Evidence[]): boolean {
  const hasOneNumber = evidence.some(
    ({ code, outcome }) =>
      (code === 'nik_same' && outcome.field !== 'nikOfAnother') || code === 'document_same',
  );
  return !hasOneNumber && evidence.some(({ mayBeTwo }) => mayBeTwo === true);
}

/** The ways of being two. */
const STORIES = ['unrelated', 'household', 'twin'] as const;

/**
 * Of several who all seem to be one person, at most one is: the others are looked at. Nobody is left out; twins on file
 * are what this is for.
 * @param matches the likeliest first
 */
export function onlyOneSame<Found extends Match>(matches: readonly Found[]): readonly Found[] {
  const same = matches.filter(({ verdict }) => verdict === 'same');
  const [best, next] = same;
  if (!best || !next) return matches;
  const sure = same.filter(isOneNumber);
  const odds = ({ score }: Match) => score / Math.max(1 - score, 1e-12);
  const keeps = (match: Match) =>
    sure.length > 0 ? isOneNumber(match) : match === best && odds(best) >= CLEARLY * odds(next);
  return matches.map((match) =>
    match.verdict === 'same' && !keeps(match) ? { ...match, verdict: 'look' as const } : match,
  );
}

/** How many times as likely as the next one. */
const CLEARLY = 8;

/** One number cannot be two people's: that is judged however little else agrees. */
export function isOneNumber({ reasons }: Pick<Match, 'reasons'>): boolean {
  return reasons.some(({ code }) => code === 'nik_same' || code === 'document_same');
}

/** The cheaper answer: a wrong one costs as much as it is likely. */
export function verdictOf(score: number, costs: MatchCosts): MatchVerdict {
  if ((1 - score) * costs.wrongSame < 1) return 'same';
  return score * costs.missed > 1 ? 'look' : 'different';
}

/** How two records compare in one field: what is counted on labelled pairs to get the weights. */
export type Outcome = {
  readonly [Field in keyof typeof WEIGHTS]: {
    readonly field: Field;
    readonly outcome: keyof (typeof WEIGHTS)[Field];
  };
}[keyof typeof WEIGHTS];

interface Evidence {
  readonly code: MatchReasonCode;
  readonly bits: Bits;
  readonly outcome: Outcome;
  /** Of names, as `NameEvidence` says. */
  readonly mayBeTwo?: boolean;
}

/** The outcomes of a comparison, one for each field that both sides have. */
export function outcomesOf(one: Comparable, other: Comparable, population: Population): readonly Outcome[] {
  return evidenceOf(one, other, population).map(({ outcome }) => outcome);
}

function evidenceOf(one: Comparable, other: Comparable, population: Population): Evidence[] {
  return [
    nameEvidence(one, other, population),
    ...quickFacts(one, other, population),
    ...addressEvidence(one, other),
  ];
}

/** All but names and addresses. */
function quickFacts(one: Comparable, other: Comparable, population: Population): Evidence[] {
  const found: Evidence[] = [];
  const birth = birthOutcome(one, other);
  if (birth)
    found.push({
      code: BIRTH_CODES[birth],
      bits: bitsOf(WEIGHTS.birth[birth]),
      outcome: { field: 'birth', outcome: birth },
    });
  if (one.sex && other.sex) {
    const outcome = one.sex === other.sex ? 'same' : 'differs';
    found.push({
      code: `sex_${outcome}`,
      bits: bitsOf(WEIGHTS.sex[outcome]),
      outcome: { field: 'sex', outcome },
    });
  }
  const nik = nikEvidence(one, other, birth);
  if (nik) found.push(nik);
  if (one.document && other.document?.kind === one.document.kind) {
    const same = one.document.number === other.document.number;
    // A KTP's number is the NIK: it counts once.
    if (!nik || same !== (nik.code === 'nik_same'))
      found.push({
        code: same ? 'document_same' : 'document_differs',
        bits: bitsOf(WEIGHTS.document[same ? 'same' : 'differs']),
        outcome: { field: 'document', outcome: same ? 'same' : 'differs' },
      });
  }
  const equal = (field: 'familyCard' | 'phone' | 'email', code: 'family_card' | 'phone' | 'email'): void => {
    const [a, b] = [one[field], other[field]];
    if (a === null || b === null) return;
    const outcome = a === b ? 'same' : 'differs';
    found.push({
      code: `${code}_${outcome}`,
      bits: bitsOf(WEIGHTS[field][outcome]),
      outcome: { field, outcome },
    });
  };
  equal('familyCard', 'family_card');
  equal('phone', 'phone');
  equal('email', 'email');
  found.push(...placeEvidence(one, other, population));
  return found;
}

function birthOutcome(one: Comparable, other: Comparable): keyof typeof WEIGHTS.birth | undefined {
  const [a, b] = [one.birthDate ?? one.nikBirthDate, other.birthDate ?? other.nikBirthDate];
  if (!a || !b) return undefined;
  const outcome = compareBirthDates(a, b);
  const written = one.birthDate !== null && other.birthDate !== null;
  if (!written) return outcome !== 'differs' && outcome !== 'far' ? outcome : undefined;
  if (outcome === 'same' || outcome === 'same_new_year') return outcome;
  return saysInNik(one, other) || saysInNik(other, one) ? 'in_nik' : outcome;
}

/** Whether a date was mistyped beside a NIK that has it right. Two numbers are compared by themselves. */
function saysInNik(one: Comparable, other: Comparable): boolean {
  return other.nik === null && one.nikIsAnothers !== true && one.nikBirthDate === other.birthDate;
}

function nameEvidence(one: Comparable, other: Comparable, population: Population): Evidence {
  let best: Evidence | undefined;
  for (const a of one.names)
    for (const b of other.names) {
      const { bits, pattern, mayBeTwo } = compareNames(a, b, population);
      const sum = weakest(bits);
      if (!best || sum > weakest(best.bits))
        best = { code: NAME_CODES[pattern], bits, outcome: { field: 'name', outcome: pattern }, mayBeTwo };
    }
  return (
    best ?? {
      code: 'name_differs',
      bits: { unrelated: 0, household: 0, twin: 0 },
      outcome: { field: 'name', outcome: 'conflict' },
    }
  );
}

function weakest(bits: Bits): number {
  return Math.min(...STORIES.map((story) => bits[story]));
}

const NAME_CODES: Readonly<Record<NamePattern, MatchReasonCode>> = {
  same: 'name_same',
  spelling: 'name_spelling',
  slip: 'name_slip',
  variant: 'name_slip',
  slip_behind: 'name_slip',
  neighbour_behind: 'name_neighbour',
  renamed: 'name_renamed',
  ending: 'name_ending',
  shortened: 'name_shortened',
  headless: 'name_headless',
  neighbour: 'name_neighbour',
  conflict: 'name_differs',
};

const BIRTH_CODES: Readonly<Record<keyof typeof WEIGHTS.birth, MatchReasonCode>> = {
  in_nik: 'birth_date_in_nik',
  same: 'birth_date_same',
  same_new_year: 'birth_date_same',
  swapped: 'birth_date_swapped',
  slip: 'birth_date_slip',
  day_unknown: 'birth_date_day_unknown',
  next_day: 'birth_date_next_day',
  part: 'birth_date_part',
  year_differs: 'birth_date_year_differs',
  differs: 'birth_date_differs',
  far: 'birth_date_differs',
};

function nikEvidence(
  one: Comparable,
  other: Comparable,
  birth: keyof typeof WEIGHTS.birth | undefined,
): Evidence | undefined {
  if (one.nik === null || other.nik === null) return undefined;
  const slip =
    one.nik !== other.nik && one.nikSlots && other.nikSlots ? nikSlip(one.nikSlots, other.nikSlots) : null;
  if (slip === null && (one.nikIsAnothers === true || other.nikIsAnothers === true)) {
    const outcome = one.nik === other.nik ? 'same' : 'differs';
    const bits = bitsOf(WEIGHTS.nikOfAnother[outcome]);
    return { code: `nik_${outcome}`, bits, outcome: { field: 'nikOfAnother', outcome } };
  }
  const code =
    one.nik === other.nik
      ? 'nik_same'
      : slip === null
        ? 'nik_differs'
        : slip.kind === 'swap'
          ? 'nik_swapped'
          : 'nik_one_digit';
  const serials = code === 'nik_same' ? null : serialsOf(one.nik, other.nik);
  if (birth === 'same' || birth === 'same_new_year') {
    const odds = WEIGHTS.nikOfOneDay;
    const found =
      code === 'nik_same' ? 'same' : slip === null ? 'differs' : slipOfOneDay(slip, one.sex, other.sex);
    const outcome = withSerials(found, serials);
    const bits = bitsOf(serials === null && outcome === 'next_serial' ? anySerial(odds) : odds[outcome]);
    return { code, bits, outcome: { field: 'nikOfOneDay', outcome } };
  }
  const odds = WEIGHTS.nikOfTwoDays;
  const found =
    code === 'nik_same'
      ? 'same'
      : slip === null
        ? 'differs'
        : slipOfTwoDays(slip, one.birthDate, other.birthDate);
  const outcome = withSerials(found, serials);
  const bits = bitsOf(serials === null && outcome === 'next_serial' ? anySerial(odds) : odds[outcome]);
  return { code, bits, outcome: { field: 'nikOfTwoDays', outcome } };
}

type Serials = 'follow' | 'apart' | 'rounded';

/**
 * Numbers that were given one after the other are brothers', sisters' or twins'; whoever mistypes a serial hits any digit.
 * @param serials null where they are not at hand, or the numbers are not of one district and date
 */
function withSerials<Found extends string>(
  found: Found,
  serials: Serials | null,
): Found | 'next_serial' | 'other_serial' | 'rounded' {
  if (serials === null) return found;
  if (found === 'differs' && serials === 'follow') return 'next_serial';
  if (found !== 'next_serial') return found;
  return serials === 'follow' ? 'next_serial' : serials === 'apart' ? 'other_serial' : 'rounded';
}

/** Of hashes only that the last digit differs is known: that says what all its ways of differing together say. */
function anySerial(odds: Record<'next_serial' | 'other_serial' | 'rounded', Odds>): Odds {
  const ways = [odds.next_serial, odds.other_serial, odds.rounded];
  const sum = (story: keyof Odds) => ways.reduce((all, way) => all + way[story], 0);
  return { same: sum('same'), household: sum('household'), twin: sum('twin'), unrelated: sum('unrelated') };
}

/**
 * Of two numbers of one district and date; null where they are not, or only their hashes are known. A spreadsheet keeps
 * fifteen digits and makes the last one 0: nobody knows of whom such a number is the next.
 */
function serialsOf(one: string, other: string): Serials | null {
  const head = NIK_LENGTH - 4;
  if (one.length !== NIK_LENGTH || other.length !== NIK_LENGTH || one.slice(0, head) !== other.slice(0, head))
    return null;
  const apart = Math.abs(Number(one.slice(head)) - Number(other.slice(head)));
  if (Number.isNaN(apart)) return null;
  if (one.endsWith('0') !== other.endsWith('0') && one.slice(0, -1) === other.slice(0, -1)) return 'rounded';
  return apart === 1 ? 'follow' : 'apart';
}

/**
 * Places 0 to 5 of a NIK are the district, 6 to 11 the birth date, 12 to 15 the serial. Two people of one birth date
 * differ in the first or the last, a brother and a sister in the tens of the day; a slip is what none of them explains.
 */
function slipOfOneDay(
  slip: NikSlip,
  one: Sex | null,
  other: Sex | null,
): 'other_district' | 'other_sex' | 'next_serial' | 'other_serial' | 'near' {
  if (slip.at < 6) return 'other_district';
  if (slip.at === 6 && slip.kind === 'digit' && one !== null && other !== null && one !== other)
    return 'other_sex';
  return slipOfSerial(slip) ?? 'near';
}

/** Of two serials that follow each other only the last digit differs, or several; two that are exchanged are a slip. */
function slipOfSerial({ kind, at }: NikSlip): 'next_serial' | 'other_serial' | undefined {
  if (kind === 'swap' || at < 14) return undefined;
  return at === 15 ? 'next_serial' : 'other_serial';
}

/** Two numbers that differ just as the birth dates do are both right: whoever mistypes a date has one number. */
function slipOfTwoDays(
  slip: NikSlip,
  one: PlainDate | null,
  other: PlainDate | null,
): 'as_dates' | 'other_date' | 'next_serial' | 'other_serial' | 'near' {
  if (slip.at < 6 || slip.at >= 12) return slipOfSerial(slip) ?? 'near';
  if (one === null || other === null) return 'other_date';
  return nikPlaceOfSlip(one, other) === slip.at ? 'as_dates' : 'other_date';
}

function placeEvidence(one: Comparable, other: Comparable, population: Population): Evidence[] {
  const found: Evidence[] = [];
  const { village } = one;
  if (village !== null && other.village !== null) {
    const sameVillage = village === other.village;
    const sameDistrict = village.slice(0, 8) === other.village.slice(0, 8);
    const outcome = sameVillage ? 'same' : sameDistrict ? 'district' : 'differs';
    const { unrelated, ...odds } = WEIGHTS.village[outcome];
    found.push({
      code: sameVillage ? 'village_same' : sameDistrict ? 'district_same' : 'region_differs',
      bits: bitsOf({ ...odds, unrelated: sameVillage ? population.villageFrequency(village) : unrelated }),
      outcome: { field: 'village', outcome },
    });
  }
  if (one.birthPlace !== null && other.birthPlace !== null) {
    const same = samePlace(one.birthPlace, other.birthPlace);
    const { unrelated, ...odds } = WEIGHTS.birthPlace[same ? 'same' : 'differs'];
    found.push({
      code: same ? 'birth_place_same' : 'birth_place_differs',
      bits: bitsOf({ ...odds, unrelated: same ? population.birthPlaceFrequency(one.birthPlace) : unrelated }),
      outcome: { field: 'birthPlace', outcome: same ? 'same' : 'differs' },
    });
  }
  return found;
}

/** More than this no two addresses say. */
const BEST_ADDRESS: Bits = {
  unrelated: bestOfAddresses('unrelated'),
  household: bestOfAddresses('household'),
  twin: bestOfAddresses('twin'),
};

function bestOfAddresses(story: keyof Bits): number {
  return Math.max(
    ...[WEIGHTS.address, WEIGHTS.addressOfOneVillage, WEIGHTS.addressOfTwoVillages].flatMap((odds) => [
      bitsOf(odds.same)[story],
      bitsOf(odds.differs)[story],
    ]),
  );
}

/** Who moves leaves village and address at once: the address says something only beside the village. */
function addressEvidence(one: Comparable, other: Comparable): Evidence[] {
  if (!one.address || !other.address) return [];
  const field =
    one.village === null || other.village === null
      ? 'address'
      : one.village === other.village
        ? 'addressOfOneVillage'
        : 'addressOfTwoVillages';
  const outcome = sameAddress(one.address, other.address) ? 'same' : 'differs';
  return [{ code: `address_${outcome}`, bits: bitsOf(WEIGHTS[field][outcome]), outcome: { field, outcome } }];
}

function samePlace(one: string, other: string): boolean {
  if (one === other) return true;
  const [short, long] = one.length <= other.length ? [one, other] : [other, one];
  return (short.length >= 4 && long.includes(short)) || (long.length >= 5 && editDistance(one, other) <= 1);
}
