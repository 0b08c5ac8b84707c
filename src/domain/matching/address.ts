import { editDistance } from './edit-distance.ts';

/** Addresses as they are compared: abbreviations written out, numbers of RT and RW as numbers. */

const SPOKEN: Readonly<Record<string, string>> = {
  jl: 'jalan',
  jln: 'jalan',
  gg: 'gang',
  perum: 'perumahan',
  prm: 'perumahan',
  komp: 'kompleks',
  komplek: 'kompleks',
  kp: 'kampung',
  kmp: 'kampung',
  ds: 'desa',
  dsn: 'dusun',
  dk: 'dukuh',
  dkh: 'dukuh',
  blk: 'blok',
  no: 'nomor',
  nmr: 'nomor',
  lr: 'lorong',
  kel: 'kelurahan',
  kec: 'kecamatan',
  kab: 'kabupaten',
};
/** Say what kind of a place it is, not which. */
const KINDS = new Set([...Object.values(SPOKEN), 'rt', 'rw', 'desa', 'lingkungan', 'link']);

export interface ComparedAddress {
  readonly words: ReadonlySet<string>;
  readonly numbers: ReadonlySet<string>;
}

/** Null where nothing is left to compare. */
export function prepareAddress(text: string): ComparedAddress | null {
  const words = new Set<string>();
  const numbers = new Set<string>();
  for (const piece of text.toLowerCase().match(/\p{L}+|\p{N}+/gu) ?? []) {
    if (/^\p{N}/u.test(piece)) numbers.add(String(Number(piece)));
    else {
      const word = SPOKEN[piece] ?? piece;
      if (!KINDS.has(word)) words.add(word);
    }
  }
  return words.size === 0 && numbers.size === 0 ? null : { words, numbers };
}

/** Whether two addresses are likely one: more than half of their words, and a house or RT where both name numbers. */
export function sameAddress(one: ComparedAddress, other: ComparedAddress): boolean {
  const words = share(one.words, other.words);
  const numbers = share(one.numbers, other.numbers);
  if (words === null) return numbers !== null && numbers >= 0.99;
  return words > 0.5 && (numbers === null || numbers >= 0.3);
}

/** Common part of the smaller set; null where one of them is empty. */
function share(one: ReadonlySet<string>, other: ReadonlySet<string>): number | null {
  if (one.size === 0 || other.size === 0) return null;
  let common = 0;
  for (const each of one) if (other.has(each) || isMisspelled(each, other)) common++;
  return common / Math.min(one.size, other.size);
}

/** Whether the other side has the word with one letter wrong; short words and numbers are taken as they are. */
function isMisspelled(word: string, words: ReadonlySet<string>): boolean {
  if (word.length < 5 || /\d/.test(word)) return false;
  for (const other of words)
    if (Math.abs(other.length - word.length) <= 1 && other.length >= 5 && editDistance(word, other) === 1)
      return true;
  return false;
}
