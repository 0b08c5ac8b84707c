import type { PlainDate } from '../plain-date.ts';
import type { ComparedName } from './name-evidence.ts';
import type { NameFrequency } from './name-frequency.ts';

/** What keys are made of. */
export interface Keyed {
  readonly names: readonly ComparedName[];
  readonly birthDate: PlainDate | null;
  readonly village: string | null;
}

/** Words of a name that make keys: the rarest say most, and a typist's slip rarely meets all of them. */
const WORDS = 3;
/** What an index cannot tell apart any more is no key. */
const LARGEST_BLOCK = 2_000;

/** What is known of the people on file. */
export interface Crowd {
  readonly people: number;
  readonly nameFrequency: NameFrequency;
}

/**
 * The cheap keys by which a person is found before anything is compared. Every likely way to write somebody differently
 * leaves at least one of them whole: a word of the name with day and month (a slip in the year), a word or two with the
 * year (a slip in day or month, or both exchanged), a word with the village, two words without a date where that is
 * missing on one side, and the whole name run together (words joined or split).
 */
export function storedKeys(person: Keyed, crowd: Crowd): readonly string[] {
  const keys = new Set<string>();
  for (const name of person.names) for (const key of nameKeys(name, person, crowd)) keys.add(key);
  return [...keys];
}

function* nameKeys(name: ComparedName, person: Keyed, crowd: Crowd): Generator<string> {
  const words = wordsOf(name, crowd.nameFrequency);
  const { birthDate, village } = person;
  const rare = (share: number) => crowd.people * share < LARGEST_BLOCK;
  const pairs = words.flatMap((a, i) => words.slice(i + 1).map((b) => [a, b] as const));
  yield `*|${name.words.map((word) => word.skeleton).join('')}`;
  for (const word of words) {
    if (village !== null && rare(word.share / 100)) yield `${word.skeleton}|${village}`;
    if (birthDate === null) continue;
    yield `${word.skeleton}|${birthDate.slice(5)}`;
    if (rare(word.share / 50)) yield `${word.skeleton}|${birthDate.slice(0, 4)}`;
  }
  for (const [a, b] of pairs) {
    const pair = a.skeleton < b.skeleton ? `${a.skeleton}+${b.skeleton}` : `${b.skeleton}+${a.skeleton}`;
    if (birthDate !== null) yield `${pair}|${birthDate.slice(0, 4)}`;
    if (rare(a.share * b.share * 3)) yield pair;
  }
}

function wordsOf(name: ComparedName, frequency: NameFrequency) {
  const strong = name.words.filter((word) => !word.weak && word.text.length > 1);
  const words = strong.length > 0 ? strong : name.words;
  return words
    .map((word) => ({ skeleton: word.skeleton, share: frequency(word.text) }))
    .sort((a, b) => a.share - b.share)
    .slice(0, WORDS);
}
