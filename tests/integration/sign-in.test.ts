import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { breachedPasswords } from '../../src/breached-passwords.ts';
import { inLibrary } from '../../src/db/tenancy.ts';
import { findSession } from '../../src/usecases/session.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let site: TestApp;

beforeAll(async () => {
  database = await createTestDatabase();
  site = createTestApp(database);
});
afterAll(() => database.drop());

function passwordOf(username: string): string {
  return database.signIns('banyuwangi').find((one) => one.username === username)?.password ?? '';
}

async function signIn(username: string, password: string, back = ''): Promise<Response> {
  return await site.post('/masuk', {
    perpustakaan: 'banyuwangi',
    nama: username,
    sandi: password,
    kembali: back,
  });
}

function cookieOf(response: Response): string {
  return (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
}

const OWN = 'sampan biru di muara';

describe('an officer signing in', () => {
  it('with a first password must make an own one before any work, and can then work', async () => {
    const first = await signIn('petugas', passwordOf('petugas'));
    expect(first.status).toBe(303);
    expect(first.headers.get('set-cookie')).toMatch(/HttpOnly.*SameSite=Lax/i);
    const cookie = cookieOf(first);
    expect((await site.request('/banyuwangi/mulai', { headers: { cookie } })).headers.get('location')).toBe(
      '/banyuwangi/sandi',
    );

    const short = await site.post(
      '/banyuwangi/sandi',
      { sekarang: passwordOf('petugas'), baru: 'pendek', ulang: 'pendek' },
      cookie,
    );
    expect(short.status).toBe(422);
    expect(await short.text()).toContain('paling sedikit 12 karakter');

    const changed = await site.post(
      '/banyuwangi/sandi',
      { sekarang: passwordOf('petugas'), baru: OWN, ulang: OWN },
      cookie,
    );
    expect(changed.headers.get('location')).toBe('/banyuwangi/mulai');
    expect((await site.request('/banyuwangi/mulai', { headers: { cookie } })).headers.get('location')).toBe(
      '/banyuwangi/loket',
    );
    expect((await signIn('petugas', passwordOf('petugas'))).status).toBe(422);
    expect((await signIn('petugas', OWN)).status).toBe(303);
  });

  it('is told the same for a wrong name and a wrong password', async () => {
    const [name, password] = await Promise.all([signIn('siapa', 'x'), signIn('admin', 'x')]);
    expect(name.status).toBe(422);
    const strip = (html: string) =>
      html
        .replace(/data-options="[^"]*"|name="tugas" value="[^"]*"/g, '')
        .replace(/value="(siapa|admin)"/, '');
    expect(strip(await name.text())).toBe(strip(await password.text()));
  });

  it('is stopped after eight wrong guesses of one name, others are not', async () => {
    for (let guess = 0; guess < 8; guess++) await signIn('kabid', `tebakan ${guess}`);
    const refused = await signIn('kabid', passwordOf('kabid'));
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await signIn('kepala', passwordOf('kepala'))).status).toBe(303);
  });

  it('returns to the page that asked, but never outside the library', async () => {
    const inside = await signIn('subkoordinator', passwordOf('subkoordinator'), '/banyuwangi/anggota');
    expect(inside.headers.get('location')).toBe('/banyuwangi/anggota');
    for (const outside of [
      '//example.org',
      'https://example.org',
      '/jateng/loket',
      '/banyuwangi/\\example.org',
    ])
      expect(
        (await signIn('subkoordinator', passwordOf('subkoordinator'), outside)).headers.get('location'),
      ).toBe('/banyuwangi/mulai');
  });

  it('signs out for good: the session is dead on the server', async () => {
    const cookie = cookieOf(await signIn('admin', passwordOf('admin')));
    await site.post('/banyuwangi/keluar', {}, cookie);
    expect(
      (await site.request('/banyuwangi/mulai', { headers: { cookie } })).headers.get('location'),
    ).toContain('/masuk');
  });

  it('is asked again after hours without work', async () => {
    const cookie = cookieOf(await signIn('admin', passwordOf('admin')));
    const now = site.clock.now;
    site.clock.now = new Date(now.getTime() + 3 * 3_600_000);
    expect(
      (await site.request('/banyuwangi/mulai', { headers: { cookie } })).headers.get('location'),
    ).toContain('/masuk');
    site.clock.now = now;
  });

  it('is asked again also where a page was left open that looks again by itself', async () => {
    const cookie = cookieOf(await signIn('admin', passwordOf('admin')));
    const now = site.clock.now;
    const isIn = async (minutes: number, headers: Record<string, string>) => {
      site.clock.now = new Date(now.getTime() + minutes * 60_000);
      const answer = await site.request('/banyuwangi/mulai', { headers: { cookie, ...headers } });
      return !answer.headers.get('location')?.startsWith('/masuk');
    };
    expect(await isIn(60, { accept: 'text/html' })).toBe(true);
    expect(await isIn(110, { accept: '*/*', 'x-sendiri': '1' })).toBe(true);
    expect(await isIn(120, { accept: 'text/event-stream' })).toBe(true);
    expect(await isIn(130, { accept: 'image/avif,image/webp,*/*;q=0.8' })).toBe(true);
    expect(await isIn(179, { accept: '*/*', 'x-sendiri': '1' })).toBe(true);
    expect(await isIn(181, { accept: '*/*', 'x-sendiri': '1' })).toBe(false);
    site.clock.now = now;
  });

  it('whose service point was closed works at the first one that is open', async () => {
    const token = cookieOf(await signIn('admin', passwordOf('admin'))).split('=')[1] ?? '';
    const library = await site.deps.libraries.find('banyuwangi');
    const [closed] = library?.servicePoints ?? [];
    if (!library || !closed) throw new Error('not seeded');
    await inLibrary(database.db, library.id, (tx) =>
      tx
        .updateTable('officer')
        .set({ service_point_id: closed.id })
        .where('username', '=', 'admin')
        .execute(),
    );
    const open = { ...closed, id: site.deps.uuid(site.clock.now) as typeof closed.id };
    const now = { ...library, servicePoints: [open] };
    const at = async (of: typeof library) =>
      (await findSession(database.db, site.deps, of, token))?.servicePointId;
    expect(await at(library)).toBe(closed.id);
    expect(await at(now)).toBe(open.id);
  });

  it('keeps what was typed when the session ended meanwhile: it is sent again after signing in', async () => {
    const answer = await site.post('/banyuwangi/loket/baru', { name: 'Contoh Sudah Diketik', sex: 'P' });
    expect(answer.status).toBe(401);
    const page = await answer.text();
    expect(page).toContain('value="Contoh Sudah Diketik"');
    expect(page).toContain('action="/banyuwangi/loket/baru"');
  });

  it("has no session at the other library, and another site's form is refused", async () => {
    const cookie = cookieOf(await signIn('admin', passwordOf('admin')));
    expect((await site.request('/jateng/mulai', { headers: { cookie } })).headers.get('location')).toContain(
      '/masuk',
    );
    const forged = await site.request('/banyuwangi/keluar', {
      method: 'POST',
      headers: { cookie, origin: 'https://example.org', 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(forged.status).toBe(403);
  });

  it('is told that a password has leaked from elsewhere, where the operator has a list of those', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'daftar-bocor-')), 'bocor.txt');
    const hash = createHash('sha1').update('tujuh sendok di laci').digest('hex').toUpperCase();
    writeFileSync(file, `${hash}:3\r\n`);
    const guarded = createTestApp(database, { isBreached: breachedPasswords(file) });
    const cookie = (await guarded.signIn('banyuwangi', 'kepala')).header;
    const current = passwordOf('kepala');
    const change = (baru: string) =>
      guarded.post('/banyuwangi/sandi', { sekarang: current, baru, ulang: baru }, cookie);
    const refused = await change('tujuh sendok di laci');
    expect(refused.status).toBe(422);
    expect(await refused.text()).toContain('pernah bocor dari layanan lain');
    expect((await signIn('kepala', current)).status).toBe(303);
    // Without the list nothing is taken on trust, and the page says what to do.
    rmSync(file);
    const unread = await change('delapan sendok di laci');
    expect(unread.status).toBe(503);
    expect(await unread.text()).toContain('BREACHED_PASSWORDS');
    writeFileSync(file, `${hash}:3\r\n`);
    expect((await change('delapan sendok di laci')).status).toBe(303);
    rmSync(dirname(file), { recursive: true });
  });
});
