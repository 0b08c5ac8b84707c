import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { MOST_SERVICE_KEYS, readServiceKeys, writeServiceKeys } from './service-keys.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const publicRsa = rsa.publicKey.export({ format: 'jwk' });
const publicCurve = curve.publicKey.export({ format: 'jwk' });
const read = (value: unknown) => readServiceKeys(JSON.stringify(value));
const reasonOf = (value: unknown) => {
  const outcome = read(value);
  return outcome.ok ? 'ok' : outcome.reason;
};

const paddedTo = (bytes: number, number = '') => {
  const short = Buffer.from(number, 'base64url');
  return Buffer.concat([Buffer.alloc(bytes - short.length), short]).toString('base64url');
};

describe('keys of a service', () => {
  it('are a set or a single one, of the two kinds that are signed with here', () => {
    expect(read({ keys: [publicRsa, { ...publicCurve, kid: 'dua', use: 'sig' }] })).toEqual({
      ok: true,
      keys: [
        { ...publicRsa, alg: 'RS256' },
        { ...publicCurve, kid: 'dua', alg: 'ES256' },
      ],
    });
    expect(reasonOf(publicCurve)).toBe('ok');
  });

  it('are kept without anything that checks no signature, and read as themselves', () => {
    const first = read({ keys: [{ ...publicRsa, x5c: ['MII'], note: 'milik Contoh' }], owner: 'Contoh' });
    if (!first.ok) throw new Error(first.reason);
    const written = writeServiceKeys(first.keys);
    expect(written).not.toContain('Contoh');
    expect(readServiceKeys(written)).toEqual(first);
  });

  it('are never private or shared ones, whatever stands beside them', () => {
    const shared = { kty: 'oct', k: 'cmFoYXNpYQ' };
    for (const secret of [
      rsa.privateKey.export({ format: 'jwk' }),
      curve.privateKey.export({ format: 'jwk' }),
      shared,
    ])
      for (const value of [secret, { keys: [publicRsa, secret] }])
        expect(reasonOf(value)).toBe('keys-private');
  });

  it('are none that are weak, of another kind, for another use, or too many', () => {
    const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' });
    const other = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ format: 'jwk' });
    // As long in letters as one of 2048 bits.
    const padded = { ...weak, n: paddedTo(256, weak.n) };
    for (const value of [
      weak,
      padded,
      { ...publicRsa, e: 'AQ' },
      { ...publicRsa, e: 'Ag' },
      { ...publicRsa, e: 'A' },
      { ...publicRsa, e: 'AQAA' },
      other,
      generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }),
      { ...publicRsa, alg: 'PS256' },
      { ...publicCurve, use: 'enc' },
      { ...publicCurve, kid: '' },
      { ...publicRsa, n: '' },
      { keys: [] },
      { keys: 'https://buku.example/jwks' },
      { keys: Array(MOST_SERVICE_KEYS + 1).fill(publicCurve) },
      { jwks_uri: 'https://buku.example/jwks' },
      null,
      'kunci',
      [],
    ])
      expect(reasonOf(value), JSON.stringify(value)).toBe('keys-invalid');
    expect(readServiceKeys('{')).toEqual({ ok: false, reason: 'keys-invalid' });
    expect(readServiceKeys('')).toEqual({ ok: false, reason: 'keys-invalid' });
  });
});
