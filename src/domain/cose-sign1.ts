import {
  ARRAY,
  BYTES,
  byteString,
  type CborReader,
  concat,
  head,
  MAP,
  readCbor,
  textString,
  UNSIGNED,
} from './cbor.ts';

/**
 * An untagged COSE_Sign1 (RFC 9052 §4.2) as all signed codes are one: `[ protected, {}, payload, signature ]`.
 * The kinds of codes are kept apart by `context`, the external data (§4.3) that is signed but not sent: the signature
 * of one kind holds for no other, whatever a reader takes the bytes for.
 */
export interface Sign1 {
  readonly header: Uint8Array;
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
}

/** Ed25519 and ES256 alike. */
export const SIGNATURE_BYTES = 64;

export function encodeSign1({ header, payload, signature }: Sign1): Uint8Array<ArrayBuffer> {
  if (signature.length !== SIGNATURE_BYTES) throw new RangeError('signature: 64 bytes');
  return concat([
    head(ARRAY, 4),
    byteString(header),
    head(MAP, 0),
    byteString(payload),
    byteString(signature),
  ]);
}

/** The next item of the reader; undefined where it is no Sign1 of this form. */
export function readSign1(reader: CborReader): Sign1 | undefined {
  if (reader.head(ARRAY) !== 4) return undefined;
  const header = reader.string(BYTES);
  if (!header || reader.head(MAP) !== 0) return undefined;
  const payload = reader.string(BYTES);
  const signature = reader.string(BYTES);
  return payload && signature?.length === SIGNATURE_BYTES ? { header, payload, signature } : undefined;
}

/** Sig_structure of RFC 9052 §4.4: what is signed. */
export function toBeSigned(
  header: Uint8Array,
  payload: Uint8Array,
  context: string,
): Uint8Array<ArrayBuffer> {
  return concat([
    head(ARRAY, 4),
    textString('Signature1'),
    byteString(header),
    byteString(new TextEncoder().encode(context)),
    byteString(payload),
  ]);
}

/** Protected header of what a library signs: `{1: -8 (EdDSA), 4: key id}`. Throws for an id of the wrong length. */
export function libraryHeader(keyId: Uint8Array): Uint8Array {
  if (keyId.length < 1 || keyId.length > 23) throw new RangeError('key id: 1 to 23 bytes');
  return concat([head(MAP, 2), [0x01, 0x27], head(UNSIGNED, 4), byteString(keyId)]);
}

/** No other algorithm can be named, so none can be chosen by a forger. */
export function readLibraryHeader(header: Uint8Array): Uint8Array | undefined {
  const reader = readCbor(header);
  if (reader.head(MAP) !== 2 || !reader.exactly([0x01, 0x27]) || reader.head(UNSIGNED) !== 4)
    return undefined;
  const keyId = reader.string(BYTES);
  return keyId && keyId.length >= 1 && keyId.length <= 23 && reader.atEnd() ? keyId : undefined;
}
