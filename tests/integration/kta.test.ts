import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signingKeyFromSeed } from '../../src/db/signing-key.ts';
import { inLibrary } from '../../src/db/tenancy.ts';
import { decodeCardToken, encodeCardToken } from '../../src/domain/card-token.ts';
import type { CardId, LibraryId, OfficerId } from '../../src/domain/ids.ts';
import { addDays, type PlainDate } from '../../src/domain/plain-date.ts';
import type { Scope } from '../../src/usecases/context.ts';
import { signerOf, verifierOf } from '../../src/usecases/library-keys.ts';
import { findPresentCard } from '../../src/usecases/read-card.ts';
import { reissueKta } from '../../src/usecases/reissue-kta.ts';
import { replaceCard } from '../../src/usecases/replace-card.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { citizenScope, libraryOf, memberOf, type StoredMember, toTheCard } from '../support/cases.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let app: TestApp;
let cookie: string;
const SLUG = 'banyuwangi';

beforeAll(async () => {
  database = await createTestDatabase();
  app = createTestApp(database);
  cookie = (await app.signIn(SLUG, 'petugas')).header;
});
afterAll(() => database.drop());

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

const ktaOf = (member: StoredMember) => `/${SLUG}/kta/${member.token}`;

/** The code of the printed card, which no KTA page shows. */
async function signedOf(member: StoredMember): Promise<string> {
  const library = await libraryOf(app, SLUG);
  const card = await inLibrary(database.db, library.id, (tx) =>
    tx
      .selectFrom('card')
      .innerJoin('member', 'member.id', 'card.member_id')
      .select(['card.id', 'member.valid_until'])
      .where('card.id', '=', member.cardId)
      .executeTakeFirstOrThrow(),
  );
  return encodeCardToken(
    { library: library.id, card: card.id, issued: '2026-03-02' as PlainDate, validUntil: card.valid_until },
    signerOf(app.deps, library),
  );
}

async function setMember(
  member: StoredMember,
  change: { state?: 'suspended' | 'ended' | 'active'; valid_until?: PlainDate },
) {
  await inLibrary(database.db, database.libraryIds[SLUG], (tx) =>
    tx.updateTable('member').set(change).where('id', '=', member.id).execute(),
  );
}

describe('the KTA online', () => {
  it('shows the card and its codes at its secret address, and is kept by nobody on the way', async () => {
    const { member } = await toTheCard(app, SLUG, 'Contoh Dewi Kartu', cookie);
    const answer = await app.request(ktaOf(member));
    const html = await answer.text();
    expect(answer.status).toBe(200);
    for (const part of ['Contoh Dewi Kartu', member.number, 'Umum', 'Berlaku hingga', '<svg'])
      expect(html.includes(part), part).toBe(true);
    expect(html).toContain('name="robots" content="noindex, nofollow"');
    for (const path of [
      '',
      '/foto',
      '/manifest.webmanifest',
      '/kartu.pdf',
      '/kartu.png',
      '/jam',
      '/ikon-192.png',
      '/pekerja.js',
    ]) {
      const part = await app.request(`${ktaOf(member)}${path}`);
      expect(part.status, path).toBe(200);
      expect(part.headers.get('cache-control'), path).toBe('no-store');
      expect(part.headers.get('referrer-policy'), path).toBe('no-referrer');
      expect(part.headers.get('x-robots-tag'), path).toContain('noindex');
    }
  });

  it('is not found, and no trouble, at an address that could not be one', async () => {
    for (const token of ['%0d%0a', '%00', 'a%20b', '%E2%82%AC'])
      for (const path of ['', '/jam', '/pekerja.js'])
        expect((await app.request(`/${SLUG}/kta/${token}${path}`)).status, `${token}${path}`).toBe(404);
  });

  it('holds no number of a document, no address and no date of birth', async () => {
    const { member } = await toTheCard(app, SLUG, 'Contoh Tanpa Rahasia', cookie);
    const html = await (await app.request(ktaOf(member))).text();
    expect(/99010157|Jl\. Contoh|1999-08|17 Agustus/.exec(html)?.[0]).toBeUndefined();
  });

  it('goes onto the home screen under its own address', async () => {
    const { member } = await toTheCard(app, SLUG, 'Contoh Layar Utama', cookie);
    const manifest = await (await app.request(`${ktaOf(member)}/manifest.webmanifest`)).json();
    expect(manifest).toMatchObject({
      start_url: ktaOf(member),
      scope: ktaOf(member),
      display: 'standalone',
      icons: [{ sizes: '192x192' }, { sizes: '512x512' }],
    });
    const worker = await app.request(`${ktaOf(member)}/pekerja.js`);
    expect(worker.headers.get('service-worker-allowed')).toBe(ktaOf(member));
  });

  it('opened on the holder’s phone it is handed over; looked at by an officer or a message’s preview it is not', async () => {
    const { member, applicationId } = await toTheCard(app, SLUG, 'Contoh Terima', cookie);
    const handed = () =>
      inLibrary(database.db, database.libraryIds[SLUG], async (tx) => {
        const card = await tx
          .selectFrom('card')
          .select('handed_over_at')
          .where('id', '=', member.cardId)
          .executeTakeFirstOrThrow();
        const { state } = await tx
          .selectFrom('application')
          .select('state')
          .where('id', '=', applicationId)
          .executeTakeFirstOrThrow();
        return [card.handed_over_at !== null, state];
      });
    await app.request(ktaOf(member));
    const officers = await app.request(ktaOf(member), { headers: { cookie } });
    expect(await officers.text()).not.toContain('data-receive');
    await app.post(`${ktaOf(member)}/diterima`, {}, cookie);
    expect(await handed()).toEqual([false, 'approved']);
    for (let opened = 0; opened < 2; opened++)
      expect((await app.post(`${ktaOf(member)}/diterima`, {})).status).toBe(204);
    expect(await handed()).toEqual([true, 'completed']);
    const times = await inLibrary(database.db, database.libraryIds[SLUG], (tx) =>
      tx
        .selectFrom('card_event')
        .select(['kind', 'detail', 'actor_kind'])
        .where('card_id', '=', member.cardId)
        .where('kind', '=', 'handed_over')
        .execute(),
    );
    expect(times).toEqual([{ kind: 'handed_over', detail: 'kta_online', actor_kind: 'applicant' }]);
  });

  it('is opened by a short code for half an hour, in its own library only', async () => {
    const { member } = await toTheCard(app, SLUG, 'Contoh Kode Pendek', cookie);
    const scope = await citizenScope(app, SLUG);
    const card = await inLibrary(database.db, scope.library.id, (tx) =>
      findPresentCard(tx, app.deps, scope, member.id),
    );
    const kode = card?.pickupCode ?? '';
    const opened = await app.post(`/${SLUG}/kta`, { kode: kode.toLowerCase() });
    expect([opened.status, opened.headers.get('location')]).toEqual([303, ktaOf(member)]);
    expect((await app.post('/jateng/kta', { kode })).status).toBe(422);
    const start = app.clock.now;
    app.clock.now = new Date(start.getTime() + 30 * 60_000);
    expect((await app.post(`/${SLUG}/kta`, { kode })).status).toBe(422);
    app.clock.now = start;
  });

  it('shows no photo where the holder did not agree to one on the card', async () => {
    const { member } = await toTheCard(app, SLUG, 'Contoh Tanpa Foto', cookie, {
      consents: { photo_on_card: false, messages: false },
    });
    expect((await (await app.request(ktaOf(member))).text()).includes('kta__photo')).toBe(false);
    expect((await app.request(`${ktaOf(member)}/foto`)).status).toBe(404);
  });

  it('says so when the membership has ended or is suspended', async () => {
    const { member } = await toTheCard(app, SLUG, 'Contoh Habis', cookie);
    await setMember(member, { valid_until: '2026-03-01' as PlainDate });
    const expired = await (await app.request(ktaOf(member))).text();
    expect(expired.includes('data-status="expired"') && expired.includes('memperpanjang')).toBe(true);
    await setMember(member, { state: 'suspended' });
    expect((await (await app.request(ktaOf(member))).text()).includes('Ditangguhkan')).toBe(true);
  });
});

describe('an address that is dead', () => {
  it('shows nothing of the person, whether the card was replaced, the membership ended or it never was', async () => {
    const { member } = await toTheCard(app, SLUG, 'Contoh Ponsel Hilang', cookie);
    const replaced = await replaceCard(database.db, app.deps, await officerScope(), {
      memberId: member.id,
      reason: 'lost',
    });
    if (!replaced.ok) throw new Error(replaced.reason);
    const now = { ...member, cardId: replaced.cardId, token: replaced.token };
    for (const path of [
      '',
      '/foto',
      '/kartu.pdf',
      '/kartu.png',
      '/jam',
      '/manifest.webmanifest',
      '/ikon-192.png',
    ]) {
      const dead = await app.request(`${ktaOf(member)}${path}`);
      expect(dead.status, path).toBe(410);
      expect(/Ponsel Hilang|Contoh P/.test(await dead.text()), path).toBe(false);
    }
    expect((await app.request(ktaOf(now))).status).toBe(200);
    expect((await app.request(ktaOf(now).replace(SLUG, 'jateng'))).status).toBe(404);
    await setMember(member, { state: 'ended' });
    expect((await app.request(ktaOf(now))).status).toBe(410);
    expect((await app.request(`/${SLUG}/kta/AAAAAAAAAAAAAAAAAAAAAA`)).status).toBe(404);
  });

  it('is the old one when the KTA is handed out again: the same card and code, a new address', async () => {
    const { member, applicationId } = await toTheCard(app, SLUG, 'Contoh Lagi', cookie);
    const signed = await signedOf(member);
    const again = await reissueKta(database.db, app.deps, await officerScope(), { memberId: member.id });
    if (!again.ok) throw new Error(again.reason);
    expect([again.cardId, again.token === member.token]).toEqual([member.cardId, false]);
    expect((await app.request(ktaOf(member))).status).toBe(404);
    expect((await app.request(`/${SLUG}/kta/${again.token}`)).status).toBe(200);
    expect((await app.request(`/k/${signed}`)).status).toBe(200);
    expect((await memberOf(app, SLUG, applicationId)).token).toBe(again.token);
    const applicant = await reissueKta(database.db, app.deps, await citizenScope(app, SLUG), {
      memberId: member.id,
    });
    expect(applicant).toEqual({ ok: false, reason: 'not-allowed' });
  });
});

describe('who scans a card', () => {
  it('learns that it is valid, of whom in short, of which library, and until when', async () => {
    const { member } = await toTheCard(app, SLUG, 'Contoh Ratna Wulandari', cookie);
    const answer = await app.request(`/k/${await signedOf(member)}`);
    const html = await answer.text();
    expect(answer.status).toBe(200);
    for (const part of ['Kartu berlaku', 'Contoh R. W.', 'Umum', 'Banyuwangi', '2027'])
      expect(html.includes(part), part).toBe(true);
    expect(html.includes('Wulandari') || html.includes(member.number)).toBe(false);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('learns that it has expired, is suspended, or was replaced, and then nothing of the person', async () => {
    const { member } = await toTheCard(app, SLUG, 'Contoh Bima Lewat', cookie);
    const address = `/k/${await signedOf(member)}`;
    const yesterday = addDays('2026-03-02' as PlainDate, -1);
    await setMember(member, { valid_until: yesterday });
    expect((await (await app.request(address)).text()).includes('Masa berlaku habis')).toBe(true);
    await setMember(member, { state: 'suspended' });
    expect((await (await app.request(address)).text()).includes('Sedang tidak dapat dipakai')).toBe(true);
    await setMember(member, { state: 'active' });
    await replaceCard(database.db, app.deps, await officerScope(), { memberId: member.id, reason: 'lost' });
    const revoked = await (await app.request(address)).text();
    expect(revoked.includes('Kartu tidak berlaku lagi')).toBe(true);
    expect(/Bima|B\. L\./.test(revoked)).toBe(false);
  });

  it('is told of a code that was altered, signed by somebody else, or names no card of ours', async () => {
    const { member } = await toTheCard(app, SLUG, 'Contoh Palsu', cookie);
    const signed = await signedOf(member);
    const library = await libraryOf(app, SLUG);
    const key = signerOf(app.deps, library);
    const other = signingKeyFromSeed(Buffer.alloc(32, 9));
    const claims = decodeCardToken(signed, verifierOf(library).library);
    if (!claims.ok) throw new Error('not readable');
    const forged = encodeCardToken(claims.claims, other);
    const nobody = encodeCardToken(
      { ...claims.claims, card: '01890000-0000-7000-8000-00000000dead' as CardId },
      key,
    );
    const elsewhere = encodeCardToken({ ...claims.claims, library: 4_000 as LibraryId }, key);
    const foreign = encodeCardToken({ ...claims.claims, library: database.libraryIds.jateng }, key);
    const altered = [20, 60, 120, signed.length - 2].map((at) => {
      const char = signed.charAt(at) === 'A' ? 'B' : 'A';
      return signed.slice(0, at) + char + signed.slice(at + 1);
    });
    const tried = [...altered, forged, nobody, elsewhere, foreign, signed.slice(0, -1), `${signed}A`, 'x'];
    for (const token of tried) {
      const answer = await app.request(`/k/${token}`);
      const html = await answer.text();
      expect([answer.status, html.includes('Kartu tidak dikenal'), html.includes('Palsu')], token).toEqual([
        404,
        true,
        false,
      ]);
    }
  });

  it('is slowed where somebody asks without end', async () => {
    const crowd = createTestApp(database);
    const statuses = new Set<number>();
    for (let asked = 0; asked < 125; asked++) statuses.add((await crowd.request('/k/x')).status);
    expect([...statuses]).toEqual([404, 429]);
  });
});

it('no line of the log carries a token or a name', () => {
  expect(JSON.stringify(app.logged)).not.toMatch(/Contoh|\/k\/[A-Za-z0-9]|kta\/[A-Za-z0-9_-]{22}/);
});
