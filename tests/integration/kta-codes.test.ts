import { webcrypto } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import { type Admission, DEFAULT_ADMISSION, judgeOffline } from '../../src/domain/admission.ts';
import { KEPT_PHONES, NEW_PHONES, OPENING_HOURS, OPENINGS_PER_HOUR } from '../../src/domain/card-phones.ts';
import { encodeCardToken } from '../../src/domain/card-token.ts';
import { toBase64Url } from '../../src/domain/code-text.ts';
import { decodeGateList, encodeGateList } from '../../src/domain/gate-list.ts';
import type { OfficerId } from '../../src/domain/ids.ts';
import { CERTIFICATE_DAYS, encodeMovingCode } from '../../src/domain/moving-code.ts';
import type { PlainDate } from '../../src/domain/plain-date.ts';
import { readScannedCode, type SignedCode, verifyCode } from '../../src/domain/scanned-code.ts';
import { applyRetention } from '../../src/usecases/apply-retention.ts';
import { type Scope, todayOf } from '../../src/usecases/context.ts';
import { revokeKey, signerOf, verifierOf } from '../../src/usecases/library-keys.ts';
import { reissueKta } from '../../src/usecases/reissue-kta.ts';
import { replaceCard } from '../../src/usecases/replace-card.ts';
import { judgeCode } from '../../src/usecases/verify-card.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { libraryOf, type StoredMember, toTheCard } from '../support/cases.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let app: TestApp;
let cookie: string;
const SLUG = 'banyuwangi';
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' };

beforeAll(async () => {
  database = await createTestDatabase();
  app = createTestApp(database);
  cookie = (await app.signIn(SLUG, 'petugas')).header;
});
afterAll(() => database.drop());

const ktaOf = ({ token }: { readonly token: string }) => `/${SLUG}/kta/${token}`;

async function officerScope(): Promise<Scope> {
  const library = await libraryOf(app, SLUG);
  const officer = await inLibrary(database.db, library.id, (tx) =>
    tx.selectFrom('officer').select(['id']).where('username', '=', 'petugas').executeTakeFirstOrThrow(),
  );
  const servicePointId = library.servicePoints[0]?.id;
  if (!servicePointId) throw new Error('no service point');
  return {
    library,
    actor: { kind: 'officer', id: officer.id as OfficerId, roles: ['petugas'], servicePointId },
    at: app.deps.now(),
    requestId: 't',
  };
}

interface Phone {
  readonly keys: webcrypto.CryptoKeyPair;
  readonly raw: string;
}

async function newPhone(): Promise<Phone> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, false, ['sign', 'verify']);
  return { keys, raw: toBase64Url(new Uint8Array(await webcrypto.subtle.exportKey('raw', keys.publicKey))) };
}

interface Certified {
  readonly status: number;
  readonly certificate: string;
  readonly ends: number;
  readonly signer: string;
  readonly reason?: string;
}

async function certify(member: StoredMember, phone: Phone, kept = true, by?: string): Promise<Certified> {
  const fields = { kunci: phone.raw, simpan: kept ? 'ya' : '' };
  const answer = await app.post(`${ktaOf(member)}/sertifikat`, fields, by);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  const isJson = answer.headers.get('content-type')?.startsWith('application/json') === true;
  return { status: answer.status, ...((isJson ? await answer.json() : {}) as Omit<Certified, 'status'>) };
}

const movingCode = (phone: Phone, { certificate }: Certified) =>
  encodeMovingCode(certificate, app.clock.now.getTime(), async (bytes) => {
    const by = { name: 'ECDSA', hash: 'SHA-256' };
    return new Uint8Array(await webcrypto.subtle.sign(by, phone.keys.privateKey, bytes));
  });

function read(code: string): SignedCode {
  const found = readScannedCode(code.startsWith('HTTP') ? code : `HTTPS://EXAMPLE.ID/K/${code}`);
  if (found.kind !== 'moving' && found.kind !== 'picture' && found.kind !== 'print')
    throw new Error(found.kind);
  return found;
}

/** The verdict of the server, which asks the database. */
async function judged(code: string): Promise<Admission> {
  const library = await libraryOf(app, SLUG);
  const { admission } = await judgeCode(database.db, library, read(code), {
    at: app.clock.now,
    policy: DEFAULT_ADMISSION,
    seen: new Map(),
  });
  return admission;
}

/** The code in the page as the server draws it: in its QR, so that it is read out of the address that is drawn. */
function pictureCodesIn(drawn: string[]): string[] {
  return drawn.filter((text) => text.includes('/K/'));
}

/** What the page or a download draws as QR codes. */
async function drawnBy(path: string): Promise<string[]> {
  const drawn: string[] = [];
  const qrSvg = (text: string, title: string) => {
    drawn.push(text);
    return app.deps.documents.qrSvg(text, title);
  };
  const picture = (input: { readonly holder: { readonly verifyUrl: string } }) => {
    drawn.push(input.holder.verifyUrl);
    return Promise.resolve(Buffer.from('x'));
  };
  const documents = { ...app.deps.documents, qrSvg, ktaPicturePng: picture, ktaPicturePdf: picture };
  const { createApp } = await import('../../src/web/app.ts');
  await createApp({ ...app.deps, documents }).request(path);
  return drawn;
}

describe('a phone that shows the KTA', () => {
  it('is certified for the moving code, which a gate admits, and nothing of it but a keyed hash is stored', async () => {
    const { member } = await toTheCard(app, SLUG, 'Contoh Kode Bergerak', cookie);
    const phone = await newPhone();
    const certified = await certify(member, phone);
    expect(certified.status).toBe(200);
    expect(certified.ends).toBe(Math.floor(app.clock.now.getTime() / 1000) + CERTIFICATE_DAYS * 86_400);
    expect(await judged(await movingCode(phone, certified))).toMatchObject({
      verdict: 'admit',
      card: member.cardId,
    });
    const rows = await inLibrary(database.db, database.libraryIds[SLUG], (tx) =>
      tx.selectFrom('kta_phone').selectAll().where('card_id', '=', member.cardId).execute(),
    );
    expect(rows).toMatchObject([{ kept: true, generation: 0 }]);
    expect(JSON.stringify(rows)).not.toContain(phone.raw.slice(0, 20));
    const audit = await inLibrary(database.db, database.libraryIds[SLUG], (tx) =>
      tx
        .selectFrom('audit_log')
        .select(['action', 'actor_kind', 'purpose'])
        .where('subject_id', '=', member.cardId)
        .where('action', '=', 'kta.certify')
        .execute(),
    );
    expect(audit).toEqual([{ action: 'kta.certify', actor_kind: 'applicant', purpose: 'phone' }]);
  });

  it('that only opened the page is certified for the day, not beyond the end of the card', async () => {
    const { member } = await toTheCard(app, SLUG, 'Contoh Hanya Dibuka', cookie);
    const phone = await newPhone();
    const now = Math.floor(app.clock.now.getTime() / 1000);
    expect((await certify(member, phone, false)).ends).toBe(now + OPENING_HOURS * 3600);
    const scope = await officerScope();
    await inLibrary(database.db, scope.library.id, (tx) =>
      tx
        .updateTable('member')
        .set({ valid_until: todayOf(scope) })
        .where('id', '=', member.id)
        .execute(),
    );
    const ends = (await certify(member, phone)).ends;
    expect(ends).toBe(Date.parse(`${todayOf(scope)}T24:00:00Z`) / 1000);
  });

  it('is one of three; the first makes way for a fourth, and a crowd is refused', async () => {
    const { member } = await toTheCard(app, SLUG, 'Contoh Banyak Ponsel', cookie);
    const start = app.clock.now;
    const phones: Phone[] = [];
    for (let at = 0; at <= KEPT_PHONES; at++) {
      const phone = await newPhone();
      phones.push(phone);
      expect((await certify(member, phone)).status, `phone ${at}`).toBe(200);
      app.clock.now = new Date(app.clock.now.getTime() + 60_000);
    }
    const [first, second] = phones;
    if (!first || !second) throw new Error('no phones');
    expect(await certify(member, first)).toMatchObject({ status: 409, reason: 'displaced' });
    expect((await certify(member, second)).status).toBe(200);
    for (let at = phones.length; at < NEW_PHONES; at++)
      expect((await certify(member, await newPhone())).status).toBe(200);
    expect(await certify(member, await newPhone())).toMatchObject({ status: 429, reason: 'too-many' });
    for (let at = 0; at < OPENINGS_PER_HOUR; at++) await certify(member, await newPhone(), false);
    expect((await certify(member, await newPhone(), false)).status).toBe(429);
    app.clock.now = start;
  });

  it('keeps its place when the same key is certified as an opening too: the limits hold', async () => {
    const { member } = await toTheCard(app, SLUG, 'Contoh Simpan Lalu Buka', cookie);
    for (let at = 0; at < NEW_PHONES; at++) {
      const phone = await newPhone();
      expect((await certify(member, phone)).status, `phone ${at}`).toBe(200);
      expect((await certify(member, phone, false)).status, `opening ${at}`).toBe(200);
    }
    expect(await certify(member, await newPhone())).toMatchObject({ status: 429, reason: 'too-many' });
  });

  it('is refused with a key that is none, on the officer’s own screen, and for a card that is not valid', async () => {
    const { member } = await toTheCard(app, SLUG, 'Contoh Kunci Salah', cookie);
    const phone = await newPhone();
    for (const raw of ['', 'AAAA', `${phone.raw.slice(0, -4)}AAAA`, 'A'.repeat(5_000)])
      expect((await certify(member, { ...phone, raw })).status, raw.slice(0, 8)).toBe(422);
    expect(await certify(member, phone, true, cookie)).toMatchObject({ status: 403 });
    const officers = await app.request(ktaOf(member), { headers: { cookie } });
    expect(await officers.text()).not.toContain('data-active');
    for (const change of [{ valid_until: '2026-03-01' as PlainDate }, { state: 'suspended' as const }]) {
      await inLibrary(database.db, database.libraryIds[SLUG], (tx) =>
        tx.updateTable('member').set(change).where('id', '=', member.id).execute(),
      );
      expect(await certify(member, phone)).toMatchObject({ status: 409, reason: 'not-active' });
      expect(await drawnBy(ktaOf(member))).toEqual([]);
    }
    const rows = await inLibrary(database.db, database.libraryIds[SLUG], (tx) =>
      tx.selectFrom('kta_phone').select('since').where('card_id', '=', member.cardId).execute(),
    );
    expect(rows).toEqual([]);
  });

  it('is forgotten when its certificate is over', async () => {
    const { member } = await toTheCard(app, SLUG, 'Contoh Lupa Ponsel', cookie);
    await certify(member, await newPhone());
    const start = app.clock.now;
    const count = async () =>
      inLibrary(database.db, database.libraryIds[SLUG], async (tx) => {
        const rows = await tx
          .selectFrom('kta_phone')
          .select('since')
          .where('card_id', '=', member.cardId)
          .execute();
        return rows.length;
      });
    await applyRetention(database.db, app.deps, await libraryOf(app, SLUG));
    expect(await count()).toBe(1);
    app.clock.now = new Date(start.getTime() + (CERTIFICATE_DAYS + 1) * 86_400_000);
    await applyRetention(database.db, app.deps, await libraryOf(app, SLUG));
    expect(await count()).toBe(0);
    app.clock.now = start;
  });
});

describe('the code of the printed card', () => {
  it('is neither in the KTA page nor in what is saved of it: there it is the code of a picture', async () => {
    const { member } = await toTheCard(app, SLUG, 'Contoh Bukan Kartu Cetak', cookie);
    for (const path of ['', '/kartu.png', '/kartu.pdf', '?lang=en']) {
      const drawn = await drawnBy(`${ktaOf(member)}${path}`);
      expect(pictureCodesIn(drawn), path).toHaveLength(1);
      expect(drawn, path).toHaveLength(1);
      for (const code of drawn) {
        expect(code).toBe(code.toUpperCase());
        expect(await judged(code), path).toMatchObject({
          verdict: 'look',
          reason: 'picture',
          card: member.cardId,
        });
      }
    }
    const html = await (await app.request(ktaOf(member))).text();
    expect(/\/k\/[A-Za-z0-9_-]{20}/.exec(html)).toBeNull();
  });
});

describe('a phone that was lost', () => {
  /** Everything that was out there of one card before something happened to it. */
  async function everythingOf(name: string) {
    const { member } = await toTheCard(app, SLUG, name, cookie);
    const library = await libraryOf(app, SLUG);
    const phone = await newPhone();
    const certified = await certify(member, phone);
    const [picture = ''] = await drawnBy(ktaOf(member));
    const print = encodeCardToken(
      { library: library.id, card: member.cardId, issued: '2026-03-02' as PlainDate, validUntil: null },
      signerOf(app.deps, library),
    );
    const moving = await movingCode(phone, certified);
    expect((await judged(moving)).verdict).toBe('admit');
    return { member, phone, certified, picture, print, moving, scope: await officerScope() };
  }

  it('replaced at the counter: address, picture, moving code, certificate and printed card are dead at once', async () => {
    const old = await everythingOf('Contoh Ganti Semua');
    const replaced = await replaceCard(database.db, app.deps, old.scope, {
      memberId: old.member.id,
      reason: 'phone_lost',
    });
    if (!replaced.ok) throw new Error(replaced.reason);
    expect((await app.request(ktaOf(old.member))).status).toBe(410);
    expect((await app.request(`${ktaOf(old.member)}/jam`)).status).toBe(410);
    expect(await certify(old.member, old.phone)).toMatchObject({ status: 410, reason: 'revoked' });
    for (const code of [old.moving, old.picture, old.print])
      expect(await judged(code)).toMatchObject({ verdict: 'refuse', reason: 'revoked' });
    const now = { ...old.member, cardId: replaced.cardId, token: replaced.token };
    const fresh = await certify(now, old.phone);
    expect(await judged(await movingCode(old.phone, fresh))).toMatchObject({
      verdict: 'admit',
      card: replaced.cardId,
    });
  });

  it('given a new address only: the printed card stays, pictures and moving codes of before die by their generation', async () => {
    const old = await everythingOf('Contoh Alamat Baru');
    const again = await reissueKta(database.db, app.deps, old.scope, { memberId: old.member.id });
    if (!again.ok) throw new Error(again.reason);
    expect((await app.request(ktaOf(old.member))).status).toBe(404);
    expect((await certify(old.member, old.phone)).status).toBe(404);
    for (const code of [old.moving, old.picture])
      expect(await judged(code)).toMatchObject({ verdict: 'refuse', reason: 'superseded' });
    expect(await judged(old.print)).toMatchObject({ verdict: 'admit', card: old.member.cardId });
    // As many phones as before may keep the card at its new address.
    const now = { ...old.member, token: again.token };
    const phone = await newPhone();
    expect(await judged(await movingCode(phone, await certify(now, phone)))).toMatchObject({
      verdict: 'admit',
    });
    const [picture = ''] = await drawnBy(ktaOf(now));
    expect(await judged(picture)).toMatchObject({ verdict: 'look' });
  });

  it('is refused by a gate without internet too, as soon as its list is of afterwards', async () => {
    const old = await everythingOf('Contoh Gerbang Luring');
    const { library } = old.scope;
    const verdict = (list: Parameters<typeof encodeGateList>[0]) => {
      const code = read(old.moving);
      return judgeOffline({
        code,
        signature: verifyCode(code, verifierOf(library)),
        library,
        now: app.clock.now.getTime(),
        today: todayOf(old.scope),
        policy: DEFAULT_ADMISSION,
        seen: new Map(),
        list: decodeGateList(encodeGateList(list)) ?? null,
      });
    };
    const list = {
      library: library.id,
      asOf: Math.floor(app.clock.now.getTime() / 1000),
      version: 1,
      salt: 7,
      revoked: [],
      suspended: [],
      generations: [],
    };
    const card = old.member.cardId;
    expect(verdict(list).verdict).toBe('admit');
    expect(verdict({ ...list, revoked: [card] })).toMatchObject({ reason: 'revoked' });
    expect(verdict({ ...list, generations: [{ card, least: 1 }] })).toMatchObject({ reason: 'superseded' });
  });
});

it('a phone that was certified by a key that is taken back is told so with the time, and certified by another', async () => {
  const { member } = await toTheCard(app, SLUG, 'Contoh Kunci Ditarik', cookie);
  const phone = await newPhone();
  const told = async () =>
    ((await (await app.request(`${ktaOf(member)}/jam`)).json()) as { readonly revoked: string[] }).revoked;
  const first = await certify(member, phone);
  expect(first.signer).toMatch(/^[0-9a-f]{8}$/);
  expect(await told()).toEqual([]);
  const scope = await officerScope();
  const admin: Scope = { ...scope, actor: { ...scope.actor, roles: ['admin'] } as Scope['actor'] };
  expect(await revokeKey(database.db, app.deps, admin, first.signer)).toMatchObject({ ok: true });
  app.deps.libraries.forget(SLUG);
  expect(await told()).toEqual([first.signer]);
  const second = await certify(member, phone);
  expect(second.status).toBe(200);
  expect(await told()).not.toContain(second.signer);
  expect(await judged(await movingCode(phone, second))).toMatchObject({ verdict: 'admit' });
});

it('no line of the log carries a key, a certificate or an address', () => {
  expect(JSON.stringify(app.logged)).not.toMatch(/Contoh|kta\/[A-Za-z0-9_-]{22}|[A-Za-z0-9_-]{80}/);
});
