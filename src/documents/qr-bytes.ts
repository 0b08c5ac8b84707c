/**
 * QR codes of bytes, many of one size: where each bit stands is worked out once for a version, then a code is its error
 * correction and a walk along that list. Ten times as fast as drawing each code anew, and the same code to the module
 * (a test compares them).
 */
import { encode } from 'uqr';

/** Level M and what is better at no larger size. */
const LEVELS = ['M', 'Q', 'H'] as const;
type Level = (typeof LEVELS)[number];

/** ISO/IEC 18004:2015, table 9: error correction codewords of a block, by version from 1. */
const ECC_OF_BLOCK: Readonly<Record<Level, readonly number[]>> = {
  M: [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26],
  Q: [13, 22, 18, 26, 18, 24, 18, 22, 20, 24, 28, 26, 24, 20, 30, 24, 28, 28, 26, 30],
  H: [17, 28, 22, 16, 22, 28, 26, 26, 24, 28, 24, 28, 22, 24, 24, 30, 28, 28, 26, 28],
};
/** The same table: blocks of a code. */
const BLOCKS: Readonly<Record<Level, readonly number[]>> = {
  M: [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16],
  Q: [1, 1, 2, 2, 4, 4, 6, 6, 8, 8, 8, 10, 12, 16, 12, 17, 16, 18, 21, 20],
  H: [1, 1, 2, 4, 4, 4, 5, 6, 8, 8, 11, 11, 16, 16, 18, 16, 19, 21, 25, 25],
};
const VERSIONS = 20;
/** Of the mask pattern in `qrCode`. */
export const MASK = 3;

interface Template {
  readonly size: number;
  /** Row by row, 1 for dark: all that does not depend on what is encoded. */
  readonly fixed: Uint8Array;
  /** Places of the bits in the order they are written, and whether the mask turns each. */
  readonly places: Uint32Array;
  readonly turned: Uint8Array;
}

/** The modules row by row, 1 for dark; undefined for more bytes than 20 versions hold. */
export function qrOfBytes(
  bytes: Uint8Array,
): { readonly size: number; readonly modules: Uint8Array } | undefined {
  const found = roomFor(bytes.length);
  if (!found) return undefined;
  const { version, level } = found;
  const template = templateOf(version, level);
  const words = codewords(bytes, version, level);
  const modules = template.fixed.slice();
  const { places, turned } = template;
  const bits = words.length * 8;
  for (let at = 0; at < places.length; at++) {
    const bit = at < bits ? ((words[at >> 3] ?? 0) >> (7 - (at & 7))) & 1 : 0;
    modules[places[at] ?? 0] = bit ^ (turned[at] ?? 0);
  }
  return { size: template.size, modules };
}

/** The smallest version at level M, then the best level that it has room for. */
function roomFor(length: number): { readonly version: number; readonly level: Level } | undefined {
  for (let version = 1; version <= VERSIONS; version++) {
    const bits = 4 + (version < 10 ? 8 : 16) + length * 8;
    const fits = LEVELS.filter((level) => bits <= dataWords(version, level) * 8);
    const level = fits.includes('M') ? fits.at(-1) : undefined;
    if (level) return { version, level };
  }
  return undefined;
}

function dataWords(version: number, level: Level): number {
  const index = version - 1;
  return allWords(version) - (ECC_OF_BLOCK[level][index] ?? 0) * (BLOCKS[level][index] ?? 0);
}

/** Codewords of a version: its modules without what is fixed. */
function allWords(version: number): number {
  const size = version * 4 + 17;
  const aligned = version === 1 ? 0 : Math.floor(version / 7) + 2;
  const alignment = version === 1 ? 0 : (aligned * aligned - 3) * 25 - 2 * (aligned - 2) * 5;
  const versions = version >= 7 ? 36 : 0;
  return Math.floor((size * size - 3 * 64 - 31 - 2 * (size - 16) - alignment - versions) / 8);
}

const templates = new Map<string, Template>();

/** From a code of the well-kept library: what is fixed is the same in every code of a version and level. */
function templateOf(version: number, level: Level): Template {
  const key = `${version}${level}`;
  const known = templates.get(key);
  if (known) return known;
  const { data, types, size } = encode([0], {
    ecc: level,
    boostEcc: false,
    maskPattern: MASK,
    border: 0,
    minVersion: version,
    maxVersion: version,
  });
  const fixed = new Uint8Array(size * size);
  const places: number[] = [];
  const turned: number[] = [];
  const isData = (x: number, y: number): boolean => types[y]?.[x] === 0;
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) if (!isData(x, y) && data[y]?.[x]) fixed[y * size + x] = 1;
  // ISO/IEC 18004, 7.7.3: columns two wide from the right, upwards and downwards by turns, past the timing column.
  for (let right = size - 1, column = 0; right >= 1; right -= 2, column++) {
    if (right === 6) right = 5;
    for (let step = 0; step < size; step++) {
      const y = column % 2 === 0 ? size - 1 - step : step;
      for (const x of [right, right - 1]) {
        if (!isData(x, y)) continue;
        places.push(y * size + x);
        turned.push((x + y) % 3 === 0 ? 1 : 0);
      }
    }
  }
  const made = { size, fixed, places: Uint32Array.from(places), turned: Uint8Array.from(turned) };
  templates.set(key, made);
  return made;
}

/** Data in blocks with their error correction, interleaved (ISO/IEC 18004, 7.5 and 7.6). */
function codewords(bytes: Uint8Array, version: number, level: Level): Uint8Array {
  const data = dataOf(bytes, version, dataWords(version, level));
  const blocks = BLOCKS[level][version - 1] ?? 1;
  const ecc = ECC_OF_BLOCK[level][version - 1] ?? 0;
  const shortest = Math.floor(data.length / blocks);
  const short = blocks - (data.length % blocks);
  const out = new Uint8Array(allWords(version));
  let from = 0;
  for (let block = 0; block < blocks; block++) {
    const length = shortest + (block < short ? 0 : 1);
    const own = data.subarray(from, from + length);
    from += length;
    own.forEach((word, at) => {
      out[at < shortest ? at * blocks + block : shortest * blocks + block - short] = word;
    });
    remainder(own, ecc).forEach((word, at) => {
      out[data.length + at * blocks + block] = word;
    });
  }
  return out;
}

/** Mode and length, the bytes, the end, and what fills the rest (7.4). */
function dataOf(bytes: Uint8Array, version: number, length: number): Uint8Array {
  const out = new Uint8Array(length);
  const head = version < 10 ? 1 : 2;
  out[0] = 0x40 | (head === 1 ? bytes.length >> 4 : bytes.length >> 12);
  let at = 1;
  if (head === 2) out[at++] = (bytes.length >> 4) & 0xff;
  let rest = bytes.length & 0x0f;
  for (const byte of bytes) {
    out[at++] = (rest << 4) | (byte >> 4);
    rest = byte & 0x0f;
  }
  // Four bits of the end fill the last of these; at the very end of a code there may be no room for them.
  if (at < length) out[at++] = rest << 4;
  for (let pad = 0xec; at < length; pad ^= 0xec ^ 0x11) out[at++] = pad;
  return out;
}

/** Powers of the generator of GF(256) modulo x^8 + x^4 + x^3 + x^2 + 1, twice over, and their logarithms. */
const POWERS = new Uint8Array(512);
const LOGARITHMS = new Uint8Array(256);
for (let power = 0, value = 1; power < 255; power++) {
  POWERS[power] = value;
  POWERS[power + 255] = value;
  LOGARITHMS[value] = power;
  value = (value << 1) ^ (value & 0x80 ? 0x11d : 0);
}

const divisors = new Map<number, Uint8Array>();

/** Logarithms of the coefficients of the product of (x - 2^i), without the leading one. */
function divisorOf(degree: number): Uint8Array {
  const known = divisors.get(degree);
  if (known) return known;
  const product = new Uint8Array(degree);
  product[degree - 1] = 1;
  for (let root = 0; root < degree; root++) {
    for (let at = 0; at < degree; at++) {
      const value = product[at] ?? 0;
      const times = value === 0 ? 0 : (POWERS[(LOGARITHMS[value] ?? 0) + root] ?? 0);
      product[at] = times ^ (product[at + 1] ?? 0);
    }
  }
  const made = product.map((value) => LOGARITHMS[value] ?? 0);
  divisors.set(degree, made);
  return made;
}

function remainder(data: Uint8Array, degree: number): Uint8Array {
  const divisor = divisorOf(degree);
  const rest = new Uint8Array(degree);
  for (const word of data) {
    const factor = word ^ (rest[0] ?? 0);
    rest.copyWithin(0, 1);
    rest[degree - 1] = 0;
    if (factor === 0) continue;
    const log = LOGARITHMS[factor] ?? 0;
    for (let at = 0; at < degree; at++) rest[at] = (rest[at] ?? 0) ^ (POWERS[log + (divisor[at] ?? 0)] ?? 0);
  }
  return rest;
}
