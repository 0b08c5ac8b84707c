import type { PlainDate } from '../plain-date.ts';
import type { Population } from './compare.ts';
import type { ComparedName } from './name-evidence.ts';
import { nameFrequency } from './name-frequency.ts';
import { beginningOf, soughtKeys } from './search-keys.ts';
import { wholeSkeletonOf } from './spelling.ts';

/** What keys are made of. */
export interface Keyed {
  readonly names: readonly ComparedName[];
  readonly birthDate: PlainDate | null;
  readonly nikBirthDate?: PlainDate | null;
  readonly village: string | null;
}

/** A cheap key by which a person is found before anything is compared. */
export interface BlockKey {
  readonly text: string;
  /** Share of the people on file expected under it: what is common finds too many to look at. */
  readonly share: number;
}

/** Words of a name that make keys. */
const WORDS = 4;
/** Which words those are must never change, or what is stored is not found any more: by what is known of the country. */
const COUNTRY = nameFrequency(new Map(), 0);

/** Shares of birth dates among people of all ages; 1 January is also "unknown". */
const DATE = { year: 1 / 45, day: 1 / 365, newYear: 1 / 20 } as const;
/** Names begin with few letters. */
const LETTER = 1 / 5;
/** Two words of a name meet more often than chance: fashions, idols, one person's taste. */
const COMPANY = 3;

/**
 * Every likely way to write somebody differently leaves at least one key whole, and a rare one: a word of the name with
 * the date, with day and month (a slip in the year), with the year (a slip in day or month, or both exchanged), with the
 * village (a slip of the date); its first letter with the date (a slip in the word); two words with the year or without
 * (a common word beside a rare one); the whole name run together (words joined or split); village and date (another
 * name).
 */
export function blockKeys(
  person: Keyed,
  crowd: Pick<Population, 'skeletonFrequency' | 'villageFrequency'>,
): readonly BlockKey[] {
  const keys = new Map<string, BlockKey>();
  const put = (text: string, share: number) => keys.set(text, { text, share });
  for (const name of person.names) putNameKeys(put, name, person, crowd);
  const { village } = person;
  const birthDate = dateOf(person);
  if (birthDate !== null && village !== null)
    put(`${village}|${birthDate}`, crowd.villageFrequency(village) * shareOf(birthDate));
  return [...keys.values()];
}

/**
 * Keys to look under: those of the person, and where the birth date is not known the beginnings of the words as well, which
 * are kept for an officer's search. Without a date little but the village tells apart those who share a word.
 */
export function keysSought(
  person: Keyed,
  crowd: Pick<Population, 'skeletonFrequency' | 'villageFrequency' | 'beginningFrequency'>,
): readonly BlockKey[] {
  const keys = blockKeys(person, crowd);
  if (dateOf(person) !== null) return keys;
  const words = person.names.flatMap((name) => name.words).filter(({ weak }) => !weak);
  const sought = new Set(words.flatMap(({ text }) => soughtKeys([text])));
  const beginnings = [...sought].map((text) => ({
    text,
    share: crowd.beginningFrequency(beginningOf(text)),
  }));
  return [...keys, ...beginnings];
}

function dateOf({ birthDate, nikBirthDate }: Keyed): PlainDate | null {
  return birthDate ?? nikBirthDate ?? null;
}

function putNameKeys(
  put: (text: string, share: number) => void,
  name: ComparedName,
  person: Keyed,
  crowd: Pick<Population, 'skeletonFrequency' | 'villageFrequency'>,
): void {
  const words = wordsOf(name).map((skeleton) => ({ skeleton, share: crowd.skeletonFrequency(skeleton) }));
  const { village } = person;
  const birthDate = dateOf(person);
  const [year, day] = birthDate === null ? [null, null] : [birthDate.slice(0, 4), birthDate.slice(5)];
  const dayShare = day === '01-01' ? DATE.newYear : DATE.day;
  const whole = wholeSkeletonOf(name.words.map((word) => word.sound));
  // One word alone is shared as that word is, several as rarely as all of them meet.
  const wholeShare = words.reduce(
    (share, word, index) => share * word.share * (index === 0 ? 1 : COMPANY),
    1,
  );
  put(`*|${whole}`, wholeShare);
  if (year !== null) {
    put(`*|${whole}|${year}`, wholeShare * DATE.year);
    put(`*|${whole}|${day}`, wholeShare * dayShare);
  }
  for (const { skeleton, share } of words) {
    if (village !== null) put(`${skeleton}|${village}`, share * crowd.villageFrequency(village));
    if (birthDate === null) continue;
    put(`${skeleton}|${birthDate}`, share * shareOf(birthDate));
    put(`${skeleton}|${day}`, share * dayShare);
    put(`${skeleton}|${year}`, share * DATE.year);
    put(`${skeleton.charAt(0)}|${birthDate}`, shareOf(birthDate) * LETTER);
  }
  for (const [i, a] of words.entries())
    for (const b of words.slice(i + 1)) {
      const pair = [a.skeleton, b.skeleton].sort().join('+');
      const share = a.share * b.share * COMPANY;
      put(pair, share);
      if (year !== null) put(`${pair}|${year}`, share * DATE.year);
    }
}

function shareOf(date: PlainDate): number {
  return DATE.year * (date.slice(5) === '01-01' ? DATE.newYear : DATE.day);
}

function wordsOf(name: ComparedName): readonly string[] {
  const strong = name.words.filter((word) => !word.weak && word.text.length > 1);
  const words = strong.length > 0 ? strong : name.words;
  const rarest = [...words].sort((a, b) => COUNTRY(a.text) - COUNTRY(b.text) || (a.text < b.text ? -1 : 1));
  return [...new Set(rarest.slice(0, WORDS).map((word) => word.skeleton))];
}

/**
 * The keys to look under, the rarest first, as many as find no more people than can be looked at.
 * @param people how many are on file
 * @param budget how many may be expected under all keys together
 */
export function rarestKeys(keys: readonly BlockKey[], people: number, budget: number): readonly BlockKey[] {
  const chosen: BlockKey[] = [];
  let expected = 0;
  for (const key of [...keys].sort((a, b) => a.share - b.share)) {
    expected += people * key.share;
    if (expected > budget) break;
    chosen.push(key);
  }
  return chosen;
}

/**
 * A key as it is stored: 32 bits, in which the library has a part. That two texts share a number now and then costs a
 * comparison and no more.
 */
export function storedKey(library: number, text: string): number {
  // FNV-1a, then the last mixing step of MurmurHash3: neighbouring texts must not share their high bits.
  let hash = 0x811c9dc5 ^ Math.imul(library, 0x9e3779b1);
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) | 0;
}
