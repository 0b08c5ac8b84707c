import {
  cardEnd,
  cardEntry,
  dateAt,
  generationEntry,
  issuerEntry,
  lastDayBefore,
  midnight,
  readCard,
  readGeneration,
  readIssuer,
} from './card-claims.ts';
import type { CardSigner, LibrarySignature } from './card-token.ts';
import { type CborReader, concat, head, MAP, type Part, readCbor, UNSIGNED } from './cbor.ts';
import { toBase32 } from './code-text.ts';
import { encodeSign1, libraryHeader, readLibraryHeader, type Sign1, toBeSigned } from './cose-sign1.ts';
import type { CardId, LibraryId } from './ids.ts';
import type { PlainDate } from './plain-date.ts';

/**
 * The picture code, on a KTA saved as a picture or PDF. Pictures are copied and sent on, so that all it says is: the
 * library gave this picture to the holder of this card; look at the person.
 *
 *   [ bstr {1: -8, 4: key id}, {}, bstr {1: iss, 4: exp, 6: iat, 7: cti, -65537: generation}, bstr(64) ]
 *
 * as the print code, with the generation of the card's access, and signed with the external data `CONTEXT`. Base32.
 */
export interface PictureClaims {
  readonly library: LibraryId;
  readonly card: CardId;
  /** Of the KTA's address; a phone that was lost has an older one. */
  readonly generation: number;
  /** The day on which the picture was saved. */
  readonly saved: PlainDate;
  /** The last day on which the card is valid; null: for life. */
  readonly validUntil: PlainDate | null;
}

const CONTEXT = 'daftar-pustaka/kta-picture';

/** The code of a saved picture. Throws RangeError for an id that is not a UUID or a generation below 0. */
export function encodePictureCode(claims: PictureClaims, signer: CardSigner): string {
  const { library, card, generation, saved, validUntil } = claims;
  const header = libraryHeader(signer.keyId);
  const parts: Part[] = [head(MAP, validUntil === null ? 4 : 5), ...issuerEntry(library)];
  if (validUntil !== null) parts.push(head(UNSIGNED, 4), head(UNSIGNED, cardEnd(validUntil)));
  parts.push(head(UNSIGNED, 6), head(UNSIGNED, midnight(saved)), ...cardEntry(card));
  parts.push(...generationEntry(generation));
  const payload = concat(parts);
  const signature = signer.sign(toBeSigned(header, payload, CONTEXT));
  return toBase32(encodeSign1({ header, payload, signature }));
}

/** Reads the parts of a picture code, unverified; undefined where they are none. */
export function parsePictureCode(
  sign1: Sign1,
): { readonly claims: PictureClaims; readonly check: LibrarySignature } | undefined {
  const keyId = readLibraryHeader(sign1.header);
  const claims = readClaims(readCbor(sign1.payload));
  if (!keyId || !claims) return undefined;
  const bytes = toBeSigned(sign1.header, sign1.payload, CONTEXT);
  return { claims, check: { by: 'library', keyId, bytes, signature: sign1.signature } };
}

function readClaims(at: CborReader): PictureClaims | undefined {
  const count = at.head(MAP);
  const library = readIssuer(at);
  if ((count !== 4 && count !== 5) || library === undefined) return undefined;
  let validUntil: PlainDate | null = null;
  if (count === 5) {
    if (at.head(UNSIGNED) !== 4) return undefined;
    const last = lastDayBefore(at.head(UNSIGNED) ?? Number.NaN);
    if (last === undefined) return undefined;
    validUntil = last;
  }
  if (at.head(UNSIGNED) !== 6) return undefined;
  const saved = dateAt(at.head(UNSIGNED));
  const card = readCard(at);
  const generation = readGeneration(at);
  if (!saved || !card || generation === undefined || !at.atEnd()) return undefined;
  return { library, card, generation, saved, validUntil };
}
