import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type SigningKey, signingKeyFromSeed } from '../../src/db/signing-key.ts';
import { inLibrary } from '../../src/db/tenancy.ts';
import { encodeCardToken } from '../../src/domain/card-token.ts';
import type { OfficerId } from '../../src/domain/ids.ts';
import { certificateEnd, encodeMovingCode, encodePhoneCertificate } from '../../src/domain/moving-code.ts';
import { encodePictureCode } from '../../src/domain/picture-code.ts';
import type { PlainDate } from '../../src/domain/plain-date.ts';
import { hexOf, type Jwks } from '../../src/domain/published-keys.ts';
import type { LibraryContext, Scope } from '../../src/usecases/context.ts';
import { findScannedMember } from '../../src/usecases/find-scanned-member.ts';
import { openLibraries } from '../../src/usecases/get-library.ts';
import { ensureLibraryKeys, revokeKey, rotateKey, signerOf } from '../../src/usecases/library-keys.ts';
import { readMember } from '../../src/usecases/record-visit.ts';
import { reissueKta } from '../../src/usecases/reissue-kta.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { libraryOf, type StoredMember, toTheCard } from '../support/cases.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const SLUG = 'banyuwangi';
const TODAY = '2026-03-02' as PlainDate;
let database: TestDatabase;
let app: TestApp;
let member: StoredMember;

beforeAll(async () => {
  database = await createTestDatabase();
  app = createTestApp(database);
  const cookie = (await app.signIn(SLUG, 'petugas')).header;
  ({ member } = await toTheCard(app, SLUG, 'Contoh Kunci', cookie));
});
beforeEach(() => app.deps.libraries.forget(SLUG));
afterAll(() => database.drop());

async function scopeOf(slug: 'banyuwangi' | 'jateng' = SLUG): Promise<Scope> {
  app.deps.libraries.forget(slug);
  const library = await libraryOf(app, slug);
  const admin = await inLibrary(database.db, library.id, (tx) =>
    tx.selectFrom('officer').select('id').where('username', '=', 'petugas').executeTakeFirstOrThrow(),
  );
  const servicePointId = library.servicePoints[0]?.id;
  if (!servicePointId) throw new Error('no service point');
  return {
    library,
    actor: { kind: 'officer', id: admin.id as OfficerId, roles: ['admin', 'petugas'], servicePointId },
    at: app.deps.now(),
    requestId: 't',
  };
}
const activeOf = (library: LibraryContext) => hexOf(signerOf(app.deps, library).keyId);
const printed = (library: LibraryContext, key: SigningKey) =>
  encodeCardToken({ library: library.id, card: member.cardId, issued: TODAY, validUntil: null }, key);
async function stateOf(signed: string): Promise<string> {
  const answer = await app.request(`/k/${signed}`, { headers: { accept: 'application/json' } });
  return ((await answer.json()) as { state: string }).state;
}

describe('the key of a library', () => {
  it('is its own, and its private half is nowhere to be read', async () => {
    const { library } = await scopeOf();
    const other = await libraryOf(app, 'jateng');
    expect(activeOf(library)).not.toBe(activeOf(other));
    const admin = new pg.Client(database.addresses.admin);
    await admin.connect();
    const { rows } = await admin.query<{ row: string }>(
      'select row_to_json(k)::text as row from library_key k',
    );
    await admin.end();
    for (const of of [library, other]) {
      const active = of.keys.find((key) => key.state === 'active');
      const seed = app.deps.vault.open(of.id, 'library_key', active?.sealedSeed ?? Buffer.alloc(0));
      expect(signingKeyFromSeed(seed).publicKey).toEqual(active?.publicKey);
      expect(rows.map(({ row }) => row).join()).not.toContain(seed.toString('hex'));
    }
  });

  it('signs nothing for another library', async () => {
    const { library } = await scopeOf();
    const stranger = signerOf(app.deps, await libraryOf(app, 'jateng'));
    expect(await stateOf(printed(library, stranger))).toBe('unknown');
    expect(readMember(app.deps, library, printed(library, stranger), app.deps.now())).toEqual({
      ok: false,
      reason: 'not-genuine',
    });
  });

  it('is replaced once however often that is pressed, and what the old one signed stays valid', async () => {
    const scope = await scopeOf();
    const before = signerOf(app.deps, scope.library);
    const card = printed(scope.library, before);
    const elsewhere = openLibraries(database.db, app.deps.now);
    expect(activeOf((await elsewhere.find(SLUG)) ?? scope.library)).toBe(hexOf(before.keyId));
    const replaces = hexOf(before.keyId);
    const [first, second] = await Promise.all([
      rotateKey(database.db, app.deps, scope, replaces),
      rotateKey(database.db, app.deps, scope, replaces),
    ]);
    expect([first, second].filter((outcome) => outcome.ok)).toHaveLength(1);
    expect([first, second]).toContainEqual({ ok: false, reason: 'changed-meanwhile' });
    const { library } = await scopeOf();
    expect(activeOf(library)).not.toBe(replaces);
    const old = library.keys.find((key) => hexOf(key.keyId) === replaces);
    expect(old).toMatchObject({ state: 'retired', sealedSeed: null });
    expect(await stateOf(card)).toBe('valid');
    expect(await stateOf(printed(library, signerOf(app.deps, library)))).toBe('valid');
    // Another process keeps a library for five seconds, its keys as well as its settings.
    app.clock.now = new Date(app.clock.now.getTime() + 6_000);
    expect(activeOf((await elsewhere.find(SLUG)) ?? scope.library)).toBe(activeOf(library));
    expect(await auditOf('key.rotate')).toBe(1);
  });

  it('is taken back when others may have it, and its codes are refused for that reason', async () => {
    const scope = await scopeOf();
    const taken = signerOf(app.deps, scope.library);
    const card = printed(scope.library, taken);
    expect(await revokeKey(database.db, app.deps, scope, hexOf(taken.keyId))).toMatchObject({ ok: true });
    expect(await revokeKey(database.db, app.deps, scope, hexOf(taken.keyId))).toEqual({
      ok: false,
      reason: 'already-revoked',
    });
    expect(await revokeKey(database.db, app.deps, scope, '00000000')).toMatchObject({ reason: 'not-found' });
    const { library } = await scopeOf();
    expect(activeOf(library)).not.toBe(hexOf(taken.keyId));
    const page = await (await app.request(`/k/${card}`)).text();
    expect(page).toContain('Tanda tangan kartu ini sudah dicabut');
    expect(page).not.toContain('Kunci');
    expect(await stateOf(printed(library, signerOf(app.deps, library)))).toBe('valid');
    expect(await auditOf('key.revoke')).toBe(1);
  });

  it('is changed by an admin only', async () => {
    const scope = await scopeOf();
    const key = activeOf(scope.library);
    const officer: Scope = { ...scope, actor: { ...scope.actor, roles: ['petugas'] } as Scope['actor'] };
    const refused = { ok: false, reason: 'not-allowed' };
    expect(await rotateKey(database.db, app.deps, officer, key)).toEqual(refused);
    expect(await revokeKey(database.db, app.deps, officer, key)).toEqual(refused);
  });

  it('comes to a library of before, whose printed cards stay valid', async () => {
    const admin = new pg.Client(database.addresses.admin);
    await admin.connect();
    await admin.query('delete from library_key where library_id = $1', [database.libraryIds.banyuwangi]);
    await admin.end();
    await Promise.all([ensureLibraryKeys(database.db, app.deps), ensureLibraryKeys(database.db, app.deps)]);
    await ensureLibraryKeys(database.db, app.deps);
    const { library } = await scopeOf();
    expect(library.keys.map(({ state, origin }) => [state, origin])).toEqual([
      ['active', 'library'],
      ['retired', 'installation'],
    ]);
    const former = signingKeyFromSeed(app.deps.vault.formerSigningSeed());
    expect(await stateOf(printed(library, former))).toBe('valid');
    expect((await scopeOf('jateng')).library.keys).toHaveLength(1);
  });
});

describe('a code of a KTA', () => {
  const phonePair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = phonePair.publicKey.export({ format: 'jwk' });
  const point = [jwk.x, jwk.y].map((part) => Buffer.from(part ?? '', 'base64url'));
  const phoneKey = Uint8Array.from([4, ...Buffer.concat(point)]);
  const signBy = (key: KeyObject) => (bytes: Uint8Array) =>
    Promise.resolve(new Uint8Array(sign('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' })));

  async function codes(generation: number, at: Date, life?: number) {
    const { library } = await scopeOf();
    const key = signerOf(app.deps, library);
    const claims = { library: library.id, card: member.cardId, generation };
    const ends = certificateEnd(at, null, life);
    const certificate = encodePhoneCertificate({ ...claims, ends, phoneKey }, key);
    return {
      library,
      picture: encodePictureCode({ ...claims, saved: TODAY, validUntil: null }, key),
      moving: await encodeMovingCode(certificate ?? '', at.getTime(), signBy(phonePair.privateKey)),
    };
  }

  it('saved as a picture asks to look at the person', async () => {
    const { picture, library } = await codes(0, app.deps.now());
    const page = await (await app.request(`/K/${picture}`)).text();
    expect(page).toContain('Berlaku, tetapi lihat orangnya');
    expect(page).toContain('Contoh K.');
    expect(readMember(app.deps, library, picture, app.deps.now())).toEqual({
      ok: true,
      member: { by: 'card', cardId: member.cardId, generation: 0 },
    });
  });

  it('that moves is valid while it is shown, and says nothing of the person once it is over', async () => {
    const { moving, library } = await codes(0, app.deps.now());
    expect(await stateOf(moving)).toBe('valid');
    expect(readMember(app.deps, library, `HTTPS://CONTOH.TEST/K/${moving}`, app.deps.now()).ok).toBe(true);
    const minuteLater = new Date(app.deps.now().getTime() + 60_000);
    expect(readMember(app.deps, library, moving, minuteLater)).toEqual({ ok: false, reason: 'not-of-now' });
    // Of now, but the phone was offline for longer than its certificate lives.
    const over = await codes(0, app.deps.now(), -1);
    expect(readMember(app.deps, library, over.moving, app.deps.now())).toEqual({
      ok: false,
      reason: 'not-of-now',
    });
    app.clock.now = minuteLater;
    const page = await (await app.request(`/k/${moving}`)).text();
    expect(page).toContain('Kode ini sudah lewat');
    expect(page).not.toContain('Contoh K.');
  });

  it('dies when the address is given anew, and the printed card does not', async () => {
    const scope = await scopeOf();
    const old = await codes(0, app.deps.now());
    expect(await reissueKta(database.db, app.deps, scope, { memberId: member.id })).toMatchObject({
      ok: true,
    });
    expect(await stateOf(old.picture)).toBe('revoked');
    expect(await stateOf(old.moving)).toBe('revoked');
    const now = await codes(1, app.deps.now());
    expect([await stateOf(now.picture), await stateOf(now.moving)]).toEqual(['picture', 'valid']);
    expect(await stateOf(printed(scope.library, signerOf(app.deps, scope.library)))).toBe('valid');
  });

  it('leads an officer to the member, a screenshot too: they see who stands there', async () => {
    const scope = await scopeOf();
    const { moving, picture } = await codes(1, new Date('2026-01-01T00:00:00Z'));
    for (const signed of [moving, picture])
      expect(await findScannedMember(database.db, app.deps, scope, { kind: 'card', signed })).toBe(member.id);
  });
});

describe('the public keys', () => {
  it('stand at a well-known address, of all libraries and of each, and are fetched once', async () => {
    const { library } = await scopeOf();
    const answer = await app.request(`/.well-known/card-keys/${SLUG}/jwks.json`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/jwk-set+json');
    expect(answer.headers.get('cache-control')).toBe('public, max-age=300');
    const jwks = (await answer.json()) as Jwks;
    expect(jwks.keys.map(({ kid, iss, state }) => [kid, iss, state])).toEqual(
      library.keys
        .filter(({ state }) => state !== 'revoked')
        .map(({ keyId, state }) => [hexOf(keyId), String(library.id), state]),
    );
    expect(JSON.stringify(jwks)).not.toMatch(/"d"|seed/);
    const headers = { 'if-none-match': answer.headers.get('etag') ?? '' };
    expect((await app.request(`/.well-known/card-keys/${SLUG}/jwks.json`, { headers })).status).toBe(304);
    const all = (await (await app.request('/.well-known/card-keys/jwks.json')).json()) as Jwks;
    expect(new Set(all.keys.map((key) => key.library))).toEqual(new Set(['banyuwangi', 'jateng']));
    const cose = await app.request(`/.well-known/card-keys/${SLUG}/cose`);
    expect(cose.headers.get('content-type')).toBe('application/cose-key-set');
    expect((await cose.arrayBuffer()).byteLength).toBeGreaterThan(50);
    expect((await app.request('/.well-known/card-keys/tidak-ada/jwks.json')).status).toBe(404);
  });

  it('name those that were taken back apart from those to be trusted', async () => {
    const scope = await scopeOf();
    const kid = activeOf(scope.library);
    await revokeKey(database.db, app.deps, scope, kid);
    app.deps.libraries.forget(SLUG);
    const jwks = (await (await app.request(`/.well-known/card-keys/${SLUG}/jwks.json`)).json()) as Jwks;
    expect(jwks.keys.map((key) => key.kid)).not.toContain(kid);
    expect(jwks.revoked.map((key) => key.kid)).toContain(kid);
  });
});

describe('the page of the keys', () => {
  it('replaces and withdraws a key for an admin who has just proven who they are, and for nobody else', async () => {
    const left = (await app.signIn(SLUG, 'admin')).header;
    const address = `/${SLUG}/pengaturan/kunci`;
    const before = activeOf((await scopeOf()).library);
    app.clock.now = new Date(app.clock.now.getTime() + 11 * 60_000);
    const asked = await app.post(address, { kunci_aktif: before }, left);
    expect(await asked.text()).toContain('Pastikan ini Anda');
    expect(activeOf((await scopeOf()).library)).toBe(before);
    const admin = (await app.signIn(SLUG, 'admin')).header;
    const done = await app.post(address, { kunci_aktif: before }, admin);
    expect([done.status, done.headers.get('location')]).toEqual([303, `${address}?selesai=ganti`]);
    const again = await app.post(address, { kunci_aktif: before }, admin);
    expect(again.headers.get('location')).toBe(`${address}?selesai=berubah`);
    const page = await (await app.request(address, { headers: { cookie: admin } })).text();
    expect(page).toContain(`${before.slice(0, 4)} ${before.slice(4)}`);
    expect(page).toContain('Masih dikenali');
    const withdraw = `${address}/${before}/cabut`;
    expect((await app.request(withdraw, { headers: { cookie: admin } })).status).toBe(200);
    expect((await app.post(withdraw, {}, admin)).headers.get('location')).toBe(`${address}?selesai=cabut`);
    // A key that is withdrawn cannot be withdrawn again.
    expect((await app.request(withdraw, { headers: { cookie: admin } })).status).toBe(404);
    const officer = (await app.signIn(SLUG, 'petugas')).header;
    expect((await app.request(address, { headers: { cookie: officer } })).status).toBe(404);
  });
});

async function auditOf(action: string): Promise<number> {
  const rows = await inLibrary(database.db, database.libraryIds.banyuwangi, (tx) =>
    tx.selectFrom('audit_log').select('id').where('action', '=', action).execute(),
  );
  return rows.length;
}
