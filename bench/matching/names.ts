/**
 * Names of people who do not exist, put together as each culture of the country does. The parts are common words of
 * such names; nobody in particular is meant by what chance makes of them.
 */
import { BALINESE_MEN, BALINESE_WOMEN, BIRTH_ORDER, CASTE } from './names/bali.ts';
import * as chinese from './names/chinese.ts';
import * as east from './names/east.ts';
import * as java from './names/java.ts';
import * as modern from './names/modern.ts';
import * as muslim from './names/muslim.ts';
import * as sumatra from './names/sumatra.ts';
import { chance, draw, pick, type Rng, type Weighted, weighted } from './random.ts';

/** What a word is within a name: people leave out or add some kinds of words, not others. */
export type WordRole =
  | 'given'
  /** I, Ni, Wayan, Putu …: Balinese particle and birth order. */
  | 'order'
  /** Gusti, Ida Bagus, Andi, Daeng …: rank. */
  | 'rank'
  /** Marga or family name. */
  | 'clan'
  /** bin, binti */
  | 'link'
  /** The father's name behind bin or binti. */
  | 'father'
  | 'before'
  | 'after'
  /** The husband's name behind the wife's. */
  | 'married';

export interface NameWord {
  readonly text: string;
  readonly role: WordRole;
}
export type Name = readonly NameWord[];
export type Sex = 'L' | 'P';

export type Culture =
  | 'java'
  | 'sunda'
  | 'malay'
  | 'minang'
  | 'batak'
  | 'bali'
  | 'bugis'
  | 'east'
  | 'chinese'
  | 'arab';

/** Out of a hundred households, as in a regency of Java with a harbour. */
export const CULTURES: Weighted<Culture> = weighted<Culture>([
  ['java', 44],
  ['sunda', 13],
  ['malay', 9],
  ['minang', 5],
  ['batak', 6],
  ['bali', 6],
  ['bugis', 5],
  ['east', 5],
  ['chinese', 4],
  ['arab', 3],
]);

/** What the names of one family have in common. */
export interface FamilyName {
  readonly culture: Culture;
  /** Marga or family name; empty where there is none. */
  readonly clan: string;
  /** Balinese rank, for sons and for daughters; Bugis `Andi`. Empty for most. */
  readonly rank: readonly [man: string, woman: string];
  /** A last word that the parents give to all of their children; empty for most. */
  readonly shared: string;
  /** Patronymics are used. */
  readonly patronymic: boolean;
}

export interface NameWish {
  readonly family: FamilyName;
  readonly sex: Sex;
  readonly birthYear: number;
  /** 0 for the first child. */
  readonly birthOrder: number;
  /** First given word of the father's name; empty where nobody knows. */
  readonly father: string;
}

export function familyName(rng: Rng, culture: Culture): FamilyName {
  const shared = chance(rng, 0.18)
    ? pick(rng, ['Pratama', 'Saputra', 'Kusuma', 'Wijaya', 'Nugraha', 'Maulana', 'Hakim'])
    : '';
  const plain: FamilyName = { culture, clan: '', rank: ['', ''], shared, patronymic: false };
  switch (culture) {
    case 'batak':
      return { ...plain, clan: draw(rng, sumatra.BATAK_CLANS), shared: '' };
    case 'minang':
      return { ...plain, clan: chance(rng, 0.15) ? draw(rng, sumatra.MINANG_CLANS) : '' };
    case 'east':
      return { ...plain, clan: draw(rng, pick(rng, east.EASTERN_FAMILIES)), shared: '' };
    case 'chinese':
      return { ...plain, clan: draw(rng, chinese.CHINESE_FAMILIES), shared: '' };
    case 'arab':
      return { ...plain, clan: draw(rng, muslim.ARAB_FAMILIES), shared: '', patronymic: chance(rng, 0.4) };
    case 'bali':
      return { ...plain, rank: draw(rng, CASTE), shared: '' };
    case 'bugis': {
      const noble = chance(rng, 0.25) ? draw(rng, east.BUGIS_NOBLE) : '';
      return { ...plain, rank: [noble, noble], patronymic: chance(rng, 0.1) };
    }
    case 'malay':
      return { ...plain, patronymic: chance(rng, 0.22) };
    default:
      return plain;
  }
}

/** A name without titles, as on the birth certificate. */
export function fullName(rng: Rng, wish: NameWish): Name {
  const { family, sex } = wish;
  const words = givenWords(rng, wish);
  const name: NameWord[] = words.map((text) => ({ text, role: 'given' as const }));
  const rank = family.rank[sex === 'L' ? 0 : 1];
  if (family.culture === 'bali') name.unshift(...balineseBefore(rng, wish, rank));
  else if (rank !== '') name.unshift({ text: rank, role: 'rank' });
  if (family.shared !== '' && words.length < 3 && !words.includes(family.shared) && wish.birthYear > 1985)
    name.push({ text: family.shared, role: 'given' });
  if (family.patronymic && wish.father !== '' && chance(rng, 0.6))
    name.push({ text: sex === 'L' ? 'bin' : 'binti', role: 'link' }, { text: wish.father, role: 'father' });
  if (family.clan !== '') name.push(...clanWords(family.clan));
  return name;
}

/** What children are called first, a list for each people. */
export function givenNameLists(sex: Sex): readonly Weighted<string>[] {
  return sex === 'L' ? BOYS_CALLED : GIRLS_CALLED;
}
const BOYS_CALLED = [
  java.JAVANESE_MEN_FIRST,
  java.SUNDANESE_MEN_FIRST,
  sumatra.MALAY_MEN,
  sumatra.MINANG_MEN,
  sumatra.BATAK_MEN,
  BALINESE_MEN,
  east.BUGIS_MEN,
  east.CHRISTIAN_MEN,
  chinese.CHINESE_MEN,
  muslim.MUSLIM_MEN,
  muslim.ARAB_MEN,
  modern.MODERN_BOYS,
];
const GIRLS_CALLED = [
  java.JAVANESE_WOMEN_FIRST,
  java.SUNDANESE_WOMEN_FIRST,
  sumatra.MALAY_WOMEN,
  sumatra.MINANG_WOMEN,
  sumatra.BATAK_WOMEN,
  BALINESE_WOMEN,
  east.BUGIS_WOMEN,
  east.CHRISTIAN_WOMEN,
  chinese.CHINESE_WOMEN,
  muslim.MUSLIM_WOMEN,
  muslim.ARAB_WOMEN,
  modern.MODERN_GIRLS,
];

/** First word by which a child would be called somebody's: not Muhammad, Siti, nor a rank. */
export function callName(name: Name): string {
  const given = name.filter(({ role }) => role === 'given').map(({ text }) => text);
  const calling = given.filter(
    (word) => !['Muhammad', 'Ahmad', 'Siti', 'Sri', 'Abdul', 'Nur', 'Maria'].includes(word),
  );
  return calling[0] ?? given[0] ?? name[0]?.text ?? '';
}

export function clanWords(clan: string): readonly NameWord[] {
  return clan.split(' ').map((text) => ({ text, role: 'clan' as const }));
}

function balineseBefore(rng: Rng, { sex, birthOrder }: NameWish, rank: string): readonly NameWord[] {
  const particle: NameWord[] = [{ text: sex === 'L' ? 'I' : 'Ni', role: 'order' }];
  const order = draw(rng, BIRTH_ORDER[birthOrder % 4] ?? BIRTH_ORDER[0]);
  // A Gede is a man; daughters born first are Putu or Wayan, Luh Putu in the north.
  const text = sex === 'P' && order === 'Gede' ? 'Luh' : order;
  if (rank === '')
    return chance(rng, 0.75) ? [...particle, { text, role: 'order' }] : [{ text, role: 'order' }];
  const ranks = rank.split(' ').map((word) => ({ text: word, role: 'rank' as const }));
  if (rank.startsWith('Ida') || rank.startsWith('Anak') || rank.startsWith('Cokorda')) return ranks;
  return [...particle, ...ranks, ...(chance(rng, 0.7) ? [{ text, role: 'order' as const }] : [])];
}

function givenWords(rng: Rng, wish: NameWish): readonly string[] {
  const { culture } = wish.family;
  const muslimShare = MODERN_SHARE[culture];
  if (wish.birthYear >= 2005 && chance(rng, muslimShare * (wish.birthYear >= 2012 ? 1 : 0.6)))
    return modernWords(rng, wish);
  return unique(wish.sex === 'L' ? manWords(rng, wish) : womanWords(rng, wish));
}

/** How many of the children born now are called by the words of nowhere in particular. */
const MODERN_SHARE: Readonly<Record<Culture, number>> = {
  java: 0.75,
  sunda: 0.75,
  malay: 0.7,
  minang: 0.65,
  batak: 0.15,
  bali: 0.1,
  bugis: 0.6,
  east: 0.1,
  chinese: 0.05,
  arab: 0.15,
};

function modernWords(rng: Rng, { sex }: NameWish): readonly string[] {
  const length = draw(rng, MODERN_LENGTHS);
  const words: string[] = [];
  const [first, last] =
    sex === 'L'
      ? [modern.MODERN_BOYS, modern.MODERN_BOYS_LAST]
      : [modern.MODERN_GIRLS, modern.MODERN_GIRLS_LAST];
  while (words.length < length - 1) words.push(draw(rng, first));
  words.push(draw(rng, chance(rng, 0.8) ? last : first));
  return unique(words);
}
const MODERN_LENGTHS = weighted<number>([
  [2, 24],
  [3, 56],
  [4, 16],
  [5, 4],
]);

function manWords(rng: Rng, wish: NameWish): readonly string[] {
  const old = wish.birthYear < 1968;
  switch (wish.family.culture) {
    case 'java':
      if (chance(rng, 0.24)) return muslimMan(rng);
      if (old) {
        const first = draw(rng, java.JAVANESE_MEN_OLD);
        return chance(rng, 0.55) ? [first] : [first, draw(rng, java.JAVANESE_MEN_LAST)];
      }
      if (chance(rng, 0.1)) return [draw(rng, java.JAVANESE_MEN_LAST)];
      if (chance(rng, 0.2))
        return [
          draw(rng, java.JAVANESE_MEN_FIRST),
          draw(rng, java.JAVANESE_MEN_FIRST),
          draw(rng, java.JAVANESE_MEN_LAST),
        ];
      return [draw(rng, java.JAVANESE_MEN_FIRST), draw(rng, java.JAVANESE_MEN_LAST)];
    case 'sunda':
      if (chance(rng, 0.25)) return muslimMan(rng);
      if (chance(rng, old ? 0.4 : 0.08)) return [draw(rng, java.SUNDANESE_MEN_FIRST)];
      return [draw(rng, java.SUNDANESE_MEN_FIRST), draw(rng, java.SUNDANESE_LAST)];
    case 'malay':
      return local(rng, sumatra.MALAY_MEN, muslimMan, old ? 0.6 : 0.4);
    case 'minang':
      return local(rng, sumatra.MINANG_MEN, muslimMan, 0.6);
    case 'bugis':
      return local(rng, east.BUGIS_MEN, muslimMan, 0.65);
    case 'batak':
      return oneOrTwo(
        rng,
        sumatra.BATAK_MEN,
        chance(rng, 0.15) ? muslim.MUSLIM_MEN : sumatra.BATAK_MEN,
        0.55,
      );
    case 'bali':
      return oneOrTwo(rng, BALINESE_MEN, BALINESE_MEN, 0.65);
    case 'east':
      return oneOrTwo(rng, east.CHRISTIAN_MEN, east.CHRISTIAN_MEN, 0.6);
    case 'chinese':
      return chineseWords(rng, chinese.CHINESE_MEN, wish.birthYear);
    case 'arab':
      return oneOrTwo(rng, muslim.ARAB_MEN, muslim.ARAB_MEN, 0.55);
  }
}

function womanWords(rng: Rng, wish: NameWish): readonly string[] {
  const old = wish.birthYear < 1968;
  switch (wish.family.culture) {
    case 'java':
      if (chance(rng, 0.26)) return muslimWoman(rng);
      if (old && chance(rng, 0.6)) return [draw(rng, java.JAVANESE_WOMEN_OLD)];
      if (chance(rng, 0.08)) return [draw(rng, java.JAVANESE_WOMEN_LAST)];
      if (chance(rng, 0.15))
        return [
          draw(rng, java.JAVANESE_WOMEN_FIRST),
          draw(rng, java.JAVANESE_WOMEN_FIRST),
          draw(rng, java.JAVANESE_WOMEN_LAST),
        ];
      return [draw(rng, java.JAVANESE_WOMEN_FIRST), draw(rng, java.JAVANESE_WOMEN_LAST)];
    case 'sunda':
      if (chance(rng, 0.22)) return muslimWoman(rng);
      if (chance(rng, old ? 0.45 : 0.1)) return [draw(rng, java.SUNDANESE_WOMEN_FIRST)];
      return [draw(rng, java.SUNDANESE_WOMEN_FIRST), draw(rng, java.SUNDANESE_WOMEN_LAST)];
    case 'malay':
      return local(rng, sumatra.MALAY_WOMEN, muslimWoman, old ? 0.65 : 0.45);
    case 'minang':
      return local(rng, sumatra.MINANG_WOMEN, muslimWoman, 0.6);
    case 'bugis':
      return local(rng, east.BUGIS_WOMEN, muslimWoman, 0.7);
    case 'batak':
      return oneOrTwo(
        rng,
        sumatra.BATAK_WOMEN,
        chance(rng, 0.15) ? muslim.MUSLIM_WOMEN : sumatra.BATAK_WOMEN,
        0.6,
      );
    case 'bali':
      return oneOrTwo(rng, BALINESE_WOMEN, BALINESE_WOMEN, 0.7);
    case 'east':
      return oneOrTwo(rng, east.CHRISTIAN_WOMEN, east.CHRISTIAN_WOMEN, 0.55);
    case 'chinese':
      return chineseWords(rng, chinese.CHINESE_WOMEN, wish.birthYear);
    case 'arab':
      return oneOrTwo(rng, muslim.ARAB_WOMEN, muslim.ARAB_WOMEN, 0.6);
  }
}

function muslimMan(rng: Rng): readonly string[] {
  const turn = rng();
  if (turn < 0.34) return ['Muhammad', draw(rng, muslim.MUSLIM_MEN), ...maybe(rng, 0.12, muslim.MUSLIM_MEN)];
  if (turn < 0.46) return ['Ahmad', draw(rng, muslim.MUSLIM_MEN)];
  if (turn < 0.62) return ['Abdul', draw(rng, muslim.ABDUL_OF)];
  if (turn < 0.7) return ['Nur', draw(rng, muslim.NUR_OF_MEN)];
  if (turn < 0.82) return [draw(rng, muslim.MUSLIM_MEN)];
  return [draw(rng, muslim.MUSLIM_MEN), draw(rng, muslim.MUSLIM_MEN)];
}

function muslimWoman(rng: Rng): readonly string[] {
  const turn = rng();
  if (turn < 0.38) return ['Siti', draw(rng, muslim.MUSLIM_WOMEN)];
  if (turn < 0.46) return ['Siti', 'Nur', draw(rng, muslim.NUR_OF)];
  if (turn < 0.58) return ['Nur', draw(rng, muslim.NUR_OF)];
  if (turn < 0.68) return [`Nur${draw(rng, muslim.NUR_OF).toLowerCase()}`];
  if (turn < 0.8) return [draw(rng, muslim.MUSLIM_WOMEN)];
  return [draw(rng, muslim.MUSLIM_WOMEN), draw(rng, muslim.MUSLIM_WOMEN)];
}

function local(
  rng: Rng,
  own: Weighted<string>,
  common: (rng: Rng) => readonly string[],
  share: number,
): readonly string[] {
  if (!chance(rng, share)) return common(rng);
  const first = draw(rng, own).split(' ');
  const turn = rng();
  if (turn < 0.35) return first;
  return turn < 0.5 ? [...first, ...common(rng).slice(-1)] : [...first, draw(rng, own)];
}

function oneOrTwo(
  rng: Rng,
  first: Weighted<string>,
  second: Weighted<string>,
  one: number,
): readonly string[] {
  return chance(rng, one) ? [draw(rng, first)] : [draw(rng, first), draw(rng, second)];
}

/** The old keep three syllables, others have a Western name in front of the family's. */
function chineseWords(rng: Rng, list: Weighted<string>, birthYear: number): readonly string[] {
  if (birthYear < 1966 && chance(rng, 0.6))
    return [
      draw(rng, chinese.CHINESE_SURNAMES),
      draw(rng, chinese.CHINESE_SYLLABLES),
      draw(rng, chinese.CHINESE_SYLLABLES),
    ];
  return oneOrTwo(rng, list, chance(rng, 0.3) ? chinese.CHINESE_SURNAMES : list, 0.6);
}

function maybe(rng: Rng, probability: number, list: Weighted<string>): readonly string[] {
  return chance(rng, probability) ? [draw(rng, list)] : [];
}

/** Nobody is called Ahmad Ahmad; words of several words become single ones. */
function unique(words: readonly string[]): readonly string[] {
  return [...new Set(words.flatMap((word) => word.split(' ')))];
}
