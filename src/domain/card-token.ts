import {
  cardEnd,
  cardEntry,
  dateAt,
  issuerEntry,
  lastDayBefore,
  midnight,
  readCard,
  readIssuer,
} from './card-claims.ts';
import { concat, head, MAP, type Part, readCbor, UNSIGNED } from './cbor.ts';
import { fromBase64Url, toBase64Url } from './code-text.ts';
import { encodeSign1, libraryHeader, readLibraryHeader, readSign1, toBeSigned } from './cose-sign1.ts';
import type { CardId, LibraryId } from './ids.ts';
import type { PlainDate } from './plain-date.ts';

/**
 * The print code, the signed card behind `/k/{signed}`: a CWT (RFC 8392) in an untagged COSE_Sign1 (RFC 9052) with
 * Ed25519, as base64url without padding. It names the card and its dates, nothing about the person: who
 * finds a card and reads its QR learns no more than the card shows. Only printed cards carry it; they stay valid for
 * years, so that this format never changes.
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

/** `revoked-key`: the signature may hold, but others than the library may have the key. */
export type SignatureVerdict = 'valid' | 'invalid' | 'unknown-key' | 'revoked-key';

/** Says whether the signature of this key of a library over these bytes holds. */
export type CardVerifier = (keyId: Uint8Array, bytes: Uint8Array, signature: Uint8Array) => SignatureVerdict;

export type CardTokenResult =
  | { readonly ok: true; readonly claims: CardClaims; readonly keyId: Uint8Array }
  | { readonly ok: false; readonly reason: 'malformed' | 'bad-signature' | 'unknown-key' | 'revoked-key' };

/** A signature of the library that must hold. */
export interface LibrarySignature {
  readonly by: 'library';
  readonly keyId: Uint8Array;
  /** What was signed. */
  readonly bytes: Uint8Array;
  readonly signature: Uint8Array;
}

/** Far above any token this file writes; a longer one is refused before it costs anything. */
const LONGEST_TOKEN = 256;
/** Signed without external data, as no other kind is (see `cose-sign1.ts`). */
const CONTEXT = '';

/** The token of a card. Throws RangeError for an id that is not a UUID or a key id of the wrong length. */
export function encodeCardToken(claims: CardClaims, signer: CardSigner): string {
  const header = libraryHeader(signer.keyId);
  const payload = payloadOf(claims);
  const signature = signer.sign(toBeSigned(header, payload, CONTEXT));
  return toBase64Url(encodeSign1({ header, payload, signature }));
}

/**
 * Reads a token and checks its signature. Whether the card is still valid (the date, a revocation) is the
 * caller's next question. Every other spelling of a genuine card is malformed: no bit can be changed.
 */
export function decodeCardToken(text: string, verify: CardVerifier): CardTokenResult {
  const parsed = parseCardToken(text);
  if (!parsed) return { ok: false, reason: 'malformed' };
  const { keyId, bytes, signature } = parsed.check;
  const verdict = verify(keyId, bytes, signature);
  if (verdict === 'valid') return { ok: true, claims: parsed.claims, keyId };
  return { ok: false, reason: verdict === 'invalid' ? 'bad-signature' : verdict };
}

/** Reads a token without checking anything but its form; undefined where it is none. */
export function parseCardToken(
  text: string,
): { readonly claims: CardClaims; readonly check: LibrarySignature } | undefined {
  const bytes = fromBase64Url(text, LONGEST_TOKEN);
  if (!bytes) return undefined;
  const reader = readCbor(bytes);
  const sign1 = readSign1(reader);
  if (!sign1 || !reader.atEnd()) return undefined;
  const keyId = readLibraryHeader(sign1.header);
  const claims = readClaims(sign1.payload);
  if (!keyId || !claims) return undefined;
  const signed = toBeSigned(sign1.header, sign1.payload, CONTEXT);
  return { claims, check: { by: 'library', keyId, bytes: signed, signature: sign1.signature } };
}

/** The token in what a scanner read: the whole address of `/k/{signed}` or the token alone. */
export function cardTokenIn(scanned: string): string | undefined {
  const text = scanned.trim();
  const token = /^https?:\/\/[^\s?#]+\/k\/([A-Za-z0-9_-]+)$/i.exec(text)?.[1] ?? text;
  return /^[A-Za-z0-9_-]{100,512}$/.test(token) ? token : undefined;
}

function payloadOf(claims: CardClaims): Uint8Array {
  const parts: Part[] = [head(MAP, claims.validUntil === null ? 3 : 4), ...issuerEntry(claims.library)];
  if (claims.validUntil !== null) parts.push(head(UNSIGNED, 4), head(UNSIGNED, cardEnd(claims.validUntil)));
  parts.push(head(UNSIGNED, 6), head(UNSIGNED, midnight(claims.issued)), ...cardEntry(claims.card));
  return concat(parts);
}

function readClaims(payload: Uint8Array): CardClaims | undefined {
  const at = readCbor(payload);
  const count = at.head(MAP);
  const library = readIssuer(at);
  if ((count !== 3 && count !== 4) || library === undefined) return undefined;
  let validUntil: PlainDate | null = null;
  if (count === 4) {
    if (at.head(UNSIGNED) !== 4) return undefined;
    const last = lastDayBefore(at.head(UNSIGNED) ?? Number.NaN);
    if (last === undefined) return undefined;
    validUntil = last;
  }
  if (at.head(UNSIGNED) !== 6) return undefined;
  const issued = dateAt(at.head(UNSIGNED));
  const card = readCard(at);
  return issued && card && at.atEnd() ? { library, card, issued, validUntil } : undefined;
}
