import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeCardToken, encodeCardToken } from '../domain/card-token.ts';
import type { CardId, LibraryId } from '../domain/ids.ts';
import type { PlainDate } from '../domain/plain-date.ts';
import { libraryVerifier, signingKeyFromSeed } from './signing-key.ts';

const claims = {
  library: 2 as LibraryId,
  card: '01944f3e-7c00-7abc-8def-0123456789ab' as CardId,
  issued: '2025-01-13' as PlainDate,
  validUntil: null,
};

describe('the key that signs cards', () => {
  it('is the Ed25519 key of RFC 8032', () => {
    const seed = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex');
    const key = signingKeyFromSeed(seed);
    expect(Buffer.from(key.publicKey).toString('hex')).toBe(
      'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    );
    expect(Buffer.from(key.sign(new Uint8Array())).toString('hex')).toMatch(/^e5564300c360ac72/);
  });

  it('keeps old cards readable after a new key was made, and refuses those of strangers', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.uint8Array({ minLength: 32, maxLength: 32 }), {
          minLength: 3,
          maxLength: 3,
          selector: (seed) => seed.join(),
        }),
        (seeds) => {
          const [old, present, stranger] = seeds.map(signingKeyFromSeed);
          if (!old || !present || !stranger) throw new Error('three keys');
          const verifier = libraryVerifier([
            { publicKey: present.publicKey, state: 'active' },
            { publicKey: old.publicKey, state: 'retired' },
          ]);
          expect(decodeCardToken(encodeCardToken(claims, old), verifier)).toMatchObject({ ok: true, claims });
          expect(decodeCardToken(encodeCardToken(claims, present), verifier)).toMatchObject({ ok: true });
          expect(decodeCardToken(encodeCardToken(claims, stranger), verifier)).toEqual({
            ok: false,
            reason: 'unknown-key',
          });
          const taken = libraryVerifier([{ publicKey: old.publicKey, state: 'revoked' }]);
          expect(decodeCardToken(encodeCardToken(claims, old), taken)).toEqual({
            ok: false,
            reason: 'revoked-key',
          });
          const disguised = { keyId: present.keyId, sign: stranger.sign };
          expect(decodeCardToken(encodeCardToken(claims, disguised), verifier)).toEqual({
            ok: false,
            reason: 'bad-signature',
          });
        },
      ),
      { numRuns: 20 },
    );
  });
});
