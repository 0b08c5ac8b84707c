import type { PlainDate } from '../plain-date.ts';

/**
 * A NIK with one wrong digit or two neighbours swapped is found although nothing but keyed hashes is stored: sixteen
 * short hashes of the number, each with one digit left out. Two numbers that differ in one digit agree in the hash that
 * leaves just that digit out; two that swapped neighbours agree crosswise. Who has no key learns nothing from them.
 */

export const NIK_LENGTH = 16;
/** Bytes of one hash: with sixteen to compare, one pair of strangers in a hundred million agrees by chance. */
const SLOT_BYTES = 4;

/** Texts to hash, each in a block of this many bytes: a NIK with something left out or hidden is no longer. */
export const NIK_BLOCK = 16;

/** Keyed hashes of blocks, as many bytes as it is given: at the place of each block its own. */
export type HashBlocks = (blocks: Uint8Array) => Uint8Array;

/**
 * The joined hashes of the number with each digit left out in turn, as they are stored and compared. Where the digit was
 * is not part of the text, so that swapped neighbours agree as well.
 */
export function nikSlots(nik: string, hash: HashBlocks): Uint8Array {
  const digits = digitsOf(nik);
  const blocks = new Uint8Array(NIK_LENGTH * NIK_BLOCK);
  for (let out = 0; out < NIK_LENGTH; out++) {
    let to = out * NIK_BLOCK;
    for (let at = 0; at < NIK_LENGTH; at++) if (at !== out) blocks[to++] = digits[at] ?? 0;
  }
  const hashes = hash(blocks);
  const slots = new Uint8Array(NIK_LENGTH * SLOT_BYTES);
  for (let at = 0; at < slots.length; at++)
    slots[at] = hashes[Math.floor(at / SLOT_BYTES) * NIK_BLOCK + (at % SLOT_BYTES)] ?? 0;
  return slots;
}

function digitsOf(nik: string): Uint8Array {
  const digits = new Uint8Array(NIK_LENGTH);
  for (let at = 0; at < NIK_LENGTH; at++) digits[at] = nik.charCodeAt(at);
  return digits;
}

/** Where four neighbouring digits may be wrong; each pair of neighbours lies in one of them. */
const WINDOWS = [0, 3, 6, 9, 12] as const;
/** Stands for a hidden digit, and is none. */
const HIDDEN = 0x5f;
/** Makes a digit that was put in another's place none. */
const ELSEWHERE = 0x40;

/**
 * Keys by which a number is found whatever digit is wrong or pair of neighbours swapped: the number with four digits
 * hidden, five times, as 32 bits of the keyed hash. Sixteen deletions would find no more and fill three times the index.
 * Of one district and year of birth a hundred have the serial 0001: where digits of the date are hidden, the day of the
 * birth date stands in their place, if it is known.
 */
export function nikWindows(nik: string, hash: HashBlocks, birthDate: PlainDate | null): readonly number[] {
  const digits = digitsOf(nik);
  const day = birthDate === null ? null : birthDate.slice(5, 7) + birthDate.slice(8);
  const blocks = new Uint8Array(WINDOWS.length * NIK_BLOCK);
  for (const [n, at] of WINDOWS.entries()) {
    const block = n * NIK_BLOCK;
    blocks.set(digits, block);
    const hidesDate = at > 0 && at < 12;
    for (let i = 0; i < 4; i++)
      blocks[block + at + i] = day === null || !hidesDate ? HIDDEN : day.charCodeAt(i) | ELSEWHERE;
  }
  const hashes = hash(blocks);
  const view = new DataView(hashes.buffer, hashes.byteOffset, hashes.byteLength);
  return WINDOWS.map((_, n) => view.getInt32(n * NIK_BLOCK));
}

export interface NikSlip {
  readonly kind: 'digit' | 'swap';
  /** Place of the first digit that differs, 0 to 15. */
  readonly at: number;
}

/**
 * How two different numbers may be one, mistyped; null where they may not.
 * @param one the sixteen hashes of `nikSlots`, joined
 */
export function nikSlip(one: Uint8Array, other: Uint8Array): NikSlip | null {
  const length = NIK_LENGTH * SLOT_BYTES;
  if (one.length !== length || other.length !== length) return null;
  const equal = (i: number, j: number) => {
    for (let byte = 0; byte < SLOT_BYTES; byte++)
      if (one[i * SLOT_BYTES + byte] !== other[j * SLOT_BYTES + byte]) return false;
    return true;
  };
  for (let at = 0; at < NIK_LENGTH; at++) if (equal(at, at)) return { kind: 'digit', at };
  for (let at = 0; at + 1 < NIK_LENGTH; at++)
    if (equal(at, at + 1) && equal(at + 1, at)) return { kind: 'swap', at };
  return null;
}
