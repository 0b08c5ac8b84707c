import { ed25519 } from '@noble/curves/ed25519.js';
import { p256 } from '@noble/curves/nist.js';
import type { SlowSignatures } from '../../domain/web-verifier.ts';

/** Loaded only by a browser whose WebCrypto has no Ed25519. */
export const slowSignatures: SlowSignatures = {
  ed25519(publicKey, bytes, signature) {
    try {
      return ed25519.verify(signature, bytes, publicKey);
    } catch {
      // Not a point or not a signature at all.
      return false;
    }
  },
  p256(publicKey, bytes, signature) {
    try {
      return p256.verify(signature, bytes, publicKey, { lowS: false, prehash: true });
    } catch {
      return false;
    }
  },
};
