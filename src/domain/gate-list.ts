import { isUuid } from './card-claims.ts';
import {
  ARRAY,
  BYTES,
  byteString,
  type CborReader,
  concat,
  head,
  type Part,
  readCbor,
  UNSIGNED,
} from './cbor.ts';
import type { CardId, LibraryId } from './ids.ts';

/**
 * What a gate must know of cards while it is offline: which ones are revoked, whose members are suspended, and which
 * have an older access that is dead. Four bytes a card, so that 100,000 revoked cards make 400 kB.
 *
 * A card stands in it as a hash that is cut to 26 bits more than the count needs: a card that is not in the list seems
 * to be in it once in 67 million times, and by the salt another one in the next list. So what the list says against a
 * card is always "ask online, or look"; that it says nothing is certain.
 *
 * Bytes: CBOR `[1, library, asOf, version, salt, set, set, set, bstr]`; a set is `[bits, count, bstr]`, its rising
 * hashes as differences, each in groups of seven bits, the lowest first, with the eighth bit where another follows; the last
 * string holds the least generation of each card of the third set, written the same.
 */
export interface GateListEntries {
  readonly library: LibraryId;
  /** When the database was read, in seconds since 1970. */
  readonly asOf: number;
  /** Rises with every change. */
  readonly version: number;
  /** 32 random bits, new with every list. */
  readonly salt: number;
  readonly revoked: readonly CardId[];
  /** Cards of suspended members. */
  readonly suspended: readonly CardId[];
  /** Cards whose KTA's address was given anew: codes of an older generation are dead. Left out where it is 0. */
  readonly generations: readonly { readonly card: CardId; readonly least: number }[];
}

export interface GateList {
  readonly library: LibraryId;
  readonly asOf: number;
  readonly version: number;
  readonly count: number;
  /** What the list says of a card; wrong against it once in 67 million times, never in its favour. */
  standing(card: CardId): ListedStanding;
}

export interface ListedStanding {
  readonly revoked: boolean;
  readonly suspended: boolean;
  readonly leastGeneration: number;
}

const FORMAT = 1;
/** Bits of a hash beyond those that count the cards. */
const SPARE_BITS = 26;
/** Of the hash that is cut. */
const HASH_BITS = 52;

/** The list as a gate fetches and keeps it. Throws RangeError for an id that is not a UUID. */
export function encodeGateList(entries: GateListEntries): Uint8Array<ArrayBuffer> {
  const { salt } = entries;
  const generations = new Map<number, number>();
  const bits = bitsFor(entries.generations.length);
  for (const { card, least } of entries.generations) {
    const hash = cut(hashOf(card, salt), bits);
    generations.set(hash, Math.max(least, generations.get(hash) ?? 0));
  }
  const sorted = [...generations].sort(([one], [other]) => one - other);
  return concat([
    head(ARRAY, 9),
    head(UNSIGNED, FORMAT),
    head(UNSIGNED, entries.library),
    head(UNSIGNED, entries.asOf),
    head(UNSIGNED, entries.version),
    head(UNSIGNED, salt),
    ...setOf(entries.revoked, salt),
    ...setOf(entries.suspended, salt),
    ...hashSet(
      sorted.map(([hash]) => hash),
      bits,
    ),
    byteString(groups(sorted.map(([, least]) => least))),
  ]);
}

/** Undefined for anything that is not a whole list of this format. */
export function decodeGateList(bytes: Uint8Array): GateList | undefined {
  const at = readCbor(bytes);
  if (at.head(ARRAY) !== 9 || at.head(UNSIGNED) !== FORMAT) return undefined;
  const [library, asOf, version, salt] = [0, 0, 0, 0].map(() => at.head(UNSIGNED));
  const revoked = readSet(at);
  const suspended = readSet(at);
  const renewed = readSet(at);
  const least = fromGroups(at.string(BYTES));
  if (library === undefined || asOf === undefined || version === undefined || salt === undefined)
    return undefined;
  if (!revoked || !suspended || !renewed || least?.length !== renewed.hashes.length || !at.atEnd())
    return undefined;
  return {
    library: library as LibraryId,
    asOf,
    version,
    count: revoked.hashes.length + suspended.hashes.length + renewed.hashes.length,
    standing(card) {
      const hash = hashOf(card, salt);
      return {
        revoked: placeIn(revoked, hash) !== undefined,
        suspended: placeIn(suspended, hash) !== undefined,
        leastGeneration: least[placeIn(renewed, hash) ?? -1] ?? 0,
      };
    },
  };
}

interface HashSet {
  readonly bits: number;
  /** Rising. */
  readonly hashes: Float64Array;
}

function setOf(cards: readonly CardId[], salt: number): Part[] {
  const bits = bitsFor(cards.length);
  const hashes = Float64Array.from(cards, (card) => cut(hashOf(card, salt), bits)).sort();
  return hashSet(
    [...hashes].filter((hash, at) => hash !== hashes[at - 1]),
    bits,
  );
}

function hashSet(hashes: readonly number[], bits: number): Part[] {
  const gaps = hashes.map((hash, at) => hash - (hashes[at - 1] ?? 0));
  return [head(ARRAY, 3), head(UNSIGNED, bits), head(UNSIGNED, hashes.length), byteString(groups(gaps))];
}

function readSet(at: CborReader): HashSet | undefined {
  if (at.head(ARRAY) !== 3) return undefined;
  const bits = at.head(UNSIGNED);
  const count = at.head(UNSIGNED);
  const gaps = fromGroups(at.string(BYTES));
  if (bits === undefined || bits > HASH_BITS || !gaps || gaps.length !== count) return undefined;
  let last = 0;
  for (let i = 0; i < gaps.length; i++) {
    const gap = gaps[i] ?? 0;
    if (gap === 0 && i > 0) return undefined;
    last += gap;
    gaps[i] = last;
  }
  return last < 2 ** bits ? { bits, hashes: gaps } : undefined;
}

/** Where in a set a hash stands. */
function placeIn({ bits, hashes }: HashSet, hash: number): number | undefined {
  const wanted = cut(hash, bits);
  let from = 0;
  let to = hashes.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((hashes[middle] ?? 0) < wanted) from = middle + 1;
    else to = middle;
  }
  return hashes[from] === wanted ? from : undefined;
}

function bitsFor(count: number): number {
  return Math.min(HASH_BITS, SPARE_BITS + Math.ceil(Math.log2(Math.max(1, count))));
}

function cut(hash: number, bits: number): number {
  return Math.floor(hash / 2 ** (HASH_BITS - bits));
}

/**
 * 52 bits that depend on every bit of the card's id and the salt (two lanes of MurmurHash3's steps). No secret and no
 * defence is in it: who holds a card cannot choose its id.
 */
function hashOf(card: CardId, salt: number): number {
  if (!isUuid(card)) throw new RangeError('card id: a UUID');
  const hex = card.replaceAll('-', '');
  let one = salt | 0;
  let two = ~salt | 0;
  for (let i = 0; i < 32; i += 8) {
    const word = Number.parseInt(hex.slice(i, i + 8), 16);
    one = Math.imul(turned(one ^ turned(Math.imul(word, 0xcc9e2d51), 15), 13), 5) + 0xe6546b64;
    two = Math.imul(turned(two ^ turned(Math.imul(word, 0x1b873593), 16), 17), 5) + 0x561ccd1b;
  }
  const high = mixed(one ^ Math.imul(two, 0x85ebca6b)) >>> 12;
  return high * 2 ** 32 + (mixed(two ^ Math.imul(one, 0xc2b2ae35)) >>> 0);
}

function turned(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}

function mixed(word: number): number {
  let mix = word ^ (word >>> 16);
  mix = Math.imul(mix, 0x85ebca6b);
  mix ^= mix >>> 13;
  mix = Math.imul(mix, 0xc2b2ae35);
  return mix ^ (mix >>> 16);
}

function groups(numbers: readonly number[]): Uint8Array {
  const bytes: number[] = [];
  for (const number of numbers) {
    let rest = number;
    for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
    bytes.push(rest);
  }
  return Uint8Array.from(bytes);
}

function fromGroups(bytes: Uint8Array | undefined): Float64Array | undefined {
  if (!bytes) return undefined;
  let count = 0;
  for (const byte of bytes) if (byte < 128) count += 1;
  const numbers = new Float64Array(count);
  let at = 0;
  let value = 0;
  let weight = 1;
  for (const byte of bytes) {
    value += (byte % 128) * weight;
    if (byte >= 128) {
      weight *= 128;
      // More than any hash or generation has.
      if (weight > 2 ** HASH_BITS) return undefined;
      continue;
    }
    numbers[at++] = value;
    value = 0;
    weight = 1;
  }
  return weight === 1 ? numbers : undefined;
}
