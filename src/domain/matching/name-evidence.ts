import { nameParts, nameTokens } from '../person-name.ts';
import type { Population } from './compare.ts';
import { editDistance } from './edit-distance.ts';
import type { Bits } from './evidence.ts';
import { skeletonOf, soundOf } from './spelling.ts';
import { PRIOR, WEIGHTS, WORD, WORD_BY_CHANCE } from './weights.ts';

/** A name made ready to be compared with many others. */
export interface ComparedName {
  readonly words: readonly Word[];
}

interface Word {
  readonly text: string;
  readonly written: string;
  readonly sound: string;
  readonly skeleton: string;
  /** Says next to nothing and is left out at will: bin, al, I, Ni. */
  readonly weak: boolean;
  /** Of the father, behind bin or binti: left out at will as well, but nobody has two. */
  readonly father: boolean;
  /** In a name that shows the spelling before 1972: a j may be a y. */
  readonly old: boolean;
}

export type NamePattern = keyof typeof WEIGHTS.name;

export interface NameEvidence {
  readonly bits: Bits;
  /** The weakest link between the two names. */
  readonly pattern: NamePattern;
  /** A word has another in its place that may be a name of its own: brothers and sisters, too, are called so. */
  readonly mayBeTwo: boolean;
}

const WEAK = new Set(
  // The last ones are titles as often as names.
  'bin binti bt al el as ar ad az at an i ni de van la haji hajah r raden rd rdn rr rara mas neng ananda gus ning nong kak cak bang adik dik ibu bu tuan nona saudara'.split(
    ' ',
  ),
);

/** Before the father's name. */
const LINKS = new Set('bin binti bt'.split(' '));
/** A name goes on behind them. */
const BEGINNINGS = new Set('abdul muhamad ahmad nur'.split(' '));

const OLD_SPELLING = /oe|dj|tj|nj|sj/i;

export function prepareName(name: string): ComparedName {
  let father = false;
  const old = OLD_SPELLING.test(name);
  const words = nameParts(name).map(({ token, written }) => {
    const word = { ...wordOf(token, written), father, old };
    father = LINKS.has(token) || (father && BEGINNINGS.has(token));
    return word;
  });
  // Who is called Neng, and nothing else, is called by it.
  return { words: words.every(({ weak }) => weak) ? words.map((word) => ({ ...word, weak: false })) : words };
}

function wordOf(text: string, written: string): Word {
  const [sound, skeleton] = [soundOf(text), skeletonOf(text)];
  return { text, written, sound, skeleton, weak: WEAK.has(text), father: false, old: false };
}

type Link = 'exact' | 'spelling' | 'slip' | 'variant' | 'ending' | 'initial' | 'shortened' | 'neighbour';

/** What is known of the names of the people on file. */
type Names = Pick<Population, 'people' | 'nameFrequency' | 'attested' | 'nameLike'>;

interface Pair {
  readonly i: number;
  readonly j: number;
  readonly link: Link;
  /** Against strangers. */
  readonly bits: number;
}

/**
 * What two names say about being one person's. Words are paired whatever their order, the best pair first; a pair is
 * worth as much as its word is rare. A word that differs from its partner by a letter is a slip of the pen where one of
 * the two is no name, and another name where both are: Rina and Rini are sisters.
 */
export function compareNames(one: ComparedName, other: ComparedName, names: Names): NameEvidence {
  const { first, second, pairs, freeFirst, freeSecond, conflicts, missing, missingWeak, twoFathers } =
    pairWords(one, other, names);

  let unrelated = pairs.reduce((sum, pair) => sum + pair.bits, 0);
  unrelated += conflicts * Math.log2(WORD.conflict / WORD_BY_CHANCE.conflict);
  if (missing > 0) unrelated += Math.log2(WORD.missing / WORD_BY_CHANCE.missing) + (missing - 1) * -1;
  unrelated += missingWeak * Math.log2(WORD.missingWeak / WORD_BY_CHANCE.missingWeak);
  // Nothing in common but words that half the country bears.
  const headless = missing > 0 && (lacksHead(first, freeFirst) || lacksHead(second, freeSecond));
  const left = headless ? 'headless' : missing > 0 ? 'shortened' : null;
  const called = calledIn(first, second);
  const pattern = twoFathers ? 'conflict' : patternOf(pairs, first, second, called, conflicts, left);
  return {
    bits: {
      unrelated: Math.min(unrelated, strongest(names.people)),
      household: familyBits('household', pattern, pairs, conflicts) - Math.max(0, missing - 1),
      twin: familyBits('twin', pattern, pairs, conflicts) - Math.max(0, missing - 1),
    },
    pattern,
    mayBeTwo:
      conflicts > 0 ||
      pattern === 'conflict' ||
      pairs.some((pair) => pair.link === 'neighbour' || (pair.link === 'ending' && called.isCalled(pair))),
  };
}

/** Which words of two names stand for each other, and which are left. */
function pairWords(one: ComparedName, other: ComparedName, names: Names) {
  const [first, second] = joinSplitWords(one.words, other.words);
  const pairs = bestPairs(first, second, names);
  const freeFirst = freeWords(first, new Set(pairs.map((pair) => pair.i)));
  const freeSecond = freeWords(second, new Set(pairs.map((pair) => pair.j)));
  const strong = (words: readonly Word[]) => words.filter((word) => !word.weak && !word.father).length;
  const twoFathers = freeFirst.some(({ father }) => father) && freeSecond.some(({ father }) => father);
  const unlike = Math.min(strong(freeFirst), strong(freeSecond));
  const conflicts = unlike + (twoFathers ? 1 : 0);
  const missing = Math.max(strong(freeFirst), strong(freeSecond)) - unlike;
  const missingWeak = freeFirst.length + freeSecond.length - strong(freeFirst) - strong(freeSecond);
  return { first, second, pairs, freeFirst, freeSecond, conflicts, missing, missingWeak, twoFathers };
}

/** What the words of two names of one person came to, for counting `WORD`. */
export interface WordOutcomes {
  readonly links: readonly {
    readonly link: 'exact' | 'spelling' | 'initial' | 'shortened' | 'slip' | 'twoSlips';
    readonly sound: string;
    readonly length: number;
  }[];
  /** Words of one letter that stand for no word of the other side. */
  readonly freeInitials: number;
  readonly conflicts: number;
  readonly missing: number;
  /** Weak words of both sides, and those of them that the other side lacks. */
  readonly weak: number;
  readonly missingWeak: number;
}

/** @param names as for `compareNames` */
export function wordOutcomes(one: ComparedName, other: ComparedName, names: Names): WordOutcomes {
  const { first, second, pairs, freeFirst, freeSecond, ...rest } = pairWords(one, other, names);
  const links = pairs.flatMap(({ i, j, link }) => {
    const [a, b] = [first[i], second[j]];
    if (!a || !b) return [];
    const slips = link === 'exact' || link === 'spelling' || link === 'initial' || link === 'shortened';
    const kind = slips ? link : slipsBetween(a, b) === 2 ? ('twoSlips' as const) : ('slip' as const);
    return [{ link: kind, sound: a.sound, length: Math.max(a.text.length, b.text.length) }];
  });
  const initials = [...freeFirst, ...freeSecond].filter(({ text }) => text.length === 1);
  const weak = [...first, ...second].filter((word) => word.weak || word.father).length;
  return { links, freeInitials: initials.length, weak, ...rest };
}

/** Full names are less independent of each other than their words: fashions, idols, grandfathers. */
const STRONGEST = 17;

/** A name alone never makes two people more than twice as likely one, however few are on file. */
function strongest(people: number): number {
  return Math.min(STRONGEST, Math.log2((2 * Math.max(people, 1_000)) / PRIOR.known));
}

/** More than this no two names say for one person. */
export const BEST_NAME: Bits = {
  unrelated: STRONGEST,
  household: bestFamilyBits('household'),
  twin: bestFamilyBits('twin'),
};

function bestFamilyBits(story: 'household' | 'twin'): number {
  const patterns = Object.keys(WEIGHTS.name) as NamePattern[];
  return Math.max(...patterns.map((pattern) => familyBits(story, pattern, [], 0)));
}

/** Whether the first word that says something is one the other side lacks. Everybody leaves out Muhammad and Siti. */
function lacksHead(words: readonly Word[], free: readonly Word[]): boolean {
  const head = words.find(isCall);
  return head !== undefined && free.includes(head);
}

/** Whether somebody may be called by the word. */
function isCall(word: Word): boolean {
  return !word.weak && !word.father && !COMMON_HEADS.has(word.text);
}

const COMMON_HEADS = new Set(
  'muhamad ahmad abdul siti nur sri wayan made nyoman ketut putu gede kadek komang luh'.split(' '),
);

/** What several children of a house have before the word they are told apart by; each is also somebody's only name. */
const SHARED_HEADS = new Set(
  'putri putra dewi ayu dwi eka tri maria yohanes fransiskus agus bagus gusti dewa andi raden'
    .split(' ')
    .flatMap(nameTokens),
);

/** Where the word stands that the person is called by; -1 for nowhere. */
function callOf(words: readonly Word[], others: readonly Word[]): number {
  const first = words.findIndex(isCall);
  const head = words[first]?.text ?? '';
  if (!SHARED_HEADS.has(head) || !others.some(({ text }) => text === head)) return first;
  // Who has no more than this is called by it.
  const next = (one: readonly Word[]) =>
    one.findIndex((word) => isCall(word) && !SHARED_HEADS.has(word.text));
  return next(words) >= 0 && next(others) >= 0 ? next(words) : first;
}

interface Called {
  /** Where the words stand that each is called by; -1 for nowhere. */
  readonly calls: readonly [number, number];
  /** Whether brothers and sisters are told apart by a pair of words, rather than by what stands behind it or before. */
  readonly isCalled: (pair: Pair) => boolean;
}

function calledIn(first: readonly Word[], second: readonly Word[]): Called {
  const calls = [callOf(first, second), callOf(second, first)] as const;
  const isCalled = ({ i, j }: Pair) =>
    (i === calls[0] || j === calls[1]) && !isCommonHead(first[i]) && !isCommonHead(second[j]);
  return { calls, isCalled };
}

function familyBits(
  story: 'household' | 'twin',
  pattern: NamePattern,
  pairs: readonly Pair[],
  conflicts: number,
): number {
  const odds = WEIGHTS.name[pattern];
  const bits = Math.log2(odds.same / odds[story]);
  if (pattern === 'conflict' || pattern === 'renamed') return bits - 3 * Math.max(0, conflicts - 1);
  const neighbours = pairs.filter((pair) => pair.link === 'neighbour').length;
  return neighbours > 1 ? bits - 2 * (neighbours - 1) : bits;
}

function patternOf(
  pairs: readonly Pair[],
  first: readonly Word[],
  second: readonly Word[],
  { calls, isCalled }: Called,
  conflicts: number,
  missing: 'headless' | 'shortened' | null,
): NamePattern {
  if (haveTwoBirthOrders(first, second)) return 'conflict';
  const says = (pair: Pair) => first[pair.i]?.weak === false || second[pair.j]?.weak === false;
  if (!pairs.some(says)) return 'conflict';
  const called = new Set(pairs.filter(isCalled).map(({ link }) => link));
  const behind = new Set(pairs.filter((pair) => !isCalled(pair)).map(({ link }) => link));
  const oneCall = pairs.find(({ i, j }) => i === calls[0] && j === calls[1]);
  if (conflicts > 0)
    return oneCall?.link === 'exact' || oneCall?.link === 'spelling' ? 'renamed' : 'conflict';
  if (called.has('neighbour')) return 'neighbour';
  if (missing === 'headless') return 'headless';
  if (called.has('ending')) return 'ending';
  if (called.has('variant')) return 'variant';
  if (behind.has('neighbour')) return 'neighbour_behind';
  if (called.has('slip')) return 'slip';
  const has = (link: Link) => called.has(link) || behind.has(link);
  if (missing === 'shortened' || has('initial') || has('shortened')) return 'shortened';
  if (has('slip') || has('variant') || has('ending')) return 'slip_behind';
  return has('spelling') ? 'spelling' : 'same';
}

function isCommonHead(word: Word | undefined): boolean {
  return word !== undefined && COMMON_HEADS.has(word.text);
}

function freeWords(words: readonly Word[], taken: ReadonlySet<number>): readonly Word[] {
  return words.filter((_, index) => !taken.has(index));
}

function bestPairs(first: readonly Word[], second: readonly Word[], names: Names): readonly Pair[] {
  const all: Pair[] = [];
  for (const [i, a] of first.entries())
    for (const [j, b] of second.entries()) {
      const pair = pairOf(a, b, names);
      if (pair) all.push({ i, j, ...pair });
    }
  // Equal ties are broken by the places, so that (a, b) and (b, a) pair alike.
  all.sort((x, y) => RANK[x.link] - RANK[y.link] || y.bits - x.bits || x.i + x.j - y.i - y.j || x.i - y.i);
  const takenFirst = new Set<number>();
  const takenSecond = new Set<number>();
  return all.filter(({ i, j }) => {
    if (takenFirst.has(i) || takenSecond.has(j)) return false;
    takenFirst.add(i);
    takenSecond.add(j);
    return true;
  });
}

const RANK: Readonly<Record<Link, number>> = {
  exact: 0,
  spelling: 1,
  slip: 2,
  variant: 2,
  ending: 2,
  shortened: 3,
  initial: 4,
  neighbour: 5,
};

function pairOf(
  a: Word,
  b: Word,
  { nameFrequency, attested, nameLike }: Names,
): Pick<Pair, 'link' | 'bits'> | undefined {
  if (a.text === b.text) return { link: 'exact', bits: Math.log2(WORD.exact / nameFrequency(a.text)) };
  const [short, long] = a.text.length <= b.text.length ? [a, b] : [b, a];
  if (short.text.length === 1)
    return (long.text.startsWith(short.text) || long.written.startsWith(short.written)) &&
      long.text.length > 1
      ? { link: 'initial', bits: Math.log2(WORD.initial / WORD_BY_CHANCE.initial) }
      : undefined;
  if (isAbbreviation(short, long)) return { link: 'initial', bits: Math.log2(WORD.initial / 0.03) };
  const rarer = Math.min(nameFrequency(a.text), nameFrequency(b.text));
  const group = SAME_BIRTH_ORDER.get(a.text);
  if (isOtherBirthOrder(a, b)) return undefined;
  if (group !== undefined && group === SAME_BIRTH_ORDER.get(b.text)) return { link: 'spelling', bits: 1 };
  if (a.sound === b.sound && a.sound.length >= 3) {
    const bits = Math.log2(WORD.spelling / rarer);
    return { link: bits > -1 ? 'spelling' : 'neighbour', bits: Math.min(bits, 10) };
  }
  if (
    a.written.replaceAll('j', 'y') === b.written.replaceAll('j', 'y') &&
    (a.old !== b.old || !(attested(a.text, b.text) && attested(b.text, a.text)))
  )
    return { link: 'spelling', bits: Math.min(Math.log2(WORD.spelling / rarer), 10) };
  // Agus for Agustinus, Yati for Suryati, Wahyuni for Wahyuningsih.
  if (
    short.text.length >= 3 &&
    long.text.length - short.text.length >= 2 &&
    (long.text.startsWith(short.text) ||
      (long.text.endsWith(short.text) &&
        // Two names run together are not a long one.
        !(short.text.length >= 5 && attested(long.text.slice(0, -short.text.length), short.text))))
  )
    return { link: 'shortened', bits: Math.min(Math.log2(WORD.shortened / rarer), 6) };
  const slips = slipsBetween(a, b);
  if (slips === 0) return undefined;
  const slip = slips === 1 ? WORD.slip : WORD.twoSlips;
  const bits = Math.max(Math.min(Math.log2(slip / rarer), 8), -8);
  const known = [attested(a.text, b.text), attested(b.text, a.text)];
  // Two that both are names, or neither: nobody knows which of them was meant.
  if (known[0] && known[1]) return { link: 'neighbour', bits };
  const oneIs = known[0] || known[1];
  const otherVowel = differInLastVowel(a.text, b.text);
  if (oneIs && !otherVowel && !(known[0] ? nameLike(b.text) : nameLike(a.text))) {
    // What nobody is called is somebody's slip: it says nearly what the name that was meant says.
    const meant = nameFrequency(known[0] ? a.text : b.text);
    return { link: 'slip', bits: Math.max(0.5, Math.min(Math.log2(slip / (NO_NAME + meant * slip)), 8)) };
  }
  if (!oneIs && bits < 0.5) return { link: 'neighbour', bits };
  const enough = oneIs ? Math.max(bits, 0.5) : bits;
  const couldBe =
    slips === 1 && (otherVowel || ((known[0] || nameLike(a.text)) && (known[1] || nameLike(b.text))));
  if (!couldBe || isSwap(a.text, b.text)) return { link: 'slip', bits: enough };
  if (!oneIs && differInEnding(a.written, b.written)) return { link: 'ending', bits: enough };
  return { link: 'variant', bits: enough };
}

/** Share of people who are called by a word that is no name by its letters. */
const NO_NAME = 1e-6;

/** The same letters in another order. */
function isSwap(a: string, b: string): boolean {
  return a.length === b.length && [...a].sort().join('') === [...b].sort().join('');
}

/** One child's place among its siblings has several names in Bali, and papers use one or the other. */
const SAME_BIRTH_ORDER = new Map(
  ['wayan putu gede iluh luh', 'made kadek nengah', 'nyoman komang', 'ketut'].flatMap((names, group) =>
    names.split(' ').map((name) => [name, group] as const),
  ),
);

/** Stand beside a place among the siblings as well as for one. */
const ALSO_BESIDE = new Set(['gede', 'iluh', 'luh']);

function birthOrderOf({ text }: Word): number | undefined {
  return ALSO_BESIDE.has(text) ? undefined : SAME_BIRTH_ORDER.get(text);
}

function isOtherBirthOrder(a: Word, b: Word): boolean {
  const [one, other] = [birthOrderOf(a), birthOrderOf(b)];
  return one !== undefined && other !== undefined && one !== other;
}

/** Whether each name has a place among the siblings, and none in common: the first child is not the second. */
function haveTwoBirthOrders(first: readonly Word[], second: readonly Word[]): boolean {
  const orders = (words: readonly Word[]) => words.flatMap((word) => birthOrderOf(word) ?? []);
  const [one, other] = [orders(first), orders(second)];
  return one.length > 0 && other.length > 0 && !one.some((order) => other.includes(order));
}

/** Md., Moch., Nym., Dg., Bq., Ab.: letters of the name in their order, its first among them, without its vowels; or its beginning. */
function isAbbreviation(short: Word, long: Word): boolean {
  const { written } = short;
  if (written.length < 2 || written.length > 4 || long.text.length < written.length + 1) return false;
  if (written.length === 2 && (long.text.startsWith(written) || long.written.startsWith(written)))
    return true;
  if (/[aeiou]/.test(written)) return false;
  return isWithin(written, long.written) || isWithin(short.text, long.text);
}

function isWithin(letters: string, word: string): boolean {
  if (word.charAt(0) !== letters.charAt(0)) return false;
  let at = 0;
  for (const letter of letters) {
    const found = word.indexOf(letter, at);
    if (found < 0) return false;
    at = found + 1;
  }
  return true;
}

/** 0 where two words are too far apart for one slip, or for two. */
function slipsBetween(a: Word, b: Word): number {
  const distance = Math.min(
    distanceWithin(a.text, b.text),
    distanceWithin(a.written, b.written),
    // A slip on top of another spelling.
    Math.min(a.text.length, b.text.length) >= 5 ? distanceWithin(a.sound, b.sound) + 1 : 3,
  );
  return distance <= 2 && distance > 0 ? distance : 0;
}

/** 3 stands for "too far": short words allow one slip, or two where both are short of a common letter. */
function distanceWithin(a: string, b: string): number {
  const longest = Math.max(a.length, b.length);
  if (Math.abs(a.length - b.length) > 2 || longest < 3) return 3;
  // One edit takes one letter away and brings another at most: no need to count further.
  if (bitsSet(lettersIn(a) ^ lettersIn(b)) > 4) return 3;
  const distance = editDistance(a, b);
  if (distance === 1) return longest >= 4 || a.charAt(0) === b.charAt(0) ? 1 : 3;
  if (distance === 2) return longest >= 6 || (longest >= 4 && a.charAt(0) === b.charAt(0)) ? 2 : 3;
  return 3;
}

/** The letters that a word has, as bits; other scripts share bits, which only makes words look nearer. */
function lettersIn(word: string): number {
  let letters = 0;
  for (let at = 0; at < word.length; at++) letters |= 1 << (word.charCodeAt(at) & 31);
  return letters;
}

function bitsSet(bits: number): number {
  let count = 0;
  for (let left = bits; left !== 0; left &= left - 1) count++;
  return count;
}

/** Rafa and Rafi, Danish and Danisha: all but the last letter. */
function differInEnding(a: string, b: string): boolean {
  const shorter = Math.min(a.length, b.length);
  const stem = Math.max(a.length, b.length) === shorter ? shorter - 1 : shorter;
  return a.slice(0, stem) === b.slice(0, stem);
}

/** Raka and Raki: how parents make a name for a twin out of the other's, whether or not anybody else is called so. */
function differInLastVowel(a: string, b: string): boolean {
  return (
    a.length === b.length &&
    a.length <= 5 &&
    a.slice(0, -1) === b.slice(0, -1) &&
    /[aio][aio]$/.test(a.slice(-1) + b.slice(-1))
  );
}

/** "Nur Aini" and "Nuraini": words that stand together on one side are joined where that makes a word of the other. */
function joinSplitWords(one: readonly Word[], other: readonly Word[]): [readonly Word[], readonly Word[]] {
  return [joined(one, other), joined(other, one)];
}

/** Two long words with a slip between them; of short ones nobody knows whether they are one. */
function isLongSlip(one: string, other: string): boolean {
  return (
    Math.min(one.length, other.length) >= LONG &&
    Math.abs(one.length - other.length) <= 1 &&
    distanceWithin(one, other) === 1
  );
}
const LONG = 8;

/** Letters of a sound that its words lose at most where they meet: doubled ones, and two vowels that sound as one. */
const LOST_WHERE_JOINED = 3;

function joined(words: readonly Word[], target: readonly Word[]): readonly Word[] {
  if (words.length < 2) return words;
  for (let at = 0; at + 1 < words.length; at++) {
    const [a, b] = [words[at], words[at + 1]];
    // An initial before a word is not a part of it.
    if (!a || !b || a.text.length < 2 || b.text.length < 2) continue;
    const text = a.text + b.text;
    const written = a.written + b.written;
    // A part may stand for more than is written: Muh for Muhammad.
    const least = Math.min(a.sound.length + b.sound.length, written.length) - LOST_WHERE_JOINED;
    if (text.length < 4 || !target.some((each) => each.sound.length >= least)) continue;
    if (target.some((each) => each.sound === a.sound) && target.some((each) => each.sound === b.sound))
      continue;
    const ways = [text, ...nameTokens(written)].map((each) => ({
      ...wordOf(each, written),
      father: a.father,
    }));
    const word =
      ways.find(({ sound }) => target.some((each) => each.sound === sound)) ??
      ways.find(({ text: long }) => target.some((each) => isLongSlip(long, each.text)));
    if (word === undefined) continue;
    return joined([...words.slice(0, at), word, ...words.slice(at + 2)], target);
  }
  return words;
}
