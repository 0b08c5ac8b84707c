import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { OfficerId } from '../../src/domain/ids.ts';
import type { PlainDate } from '../../src/domain/plain-date.ts';
import type { LibraryContext, Scope } from '../../src/usecases/context.ts';
import { delegate, endDelegation } from '../../src/usecases/delegate.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { listOfficers } from '../../src/usecases/list-officers.ts';
import {
  createOfficer,
  resetPassword,
  setOfficerActive,
  updateOfficer,
} from '../../src/usecases/manage-officer.ts';
import { findSession } from '../../src/usecases/session.ts';
import { signIn } from '../../src/usecases/sign-in.ts';
import { createTestApp, type SessionCookie, type TestApp } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { scopeOfRole } from '../support/members.ts';

let database: TestDatabase;
let site: TestApp;
let library: LibraryContext;
let admin: Scope;
let adminId: OfficerId;

beforeAll(async () => {
  database = await createTestDatabase();
  site = createTestApp(database);
  library = await load();
  adminId = await officerNamed('admin');
  admin = scopeOfRole(library, site.deps, ['admin'], adminId);
});
afterAll(() => database.drop());

async function load(): Promise<LibraryContext> {
  const found = await loadLibrary(database.db, 'banyuwangi', site.clock.now);
  if (!found) throw new Error('not seeded');
  return found;
}

async function officerNamed(username: string): Promise<OfficerId> {
  const row = await inLibrary(database.db, database.libraryIds.banyuwangi, (tx) =>
    tx.selectFrom('officer').select('id').where('username', '=', username).executeTakeFirstOrThrow(),
  );
  return row.id;
}

const person = { name: 'Contoh Petugas', roles: ['petugas'], servicePointId: null };
const enter = (username: string, password: string) =>
  signIn(database.db, site.deps, library, { username, password, requestId: 'test' });

describe('an account', () => {
  it('begins with a password that works once and must be changed', async () => {
    const made = await createOfficer(database.db, site.deps, admin, { ...person, username: 'Contoh.Satu' });
    if (!made.ok) throw new Error(made.reason);
    const entered = await enter('contoh.satu', made.password);
    if (!entered.ok) throw new Error(entered.reason);
    const session = await findSession(database.db, site.deps, library, entered.token);
    expect(session).toMatchObject({ name: 'Contoh Petugas', roles: ['petugas'], mustChangePassword: true });
    expect(
      await createOfficer(database.db, site.deps, admin, { ...person, username: 'contoh.satu' }),
    ).toMatchObject({
      reason: 'invalid',
      problem: 'username-taken',
    });
  });

  it('that is closed is out of all its sessions at once, and cannot come back in', async () => {
    const made = await createOfficer(database.db, site.deps, admin, { ...person, username: 'contoh.dua' });
    if (!made.ok) throw new Error(made.reason);
    const entered = await enter('contoh.dua', made.password);
    if (!entered.ok) throw new Error(entered.reason);
    await setOfficerActive(database.db, site.deps, admin, { officerId: made.officerId, active: false });
    expect(await findSession(database.db, site.deps, library, entered.token)).toBeUndefined();
    expect(await enter('contoh.dua', made.password)).toMatchObject({ ok: false });
  });

  it('with a new password has lost the old one and its sessions', async () => {
    const made = await createOfficer(database.db, site.deps, admin, { ...person, username: 'contoh.tiga' });
    if (!made.ok) throw new Error(made.reason);
    const entered = await enter('contoh.tiga', made.password);
    const reset = await resetPassword(database.db, site.deps, admin, made.officerId);
    if (!reset.ok || !entered.ok) throw new Error('not reset');
    expect(await findSession(database.db, site.deps, library, entered.token)).toBeUndefined();
    expect((await enter('contoh.tiga', made.password)).ok).toBe(false);
    expect((await enter('contoh.tiga', reset.password)).ok).toBe(true);
  });

  it('of the last admin can neither be closed nor lose the role, not by two admins at once either', async () => {
    expect(
      await setOfficerActive(database.db, site.deps, admin, { officerId: adminId, active: false }),
    ).toMatchObject({
      reason: 'own-account',
    });
    // Of an admin who was removed while their page was open.
    const former = scopeOfRole(library, site.deps, ['admin']);
    const without = {
      officerId: adminId,
      name: 'Admin',
      roles: ['petugas'],
      servicePointId: null,
      version: null,
    };
    expect(await updateOfficer(database.db, site.deps, former, without)).toMatchObject({
      reason: 'last-admin',
    });
    expect(
      await setOfficerActive(database.db, site.deps, former, { officerId: adminId, active: false }),
    ).toMatchObject({ reason: 'last-admin' });
    const second = await createOfficer(database.db, site.deps, admin, {
      ...person,
      roles: ['admin'],
      username: 'admin.dua',
    });
    if (!second.ok) throw new Error(second.reason);
    const other = scopeOfRole(library, site.deps, ['admin'], second.officerId);
    const outcomes = await Promise.all([
      setOfficerActive(database.db, site.deps, other, { officerId: adminId, active: false }),
      setOfficerActive(database.db, site.deps, admin, { officerId: second.officerId, active: false }),
    ]);
    expect(outcomes.filter((one) => one.ok)).toHaveLength(1);
    const admins = (await listOfficers(database.db, admin)).filter(
      (one) => one.active && one.roles.includes('admin'),
    );
    expect(admins).toHaveLength(1);
    const left = admins[0];
    if (left && left.id !== adminId) {
      const scope = scopeOfRole(library, site.deps, ['admin'], left.id);
      await setOfficerActive(database.db, site.deps, scope, { officerId: adminId, active: true });
    }
  });

  it('changed by two admins from one form is changed once', async () => {
    const made = await createOfficer(database.db, site.deps, admin, { ...person, username: 'contoh.lima' });
    if (!made.ok) throw new Error(made.reason);
    const version =
      (await listOfficers(database.db, admin)).find((one) => one.id === made.officerId)?.version ?? '';
    const outcomes = await Promise.all(
      ['sub_koordinator', 'kepala_bidang'].map((role) =>
        updateOfficer(database.db, site.deps, admin, {
          officerId: made.officerId,
          name: 'Contoh Lima',
          roles: [role],
          servicePointId: null,
          version,
        }),
      ),
    );
    expect(outcomes.map((one) => (one.ok ? 'saved' : one.reason)).sort()).toEqual([
      'changed-meanwhile',
      'saved',
    ]);
  });

  it('is managed by nobody but an admin', async () => {
    for (const role of ['petugas', 'sub_koordinator', 'kepala_bidang', 'kepala_skpd'] as const)
      expect(
        await createOfficer(database.db, site.deps, scopeOfRole(library, site.deps, [role]), {
          ...person,
          username: 'contoh.bukan',
        }),
      ).toMatchObject({ reason: 'not-allowed' });
  });
});

describe('an acting official', () => {
  it('has the role from the first to the last day, and no longer', async () => {
    const made = await createOfficer(database.db, site.deps, admin, { ...person, username: 'contoh.plh' });
    if (!made.ok) throw new Error(made.reason);
    const start = site.clock.now;
    const given = await delegate(database.db, site.deps, admin, {
      officerId: made.officerId,
      role: 'kepala_bidang',
      kind: 'plh',
      from: '2026-03-03' as PlainDate,
      until: '2026-03-04' as PlainDate,
    });
    expect(given.ok).toBe(true);
    const rolesOn = async (time: string) => {
      site.clock.now = new Date(time);
      const entered = await enter('contoh.plh', made.password);
      if (!entered.ok) throw new Error(entered.reason);
      return (await findSession(database.db, site.deps, library, entered.token))?.roles;
    };
    // Banyuwangi is seven hours ahead of UTC.
    expect(await rolesOn('2026-03-02T16:59:00Z')).toEqual(['petugas']);
    expect(await rolesOn('2026-03-02T17:01:00Z')).toEqual(['petugas', 'kepala_bidang']);
    expect(await rolesOn('2026-03-04T16:59:00Z')).toEqual(['petugas', 'kepala_bidang']);
    expect(await rolesOn('2026-03-04T17:01:00Z')).toEqual(['petugas']);
    site.clock.now = start;
  });

  it('cannot be appointed admin, backwards, or for ever; and can be ended early', async () => {
    const officerId = await officerNamed('petugas');
    const appoint = (changes: object) =>
      delegate(database.db, site.deps, admin, {
        officerId,
        role: 'kepala_skpd',
        kind: 'plt',
        from: '2026-03-02' as PlainDate,
        until: '2026-04-02' as PlainDate,
        ...changes,
      });
    expect(await appoint({ role: 'admin' })).toMatchObject({ reason: 'unknown-role' });
    expect(await appoint({ until: '2026-03-01' })).toMatchObject({ reason: 'dates' });
    expect(await appoint({ until: '2028-03-01' })).toMatchObject({ reason: 'dates' });
    const given = await appoint({});
    if (!given.ok) throw new Error(given.reason);
    expect(await endDelegation(database.db, site.deps, admin, given.id)).toEqual({ ok: true });
    // Pressed twice it has ended once.
    expect(await endDelegation(database.db, site.deps, admin, given.id)).toEqual({ ok: true });
    const nobodys = '01890000-0000-7000-8000-00000000ffff';
    expect(await endDelegation(database.db, site.deps, admin, nobodys)).toMatchObject({
      reason: 'not-found',
    });
  });
});

describe('a delegation', () => {
  it('that is refused stands in its form as it was typed', async () => {
    const cookie = await site.signIn('banyuwangi', 'admin');
    const path = `/banyuwangi/pengaturan/petugas/${await officerNamed('petugas')}/delegasi`;
    const answer = await site.post(
      path,
      {
        peran: 'kepala_bidang',
        jenis: 'plt',
        'dari.day': '9',
        'dari.month': '3',
        'dari.year': '2026',
        'sampai.day': '31',
        'sampai.month': '2',
        'sampai.year': '2026',
      },
      cookie.header,
    );
    expect(answer.status).toBe(422);
    const html = await answer.text();
    expect(html).toMatch(/<option value="kepala_bidang" selected/);
    expect(html).toMatch(/value="plt"[^>]*checked/);
    for (const part of ['dari.year" ', 'sampai.day" ']) expect(html).toContain(`name="${part.trim()}`);
    expect(html).toMatch(/name="sampai\.day"[^>]*value="31"|value="31"[^>]*name="sampai\.day"/);
  });
});

describe('a session', () => {
  it('can be ended from the list: an own one by everybody, anyone’s by an admin only', async () => {
    const officer = await site.signIn('banyuwangi', 'petugas');
    const same = await site.signIn('banyuwangi', 'petugas');
    const other = await site.signIn('banyuwangi', 'subkoordinator');
    const ids = async (cookie: SessionCookie) => {
      const html = await (
        await site.request('/banyuwangi/sesi', { headers: { cookie: cookie.header } })
      ).text();
      return [...html.matchAll(/name="sesi" value="([0-9a-f]+)"/g)].map((match) => match[1] ?? '');
    };
    const own = await ids(officer);
    expect(own.length).toBeGreaterThan(0);
    const theirs = (await ids(other)).filter((id) => own.includes(id));
    expect(theirs).toEqual([]);
    for (const id of own) {
      const refused = await site.post('/banyuwangi/sesi', { sesi: id }, other.header);
      expect(refused.headers.get('location')).toContain('selesai=0');
    }
    const alive = async (cookie: SessionCookie) =>
      (await site.request('/banyuwangi/sesi', { headers: { cookie: cookie.header } })).status === 200;
    expect(await alive(same)).toBe(true);
    for (const id of own) await site.post('/banyuwangi/sesi', { sesi: id }, officer.header);
    expect(await alive(same)).toBe(false);
    expect(await alive(officer)).toBe(true);
  });
});

describe('a second factor', () => {
  it('is asked after the password, each code opens one session, and an admin can remove it', async () => {
    const cookie = await site.signIn('banyuwangi', 'subkoordinator');
    const html = await (
      await site.request('/banyuwangi/faktor-kedua', { headers: { cookie: cookie.header } })
    ).text();
    const sealed = /name="kunci" value="([^"]+)"/.exec(html)?.[1] ?? '';
    const key = (/dp-key-text">([A-Z2-7 ]+)</.exec(html)?.[1] ?? '').replace(/ /g, '');
    const app = new TOTP({ secret: Secret.fromBase32(key), algorithm: 'SHA1', digits: 6, period: 30 });
    const code = () => app.generate({ timestamp: site.clock.now.getTime() });
    const wrong = code() === '000000' ? '000001' : '000000';
    expect(
      (await site.post('/banyuwangi/faktor-kedua', { kunci: sealed, kode: wrong }, cookie.header)).status,
    ).toBe(422);
    expect(
      (await site.post('/banyuwangi/faktor-kedua', { kunci: sealed, kode: code() }, cookie.header)).status,
    ).toBe(303);

    const password =
      database.signIns('banyuwangi').find((one) => one.username === 'subkoordinator')?.password ?? '';
    const start = site.clock.now;
    site.clock.now = new Date(start.getTime() + 60_000);
    const first = await site.post('/masuk', {
      perpustakaan: 'banyuwangi',
      nama: 'subkoordinator',
      sandi: password,
      kembali: '',
    });
    expect(first.status).toBe(200);
    expect(first.headers.get('set-cookie')).toBeNull();
    const ticket = /name="tiket" value="([^"]+)"/.exec(await first.text())?.[1] ?? '';
    const step = (kode: string) =>
      site.post('/masuk/kode', { perpustakaan: 'banyuwangi', tiket: ticket, kembali: '', kode });
    expect((await step(wrong)).status).toBe(422);
    const opened = await step(code());
    expect(opened.status).toBe(303);
    expect(opened.headers.get('set-cookie')).toContain('sesi-banyuwangi');
    // Seen over the shoulder, the same code is worth nothing.
    expect((await step(code())).status).toBe(422);

    const id = await officerNamed('subkoordinator');
    const manager = await site.signIn('banyuwangi', 'admin');
    const remove = (fields: Record<string, string>) =>
      site.post(`/banyuwangi/pengaturan/petugas/${id}/faktor-kedua`, fields, manager.header);
    // Anybody who says that a phone was lost asks for this: the admin says how the officer was recognised.
    for (const fields of [{}, { dikenali: 'katanya' }]) {
      const refused = await remove(fields);
      expect(refused.status).toBe(422);
      expect(await refused.text()).toContain('id="dikenali-error"');
    }
    expect((await remove({ dikenali: 'recognised_in_person' })).status).toBe(303);
    const log = await site.request('/banyuwangi/jejak', { headers: { cookie: manager.header } });
    expect(await log.text()).toContain('Datang sendiri, admin mengenalnya');
    const again = await site.post('/masuk', {
      perpustakaan: 'banyuwangi',
      nama: 'subkoordinator',
      sandi: password,
      kembali: '',
    });
    expect(again.status).toBe(303);
    site.clock.now = start;
  });

  it('takes a code in its own 30 seconds only, and learns what the phone’s clock says from two that follow', async () => {
    const start = site.clock.now;
    const pass = (seconds: number) => {
      site.clock.now = new Date(site.clock.now.getTime() + seconds * 1000);
    };
    // The middle of a step.
    pass(15 - ((start.getTime() / 1000) % 30));
    let cookie = (await site.signIn('banyuwangi', 'kepala')).header;
    const page = async (path: string) =>
      (await site.request(`/banyuwangi${path}`, { headers: { cookie } })).text();
    const post = async (path: string, fields: Record<string, string>) => {
      const answer = await site.post(`/banyuwangi${path}`, fields, cookie);
      const next = answer.headers.getSetCookie().find((one) => one.startsWith('sesi-'));
      cookie = next?.split(';')[0] ?? cookie;
      return answer;
    };
    const form = await page('/faktor-kedua');
    const sealed = /name="kunci" value="([^"]+)"/.exec(form)?.[1] ?? '';
    const key = (/dp-key-text">([A-Z2-7 ]+)</.exec(form)?.[1] ?? '').replace(/ /g, '');
    const app = new TOTP({ secret: Secret.fromBase32(key), algorithm: 'SHA1', digits: 6, period: 30 });
    /** What a phone shows whose clock is so far from the computer's. */
    const code = (ahead: number) => app.generate({ timestamp: site.clock.now.getTime() + ahead * 1000 });
    expect((await post('/faktor-kedua', { kunci: sealed, kode: code(-330) })).status).toBe(422);
    // Set up with a phone that is a minute and a half behind: its codes go on being right.
    expect((await post('/faktor-kedua', { kunci: sealed, kode: code(-90) })).status).toBe(303);

    const password = database.signIns('banyuwangi').find((one) => one.username === 'kepala')?.password ?? '';
    const enter = async (kode: string) => {
      const first = await site.post('/masuk', {
        perpustakaan: 'banyuwangi',
        nama: 'kepala',
        sandi: password,
      });
      const ticket = /name="tiket" value="([^"]+)"/.exec(await first.text())?.[1] ?? '';
      return site.post('/masuk/kode', { perpustakaan: 'banyuwangi', tiket: ticket, kembali: '', kode });
    };
    const words = 'jam ponsel berbeda dari jam layanan. Tunggu kode berikutnya';
    pass(30);
    const overShoulder = code(-90);
    pass(30);
    // Thirty seconds old.
    const old = await enter(overShoulder);
    expect(old.status).toBe(422);
    expect(await old.text()).toContain(words);
    expect((await enter(code(-90))).status).toBe(303);

    // The phone's clock is set right: the first code is refused in words, the next one tells.
    pass(30);
    const refused = await enter(code(0));
    expect(refused.status).toBe(422);
    expect(await refused.text()).toContain(words);
    expect((await enter(code(0))).status).toBe(422);
    pass(30);
    expect((await enter(code(0))).status).toBe(303);
    pass(30);
    expect((await enter(code(0))).status).toBe(303);

    // The same where it is asked again who is there, and where the app is turned off.
    pass(11 * 60);
    const asked = { 'konfirmasi-sandi': password };
    const again = await post('/kode-pemulihan', { ...asked, 'konfirmasi-kode': code(60) });
    expect(again.status).toBe(422);
    const html = await again.text();
    expect(html).toContain(words);
    expect(html).toContain('href="#konfirmasi-kode"');
    pass(30);
    const shown = await post('/kode-pemulihan', { ...asked, 'konfirmasi-kode': code(60) });
    expect(await shown.text()).toContain('dp-codes');
    pass(90);
    const stays = await post('/faktor-kedua', { kode: code(0) });
    expect(await stays.text()).toContain(words);
    pass(30);
    expect((await post('/faktor-kedua', { kode: code(0) })).headers.get('location')).toContain(
      'selesai=mati',
    );
    site.clock.now = start;
  });
});
