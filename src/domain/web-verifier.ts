import { hexOf } from './published-keys.ts';
import type { AsyncCodeVerifier } from './scanned-code.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/**
 * Verification in plain JavaScript, for browsers whose WebCrypto has no Ed25519, and for pages that came over plain http,
 * which have no WebCrypto. Bundled by whoever needs it: the rules know no package.
 */
export interface SlowSignatures {
  readonly ed25519: (publicKey: Bytes, bytes: Uint8Array, signature: Uint8Array) => boolean;
  readonly p256: (publicKey: Bytes, bytes: Uint8Array, signature: Uint8Array) => boolean;
}

/**
 * Verifies codes in a browser, with the keys of one library as `keysOfJwks` gives them. WebCrypto where it can, each key
 * read in once.
 */
export function webVerifier(
  keys: ReadonlyMap<string, Bytes | 'revoked'>,
  slow: SlowSignatures,
  subtle: typeof globalThis.crypto.subtle | undefined = globalThis.crypto?.subtle,
): AsyncCodeVerifier {
  /** Null: this browser cannot. */
  const read = new Map<string, Promise<Parameters<typeof globalThis.crypto.subtle.verify>[1] | null>>();
  function keyOf(kid: string, publicKey: Bytes) {
    const known = read.get(kid);
    if (known !== undefined) return known;
    const made = (async () => {
      try {
        return (await subtle?.importKey('raw', publicKey, 'Ed25519', false, ['verify'])) ?? null;
      } catch {
        return null;
      }
    })();
    read.set(kid, made);
    return made;
  }
  return {
    async library(keyId, bytes, signature) {
      const kid = hexOf(keyId);
      const known = keys.get(kid);
      if (known === undefined) return 'unknown-key';
      if (known === 'revoked') return 'revoked-key';
      const key = await keyOf(kid, known);
      const holds =
        key === null || subtle === undefined
          ? slow.ed25519(known, bytes, signature)
          : await subtle.verify('Ed25519', key, new Uint8Array(signature), new Uint8Array(bytes));
      return holds ? 'valid' : 'invalid';
    },
    async phone(publicKey, bytes, signature) {
      if (subtle === undefined) return slow.p256(publicKey, bytes, signature);
      const curve = { name: 'ECDSA', namedCurve: 'P-256' };
      const key = await subtle.importKey('raw', publicKey, curve, false, ['verify']);
      return subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, signature, bytes);
    },
  };
}
