import { createPublicKey, generateKeyPairSync, sign, verify, webcrypto } from 'node:crypto';
import { decode, encode } from 'cborg';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CardSigner, type CardVerifier, encodeCardToken } from './card-token.ts';
import type { CardId, LibraryId } from './ids.ts';
import { windowAt } from './moving-clock.ts';
import {
  cardsLastDay,
  certificateEnd,
  encodeMovingCode,
  encodePhoneCertificate,
  type PhoneCertificate,
  readPhoneCertificate,
} from './moving-code.ts';
import { encodePictureCode } from './picture-code.ts';
import { addDays, type PlainDate } from './plain-date.ts';
import {
  type PhoneVerifier,
  readScannedCode,
  readSignedCode,
  verifyCode,
  verifyCodeAsync,
} from './scanned-code.ts';

const pair = generateKeyPairSync('ed25519');
const keyId = new Uint8Array([0xca, 0xfe, 0x00, 0x01]);
const signer: CardSigner = { keyId, sign: (bytes) => sign(null, bytes, pair.privateKey) };
const libraryKey: CardVerifier = (id, bytes, signature) => {
  if (Buffer.compare(id, keyId) !== 0) return 'unknown-key';
  return verify(null, bytes, pair.publicKey, signature) ? 'valid' : 'invalid';
};
const phonePair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwk = phonePair.publicKey.export({ format: 'jwk' });
const phoneKey = Uint8Array.from([
  4,
  ...Buffer.from(jwk.x ?? '', 'base64url'),
  ...Buffer.from(jwk.y ?? '', 'base64url'),
]);
const phoneSign = (bytes: Uint8Array) =>
  Promise.resolve(
    new Uint8Array(sign('sha256', bytes, { key: phonePair.privateKey, dsaEncoding: 'ieee-p1363' })),
  );
const phone: PhoneVerifier = (raw, bytes, signature) => {
  const point = { x: raw.subarray(1, 33), y: raw.subarray(33) };
  const key = createPublicKey({
    format: 'jwk',
    key: {
      kty: 'EC',
      crv: 'P-256',
      x: Buffer.from(point.x).toString('base64url'),
      y: Buffer.from(point.y).toString('base64url'),
    },
  });
  return verify('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' }, signature);
};
const verifier = { library: libraryKey, phone };

const NOW = Date.parse('2026-11-22T03:00:10Z');
const card = '01944f3e-7c00-7abc-8def-0123456789ab' as CardId;
const library = 1 as LibraryId;
const dates = fc
  .integer({ min: 0, max: 365 * 8000 })
  .map((days) => addDays('1970-01-01' as PlainDate, days) as PlainDate);
const libraries = fc.integer({ min: 0, max: 2_147_483_647 }).map((id) => id as LibraryId);
const cards = fc.uuid().map((id) => id.toLowerCase() as CardId);
const generations = fc.nat(2_147_483_647);
const pictures = fc.record({
  library: libraries,
  card: cards,
  generation: generations,
  saved: dates,
  validUntil: fc.option(dates, { nil: null }),
});
const certificates: fc.Arbitrary<PhoneCertificate> = fc.record({
  library: libraries,
  card: cards,
  generation: generations,
  ends: fc.nat(4_000_000_000),
  phoneKey: fc.constant(phoneKey),
});
const certify = (claims: PhoneCertificate) => encodePhoneCertificate(claims, signer) ?? '';
const samples = {
  print: encodeCardToken({ library, card, issued: '2025-01-13' as PlainDate, validUntil: null }, signer),
  picture: encodePictureCode(
    { library, card, generation: 2, saved: '2026-11-22' as PlainDate, validUntil: '2027-01-13' as PlainDate },
    signer,
  ),
  certificate: certify({ library, card, generation: 2, ends: 1_900_000_001, phoneKey }),
};

describe('a picture code', () => {
  it('gives back exactly what was signed', () => {
    fc.assert(
      fc.property(pictures, (claims) => {
        const code = readSignedCode(encodePictureCode(claims, signer));
        expect(code).toMatchObject({ kind: 'picture', claims });
        expect(code && verifyCode(code, verifier)).toBe('valid');
      }),
    );
  });

  it('is refused after any one bit of it was changed', () => {
    const bytes = bytesOf(samples.picture);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const forged = Uint8Array.from(bytes);
      forged[bit >> 3] = (forged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const code = readSignedCode(base32(forged));
      expect(code && verifyCode(code, verifier)).not.toBe('valid');
    }
  });
});

describe('a moving code', () => {
  it('gives back what the library certified and the window in which the phone signed', async () => {
    await fc.assert(
      fc.asyncProperty(certificates, fc.integer({ min: 0, max: 4_000_000_000_000 }), async (claims, now) => {
        const code = readSignedCode(await encodeMovingCode(certify(claims), now, phoneSign));
        expect(code).toMatchObject({ kind: 'moving', claims: { ...claims, window: windowAt(now) } });
        expect(code && verifyCode(code, verifier)).toBe('valid');
      }),
      { numRuns: 30 },
    );
  });

  it('is refused after any one bit of it was changed', async () => {
    const bytes = bytesOf(await encodeMovingCode(samples.certificate, NOW, phoneSign));
    for (let bit = 0; bit < bytes.length * 8; bit += 3) {
      const forged = Uint8Array.from(bytes);
      forged[bit >> 3] = (forged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const code = readSignedCode(base32(forged));
      expect(code && verifyCode(code, verifier)).not.toBe('valid');
    }
  });

  it('is made and checked by the WebCrypto of a browser', async () => {
    const { subtle } = webcrypto;
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
    const keys = await subtle.generateKey(algorithm, false, ['sign', 'verify']);
    const raw = new Uint8Array(await subtle.exportKey('raw', keys.publicKey));
    const certificate = certify({ library, card, generation: 0, ends: 1_900_000_000, phoneKey: raw });
    const text = await encodeMovingCode(
      certificate,
      NOW,
      async (bytes) =>
        new Uint8Array(await subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, keys.privateKey, bytes)),
    );
    const code = readSignedCode(text);
    if (!code) throw new Error('a code');
    const inBrowser = {
      library: libraryKey,
      phone: async (...[publicKey, bytes, signature]: Parameters<PhoneVerifier>) => {
        const key = await subtle.importKey('raw', publicKey, algorithm, false, ['verify']);
        return subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, signature, bytes);
      },
    };
    expect(await verifyCodeAsync(code, inBrowser)).toBe('valid');
    expect(await verifyCodeAsync(code, { ...inBrowser, phone: () => false })).toBe('invalid');
    expect(verifyCode(code, verifier)).toBe('valid');
  });

  it('of a stranger’s phone with a copied certificate is refused', async () => {
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const text = await encodeMovingCode(samples.certificate, NOW, (bytes) =>
      Promise.resolve(new Uint8Array(sign('sha256', bytes, { key: other, dsaEncoding: 'ieee-p1363' }))),
    );
    const code = readSignedCode(text);
    expect(code && verifyCode(code, verifier)).toBe('invalid');
  });

  it('fits a QR code that a phone shows well: 440 letters with its address', async () => {
    const code = await encodeMovingCode(samples.certificate, NOW, phoneSign);
    expect(`HTTPS://PERPUSTAKAAN.JATENGPROV.EXAMPLE/K/${code}`).toMatch(/^[0-9A-Z $%*+./:-]{1,440}$/);
  });
});

describe('the certificate of a phone', () => {
  it('ends with the card, or after four weeks by itself, and the two can be told apart', () => {
    const now = new Date('2026-11-22T00:00:00Z');
    const withCard = certificateEnd(now, '2026-11-30' as PlainDate);
    expect(cardsLastDay({ ends: withCard })).toBe('2026-11-30');
    for (const validUntil of [null, '2027-11-22' as PlainDate]) {
      const ends = certificateEnd(now, validUntil);
      expect(cardsLastDay({ ends })).toBeUndefined();
      expect(ends).toBe(Date.parse('2026-12-20T00:00:00Z') / 1000 - 1);
    }
  });

  it('can be read by the page that keeps it, and is made for no key that is none', () => {
    expect(readPhoneCertificate(samples.certificate)).toEqual({
      library,
      card,
      generation: 2,
      ends: 1_900_000_001,
      phoneKey,
    });
    expect(readPhoneCertificate(samples.print)).toBeUndefined();
    const broken = Uint8Array.from(phoneKey);
    broken[40] = (broken[40] ?? 0) ^ 1;
    const claims = { library, card, generation: 0, ends: 1, phoneKey: broken };
    expect(encodePhoneCertificate(claims, signer)).toBeUndefined();
  });
});

describe('three kinds of claim', () => {
  it('are never taken for one another', async () => {
    const moving = await encodeMovingCode(samples.certificate, NOW, phoneSign);
    const kinds = [samples.print, samples.picture, moving].map((text) => readSignedCode(text)?.kind);
    expect(kinds).toEqual(['print', 'picture', 'moving']);
    // Neither the bytes of another kind in its spelling, nor a certificate by itself.
    for (const text of [samples.picture, moving, base32(Buffer.from(samples.certificate, 'base64url'))])
      expect(readSignedCode(Buffer.from(bytesOf(text)).toString('base64url'))).toBeUndefined();
    expect(readSignedCode(base32(Buffer.from(samples.print, 'base64url')))).toBeUndefined();
    expect(readSignedCode(samples.certificate)).toBeUndefined();
    expect(readSignedCode(base32(Buffer.from(samples.certificate, 'base64url')))).toBeUndefined();
  });

  it('have signatures that hold for no other kind, even with the same bytes', () => {
    const [header, , payload, signature] = decode(bytesOf(samples.picture), {
      useMaps: true,
    }) as Uint8Array[];
    const plain = encode(['Signature1', header, new Uint8Array(), payload]);
    expect(verify(null, plain, pair.publicKey, signature ?? new Uint8Array())).toBe(false);
    const own = encode([
      'Signature1',
      header,
      new TextEncoder().encode('daftar-pustaka/kta-picture'),
      payload,
    ]);
    expect(verify(null, own, pair.publicKey, signature ?? new Uint8Array())).toBe(true);
  });

  it('are what another implementation of CBOR reads', async () => {
    const [, , picture] = decode(bytesOf(samples.picture), { useMaps: true }) as Uint8Array[];
    expect([...mapOf(picture).keys()]).toEqual([1, 4, 6, 7, -65537]);
    const moving = decode(bytesOf(await encodeMovingCode(samples.certificate, NOW, phoneSign)), {
      useMaps: true,
    }) as Uint8Array[];
    const header = mapOf(moving[0]);
    expect(header.get(1)).toBe(-7);
    expect(mapOf(moving[2])).toEqual(new Map([[6, NOW / 1000 - 10]]));
    const certificate = header.get(13) as Uint8Array[];
    const claims = mapOf(certificate[2]);
    expect([...claims.keys()]).toEqual([1, 4, 7, 8, -65537]);
    const key = (claims.get(8) as Map<number, Map<number, unknown>>).get(1);
    expect(key?.get(1)).toBe(2);
    expect(key?.get(-1)).toBe(1);
    expect(key?.get(-2)).toEqual(phoneKey.slice(1, 33));
    expect(key?.get(-3)).toBe(((phoneKey[64] ?? 0) & 1) === 1);
  });
});

describe('what a gate scans', () => {
  it('is told by its form', async () => {
    const moving = await encodeMovingCode(samples.certificate, NOW, phoneSign);
    const kind = (text: string) => readScannedCode(text).kind;
    expect(kind(`https://perpus.example/k/${samples.print}`)).toBe('print');
    expect(kind(` ${samples.print}\r\n`)).toBe('print');
    expect(kind(`HTTPS://PERPUS.EXAMPLE/K/${samples.picture}`)).toBe('picture');
    expect(kind(`https://perpus.example/k/${moving}`)).toBe('moving');
    expect(kind(moving)).toBe('moving');
    expect(kind(`https://perpus.example/k/${samples.print.slice(0, -4)}`)).toBe('damaged');
    expect(kind('https://perpus.example/jateng/kta/q3Jp_u7-ZtYx0123456789')).toBe('kta');
    expect(readScannedCode('26112100042')).toEqual({ kind: 'number', text: '26112100042' });
    expect(kind('k7f-2m9q')).toBe('number');
    expect(kind('9974 0157 0590 0001')).toBe('identity_number');
    expect(kind('https://example.com/')).toBe('foreign');
    expect(kind('')).toBe('foreign');
  });

  it('never fails, whatever it is', () => {
    fc.assert(fc.property(fc.string(), (text) => void readScannedCode(text)));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 280 }), (bytes) => {
        expect(readSignedCode(base32(bytes))).toBeUndefined();
      }),
    );
  });
});

function mapOf(bytes: Uint8Array | undefined): Map<number, unknown> {
  return decode(bytes ?? new Uint8Array(), { useMaps: true }) as Map<number, unknown>;
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Written a second time and differently, to check the product's own. */
function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? [])
    .map((five) => LETTERS[Number.parseInt(five.padEnd(5, '0'), 2)])
    .join('');
}

function bytesOf(text: string): Uint8Array {
  const bits = [...text].map((letter) => LETTERS.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return Uint8Array.from((bits.match(/.{8}/g) ?? []).map((eight) => Number.parseInt(eight, 2)));
}
