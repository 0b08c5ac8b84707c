/**
 * The test vectors that others check their own verification by (`docs/card-codes`). They are made here from fixed keys;
 * `UPDATE_VECTORS=1` writes them anew (format them after that). Then everything in them is checked without any of the product's code: COSE by
 * @ldclabs/cose-ts, CBOR by cborg, the curves by @noble/curves.
 */
import { createHash, createPublicKey } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { ECDSAKey } from '@ldclabs/cose-ts/ecdsa';
import { Ed25519Key } from '@ldclabs/cose-ts/ed25519';
import { Sign1Message } from '@ldclabs/cose-ts/sign1';
import { ed25519 } from '@noble/curves/ed25519.js';
import { p256 } from '@noble/curves/nist.js';
import { decode, encode } from 'cborg';
import { describe, expect, it } from 'vitest';
import { type Admission, DEFAULT_ADMISSION, judgeOffline } from './admission.ts';
import { type CardSigner, encodeCardToken } from './card-token.ts';
import { decodeGateList, encodeGateList } from './gate-list.ts';
import type { CardId, LibraryId } from './ids.ts';
import { encodeMovingCode, encodePhoneCertificate } from './moving-code.ts';
import { encodePictureCode } from './picture-code.ts';
import type { PlainDate } from './plain-date.ts';
import { coseKeySet, hexOf, type Jwks, jwksOf, keysOfJwks, type PublishedKey } from './published-keys.ts';
import { readScannedCode, type SignedCode, verifyCodeAsync } from './scanned-code.ts';
import { webVerifier } from './web-verifier.ts';

const FILE = new URL('../../docs/card-codes/vectors.json', import.meta.url);
const PICTURE = 'daftar-pustaka/kta-picture';
const CERTIFICATE = 'daftar-pustaka/kta-phone';
const MOVING = 'daftar-pustaka/kta-moving';

interface Vector {
  readonly name: string;
  readonly scanned: string;
  readonly now: string;
  /** By the calendar of the library. */
  readonly today: string;
  readonly expected: {
    readonly kind: string;
    readonly signature: string | null;
    readonly claims?: Readonly<Record<string, unknown>>;
    readonly verdict: string;
    readonly reason?: string;
  };
}
interface Vectors {
  readonly about: string;
  readonly library: { readonly id: number; readonly slug: string };
  readonly jwks: Jwks;
  readonly coseKeySet: string;
  readonly secrets: Readonly<Record<string, string>>;
  readonly gateList: {
    readonly bytes: string;
    readonly asOf: string;
    readonly revoked: readonly string[];
    readonly suspended: readonly string[];
    readonly generations: readonly { readonly card: string; readonly least: number }[];
  };
  readonly codes: readonly Vector[];
}

/** Made up: 32 equal bytes each. Never to be used. */
const SEEDS = { active: 0x11, retired: 0x22, revoked: 0x33, stranger: 0x44 } as const;
const seedOf = (name: keyof typeof SEEDS) => new Uint8Array(32).fill(SEEDS[name]);
const PHONE = new Uint8Array(32).fill(0x55);
const OTHER_PHONE = new Uint8Array(32).fill(0x66);
const library = { id: 1 as LibraryId, slug: 'contoh' };
const cardOf = (n: number) => `01944f3e-7c00-7abc-8def-00000000000${n}` as CardId;
const GOOD = cardOf(1);
const NOW = '2026-11-22T03:00:10Z';
const TODAY = '2026-11-22';
const until = '2027-01-13' as PlainDate;

function keyOf(name: keyof typeof SEEDS, as: keyof typeof SEEDS = name): CardSigner {
  const seed = seedOf(name);
  return { keyId: idOf(ed25519.getPublicKey(seedOf(as))), sign: (bytes) => ed25519.sign(bytes, seed) };
}

/** Four bytes of the COSE Key Thumbprint (RFC 9679), by another implementation of CBOR. */
function idOf(publicKey: Uint8Array): Uint8Array {
  const key = encode(
    new Map<number, unknown>([
      [1, 1],
      [-1, 6],
      [-2, publicKey],
    ]),
  );
  return new Uint8Array(createHash('sha256').update(key).digest().subarray(0, 4));
}

const signBy = (secret: Uint8Array) => (bytes: Uint8Array) =>
  Promise.resolve(p256.sign(bytes, secret, { lowS: false }));

const published: readonly PublishedKey[] = (['active', 'retired', 'revoked'] as const).map((state) => ({
  library: library.id,
  slug: library.slug,
  keyId: idOf(ed25519.getPublicKey(seedOf(state))),
  publicKey: ed25519.getPublicKey(seedOf(state)),
  state,
  revokedAt: state === 'revoked' ? new Date('2026-10-01T00:00:00Z') : null,
}));
const list = {
  library: library.id,
  asOf: Date.parse('2026-11-22T02:50:00Z') / 1000,
  version: 7,
  salt: 0x5eed5eed,
  revoked: [cardOf(2)],
  suspended: [cardOf(3)],
  generations: [{ card: cardOf(4), least: 2 }],
};

/** Every code that is in the file, by its name. */
async function makeCodes(): Promise<readonly Omit<Vector, 'expected'>[]> {
  const card = { library: library.id, card: GOOD, issued: '2025-01-13' as PlainDate, validUntil: until };
  const shown = { library: library.id, card: GOOD, generation: 1 };
  const picture = { ...shown, saved: '2026-11-20' as PlainDate, validUntil: until };
  const phoneKey = Uint8Array.from(p256.getPublicKey(PHONE, false));
  const phone = { ...shown, phoneKey, ends: Date.parse('2026-12-10T07:15:00Z') / 1000 };
  const certified = (claims: object = {}, key = keyOf('active')) =>
    encodePhoneCertificate({ ...phone, ...claims }, key) ?? '';
  const moving = (certificate = certified(), at = NOW, secret = PHONE) =>
    encodeMovingCode(certificate, Date.parse(at), signBy(secret));
  const print = (claims: object = {}, key = keyOf('active')) => encodeCardToken({ ...card, ...claims }, key);
  const good = print();
  const goodPicture = encodePictureCode(picture, keyOf('active'));
  const codes: Readonly<Record<string, string>> = {
    'print: valid': good,
    'print: in its address': `https://perpustakaan.example/k/${good}`,
    'print: for life': print({ validUntil: null }),
    'print: by a retired key': print({}, keyOf('retired')),
    'print: by a revoked key': print({}, keyOf('revoked')),
    'print: by nobody known': print({}, keyOf('stranger')),
    'print: forged under the id of the active key': print(
      {},
      {
        keyId: keyOf('active').keyId,
        sign: keyOf('stranger').sign,
      },
    ),
    'print: of another library': print({ library: 2 }),
    'print: expired': print({ validUntil: '2026-11-21' }),
    'print: on its last day': print({ validUntil: TODAY }),
    'print: a revoked card': print({ card: cardOf(2) }),
    'print: of a suspended member': print({ card: cardOf(3) }),
    'print: of a card whose address was given anew': print({ card: cardOf(4) }),
    'print: one letter changed': good.replace(/^(.{60})./, (_, first: string) => `${first}x`),
    'print: cut off': good.slice(0, -1),
    'print: with padding': `${good}=`,
    'picture: valid': goodPicture,
    'picture: of a phone that was lost': encodePictureCode({ ...picture, card: cardOf(4) }, keyOf('active')),
    'picture: expired': encodePictureCode(
      { ...picture, validUntil: '2026-11-21' as PlainDate },
      keyOf('active'),
    ),
    'picture: signed as a print code is': encodePictureCode(picture, {
      keyId: keyOf('active').keyId,
      sign: (bytes) => ed25519.sign(withoutContext(bytes), seedOf('active')),
    }),
    'picture: in small letters': goodPicture.toLowerCase(),
    'moving: valid': await moving(),
    'moving: in its address': `HTTPS://PERPUSTAKAAN.EXAMPLE/K/${await moving()}`,
    'moving: the window before, still taken': await moving(certified(), '2026-11-22T02:59:35Z'),
    'moving: a screenshot of a minute ago': await moving(certified(), '2026-11-22T02:59:10Z'),
    'moving: of the minute to come': await moving(certified(), '2026-11-22T03:01:10Z'),
    'moving: by another phone with a copied certificate': await moving(certified(), NOW, OTHER_PHONE),
    'moving: certified by nobody known': await moving(certified({}, keyOf('stranger'))),
    'moving: the certificate is over': await moving(certified({ ends: Date.parse(NOW) / 1000 - 60 })),
    'moving: the card is over': await moving(certified({ ends: Date.parse('2026-11-22T00:00:00Z') / 1000 })),
    'moving: of the phone that was lost': await moving(certified({ card: cardOf(4) })),
    'moving: of the phone that took its place': await moving(certified({ card: cardOf(4), generation: 2 })),
    'certificate: alone': certified(),
    'a member number': '250113000017',
    'sixteen digits': '9974015705900001',
    'the address of a KTA': 'https://perpustakaan.example/contoh/kta/q3Jp_u7-ZtYx0123456789',
    'something else': 'https://example.com/',
  };
  return Object.entries(codes).map(([name, scanned]) => ({ name, scanned, now: NOW, today: TODAY }));
}

/** The Sig_structure of a print code over the same header and payload. */
function withoutContext(bytes: Uint8Array): Uint8Array {
  const [context, header, , payload] = decode(bytes) as Uint8Array[];
  return encode([context, header, new Uint8Array(), payload]);
}

const curves = {
  ed25519: (publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array) =>
    ed25519.verify(signature, bytes, publicKey, { zip215: false }),
  p256: (publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array) =>
    p256.verify(signature, bytes, publicKey, { lowS: false }),
};

/** What the product says of a code: without WebCrypto, as the most modest gate. */
async function judged(vector: Omit<Vector, 'expected'>, of: Vectors): Promise<Vector['expected']> {
  const code = readScannedCode(vector.scanned);
  const verifier = webVerifier(keysOfJwks(of.jwks, library.id) ?? new Map(), curves, undefined);
  const signature = 'checks' in code ? await verifyCodeAsync(code, verifier) : null;
  const admission: Admission = judgeOffline({
    code,
    signature,
    library,
    now: Date.parse(vector.now),
    today: vector.today as PlainDate,
    policy: DEFAULT_ADMISSION,
    seen: new Map(),
    list: decodeGateList(Buffer.from(of.gateList.bytes, 'hex')) ?? null,
  });
  return {
    kind: code.kind,
    signature,
    ...('checks' in code ? { claims: plainClaims(code) } : {}),
    verdict: admission.verdict,
    ...('reason' in admission ? { reason: admission.reason } : {}),
  };
}

function plainClaims({ claims }: SignedCode): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(claims).map(([name, value]) => [
      name,
      value instanceof Uint8Array ? hexOf(value) : (value as unknown),
    ]),
  );
}

async function makeVectors(): Promise<Vectors> {
  const made: Vectors = {
    about: 'Test vectors for README.md in this folder. All keys are made up and public; never use them.',
    library,
    jwks: jwksOf(published),
    coseKeySet: hexOf(coseKeySet(published)),
    secrets: {
      ...Object.fromEntries(
        (Object.keys(SEEDS) as (keyof typeof SEEDS)[]).map((name) => [name, hexOf(seedOf(name))]),
      ),
      phone: hexOf(PHONE),
      otherPhone: hexOf(OTHER_PHONE),
    },
    gateList: {
      bytes: hexOf(encodeGateList(list)),
      asOf: new Date(list.asOf * 1000).toISOString(),
      revoked: list.revoked,
      suspended: list.suspended,
      generations: list.generations,
    },
    codes: [],
  };
  const codes = await makeCodes();
  return {
    ...made,
    codes: await Promise.all(codes.map(async (code) => ({ ...code, expected: await judged(code, made) }))),
  };
}

if (process.env.UPDATE_VECTORS === '1')
  writeFileSync(FILE, `${JSON.stringify(await makeVectors(), null, 2)}\n`);
const vectors = JSON.parse(readFileSync(FILE, 'utf8')) as Vectors;

describe('the published test vectors', () => {
  it('are what the product makes and says', async () => {
    expect(JSON.parse(JSON.stringify(await makeVectors()))).toEqual(vectors);
  });

  it('hold every verdict and every reason that a code can have', () => {
    const verdicts = new Set(vectors.codes.map(({ expected }) => expected.reason ?? expected.verdict));
    for (const reason of [
      'admit',
      'picture',
      'number',
      'kta_address',
      'foreign',
      'identity_number',
      'damaged',
      'other_library',
      'forged',
      'unknown_key',
      'revoked_key',
      'expired',
      'certificate_expired',
      'revoked',
      'suspended',
      'superseded',
      'stale',
      'early',
    ])
      expect(verdicts).toContain(reason);
  });

  it('have keys that another implementation of COSE reads as the same', () => {
    const set = decode(Buffer.from(vectors.coseKeySet, 'hex'), { useMaps: true }) as Map<number, unknown>[];
    expect(set).toHaveLength(vectors.jwks.keys.length);
    for (const [at, cose] of set.entries()) {
      const jwk = vectors.jwks.keys[at];
      const key = Ed25519Key.fromBytes(encode(cose));
      expect(Buffer.from(key.getPublicKey()).toString('base64url')).toBe(jwk?.x);
      expect(hexOf(cose.get(2) as Uint8Array)).toBe(jwk?.kid);
      expect(hexOf(idOf(key.getPublicKey()))).toBe(jwk?.kid);
      expect(cose.get(-65538)).toBe(String(vectors.library.id));
      const jose = createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x: jwk?.x ?? '' } });
      expect(jose.asymmetricKeyType).toBe('ed25519');
    }
  });

  for (const vector of vectors.codes.filter(({ expected }) => expected.claims)) {
    it(`are checked without the product: ${vector.name}`, () => {
      const found = checkedByOthers(vector.scanned);
      const { claims, signature } = vector.expected;
      expect(found.signature).toBe(signature);
      const phoneKey = typeof claims?.phoneKey === 'string' ? claims.phoneKey.slice(2, 66) : undefined;
      expect(found).toMatchObject({
        kind: vector.expected.kind,
        library: claims?.library,
        card: String(claims?.card).replaceAll('-', ''),
        ...(claims?.generation === undefined ? {} : { generation: claims.generation }),
        ...(phoneKey === undefined ? {} : { phoneKey, window: claims?.window, ends: claims?.ends }),
        // The day after the last one begins.
        ...(claims?.validUntil === undefined
          ? {}
          : {
              ends:
                claims.validUntil === null
                  ? undefined
                  : Date.parse(String(claims.validUntil)) / 1000 + 86_400,
            }),
      });
    });
  }
});

/** A reader of codes with nothing of the product's own in it, from the description in README.md alone. */
function checkedByOthers(scanned: string) {
  const text = scanned.replace(/^.*\/k\//i, '');
  const is32 = /^[A-Z2-7]+$/.test(text);
  const bytes = is32 ? fromBase32(text) : new Uint8Array(Buffer.from(text, 'base64url'));
  if (!is32) return { kind: 'print', ...signedByLibrary(bytes, '') };
  const [header, , payload] = decode(bytes, { useMaps: true }) as Uint8Array[];
  if (mapOf(header).get(1) === -8) return { kind: 'picture', ...signedByLibrary(bytes, PICTURE) };
  const kcwt = mapOf(header).get(13) as Uint8Array[];
  const certificate = signedByLibrary(encode(kcwt), CERTIFICATE);
  const cnf = mapOf(kcwt[2]).get(8) as Map<number, Map<number, unknown>>;
  const phone = ECDSAKey.fromBytes(encode(cnf.get(1)));
  phone.alg = -7;
  return {
    kind: 'moving',
    ...certificate,
    signature:
      certificate.signature === 'valid' && !holds(bytes, phone, MOVING) ? 'invalid' : certificate.signature,
    phoneKey: hexOf(cnf.get(1)?.get(-2) as Uint8Array),
    window: mapOf(payload).get(6),
  };
}

function signedByLibrary(bytes: Uint8Array, context: string) {
  const [header, , payload] = decode(bytes, { useMaps: true }) as Uint8Array[];
  const claims = mapOf(payload);
  const kid = hexOf(mapOf(header).get(4) as Uint8Array);
  const facts = {
    library: Number(claims.get(1)),
    card: hexOf(claims.get(7) as Uint8Array),
    generation: claims.get(-65537),
    ends: claims.get(4),
  };
  if (vectors.jwks.revoked.some((key) => key.kid === kid)) return { ...facts, signature: 'revoked-key' };
  const jwk = vectors.jwks.keys.find((key) => key.kid === kid);
  if (!jwk) return { ...facts, signature: 'unknown-key' };
  const key = Ed25519Key.fromPublic(new Uint8Array(Buffer.from(jwk.x, 'base64url')));
  return { ...facts, signature: holds(bytes, key, context) ? 'valid' : 'invalid' };
}

function holds(bytes: Uint8Array, key: Ed25519Key | ECDSAKey, context: string): boolean {
  try {
    Sign1Message.fromBytes(key, bytes, new TextEncoder().encode(context));
    return true;
  } catch {
    return false;
  }
}

function mapOf(bytes: Uint8Array | undefined): Map<number, unknown> {
  return decode(bytes ?? new Uint8Array(), { useMaps: true }) as Map<number, unknown>;
}

function fromBase32(text: string): Uint8Array {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...text].map((letter) => letters.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return Uint8Array.from((bits.match(/.{8}/g) ?? []).map((eight) => Number.parseInt(eight, 2)));
}
