/**
 * A NIK with one wrong digit or two neighbours swapped is found although nothing but keyed hashes is stored: sixteen
 * short hashes of the number, each with one digit left out. Two numbers that differ in one digit agree in the hash that
 * leaves just that digit out; two that swapped neighbours agree crosswise. Who has no key learns nothing from them.
 */

export const NIK_LENGTH = 16;
/** Bytes of one hash: with sixteen to compare, one pair of strangers in a hundred million agrees by chance. */
const SLOT_BYTES = 4;

/** The sixteen texts to hash, in the order of the digit left out. */
function nikDeletions(nik: string): readonly string[] {
  return Array.from({ length: NIK_LENGTH }, (_, at) => nik.slice(0, at) + nik.slice(at + 1));
}

/**
 * The joined hashes of `nikDeletions`, as they are stored and compared.
 * @param hash keyed; at least `SLOT_BYTES` long
 */
export function nikSlots(nik: string, hash: (digits: string) => Uint8Array): Uint8Array {
  const slots = new Uint8Array(NIK_LENGTH * SLOT_BYTES);
  for (const [at, digits] of nikDeletions(nik).entries())
    slots.set(hash(digits).subarray(0, SLOT_BYTES), at * SLOT_BYTES);
  return slots;
}

/** Where four neighbouring digits may be wrong; each pair of neighbours lies in one of them. */
const WINDOWS = [0, 3, 6, 9, 12] as const;

/**
 * Keys by which a number is found whatever digit is wrong or pair of neighbours swapped: the number with four digits
 * hidden, five times, as 32 bits of the keyed hash. Sixteen deletions would find no more and fill three times the index.
 */
export function nikWindows(nik: string, hash: (digits: string) => Uint8Array): readonly number[] {
  return WINDOWS.map((at) => {
    const bytes = hash(`${nik.slice(0, at)}____${nik.slice(at + 4)}`);
    return new DataView(bytes.buffer, bytes.byteOffset, 4).getInt32(0);
  });
}

export interface NikSlip {
  readonly kind: 'digit' | 'swap';
  /** Place of the first digit that differs, 0 to 15. */
  readonly at: number;
}

/**
 * How two different numbers may be one, mistyped; null where they may not.
 * @param one the sixteen hashes of `nikDeletions`, joined
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
