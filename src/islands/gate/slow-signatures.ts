import { ed25519 } from '@noble/curves/ed25519.js';
import { p256 } from '@noble/curves/nist.js';
import type { SlowSignatures } from '../../domain/web-verifier.ts';

/** Signatures without WebCrypto: tablets from before 2024 have no Ed25519, pages over plain http have none at all. */
export const slowSignatures: SlowSignatures = {
  // Strictly as RFC 8032 says, as OpenSSL does: no point of small order, one encoding of each.
  ed25519: (publicKey, bytes, signature) => ed25519.verify(signature, bytes, publicKey, { zip215: false }),
  p256: (publicKey, bytes, signature) => p256.verify(signature, bytes, publicKey, { lowS: false }),
};
