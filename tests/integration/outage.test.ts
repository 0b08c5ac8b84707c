import { createServer } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type OpenDatabase, openDatabase } from '../../src/db/connection.ts';
import { inLibrary } from '../../src/db/tenancy.ts';
import { createApp } from '../../src/web/app.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { portrait } from '../support/cases.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { fieldsOf } from '../support/page-form.ts';
import { hiddenFields, typedForm } from '../support/typed-form.ts';

const ORIGIN = 'http://localhost';
const FORM = '/banyuwangi/daftar';
let database: TestDatabase;
/** The service as it should be. */
let good: TestApp;
/** The same service whose database nobody can reach. */
let down: ReturnType<typeof createApp>;
let nowhere: OpenDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  good = createTestApp(database);
  nowhere = openDatabase({
    address: { host: '127.0.0.1', port: await closedPort(), user: 'nobody', password: '', database: 'none' },
  });
  down = createApp({ ...good.deps, db: nowhere.db });
});
afterAll(async () => {
  await nowhere.close();
  await database.drop();
});

async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 1;
}

function send(path: string, body: URLSearchParams | FormData, headers: Record<string, string> = {}) {
  return down.request(path, { method: 'POST', body, headers: { origin: ORIGIN, ...headers } });
}

it('a page that was opened says in plain words that it tries again by itself', async () => {
  const page = await down.request('/banyuwangi/permohonan/abcdefghijklmnopqrstuv');
  expect(page.status).toBe(503);
  expect(page.headers.get('retry-after')).toBe('5');
  expect(page.headers.get('cache-control')).toBe('no-store');
  const html = await page.text();
  expect(html).toContain('Layanan sedang disambungkan kembali');
  expect(html).toContain('<meta http-equiv="refresh" content="10"');
  expect(html).not.toMatch(/ECONNREFUSED|127\.0\.0\.1|node_modules|at Object/);
  const english = await (await down.request('/banyuwangi/permohonan/abc?lang=en')).text();
  expect(english).toContain('The service is reconnecting');
});

it('what was typed into the registration form is kept, and sending it again registers once', async () => {
  const empty = await (await good.request(FORM)).text();
  const typed = new URLSearchParams({ ...hiddenFields(empty), ...typedForm({ name: 'Contoh & "Tanda"' }) });
  typed.append('consent_photo_on_card', '1');
  const answer = await send(FORM, typed);
  expect(answer.status).toBe(503);
  const html = await answer.text();
  expect(html).toContain('Kiriman Anda belum dipastikan tersimpan');
  expect(html).toContain('tidak mencatatnya dua kali');
  expect(html).not.toContain('http-equiv="refresh"');
  const kept = fieldsOf(html, FORM);
  expect(kept).toEqual(Object.fromEntries([...typed.keys()].map((name) => [name, typed.getAll(name)])));
  const first = await good.post(FORM, kept);
  const second = await good.post(FORM, kept);
  expect(first.status).toBe(303);
  expect(second.headers.get('location')).toBe(first.headers.get('location'));
});

it('a key that somebody typed is not the key of a form: nothing is promised, and the page does not send it by itself', async () => {
  const { header } = await good.signIn('banyuwangi', 'admin');
  const list = '/banyuwangi/pengaturan/masuk-layanan';
  await addPasskey();
  const formOf = async (page: string, action: string) =>
    fieldsOf(await (await good.request(page, { headers: { cookie: header } })).text(), action);
  const connect = await formOf(list, list);
  const keys = Object.keys(connect).find((name) => name.startsWith('kunci')) ?? '';
  for (const [path, fields] of [
    [list, { ...connect, [keys]: ['{"keys":[]}'] }],
    [
      '/banyuwangi/kunci-sandi/hapus',
      await formOf('/banyuwangi/kunci-sandi', '/banyuwangi/kunci-sandi/hapus'),
    ],
  ] as const) {
    const sent = new URLSearchParams();
    for (const [name, values] of Object.entries(fields)) for (const value of values) sent.append(name, value);
    const html = await (await send(path, sent, { cookie: header })).text();
    expect(html).toContain('Kiriman Anda belum dipastikan tersimpan');
    expect(html).not.toContain('<send-again');
    expect(html).not.toContain('tidak mencatatnya dua kali');
  }
});

function addPasskey(): Promise<unknown> {
  return inLibrary(database.db, database.libraryIds.banyuwangi, async (tx) => {
    const { id } = await tx
      .selectFrom('officer')
      .select('id')
      .where('username', '=', 'admin')
      .executeTakeFirstOrThrow();
    return tx
      .insertInto('passkey')
      .values({
        library_id: database.libraryIds.banyuwangi,
        id: Buffer.alloc(16, 1),
        officer_id: id,
        label: 'Contoh',
        public_key: Buffer.alloc(32, 2),
        counter: 0,
        transports: [],
        rp_id: 'localhost',
        synced: false,
        created_at: good.deps.now(),
        last_used_at: null,
      })
      .execute();
  });
}

it('of a form with more fields than any has, none is drawn, and the page says to open it again', async () => {
  const many = new URLSearchParams(Array.from({ length: 100_000 }, (_, n) => [`n${n}`, '']));
  for (const path of [FORM, '/banyuwangi/loket/any/foto']) {
    const answer = await send(path, many, { cookie: 'sesi-banyuwangi=x' });
    expect(answer.status, path).toBe(503);
    const html = await answer.text();
    expect(html, path).toContain('Buka kembali halamannya');
    expect(html.length, path).toBeLessThan(20_000);
  }
});

it('a password is never written into the page', async () => {
  // With its libraries known, the page meets the database when it looks for the officer.
  const answer = await send(
    '/masuk',
    new URLSearchParams({ perpustakaan: 'banyuwangi', nama: 'petugas', sandi: 'rahasia sekali' }),
  );
  expect(answer.status).toBe(503);
  const html = await answer.text();
  expect(html).not.toContain('rahasia sekali');
  expect(html).toContain('Demi keamanan');
  expect(html).toContain('href="/masuk"');
});

it('a photo has to be chosen again, and the page says so', async () => {
  const body = new FormData();
  body.append('versi', '3');
  body.append('kiri', '0.25');
  body.append('foto', await portrait());
  const html = await (await send('/banyuwangi/loket/any/foto', body, { cookie: 'sesi-banyuwangi=x' })).text();
  expect(html).toContain('enctype="multipart/form-data"');
  expect(html).toContain('type="file"');
  expect(html).toContain('name="foto"');
  expect(html).toContain('name="versi" value="3"');
  expect(html).not.toContain('name="kiri"');
});

it('at a kiosk the page does not keep somebody’s words for the next one', async () => {
  const body = new URLSearchParams({ jenis: 'group', pemimpin: 'Contoh', kunci: 'k'.repeat(22) });
  const answer = await send('/banyuwangi/buku-tamu', body, { cookie: 'perangkat-banyuwangi=x' });
  expect(answer.status).toBe(503);
  expect(await answer.text()).toContain('content="90; url=/banyuwangi/buku-tamu"');
});

it('a program is told in JSON, with the time to come again', async () => {
  const answer = await down.request('/banyuwangi/permohonan/abc', {
    headers: { accept: 'application/json' },
  });
  expect(answer.status).toBe(503);
  expect(answer.headers.get('retry-after')).toBe('5');
  expect(await answer.json()).toEqual({ error: 'unavailable', reason: 'unreachable' });
});

it('nobody waits for a database that is plainly down', async () => {
  // Of a hundred at once, none is kept for as long as a connection may take; the log names no value.
  const answers = await Promise.all(
    Array.from({ length: 100 }, () => down.request('/banyuwangi/permohonan/abc')),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
  expect((await down.request('/readyz')).status).toBe(503);
  const warned = good.logged.filter((entry) => entry.outage !== undefined);
  expect(warned.length).toBeGreaterThan(100);
  expect(JSON.stringify(warned)).not.toContain('Contoh');
});
