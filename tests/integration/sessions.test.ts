import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { OfficerId } from '../../src/domain/ids.ts';
import { confirmSession } from '../../src/usecases/confirm-session.ts';
import type { LibraryContext, Scope } from '../../src/usecases/context.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { addPasskey, askForOwnPasskey, beginPasskey } from '../../src/usecases/passkey.ts';
import { findSession } from '../../src/usecases/session.ts';
import { createTestApp, type SessionCookie, type TestApp } from '../support/app.ts';
import { type SoftPasskey, softPasskey } from '../support/authenticator.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { scopeOfRole } from '../support/members.ts';

let database: TestDatabase;
let site: TestApp;
let library: LibraryContext;
let admin: Scope;
let session: SessionCookie;
const own: SoftPasskey = softPasskey();
const foreign: SoftPasskey = softPasskey();
const ORIGIN = 'http://localhost';

const idOf = (username: string) =>
  inLibrary(database.db, library.id, async (tx) => {
    const row = await tx
      .selectFrom('officer')
      .select('id')
      .where('username', '=', username)
      .executeTakeFirstOrThrow();
    return row.id;
  });
const isIn = async (cookie: SessionCookie) =>
  (await site.request('/banyuwangi/sesi', { headers: { cookie: cookie.header } })).status === 200;

async function addTo(scope: Scope, passkey: SoftPasskey, label: string, token: string) {
  const task = await beginPasskey(database.db, site.deps, scope, {
    username: label,
    name: label,
    origin: ORIGIN,
  });
  return addPasskey(database.db, site.deps, scope, {
    ticket: task.ticket,
    answer: passkey.make(task.options, ORIGIN),
    origin: ORIGIN,
    label,
    token,
  });
}

beforeAll(async () => {
  database = await createTestDatabase();
  site = createTestApp(database);
  const found = await loadLibrary(database.db, 'banyuwangi', site.clock.now);
  if (!found) throw new Error('not seeded');
  library = found;
  admin = scopeOfRole(library, site.deps, ['admin'], await idOf('admin'));
  session = await site.signIn('banyuwangi', 'admin');
});
afterAll(() => database.drop());

describe('a new or changed factor', () => {
  it('ends the officer’s other sessions: a passkey made, and one taken away', async () => {
    const elsewhere = await site.signIn('banyuwangi', 'admin');
    expect([await isIn(session), await isIn(elsewhere)]).toEqual([true, true]);
    expect(await addTo(admin, own, 'Kunci', session.value)).toMatchObject({ ok: true });
    expect([await isIn(session), await isIn(elsewhere)]).toEqual([true, false]);
  });

  it('ends nobody else’s', async () => {
    const other = await site.signIn('banyuwangi', 'petugas');
    const scope = scopeOfRole(library, site.deps, ['petugas'], await idOf('petugas'));
    expect(await addTo(scope, foreign, 'Kunci lain', other.value)).toMatchObject({ ok: true });
    expect([await isIn(session), await isIn(other)]).toEqual([true, true]);
  });
});

describe('a proof of who sits there', () => {
  const later = (minutes: number) => {
    site.clock.now = new Date(site.clock.now.getTime() + minutes * 60_000);
  };

  it('gives the session a new secret: the old one is out, and the form goes on', async () => {
    later(11);
    const path = '/banyuwangi/pengaturan/kunci';
    const asked = await site.post(path, { kunci: 'x' }, session.header);
    expect(asked.status).toBe(200);
    expect(await asked.text()).toContain('Pastikan ini Anda');
    const password = database.signIns('banyuwangi').find((one) => one.username === 'admin')?.password ?? '';
    const markOf = async (cookie: SessionCookie) =>
      (await findSession(database.db, site.deps, library, cookie.value))?.mark;
    const mark = await markOf(session);
    const right = await site.post(path, { kunci: 'x', 'konfirmasi-sandi': password }, session.header);
    expect(right.headers.get('location')).toContain('selesai=berubah');
    const header =
      right.headers
        .getSetCookie()
        .find((one) => one.startsWith(session.name))
        ?.split(';')[0] ?? '';
    const next = { name: session.name, value: header.slice(session.name.length + 1), header };
    expect(next.value).not.toBe(session.value);
    expect([await isIn(session), await isIn(next)]).toEqual([false, true]);
    // Pages that were opened before know it as the same session.
    expect(mark).toMatch(/^[0-9a-f]{16}$/);
    expect(await markOf(next)).toBe(mark);
    session = next;
  });

  it('is asked again before every sensitive act, and not before others', async () => {
    later(11);
    const password = 'tidak diisi';
    const device = '/pengaturan/perangkat/01890000-0000-7000-8000-00000000000b';
    for (const path of [
      '/pengaturan/kunci',
      `/pengaturan/kunci/${'0'.repeat(8)}/cabut`,
      '/pengaturan/retensi',
      '/pengaturan/whatsapp',
      '/pengaturan/sms',
      '/pengaturan/perangkat',
      `${device}/kode`,
      `${device}/cabut`,
    ]) {
      const answer = await site.post(`/banyuwangi${path}`, { sandi: password }, session.header);
      expect(await answer.text(), path).toContain('Pastikan ini Anda');
    }
    const other = await site.post('/banyuwangi/pengaturan/hari-libur', {}, session.header);
    expect(await other.text()).not.toContain('Pastikan ini Anda');
    const head = await site.signIn('banyuwangi', 'subkoordinator');
    later(11);
    const id = '01890000-0000-7000-8000-00000000000a';
    for (const path of [`/permintaan-data/${id}`, '/pengaturan/pelanggaran', `/anggota/${id}/berhenti`]) {
      const answer = await site.post(`/banyuwangi${path}`, { putusan: 'done' }, head.header);
      expect(await answer.text(), path).toContain('Pastikan ini Anda');
    }
  });
});

describe('an answer of a passkey', () => {
  const ask = async (officerId: OfficerId, purpose: 'confirm' | 'second-factor' = 'confirm') => {
    const task = await askForOwnPasskey(database.db, site.deps, library, {
      officerId,
      purpose,
      origin: ORIGIN,
    });
    if (!task) throw new Error('no passkey');
    return task;
  };
  const confirm = async (ticket: string, answer: string, origin = ORIGIN) => {
    const scope = { ...admin, at: site.deps.now() };
    const next = await confirmSession(database.db, site.deps, scope, {
      token: session.value,
      proof: { ticket, answer, origin },
    });
    if (next.ok) session = { ...session, value: next.token, header: `${session.name}=${next.token}` };
    return next.ok;
  };
  const adminId = () => (admin.actor.kind === 'officer' ? admin.actor.id : ('' as OfficerId));

  it('is taken once: sent again it opens nothing', async () => {
    const task = await ask(adminId());
    const answer = own.answer(task.options, { origin: ORIGIN });
    expect(await confirm(task.ticket, answer)).toBe(true);
    expect(await confirm(task.ticket, answer)).toBe(false);
  });

  it('is refused from another site, also where the request says it came from here', async () => {
    const task = await ask(adminId());
    expect(await confirm(task.ticket, own.answer(task.options, { origin: 'https://tiruan.example' }))).toBe(
      false,
    );
    const relayed = own.answer(task.options, { origin: 'https://tiruan.example', rpId: 'tiruan.example' });
    expect(await confirm(task.ticket, relayed)).toBe(false);
    expect(await confirm(task.ticket, relayed, 'https://tiruan.example')).toBe(false);
  });

  it('is refused for another challenge, another task, another purpose, and when it is too old', async () => {
    const [task, other] = [await ask(adminId()), await ask(adminId())];
    const answer = own.answer(task.options, { origin: ORIGIN });
    expect(await confirm(other.ticket, answer)).toBe(false);
    const made = own.answer(task.options, { origin: ORIGIN, challenge: 'AAAAAAAAAAAAAAAAAAAAAA' });
    expect(await confirm(task.ticket, made)).toBe(false);
    const factor = await ask(adminId(), 'second-factor');
    expect(await confirm(factor.ticket, own.answer(factor.options, { origin: ORIGIN }))).toBe(false);
    const start = site.clock.now;
    site.clock.now = new Date(start.getTime() + 11 * 60_000);
    expect(await confirm(task.ticket, answer)).toBe(false);
    site.clock.now = start;
    expect(await confirm(task.ticket, answer)).toBe(true);
  });

  it('is refused where it is another officer’s, was changed, or did not check who holds the device', async () => {
    const task = await ask(adminId());
    expect(await confirm(task.ticket, foreign.answer(task.options, { origin: ORIGIN }))).toBe(false);
    // Somebody else's key under the own name of the credential.
    const posed = JSON.stringify({
      ...JSON.parse(foreign.answer(task.options, { origin: ORIGIN })),
      id: own.id.toString('base64url'),
      rawId: own.id.toString('base64url'),
    });
    expect(await confirm(task.ticket, posed)).toBe(false);
    const theirs = await ask(await idOf('petugas'));
    expect(await confirm(theirs.ticket, foreign.answer(theirs.options, { origin: ORIGIN }))).toBe(false);
    expect(await confirm(task.ticket, own.answer(task.options, { origin: ORIGIN, unverified: true }))).toBe(
      false,
    );
    expect(await confirm(task.ticket, own.answer(task.options, { origin: ORIGIN, userHandle: 'AAAA' }))).toBe(
      false,
    );
    expect(await confirm(task.ticket, own.answer(task.options, { origin: ORIGIN }))).toBe(true);
  });
});

it('signing in ends the session that the browser had before', async () => {
  const before = await site.signIn('banyuwangi', 'kepala');
  const password = database.signIns('banyuwangi').find((one) => one.username === 'kepala')?.password ?? '';
  const again = await site.post(
    '/masuk',
    { perpustakaan: 'banyuwangi', nama: 'kepala', sandi: password },
    before.header,
  );
  expect(again.status).toBe(303);
  expect(await isIn(before)).toBe(false);
});

describe('what was refused is found later', () => {
  it('an officer who tried what their roles do not open, by the pattern of the address', async () => {
    const officer = await site.signIn('banyuwangi', 'kepala');
    const path = '/banyuwangi/anggota/01890000-0000-7000-8000-0000000000ff/gabung';
    await site.request('/banyuwangi/pengaturan/petugas', { headers: { cookie: officer.header } });
    await site.request(path, { headers: { cookie: officer.header } });
    const rows = await inLibrary(database.db, library.id, (tx) =>
      tx.selectFrom('audit_log').selectAll().where('action', '=', 'access.refuse').execute(),
    );
    expect(rows[0]).toMatchObject({ subject_id: await idOf('kepala'), actor_kind: 'officer' });
    expect(rows[0]?.purpose).toContain('/pengaturan/petugas');
    expect(JSON.stringify(rows)).not.toContain('0000000000ff');
  });

  it('a limit that was reached and a form of another site, without who or what', async () => {
    for (let each = 0; each < 9; each++)
      await site.post('/masuk', { perpustakaan: 'banyuwangi', nama: 'kabid', sandi: 'salah sekali' });
    await site.request('/masuk', { method: 'POST', headers: { origin: 'https://tiruan.example' } });
    const lines = site.logged.filter(({ event }) => event === 'limit-reached' || event === 'request-refused');
    expect(lines.map(({ event }) => event)).toEqual(
      expect.arrayContaining(['limit-reached', 'request-refused']),
    );
    expect(lines[0]).toMatchObject({ route: '/masuk', request: expect.any(String) });
    expect(JSON.stringify(lines)).not.toMatch(/kabid|salah|tiruan/);
  });

  it('by which factor a session was opened, confirmed or refused', async () => {
    const rows = await inLibrary(database.db, library.id, (tx) =>
      tx
        .selectFrom('audit_log')
        .select(['action', 'purpose'])
        .where('action', 'in', ['session.open', 'session.confirm', 'session.refuse'])
        .execute(),
    );
    const seen = new Set(rows.map(({ action, purpose }) => `${action} ${purpose}`));
    for (const each of ['session.open password', 'session.confirm passkey', 'session.refuse password'])
      expect(seen).toContain(each);
    expect(rows.every(({ purpose }) => purpose !== null)).toBe(true);
  });
});
