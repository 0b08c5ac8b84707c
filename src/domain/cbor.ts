/**
 * The few items of CBOR (RFC 8949) that the signed codes are made of, in the deterministic form of §4.2 only: what is
 * written here has one encoding, and what is read here is refused in any other.
 */
export const UNSIGNED = 0;
export const NEGATIVE = 1;
export const BYTES = 2;
export const TEXT = 3;
export const ARRAY = 4;
export const MAP = 5;

export type Part = Uint8Array | readonly number[];

/** The first bytes of an item: its type and its value or length, in the shortest form. */
export function head(major: number, value: number): readonly number[] {
  const size = value < 24 ? 0 : value < 256 ? 1 : value < 65_536 ? 2 : value < 4_294_967_296 ? 4 : 8;
  if (size === 0) return [(major << 5) | value];
  const bytes: number[] = [];
  for (let rest = value, i = 0; i < size; i++, rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [(major << 5) | (24 + Math.log2(size)), ...bytes];
}

/** An integer of either sign. */
export function integer(value: number): readonly number[] {
  return value < 0 ? head(NEGATIVE, -1 - value) : head(UNSIGNED, value);
}

export function byteString(bytes: Uint8Array): Uint8Array {
  return concat([head(BYTES, bytes.length), bytes]);
}

export function textString(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  return concat([head(TEXT, bytes.length), bytes]);
}

export function concat(parts: readonly Part[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export interface CborReader {
  /** The value or length of the next item, where it is of this type. */
  head(major: number): number | undefined;
  /** The next integer, of either sign. */
  integer(): number | undefined;
  /** The bytes of the next byte or text string. */
  string(major: number): Uint8Array | undefined;
  /** These very bytes. */
  exactly(bytes: Part): boolean;
  atEnd(): boolean;
}

/** Answers undefined once anything is not what was asked for, or not in its shortest form. */
export function readCbor(bytes: Uint8Array): CborReader {
  let at = 0;
  function readHead(major: number): number | undefined {
    const first = bytes[at];
    if (first === undefined || first >> 5 !== major) return undefined;
    const low = first & 0x1f;
    if (low < 24) {
      at += 1;
      return low;
    }
    const size = low === 24 ? 1 : low === 25 ? 2 : low === 26 ? 4 : low === 27 ? 8 : 0;
    if (size === 0 || at + 1 + size > bytes.length) return undefined;
    let value = 0;
    for (let i = 1; i <= size; i++) value = value * 256 + (bytes[at + i] ?? 0);
    const smallest = size === 1 ? 24 : 256 ** (size / 2);
    if (value < smallest || !Number.isSafeInteger(value)) return undefined;
    at += 1 + size;
    return value;
  }
  return {
    head: readHead,
    integer() {
      const negative = (bytes[at] ?? 0) >> 5 === NEGATIVE;
      const value = readHead(negative ? NEGATIVE : UNSIGNED);
      return value === undefined ? undefined : negative ? -1 - value : value;
    },
    string(major) {
      const length = readHead(major);
      if (length === undefined || at + length > bytes.length) return undefined;
      at += length;
      return bytes.slice(at - length, at);
    },
    exactly(expected) {
      for (let i = 0; i < expected.length; i++) if (bytes[at + i] !== expected[i]) return false;
      at += expected.length;
      return true;
    },
    atEnd: () => at === bytes.length,
  };
}
