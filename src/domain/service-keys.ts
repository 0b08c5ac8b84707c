/** Public keys by which a service shows who it is (`private_key_jwt`, OpenID Connect Core 1.0, section 9), as its admin types them. */

/** What is kept of a key (RFC 7517, RFC 7518, section 6): nothing but what checks a signature. */
export type ServiceKey = {
  readonly kid?: string;
} & (
  | { readonly kty: 'RSA'; readonly n: string; readonly e: string; readonly alg: 'RS256' }
  | {
      readonly kty: 'EC';
      readonly crv: 'P-256';
      readonly x: string;
      readonly y: string;
      readonly alg: 'ES256';
    }
);

export type ServiceKeysProblem = 'keys-invalid' | 'keys-private';

/** An old key and its successor beside each other, for two computers. */
export const MOST_SERVICE_KEYS = 4;
export const SERVICE_KEYS_MAX = 8_000;

/** Of 2048 bits and of 4096, in base64url; leading zeros are letters as well. */
const MODULUS = /^[\w-]{342,684}$/;
const LEAST_MODULUS = 2n ** 2047n;
const EXPONENT = /^[\w-]{1,6}$/;
/** 256 bits in base64url. */
const COORDINATE = /^[\w-]{43}$/;
const KEY_ID = /^[\x21-\x7e]{1,200}$/;
/** Parts of a private or a shared key: whoever types one has shown it to us, and to whoever else reads along. */
const SECRET_PARTS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/** A JWK Set, or one JWK. @returns the keys without anything that checks no signature */
export function readServiceKeys(
  text: string,
):
  | { readonly ok: true; readonly keys: readonly ServiceKey[] }
  | { readonly ok: false; readonly reason: ServiceKeysProblem } {
  const invalid = { ok: false, reason: 'keys-invalid' } as const;
  const read = text.length > SERVICE_KEYS_MAX ? undefined : parse(text);
  const listed = isObject(read) && 'keys' in read ? read.keys : [read];
  if (!Array.isArray(listed) || listed.length === 0 || listed.length > MOST_SERVICE_KEYS) return invalid;
  const given: readonly unknown[] = listed;
  if (given.some((one) => isObject(one) && SECRET_PARTS.some((part) => part in one)))
    return { ok: false, reason: 'keys-private' };
  const keys = given.flatMap((one) => keyOf(one) ?? []);
  return keys.length === given.length ? { ok: true, keys } : invalid;
}

/** Keys as they are stored and shown again; reads as itself. */
export function writeServiceKeys(keys: readonly ServiceKey[]): string {
  return JSON.stringify({ keys });
}

function keyOf(one: unknown): ServiceKey | undefined {
  if (!isObject(one)) return undefined;
  const { kty, kid, use, alg } = one;
  const text = (name: string, form: RegExp): string | undefined => {
    const value = one[name];
    return typeof value === 'string' && form.test(value) ? value : undefined;
  };
  if (use !== undefined && use !== 'sig') return undefined;
  if (kid !== undefined && text('kid', KEY_ID) === undefined) return undefined;
  const named = typeof kid === 'string' ? { kid } : {};
  const [n, e] = [text('n', MODULUS), text('e', EXPONENT)];
  const isRsa = kty === 'RSA' && (alg === undefined || alg === 'RS256');
  if (isRsa && n !== undefined && e !== undefined && isStrong(n, e))
    return { ...named, kty, n, e, alg: 'RS256' };
  const [x, y] = [text('x', COORDINATE), text('y', COORDINATE)];
  const isCurve = kty === 'EC' && one.crv === 'P-256' && (alg === undefined || alg === 'ES256');
  return isCurve && x !== undefined && y !== undefined
    ? { ...named, kty, crv: 'P-256', x, y, alg: 'ES256' }
    : undefined;
}

/** Leading zeros make a short modulus long, and with an exponent of 1 each text is its own signature. */
function isStrong(n: string, e: string): boolean {
  const [modulus, exponent] = [numberOf(n), numberOf(e)];
  return modulus >= LEAST_MODULUS && exponent >= 3n && exponent % 2n === 1n;
}

/** A number in base64url (RFC 7518, section 2); -1 where it is none. */
function numberOf(text: string): bigint {
  // What is left of four letters is at least a byte, or nothing.
  if (text.length % 4 === 1) return -1n;
  const bytes = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  const hex = Array.from(bytes, (byte) => byte.charCodeAt(0).toString(16).padStart(2, '0'));
  return BigInt(`0x${hex.join('')}`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
