import {
  cardEnd,
  cardEntry,
  generationEntry,
  issuerEntry,
  lastDayBefore,
  readCard,
  readGeneration,
  readIssuer,
} from './card-claims.ts';
import type { CardSigner, LibrarySignature } from './card-token.ts';
import { BYTES, byteString, concat, head, integer, MAP, readCbor, UNSIGNED } from './cbor.ts';
import { fromBase64Url, toBase32, toBase64Url } from './code-text.ts';
import {
  encodeSign1,
  libraryHeader,
  readLibraryHeader,
  readSign1,
  type Sign1,
  toBeSigned,
} from './cose-sign1.ts';
import type { CardId, LibraryId } from './ids.ts';
import { WINDOW_SECONDS, windowAt } from './moving-clock.ts';
import { type RawPoint, rawPoint, shortPoint } from './p256-point.ts';
import type { PlainDate } from './plain-date.ts';

/**
 * The moving code of the KTA on a phone. The phone made an ECDSA key (P-256: Ed25519 is missing on older phones) that
 * cannot leave it; the library certifies its public half; every 30 seconds the phone signs the time with it. Whoever
 * checks needs public keys only.
 *
 * Certificate: a CWT with a proof-of-possession key (RFC 8747), signed by the library as the other codes are
 *   [ bstr {1: -8, 4: key id}, {}, bstr {1: iss, 4: exp, 7: cti, 8: {1: COSE_Key}, -65537: generation}, bstr(64) ]
 *   COSE_Key: {1: 2 (EC2), -1: 1 (P-256), -2: x, -3: whether y is odd}
 * Moving code: signed by the phone, the certificate in its header as `kcwt` (RFC 9528 §10.6); base32
 *   [ bstr {1: -7 (ES256), 13: certificate}, {}, bstr {6: iat, the beginning of the window}, bstr(64) ]
 * Each has external data of its own (`cose-sign1.ts`), so neither passes for another kind of code.
 */
export interface PhoneCertificate {
  readonly library: LibraryId;
  readonly card: CardId;
  /** Of the KTA's address; a phone that was lost has an older one. */
  readonly generation: number;
  /** Seconds since 1970 from which the certificate is refused, see `certificateEnd`. */
  readonly ends: number;
  /** The phone's public key, as WebCrypto exports it `raw`. */
  readonly phoneKey: RawPoint;
}

export interface MovingClaims extends PhoneCertificate {
  /** Beginning of its window, in seconds since 1970. */
  readonly window: number;
}

export interface PhoneSignature {
  readonly by: 'phone';
  readonly publicKey: RawPoint;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** 64 bytes, r and s, as WebCrypto makes and takes them. */
  readonly signature: Uint8Array<ArrayBuffer>;
}

/** A phone that was not online for so long shows no moving code any more; the page renews it whenever it is online. */
export const CERTIFICATE_DAYS = 28;

const CERTIFICATE_CONTEXT = 'daftar-pustaka/kta-phone';
const MOVING_CONTEXT = 'daftar-pustaka/kta-moving';
const SECONDS_PER_DAY = 86_400;
const LONGEST_CERTIFICATE = 320;

/**
 * When a certificate made now ends: with the card, or after its own life, whichever is earlier. An end at midnight
 * (UTC) is the card's own, as in the other codes; any other is the certificate's alone.
 * @param life seconds; `CERTIFICATE_DAYS` unless told
 */
export function certificateEnd(
  now: Date,
  validUntil: PlainDate | null,
  life = CERTIFICATE_DAYS * SECONDS_PER_DAY,
): number {
  const own = Math.floor(now.getTime() / 1000) + life;
  const end = own % SECONDS_PER_DAY === 0 ? own - 1 : own;
  return validUntil === null ? end : Math.min(end, cardEnd(validUntil));
}

/** The card's last day, where the certificate ends with it; undefined where it ends by itself. */
export function cardsLastDay({ ends }: Pick<PhoneCertificate, 'ends'>): PlainDate | undefined {
  return lastDayBefore(ends);
}

/**
 * Whether it is refused by now. One that ended with the card is over as well once the membership was renewed: the phone
 * asks for another. @param now milliseconds since 1970 @param today by the library's calendar
 */
export function isCertificateOver(
  certificate: Pick<PhoneCertificate, 'ends'>,
  now: number,
  today: PlainDate,
): boolean {
  const lastDay = cardsLastDay(certificate);
  return lastDay === undefined ? certificate.ends <= now / 1000 : lastDay < today;
}

/**
 * Certifies a phone's key; as base64url.
 * @returns undefined where `phoneKey` is no point of P-256. Throws RangeError for an id that is not a UUID.
 */
export function encodePhoneCertificate(claims: PhoneCertificate, signer: CardSigner): string | undefined {
  const point = shortPoint(claims.phoneKey);
  if (!point) return undefined;
  const header = libraryHeader(signer.keyId);
  const payload = concat([
    head(MAP, 5),
    ...issuerEntry(claims.library),
    head(UNSIGNED, 4),
    head(UNSIGNED, claims.ends),
    ...cardEntry(claims.card),
    head(UNSIGNED, 8),
    head(MAP, 1),
    head(UNSIGNED, 1),
    KEY_START,
    byteString(point.x),
    KEY_END,
    [point.odd ? TRUE : FALSE],
    ...generationEntry(claims.generation),
  ]);
  const signature = signer.sign(toBeSigned(header, payload, CERTIFICATE_CONTEXT));
  return toBase64Url(encodeSign1({ header, payload, signature }));
}

/** What a certificate says, unverified: the page that keeps it asks when it ends. Undefined where it is none. */
export function readPhoneCertificate(text: string): PhoneCertificate | undefined {
  const bytes = fromBase64Url(text, LONGEST_CERTIFICATE);
  if (!bytes) return undefined;
  const reader = readCbor(bytes);
  const sign1 = readSign1(reader);
  return sign1 && reader.atEnd() ? parseCertificate(sign1)?.claims : undefined;
}

/**
 * The moving code of this instant, to be shown until the next window begins.
 * @param certificate as `encodePhoneCertificate` made it @param now milliseconds by the server's clock
 * @param sign ECDSA with SHA-256 by the phone's key, r and s as WebCrypto gives them
 */
export async function encodeMovingCode(
  certificate: string,
  now: number,
  sign: (bytes: Uint8Array<ArrayBuffer>) => Promise<Uint8Array>,
): Promise<string> {
  const certified = fromBase64Url(certificate, LONGEST_CERTIFICATE);
  if (!certified) throw new RangeError('not a certificate');
  const header = concat([HEADER_START, certified]);
  const payload = concat([head(MAP, 1), head(UNSIGNED, 6), head(UNSIGNED, windowAt(now))]);
  const signature = await sign(toBeSigned(header, payload, MOVING_CONTEXT));
  return toBase32(encodeSign1({ header, payload, signature }));
}

/** Reads the parts of a moving code, unverified; undefined where they are none. */
export function parseMovingCode(
  sign1: Sign1,
):
  | { readonly claims: MovingClaims; readonly checks: readonly [LibrarySignature, PhoneSignature] }
  | undefined {
  const header = readCbor(sign1.header);
  const inner = header.exactly(HEADER_START) ? readSign1(header) : undefined;
  const certificate = inner && header.atEnd() ? parseCertificate(inner) : undefined;
  const payload = readCbor(sign1.payload);
  if (!certificate || payload.head(MAP) !== 1 || payload.head(UNSIGNED) !== 6) return undefined;
  const window = payload.head(UNSIGNED);
  if (window === undefined || window % WINDOW_SECONDS !== 0 || !payload.atEnd()) return undefined;
  const phone: PhoneSignature = {
    by: 'phone',
    publicKey: certificate.claims.phoneKey,
    bytes: toBeSigned(sign1.header, sign1.payload, MOVING_CONTEXT),
    signature: new Uint8Array(sign1.signature),
  };
  return { claims: { ...certificate.claims, window }, checks: [certificate.check, phone] };
}

const TRUE = 0xf5;
const FALSE = 0xf4;
/** `{1: -7, 13:` and here the certificate follows. */
const HEADER_START = concat([head(MAP, 2), head(UNSIGNED, 1), integer(-7), head(UNSIGNED, 13)]);
/** `{1: 2, -1: 1, -2:` and here x follows, and after it `-3:` and whether y is odd. */
const KEY_START = concat([
  head(MAP, 4),
  head(UNSIGNED, 1),
  head(UNSIGNED, 2),
  integer(-1),
  head(UNSIGNED, 1),
  integer(-2),
]);
const KEY_END = integer(-3);

function parseCertificate(
  sign1: Sign1,
): { readonly claims: PhoneCertificate; readonly check: LibrarySignature } | undefined {
  const keyId = readLibraryHeader(sign1.header);
  const at = readCbor(sign1.payload);
  if (!keyId || at.head(MAP) !== 5) return undefined;
  const library = readIssuer(at);
  if (library === undefined || at.head(UNSIGNED) !== 4) return undefined;
  const ends = at.head(UNSIGNED);
  const card = readCard(at);
  if (ends === undefined || !card || at.head(UNSIGNED) !== 8 || at.head(MAP) !== 1) return undefined;
  if (at.head(UNSIGNED) !== 1 || !at.exactly(KEY_START)) return undefined;
  const x = at.string(BYTES);
  if (!x || !at.exactly(KEY_END)) return undefined;
  const odd = at.exactly([TRUE]);
  if (!odd && !at.exactly([FALSE])) return undefined;
  const generation = readGeneration(at);
  const phoneKey = rawPoint({ x, odd });
  if (generation === undefined || !at.atEnd() || !phoneKey) return undefined;
  const bytes = toBeSigned(sign1.header, sign1.payload, CERTIFICATE_CONTEXT);
  return {
    claims: { library, card, generation, ends, phoneKey },
    check: { by: 'library', keyId, bytes, signature: sign1.signature },
  };
}
