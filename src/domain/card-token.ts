import type { CardId, LibraryId } from './ids.ts';
import { addDays, type PlainDate } from './plain-date.ts';

/**
 * The signed card behind `/k/{signed}`: a CWT (RFC 8392) in an untagged COSE_Sign1 (RFC 9052) with
 * Ed25519, as base64url without padding. It names the card and its dates, nothing about the person: who
 * finds a card and reads its QR learns no more than the card shows.
 *
 * Bytes (deterministic CBOR, RFC 8949 §4.2; there is exactly one encoding of a card):
 *   [ bstr {1: -8 (EdDSA), 4: key id}, {}, bstr {1: iss, 4: exp, 6: iat, 7: cti}, bstr(64) ]
 * iss: the library's id in decimal digits; exp: left out for a lifetime card; cti: the 16 bytes of the card's UUID.
 */
export interface CardClaims {
  readonly library: LibraryId;
  readonly card: CardId;
  readonly issued: PlainDate;
  /** The last day on which the card is valid; null: for life. */
  readonly validUntil: PlainDate | null;
}

export interface CardSigner {
  /** 1 to 23 bytes, the same for the life of the key. */
  readonly keyId: Uint8Array;
  /** Ed25519 over these bytes: 64 bytes. */
  readonly sign: (bytes: Uint8Array) => Uint8Array;
}

/** Says whether the signature of this key over these bytes holds. */
export type CardVerifier = (
  keyId: Uint8Array,
  bytes: Uint8Array,
  signature: Uint8Array,
) => 'valid' | 'invalid' | 'unknown-key';

export type CardTokenResult =
  | { readonly ok: true; readonly claims: CardClaims; readonly keyId: Uint8Array }
  | { readonly ok: false; readonly reason: 'malformed' | 'bad-signature' | 'unknown-key' };

/** Far above any token this file writes; a longer one is refused before it costs anything. */
const LONGEST_TOKEN = 256;
const SECONDS_PER_DAY = 86_400;
const SIGNATURE_BYTES = 64;
const UNSIGNED = 0;
const BYTES = 2;
const TEXT = 3;
const ARRAY = 4;
const MAP = 5;

/** The token of a card. Throws RangeError for an id that is not a UUID or a key id of the wrong length. */
export function encodeCardToken(claims: CardClaims, signer: CardSigner): string {
  if (signer.keyId.length < 1 || signer.keyId.length > 23) throw new RangeError('key id: 1 to 23 bytes');
  const header = concat([head(MAP, 2), [0x01, 0x27], head(UNSIGNED, 4), string(BYTES, signer.keyId)]);
  const payload = payloadOf(claims);
  const signature = signer.sign(toBeSigned(header, payload));
  if (signature.length !== SIGNATURE_BYTES) throw new RangeError('signature: 64 bytes');
  return toBase64Url(
    concat([
      head(ARRAY, 4),
      string(BYTES, header),
      head(MAP, 0),
      string(BYTES, payload),
      string(BYTES, signature),
    ]),
  );
}

/**
 * Reads a token and checks its signature. Whether the card is still valid (the date, a revocation) is the
 * caller's next question. Every other spelling of a genuine card is malformed: no bit can be changed.
 */
export function decodeCardToken(text: string, verify: CardVerifier): CardTokenResult {
  const bytes = fromBase64Url(text);
  const parts = bytes && readParts(bytes);
  if (!parts) return { ok: false, reason: 'malformed' };
  const verdict = verify(parts.keyId, toBeSigned(parts.header, parts.payload), parts.signature);
  if (verdict === 'unknown-key') return { ok: false, reason: 'unknown-key' };
  if (verdict === 'invalid') return { ok: false, reason: 'bad-signature' };
  return { ok: true, claims: parts.claims, keyId: parts.keyId };
}

/** The token in what a scanner read: the whole address of `/k/{signed}` or the token alone. */
export function cardTokenIn(scanned: string): string | undefined {
  const text = scanned.trim();
  const token = /^https?:\/\/[^\s?#]+\/k\/([A-Za-z0-9_-]+)$/.exec(text)?.[1] ?? text;
  return /^[A-Za-z0-9_-]{100,}$/.test(token) && token.length <= LONGEST_TOKEN ? token : undefined;
}

function payloadOf(claims: CardClaims): Uint8Array {
  const parts: (Uint8Array | readonly number[])[] = [
    head(MAP, claims.validUntil === null ? 3 : 4),
    head(UNSIGNED, 1),
    string(TEXT, new TextEncoder().encode(String(claims.library))),
  ];
  // A CWT ends at an instant "on or after which" it is refused: the midnight (UTC) after the last day. A
  // library is at UTC+7 to +9, so no reader that knows only the CWT refuses a card while it is valid.
  if (claims.validUntil !== null)
    parts.push(head(UNSIGNED, 4), head(UNSIGNED, midnight(addDays(claims.validUntil, 1))));
  parts.push(head(UNSIGNED, 6), head(UNSIGNED, midnight(claims.issued)));
  parts.push(head(UNSIGNED, 7), string(BYTES, uuidBytes(claims.card)));
  return concat(parts);
}

/** Sig_structure of RFC 9052 §4.4, without external data. */
function toBeSigned(header: Uint8Array, payload: Uint8Array): Uint8Array {
  const context = string(TEXT, new TextEncoder().encode('Signature1'));
  return concat([head(ARRAY, 4), context, string(BYTES, header), head(BYTES, 0), string(BYTES, payload)]);
}

interface Parts {
  readonly header: Uint8Array;
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
  readonly keyId: Uint8Array;
  readonly claims: CardClaims;
}

function readParts(bytes: Uint8Array): Parts | undefined {
  const outer = cursor(bytes);
  if (outer.head(ARRAY) !== 4) return undefined;
  const header = outer.string(BYTES);
  if (!header || outer.head(MAP) !== 0) return undefined;
  const payload = outer.string(BYTES);
  const signature = outer.string(BYTES);
  if (!payload || signature?.length !== SIGNATURE_BYTES || !outer.atEnd()) return undefined;

  const inner = cursor(header);
  // 0x27 is the negative integer -8, EdDSA: no other algorithm can be named, so none can be chosen by a forger.
  if (inner.head(MAP) !== 2 || inner.head(UNSIGNED) !== 1 || inner.head(1) !== 7) return undefined;
  if (inner.head(UNSIGNED) !== 4) return undefined;
  const keyId = inner.string(BYTES);
  if (!keyId || keyId.length < 1 || keyId.length > 23 || !inner.atEnd()) return undefined;

  const claims = readClaims(payload);
  return claims && { header, payload, signature, keyId, claims };
}

function readClaims(payload: Uint8Array): CardClaims | undefined {
  const at = cursor(payload);
  const count = at.head(MAP);
  if ((count !== 3 && count !== 4) || at.head(UNSIGNED) !== 1) return undefined;
  const issuer = at.string(TEXT);
  const digits = issuer && String.fromCharCode(...issuer);
  if (!digits || !/^(0|[1-9]\d{0,9})$/.test(digits)) return undefined;
  let validUntil: PlainDate | null = null;
  if (count === 4) {
    if (at.head(UNSIGNED) !== 4) return undefined;
    const end = dateAt(at.head(UNSIGNED));
    if (end === undefined) return undefined;
    validUntil = addDays(end, -1);
  }
  if (at.head(UNSIGNED) !== 6) return undefined;
  const issued = dateAt(at.head(UNSIGNED));
  if (issued === undefined || at.head(UNSIGNED) !== 7) return undefined;
  const card = at.string(BYTES);
  if (card?.length !== 16 || !at.atEnd()) return undefined;
  return { library: Number(digits) as LibraryId, card: uuidText(card) as CardId, issued, validUntil };
}

/** A reader that answers undefined once anything is not what was asked for, or not in its shortest form. */
function cursor(bytes: Uint8Array) {
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
    string(major: number): Uint8Array | undefined {
      const length = readHead(major);
      if (length === undefined || at + length > bytes.length) return undefined;
      at += length;
      return bytes.slice(at - length, at);
    },
    atEnd: () => at === bytes.length,
  };
}

/** The first bytes of a CBOR item: its type and value or length, in the shortest form. */
function head(major: number, value: number): readonly number[] {
  const size = value < 24 ? 0 : value < 256 ? 1 : value < 65_536 ? 2 : value < 4_294_967_296 ? 4 : 8;
  if (size === 0) return [(major << 5) | value];
  const bytes: number[] = [];
  for (let rest = value, i = 0; i < size; i++, rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [(major << 5) | (24 + Math.log2(size)), ...bytes];
}

function string(major: number, bytes: Uint8Array): Uint8Array {
  return concat([head(major, bytes.length), bytes]);
}

function concat(parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function midnight(date: PlainDate): number {
  const seconds = Date.parse(`${date}T00:00:00Z`) / 1000;
  if (!(seconds >= 0)) throw new RangeError('a card is issued and ends after 1970');
  return seconds;
}

function dateAt(seconds: number | undefined): PlainDate | undefined {
  if (seconds === undefined || seconds % SECONDS_PER_DAY !== 0) return undefined;
  const date = new Date(seconds * 1000);
  // 253402214400 is 9999-12-31, the last day a plain date can name.
  if (Number.isNaN(date.getTime()) || seconds > 253_402_214_400) return undefined;
  return date.toISOString().slice(0, 10) as PlainDate;
}

function uuidBytes(uuid: string): Uint8Array {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(uuid)) throw new RangeError('card id: a UUID');
  const hex = uuid.replaceAll('-', '');
  return Uint8Array.from({ length: 16 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}

function uuidText(bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

/** Undefined for anything but the one spelling of these bytes: the unused last bits must be zero. */
function fromBase64Url(text: string): Uint8Array | undefined {
  if (text.length > LONGEST_TOKEN || !/^[A-Za-z0-9_-]+$/.test(text) || text.length % 4 === 1)
    return undefined;
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
  return toBase64Url(bytes) === text ? bytes : undefined;
}
