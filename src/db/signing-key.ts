import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import type { CardSigner, CardVerifier } from '../domain/card-token.ts';
import type { PhoneVerifier } from '../domain/scanned-code.ts';

export interface SigningKey extends CardSigner {
  /** 32 bytes (RFC 8032); published, and known after the key is replaced so that old cards verify. */
  readonly publicKey: Uint8Array;
}

/** A key that codes may be signed with; `revoked`: others than the library may have it. */
export interface VerifyingKey {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  readonly state: 'active' | 'retired' | 'revoked';
}

const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_ED25519 = Buffer.from('302a300506032b6570032100', 'hex');
/** Of an uncompressed point of P-256. */
const SPKI_P256 = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d030107034200', 'hex');

/** The key of 32 secret bytes. Throws RangeError for another length. */
export function signingKeyFromSeed(seed: Uint8Array): SigningKey {
  if (seed.length !== 32) throw new RangeError('an Ed25519 seed has 32 bytes');
  const privateKey = createPrivateKey({
    key: Buffer.concat([PKCS8_ED25519, seed]),
    format: 'der',
    type: 'pkcs8',
  });
  const der = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  const publicKey = new Uint8Array(der.subarray(SPKI_ED25519.length));
  return { keyId: keyIdOf(publicKey), publicKey, sign: (bytes) => sign(null, bytes, privateKey) };
}

/** Verifies what is signed by any of these keys: the present one and its predecessors. */
export function libraryVerifier(keys: readonly VerifyingKey[]): CardVerifier {
  const known = new Map<string, KeyObject | 'revoked'>();
  for (const { publicKey, state } of keys)
    known.set(
      hex(keyIdOf(publicKey)),
      state === 'revoked' ? state : keyFromDer(Buffer.concat([SPKI_ED25519, publicKey])),
    );
  return (keyId, bytes, signature) => {
    const key = known.get(hex(keyId));
    if (key === undefined) return 'unknown-key';
    if (key === 'revoked') return 'revoked-key';
    return verify(null, bytes, key, signature) ? 'valid' : 'invalid';
  };
}

/** ECDSA by a phone's own key, which its certificate holds. */
export const verifyByPhone: PhoneVerifier = (publicKey, bytes, signature) => {
  const key = keyFromDer(Buffer.concat([SPKI_P256, publicKey]));
  return verify('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' }, signature);
};

/**
 * The first four bytes of the COSE Key Thumbprint (RFC 9679): enough to tell a handful of keys apart, and
 * every byte more makes the QR coarser to print.
 */
export function keyIdOf(publicKey: Uint8Array): Uint8Array {
  const coseKey = Buffer.concat([Buffer.from('a301012006215820', 'hex'), publicKey]);
  return new Uint8Array(createHash('sha256').update(coseKey).digest().subarray(0, 4));
}

function keyFromDer(key: Buffer): KeyObject {
  return createPublicKey({ key, format: 'der', type: 'spki' });
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
}
