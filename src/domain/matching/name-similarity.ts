import { nameTokens } from '../person-name.ts';

/**
 * How alike two names are, 0 to 1, after spellings and titles are made one (`nameTokens`). Words are paired
 * whatever their order; a shared word counts by its length, one that half the country bears counts little;
 * an initial fits every word it begins. From about 0.85 it may be one name misspelled or shortened; below
 * 0.5 they are two names.
 */
export function nameSimilarity(one: string, other: string): number {
  const first = nameTokens(one);
  const second = nameTokens(other);
  // "Nur Aini" and "Nuraini": the same letters divided differently.
  if (first.join('') === second.join('')) return 1;
  // The spelling before 1972 wrote y as j, and a single word does not always show its age: Jahja, Yahya.
  return Math.max(aligned(first, second), aligned(first.map(foldOldY), second.map(foldOldY)) - 0.03);
}

function foldOldY(token: string): string {
  return token.replace(/j/g, 'y').replace(/y$/, 'i');
}

interface Pair {
  readonly i: number;
  readonly j: number;
  readonly likeness: number;
  /** Breaks ties the same way for (a, b) and (b, a). */
  readonly words: string;
}

/** Pairs the likeliest words first; the share of weight that the pairs explain. */
function aligned(first: readonly string[], second: readonly string[]): number {
  const freeFirst = new Set(first.keys());
  const freeSecond = new Set(second.keys());
  let shared = 0;
  let paired = 0;
  for (const { i, j, likeness } of pairsOf(first, second)) {
    if (!freeFirst.has(i) || !freeSecond.has(j)) continue;
    freeFirst.delete(i);
    freeSecond.delete(j);
    const weight = pairWeight(first[i] ?? '', second[j] ?? '');
    shared += likeness * weight;
    paired += weight;
  }
  const left = weightOfAll(first, freeFirst) + weightOfAll(second, freeSecond);
  // Names are often shortened ("Siti Aminah" for "Siti Aminah Rahmawati"): where one side has nothing left
  // over, the other's surplus counts half.
  const surplus = freeFirst.size === 0 || freeSecond.size === 0 ? left / 2 : left;
  return paired === 0 ? 0 : shared / (paired + surplus);
}

function pairsOf(first: readonly string[], second: readonly string[]): readonly Pair[] {
  const pairs: Pair[] = [];
  for (const [i, a] of first.entries())
    for (const [j, b] of second.entries()) {
      const likeness = tokenLikeness(a, b);
      if (likeness > 0) pairs.push({ i, j, likeness, words: a < b ? `${a} ${b}` : `${b} ${a}` });
    }
  return pairs.sort(
    (a, b) => b.likeness - a.likeness || (a.words === b.words ? 0 : a.words < b.words ? -1 : 1),
  );
}

/** Words that say little about who somebody is: half the country bears one of them. */
const COMMON = new Set(
  (
    'muhamad ahmad abdul siti nur sri dwi tri eka putri putra dewi i ni wayan made nyoman ketut putu gede kadek ' +
    'komang luh bin binti al'
  ).split(' '),
);
const LONGEST_WEIGHT = 7;

function weightOf(token: string): number {
  if (token.length === 1) return 1;
  return COMMON.has(token) ? 2 : Math.max(2, Math.min(token.length, LONGEST_WEIGHT));
}

/** A pair with an initial weighs as little as the initial says. */
function pairWeight(a: string, b: string): number {
  return a.length === 1 || b.length === 1 ? 2 : weightOf(a) + weightOf(b);
}

function weightOfAll(tokens: readonly string[], indexes: ReadonlySet<number>): number {
  let sum = 0;
  for (const index of indexes) sum += weightOf(tokens[index] ?? '');
  return sum;
}

/** 1 the same, 0 two words. By edits and length: one slip in a long word is a slip, in a short one another name. */
export function tokenLikeness(a: string, b: string): number {
  if (a === b) return 1;
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  if (short.length === 1) return long.startsWith(short) ? 0.7 : 0;
  const edits = editDistance(short, long);
  let likeness = 0;
  if (edits === 1) likeness = long.length >= 7 ? 0.85 : long.length >= 5 ? 0.7 : long.length === 4 ? 0.35 : 0;
  else if (edits === 2) likeness = long.length >= 8 ? 0.6 : long.length >= 6 ? 0.3 : 0;
  // People misspell the end of a name, hardly ever its first letter: Budi and Rudi are brothers.
  if (short.charAt(0) !== long.charAt(0)) likeness *= 0.4;
  // Agus for Agustinus, Wahyuni for Wahyuningsih.
  return short.length >= 4 && long.startsWith(short) ? Math.max(likeness, 0.6) : likeness;
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
