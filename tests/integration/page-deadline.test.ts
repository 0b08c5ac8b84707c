import { setTimeout as sleep } from 'node:timers/promises';
import { Hono } from 'hono';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { type DatabaseWay, openProxy } from '../../faults/proxy.ts';
import { databaseAnswers, type OpenDatabase, openDatabase } from '../../src/db/connection.ts';
import { settled } from '../../src/db/gather.ts';
import { inLibrary } from '../../src/db/tenancy.ts';
import { createApp } from '../../src/web/app.ts';
import type { SiteEnv } from '../../src/web/env.ts';
import { pageDeadline } from '../../src/web/middleware/page-deadline.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { fieldsOf } from '../support/page-form.ts';
import { hiddenFields, typedForm } from '../support/typed-form.ts';

const ORIGIN = 'http://localhost';
const FORM = '/banyuwangi/daftar';
/** Longer than a good answer is believed. */
const HOLDS_MS = 1_200;
const STATUS = '/banyuwangi/permohonan/abcdefghijklmnopqrstuv';
let database: TestDatabase;
/** The service as it should be. */
let good: TestApp;
/** The same service, whose way to the database can fall silent. */
let far: ReturnType<typeof createApp>;
let way: DatabaseWay;
let behind: OpenDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  good = createTestApp(database);
  way = await openProxy(() => database.addresses.app);
  behind = openDatabase({
    address: { ...database.addresses.app, host: '127.0.0.1', port: way.port },
    poolSize: 4,
  });
  far = createApp({ ...good.deps, db: behind.db });
});
afterEach(async () => {
  way.set({ kind: 'open' });
  // That it could not be reached is remembered for a moment: no trouble of the next test.
  await vi.waitFor(() => sql`select 1`.execute(behind.db), { timeout: 8_000, interval: 100 });
});
afterAll(async () => {
  await behind.close();
  await way.close();
  await database.drop();
});

async function timed(path: string, init?: RequestInit) {
  const began = performance.now();
  const answer = await far.request(path, init);
  return { answer, html: await answer.text(), ms: performance.now() - began };
}

it('who looks or sends while the database is silent is told within ten seconds, and sending again registers once', async () => {
  const empty = await (await good.request(FORM)).text();
  const typed = new URLSearchParams({ ...hiddenFields(empty), ...typedForm({ name: 'Contoh Sunyi' }) });
  // Connections that are open and answered, until nobody answers on them.
  expect((await timed(STATUS)).answer.status).toBe(404);
  way.set({ kind: 'silent' });
  const [looked, sent] = await Promise.all([
    timed(STATUS),
    timed(FORM, { method: 'POST', body: typed, headers: { origin: ORIGIN } }),
  ]);
  for (const { answer, html, ms } of [looked, sent]) {
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('5');
    expect(html).toContain('Layanan sedang disambungkan kembali');
    expect(ms).toBeGreaterThan(5_000);
    expect(ms).toBeLessThan(12_000);
  }
  // What was sent is on its way still: nothing but that it is unknown is true.
  expect(sent.html).toContain('Kiriman Anda belum dipastikan tersimpan');
  expect(sent.html).toContain('tidak mencatatnya dua kali');
  expect(sent.html).not.toContain('Data Anda belum terkirim');
  const kept = fieldsOf(sent.html, FORM);
  expect(kept).toEqual(Object.fromEntries([...typed.keys()].map((name) => [name, typed.getAll(name)])));
  way.set({ kind: 'open' });
  const first = await good.post(FORM, kept);
  const second = await good.post(FORM, kept);
  expect(first.status).toBe(303);
  expect(second.headers.get('location')).toBe(first.headers.get('location'));
  // The one that was on its way has arrived by now as well.
  await settled(behind.db);
  const cases = await inLibrary(database.db, database.libraryIds.banyuwangi, (tx) =>
    tx.selectFrom('application').select('id').where('name', '=', 'Contoh Sunyi').execute(),
  );
  expect(cases).toHaveLength(1);
  const silent = good.logged.filter((entry) => entry.silent === true);
  // Whoever needs a connection that is not open yet may be told by that, a moment earlier.
  expect(silent.length).toBeGreaterThan(0);
  expect(JSON.stringify(good.logged)).not.toContain('Contoh');
}, 40_000);

it('a page that takes long comes, as long as the database answers anybody', async () => {
  const slow = new Hono<SiteEnv>();
  slow.use(pageDeadline({ ...good.deps, db: behind.db }, 300));
  slow.get('/laporan', async (c) => {
    await sql`select pg_sleep(4)`.execute(behind.db);
    return c.text('laporan');
  });
  // Asked on the way, and once more: it is told of the answer each time.
  const answer = await slow.request('/laporan');
  expect(answer.status).toBe(200);
  expect(await answer.text()).toBe('laporan');
}, 20_000);

it('whether a database answers is known in three seconds, and a slow one is none that is silent', async () => {
  expect(await databaseAnswers(behind.db)).toBe(true);
  way.set({ kind: 'slow', delayMs: 150 });
  await sleep(HOLDS_MS);
  expect(await databaseAnswers(behind.db)).toBe(true);
  await sleep(HOLDS_MS);
  for (const kind of ['silent', 'cut'] as const) {
    way.set({ kind });
    const began = performance.now();
    expect(await databaseAnswers(behind.db)).toBe(false);
    expect(performance.now() - began).toBeLessThan(4_000);
    way.set({ kind: 'open' });
    await sleep(20);
  }
  expect(await databaseAnswers(behind.db)).toBe(true);
}, 20_000);
