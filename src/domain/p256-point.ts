/**
 * Points of the curve P-256 as WebCrypto's `raw` form has them (65 bytes: 4, x, y) and as a code carries them: x and
 * whether y is odd. Not every browser reads the short form, so it is made long again here.
 */
const P = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;

/** 65 bytes, uncompressed. */
export type RawPoint = Uint8Array<ArrayBuffer>;

export interface ShortPoint {
  /** 32 bytes. */
  readonly x: Uint8Array;
  readonly odd: boolean;
}

/** Undefined for anything that is not a point of the curve. */
export function shortPoint(raw: Uint8Array): ShortPoint | undefined {
  if (raw.length !== 65 || raw[0] !== 4) return undefined;
  const x = numberOf(raw.subarray(1, 33));
  const y = numberOf(raw.subarray(33));
  if (x >= P || y >= P || (y * y) % P !== square(x)) return undefined;
  return { x: raw.slice(1, 33), odd: (y & 1n) === 1n };
}

/** Undefined where the curve has no point with this x. */
export function rawPoint({ x, odd }: ShortPoint): RawPoint | undefined {
  if (x.length !== 32) return undefined;
  const at = numberOf(x);
  if (at >= P) return undefined;
  const wanted = square(at);
  // P leaves 3 when divided by 4: this power is the root of every number that has one.
  const root = power(wanted, (P + 1n) / 4n);
  if ((root * root) % P !== wanted) return undefined;
  const y = ((root & 1n) === 1n) === odd ? root : P - root;
  const raw = new Uint8Array(65);
  raw[0] = 4;
  raw.set(x, 1);
  for (let i = 64, rest = y; i > 32; i--, rest >>= 8n) raw[i] = Number(rest & 255n);
  return raw;
}

/** y² of the point with this x: x³ − 3x + b. */
function square(x: bigint): bigint {
  const value = (x * x * x - 3n * x + B) % P;
  return value < 0n ? value + P : value;
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = base;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = (result * square) % P;
    square = (square * square) % P;
  }
  return result;
}

function numberOf(bytes: Uint8Array): bigint {
  let hex = '0x';
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0');
  return BigInt(hex);
}
