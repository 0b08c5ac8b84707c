import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { decode, encode } from 'cborg';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CardClaims,
  type CardSigner,
  type CardVerifier,
  cardTokenIn,
  decodeCardToken,
  encodeCardToken,
} from './card-token.ts';
import type { CardId, LibraryId } from './ids.ts';
import { addDays, type PlainDate } from './plain-date.ts';

const pair = generateKeyPairSync('ed25519');
const keyId = new Uint8Array([0xca, 0xfe, 0x00, 0x01]);
const signer: CardSigner = { keyId, sign: (bytes) => sign(null, bytes, pair.privateKey) };
const verifier: CardVerifier = (id, bytes, signature) => {
  if (Buffer.compare(id, keyId) !== 0) return 'unknown-key';
  return verify(null, bytes, pair.publicKey, signature) ? 'valid' : 'invalid';
};

const dates = fc
  .integer({ min: 0, max: 365 * 8000 })
  .map((days) => addDays('1970-01-01' as PlainDate, days) as PlainDate);
const claimsArbitrary: fc.Arbitrary<CardClaims> = fc.record({
  library: fc.integer({ min: 0, max: 2_147_483_647 }).map((id) => id as LibraryId),
  card: fc.uuid().map((id) => id.toLowerCase() as CardId),
  issued: dates,
  validUntil: fc.option(dates, { nil: null }),
});
const sample: CardClaims = {
  library: 1 as LibraryId,
  card: '01944f3e-7c00-7abc-8def-0123456789ab' as CardId,
  issued: '2025-01-13' as PlainDate,
  validUntil: '2027-01-13' as PlainDate,
};
const read = (text: string) => decodeCardToken(text, verifier);

describe('the signed card', () => {
  it('gives back exactly what was signed', () => {
    fc.assert(
      fc.property(claimsArbitrary, (claims) => {
        const result = read(encodeCardToken(claims, signer));
        expect(result).toEqual({ ok: true, claims, keyId });
      }),
    );
  });

  it('is refused after any one bit of it was changed', () => {
    const bytes = Buffer.from(encodeCardToken(sample, signer), 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const forged = Buffer.from(bytes);
      forged[bit >> 3] = (forged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(read(forged.toString('base64url')).ok).toBe(false);
    }
  });

  it('is refused after any one character of it was changed, added or left out', () => {
    const token = encodeCardToken(sample, signer);
    fc.assert(
      fc.property(fc.nat(token.length), fc.string({ maxLength: 3 }), fc.nat(2), (at, put, cut) => {
        const changed = token.slice(0, at) + put + token.slice(at + cut);
        fc.pre(changed !== token);
        expect(read(changed).ok).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it('never throws on what a scanner may read', () => {
    fc.assert(fc.property(fc.string(), (text) => void read(text)));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 150 }), (bytes) => {
        expect(read(Buffer.from(bytes).toString('base64url')).ok).toBe(false);
      }),
    );
  });

  it('says malformed, bad signature and unknown key apart', () => {
    const token = encodeCardToken(sample, signer);
    const other = generateKeyPairSync('ed25519');
    const forged = encodeCardToken(sample, { keyId, sign: (bytes) => sign(null, bytes, other.privateKey) });
    const stranger = encodeCardToken(sample, { ...signer, keyId: new Uint8Array([9]) });
    expect(read(`${token}=`)).toEqual({ ok: false, reason: 'malformed' });
    expect(read('A'.repeat(10_000))).toEqual({ ok: false, reason: 'malformed' });
    expect(read(forged)).toEqual({ ok: false, reason: 'bad-signature' });
    expect(read(stranger)).toEqual({ ok: false, reason: 'unknown-key' });
  });

  it('is the COSE_Sign1 and CWT another implementation writes and reads', () => {
    fc.assert(
      fc.property(claimsArbitrary, (claims) => {
        const seconds = (date: string) => Date.parse(`${date}T00:00:00Z`) / 1000;
        const payload = new Map<number, unknown>([[1, String(claims.library)]]);
        if (claims.validUntil) payload.set(4, seconds(addDays(claims.validUntil, 1)));
        payload.set(6, seconds(claims.issued));
        payload.set(7, Buffer.from(claims.card.replaceAll('-', ''), 'hex'));
        const header = encode(
          new Map<number, unknown>([
            [1, -8],
            [4, keyId],
          ]),
        );
        const signature = signer.sign(encode(['Signature1', header, new Uint8Array(), encode(payload)]));
        const token = encodeCardToken(claims, signer);
        expect(Buffer.from(token, 'base64url')).toEqual(
          Buffer.from(encode([header, new Map(), encode(payload), signature])),
        );
        const [, , body] = decode(Buffer.from(token, 'base64url'), { useMaps: true }) as [
          unknown,
          unknown,
          Uint8Array,
        ];
        expect(decode(body, { useMaps: true })).toEqual(
          new Map(
            [...payload].map(([key, value]) => [
              key,
              value instanceof Buffer ? new Uint8Array(value) : value,
            ]),
          ),
        );
      }),
      { numRuns: 50 },
    );
  });

  it('says nothing about the person and stays short enough for a coarse QR', () => {
    const token = encodeCardToken(sample, signer);
    expect(token.length).toBeLessThanOrEqual(152);
    const [, , payload] = decode(Buffer.from(token, 'base64url'), { useMaps: true }) as Uint8Array[];
    const claims = decode(payload ?? new Uint8Array(), { useMaps: true }) as Map<number, unknown>;
    expect([...claims.keys()]).toEqual([1, 4, 6, 7]);
  });

  it('is found in the address a scanner reads', () => {
    const token = encodeCardToken(sample, signer);
    expect(cardTokenIn(` https://perpustakaan.example/k/${token}\r\n`)).toBe(token);
    expect(cardTokenIn(`http://192.168.1.4:8080/anggota/k/${token}`)).toBe(token);
    expect(cardTokenIn(token)).toBe(token);
    expect(cardTokenIn('250113000017')).toBeUndefined();
    expect(cardTokenIn('https://perpustakaan.example/k/abc')).toBeUndefined();
  });
});
