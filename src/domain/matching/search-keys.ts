/**
 * Keys for what an officer types: beginnings of words, in any order. Kept beside the keys of the cross-check, so that
 * one index serves both.
 */

/** Letters of a beginning that has a key; shorter ones are common to too many. */
const LENGTHS = [3, 5, 7] as const;
const PAIRED = LENGTHS[0];
/** Tells them from the keys of the cross-check. */
const MARK = 'q|';

/** @param tokens the parts of a name, by `nameTokens` */
export function searchKeys(tokens: readonly string[]): readonly string[] {
  return keysOf(tokens, (token) => LENGTHS.filter((length) => token.length >= length));
}

/** Keys that whoever has all these beginnings must have; none where they are too short. */
export function soughtKeys(beginnings: readonly string[]): readonly string[] {
  return keysOf(beginnings, (typed) => LENGTHS.filter((length) => typed.length >= length).slice(-1));
}

/** The letters that a key of one beginning is made of. */
export function beginningOf(key: string): string {
  return key.slice(MARK.length);
}

function keysOf(words: readonly string[], lengthsOf: (word: string) => readonly number[]): readonly string[] {
  const unique = [...new Set(words)];
  const single = unique.flatMap((word) => lengthsOf(word).map((length) => `${MARK}${word.slice(0, length)}`));
  const heads = [
    ...new Set(unique.filter((word) => word.length >= PAIRED).map((word) => word.slice(0, PAIRED))),
  ].sort();
  const pairs = heads.flatMap((one, at) => heads.slice(at + 1).map((other) => `${MARK}${one}+${other}`));
  return [...new Set([...single, ...pairs])];
}
