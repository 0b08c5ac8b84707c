import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import type { CardSigner, CardVerifier } from '../domain/card-token.ts';

export interface CardKey extends CardSigner {
  /** 32 bytes (RFC 8032); may be published, and stays known after the key is replaced so that old cards verify. */
  readonly publicKey: Uint8Array;
}

const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_ED25519 = Buffer.from('302a300506032b6570032100', 'hex');

/**
 * The key that signs cards, from 32 secret bytes (random, or derived from the service's master key).
 * Throws RangeError for another length.
 */
export function cardKeyFromSeed(seed: Uint8Array): CardKey {
  if (seed.length !== 32) throw new RangeError('an Ed25519 seed has 32 bytes');
  const privateKey = createPrivateKey({
    key: Buffer.concat([PKCS8_ED25519, seed]),
    format: 'der',
    type: 'pkcs8',
  });
  const der = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  const publicKey = new Uint8Array(der.subarray(SPKI_ED25519.length));
  return { keyId: cardKeyId(publicKey), publicKey, sign: (bytes) => sign(null, bytes, privateKey) };
}

/** Verifies cards signed by any of these public keys (32 bytes each): the present one and its predecessors. */
export function cardVerifier(publicKeys: readonly Uint8Array[]): CardVerifier {
  const keys = new Map<string, KeyObject>();
  for (const publicKey of publicKeys) {
    const der = Buffer.concat([SPKI_ED25519, publicKey]);
    keys.set(hex(cardKeyId(publicKey)), createPublicKey({ key: der, format: 'der', type: 'spki' }));
  }
  return (keyId, bytes, signature) => {
    const key = keys.get(hex(keyId));
    if (!key) return 'unknown-key';
    return verify(null, bytes, key, signature) ? 'valid' : 'invalid';
  };
}

/**
 * The first four bytes of the COSE Key Thumbprint (RFC 9679): enough to tell a handful of keys apart, and
 * every byte more makes the QR coarser to print.
 */
export function cardKeyId(publicKey: Uint8Array): Uint8Array {
  const coseKey = Buffer.concat([Buffer.from('a301012006215820', 'hex'), publicKey]);
  return new Uint8Array(createHash('sha256').update(coseKey).digest().subarray(0, 4));
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
