import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Tx } from '../../src/db/connection.ts';
import { forgetOldWindows } from '../../src/db/rate-window.ts';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { OfficerId } from '../../src/domain/ids.ts';
import type { Scope } from '../../src/usecases/context.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import {
  makeRecoveryCodes,
  strengthenRecoveryCodes,
  useRecoveryCode,
} from '../../src/usecases/recovery-codes.ts';
import { openSignInGuard, type SignInTry } from '../../src/web/office/sign-in-guard.ts';
import { openProofs } from '../../src/web/proof-of-work.tsx';
import { openRateExchange } from '../../src/web/rate-exchange.ts';
import { openRateLimit } from '../../src/web/rate-limit.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { scopeOfRole } from '../support/members.ts';
import { solve, solveTask, taskOf } from '../support/proof.ts';

let database: TestDatabase;
let site: TestApp;

beforeAll(async () => {
  database = await createTestDatabase();
  site = createTestApp(database);
});
afterAll(() => database.drop());

const passwordOf = (username: string) =>
  database.signIns('banyuwangi').find((one) => one.username === username)?.password ?? '';
const signIn = (username: string, password: string, cookie?: string) =>
  site.post('/masuk', { perpustakaan: 'banyuwangi', nama: username, sandi: password }, cookie);

describe('limits of two processes on one database', () => {
  const process = () => {
    const exchange = openRateExchange(site.deps, { timer: false });
    const limit = openRateLimit({ points: 5, seconds: 600, shared: { name: 'two processes', exchange } });
    return { exchange, limit };
  };

  it('are one limit after both have told, and what is forgotten in one is forgotten in the table', async () => {
    const [one, other] = [process(), process()];
    for (let count = 0; count < 4; count++) one.limit.take('10.0.0.1');
    other.limit.take('10.0.0.1');
    await one.exchange.exchange();
    await other.exchange.exchange();
    expect(other.limit.take('10.0.0.1')).toBeGreaterThan(0);
    expect(other.limit.take('10.0.0.2')).toBeNull();
    one.limit.forget('10.0.0.1');
    await one.exchange.exchange();
    const third = process();
    third.limit.take('10.0.0.1');
    await third.exchange.exchange();
    expect(third.limit.take('10.0.0.1')).toBeNull();
  });

  it('count on by themselves while the database does not answer, and tell later', async () => {
    const broken = new Proxy(site.deps.db, {
      get: (target, name) => {
        if (name === 'transaction') throw new Error('gone');
        return Reflect.get(target, name, target) as unknown;
      },
    });
    const exchange = openRateExchange({ ...site.deps, db: broken }, { timer: false });
    const limit = openRateLimit({ points: 2, seconds: 600, shared: { name: 'alone', exchange } });
    limit.take('a');
    expect(await exchange.exchange()).toBeNull();
    limit.take('a');
    expect(limit.take('a')).toBeGreaterThan(0);
  });

  it('leave no address in the table, and no window that is over', async () => {
    const { exchange, limit } = process();
    limit.take('192.0.2.77');
    await exchange.exchange();
    const rows = await database.db.selectFrom('rate_window').selectAll().execute();
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.some((row) => row.key.includes('192.0.2.77'))).toBe(false);
    await forgetOldWindows(database.db, new Date(Date.now() + 3_600_000));
    expect(await database.db.selectFrom('rate_window').selectAll().execute()).toEqual([]);
  });
});

describe('a lockout', () => {
  const attempt = (more: Partial<SignInTry> = {}): SignInTry => ({
    libraryId: database.libraryIds.banyuwangi,
    username: 'admin',
    clientAddress: '10.0.0.1',
    browser: undefined,
    proof: '',
    ...more,
  });
  const knows = { id: 'counter', knows: true };
  const TASK = expect.stringContaining('"keyPrefix"') as string;

  it('of a name under attack does not reach the browser that its officer uses', async () => {
    const guard = openSignInGuard(site.deps);
    for (let count = 0; count < 300; count++)
      await guard.begin(attempt({ clientAddress: `10.0.${count % 250}.9` }));
    expect(await guard.begin(attempt({ clientAddress: '10.1.1.1' }))).toMatchObject({ challenge: TASK });
    expect(await guard.begin(attempt({ browser: knows }))).toBeNull();
  });

  it('of one wrong device does not use up the tries of those behind the same address', async () => {
    const guard = openSignInGuard(site.deps);
    for (let count = 0; count < 200; count++) await guard.begin(attempt({ username: `nama${count}` }));
    expect(await guard.begin(attempt({ browser: knows }))).toBeNull();
    // In a browser that nobody has used yet a small task passes instead of the wait.
    expect(await guard.begin(attempt({ username: 'petugas' }))).toMatchObject({ challenge: TASK });
  });

  it('ends for whoever solves the task, however many a guesser at the next table has solved; the tasks grow to an end', {
    timeout: 120_000,
  }, async () => {
    // A name that the guesser knows, at the address that all of the library's guests share.
    const guard = openSignInGuard(site.deps);
    const guess = attempt({ clientAddress: '10.77.0.1' });
    for (let count = 0; count < 8; count++) expect(await guard.begin(guess)).toBeNull();
    const work: number[] = [];
    let refused = await guard.begin(guess);
    for (let count = 0; count < 84; count++) {
      const task = refused?.challenge ?? '';
      work.push(taskOf(task).parameters.data.times);
      expect(await guard.begin({ ...guess, proof: solveTask(task) }), `try ${count}`).toBeNull();
      refused = await guard.begin(guess);
    }
    expect(work.slice(0, 40).every((one) => one === 1)).toBe(true);
    expect([40, 50, 60, 70, 80, 83].map((at) => work[at])).toEqual([2, 4, 8, 16, 16, 16]);
    // Tasks that were asked for while they were easy are no use any more, and no task is good twice.
    const easy = await openProofs(site.deps).challenge(guess.libraryId);
    expect(await guard.begin({ ...guess, proof: solveTask(easy) })).toMatchObject({ challenge: TASK });
    const proof = solveTask(refused?.challenge ?? '');
    expect(await guard.begin({ ...guess, proof })).toBeNull();
    expect(await guard.begin({ ...guess, proof })).toMatchObject({ challenge: TASK });
  });

  it('lets the officer in with the right password past forty guesses with solved tasks, in a browser never seen', async () => {
    const door = createTestApp(database);
    const guess = (password: string, proof = '') =>
      door.post('/masuk', { perpustakaan: 'jateng', nama: 'kepala', sandi: password, bukti: proof });
    for (let count = 0; count < 8; count++) expect((await guess('salah sekali')).status).toBe(422);
    let asked = await guess('salah sekali');
    for (let count = 0; count < 42; count++) {
      const tried = await guess('salah sekali', solve(await asked.text()).bukti);
      expect(tried.status).toBe(422);
      asked = await guess('salah sekali');
      expect(asked.status).toBe(429);
    }
    const own = database.signIns('jateng').find((one) => one.username === 'kepala')?.password ?? '';
    const waiting = await guess(own);
    expect(waiting.status).toBe(429);
    const inside = await guess(own, solve(await waiting.text()).bukti);
    expect(inside.status).toBe(303);
  });

  it('of the known browser itself comes after eight wrong guesses, and ends with a right one', async () => {
    const guard = openSignInGuard(site.deps);
    for (let count = 0; count < 8; count++) expect(await guard.begin(attempt({ browser: knows }))).toBeNull();
    expect(await guard.begin(attempt({ browser: knows }))).toMatchObject({ challenge: undefined });
    guard.succeeded(attempt({ browser: knows }));
    expect(await guard.begin(attempt({ browser: knows }))).toBeNull();
  });

  it('knows a browser by its cookie only', async () => {
    const good = await signIn('petugas', passwordOf('petugas'));
    const mark = good.headers
      .getSetCookie()
      .find((cookie) => cookie.startsWith('kenal-'))
      ?.split(';')[0];
    for (let count = 0; count < 9; count++) await signIn('petugas', 'salah sekali');
    expect((await signIn('petugas', passwordOf('petugas'))).status).toBe(429);
    expect((await signIn('petugas', passwordOf('petugas'), mark)).status).toBe(303);
  });
});

describe('nobody learns by asking', () => {
  /** What may differ: what was typed, challenges, and the request's own number. */
  const strip = (html: string) =>
    html
      .replace(/data-options="[^"]*"|name="tugas" value="[^"]*"/g, '')
      .replace(/value="(siapa|kabid|kepala)"/g, '');

  it('which names exist: message, status and about the time are the same', async () => {
    await inLibrary(database.db, database.libraryIds.banyuwangi, (tx) =>
      tx.updateTable('officer').set({ active: false }).where('username', '=', 'kabid').execute(),
    );
    const pages = new Set<string>();
    const times: Record<string, number[]> = {};
    for (let round = 0; round < 5; round++)
      for (const username of ['siapa', 'kepala', 'kabid']) {
        const began = performance.now();
        const answer = await signIn(username, 'salah sekali');
        times[username] = [...(times[username] ?? []), performance.now() - began];
        pages.add(`${answer.status} ${strip(await answer.text())}`);
      }
    expect(pages.size).toBe(1);
    const median = (name: string) => [...(times[name] ?? [])].sort((a, b) => a - b)[2] ?? 0;
    // The hash takes most of the time: without it an unknown name would answer in a tenth.
    for (const one of ['siapa', 'kabid']) {
      expect(median(one) / median('kepala'), one).toBeGreaterThan(0.4);
      expect(median(one) / median('kepala'), one).toBeLessThan(2.5);
    }
  });

  it('which account is closed, even with the right password', async () => {
    const [closed, wrong] = await Promise.all([
      signIn('kabid', passwordOf('kabid')),
      signIn('siapa', passwordOf('kabid')),
    ]);
    expect(closed.status).toBe(wrong.status);
    expect(strip(await closed.text())).toBe(strip(await wrong.text()));
    // The right password of a closed account takes about as long as a wrong one of an open account.
    const times = new Map<string, number[]>();
    const unasked = createTestApp(database);
    for (let round = 0; round < 5; round++)
      for (const [username, password] of [
        ['kabid', passwordOf('kabid')],
        ['subkoordinator', 'salah sekali'],
      ] as const) {
        const began = performance.now();
        const fields = { perpustakaan: 'banyuwangi', nama: username, sandi: password };
        expect((await unasked.post('/masuk', fields)).status).toBe(422);
        times.set(username, [...(times.get(username) ?? []), performance.now() - began]);
      }
    const median = (name: string) => [...(times.get(name) ?? [])].sort((a, b) => a - b)[2] ?? 0;
    expect(median('kabid') / median('subkoordinator')).toBeGreaterThan(0.4);
    expect(median('kabid') / median('subkoordinator')).toBeLessThan(2.5);
  });

  it('which secret addresses exist: one that never was and a malformed one answer alike', async () => {
    for (const area of ['permohonan', 'kta']) {
      const answers = await Promise.all(
        ['AAAAAAAAAAAAAAAAAAAAAA', 'bbbbbbbbbbbbbbbbbbbbbb', 'x'].map((token) =>
          site.request(`/banyuwangi/${area}/${token}`),
        ),
      );
      const said = await Promise.all(
        answers.map(async (answer) =>
          `${answer.status} ${await answer.text()}`.replace(/AAAA+|bbbb+|\/x\?|\/x"/g, '@'),
        ),
      );
      expect(new Set(said.map((text) => text.slice(0, 3))).size).toBe(1);
      expect(said[0]?.replace(/@[^"]*/g, '@')).toBe(said[1]?.replace(/@[^"]*/g, '@'));
    }
  });
});

it('a recovery code opens one door once, and another officer none; without a second factor there are none', async () => {
  const cookie = await site.signIn('jateng', 'admin');
  expect((await site.post('/jateng/kode-pemulihan', {}, cookie.header)).status).toBe(303);
  const library = await loadLibrary(database.db, 'jateng', site.clock.now);
  if (!library) throw new Error('not seeded');
  const officers = await inLibrary(database.db, library.id, (tx) =>
    tx.selectFrom('officer').select(['id', 'username']).execute(),
  );
  const idOf = (username: string) => officers.find((one) => one.username === username)?.id ?? ('' as never);
  const [admin, other] = [idOf('admin'), idOf('petugas')];
  const scope: Scope = { ...scopeOfRole(library, site.deps, ['admin']), at: site.clock.now };
  if (scope.actor.kind !== 'officer') throw new Error('an officer acts');
  const asAdmin: Scope = { ...scope, actor: { ...scope.actor, id: admin } };
  const codes = await makeRecoveryCodes(database.db, site.deps, asAdmin);
  expect(new Set(codes).size).toBe(10);
  const use = (officerId: OfficerId, code: string) =>
    inLibrary(database.db, library.id, (tx) =>
      useRecoveryCode(tx, site.deps, library.id, officerId, code, site.clock.now),
    );
  const [first = '', second = ''] = codes;
  expect(await use(other, first)).toBe(false);
  expect(await use(admin, first.toLowerCase().replace('-', ' '))).toBe(true);
  expect(await use(admin, first)).toBe(false);
  const all = () =>
    inLibrary(database.db, library.id, (tx) => tx.selectFrom('recovery_code').selectAll().execute());
  const rows = await all();
  expect(rows.length).toBe(10);
  expect(JSON.stringify(rows)).not.toContain(second.replace('-', ''));

  // As they were kept before: by the key alone. They go on working, hashed like passwords.
  const keyed = (code: string) =>
    site.deps.vault.hash(library.id, 'recovery_code', `${admin}|${code.replace('-', '')}`);
  const makeOld = (some: readonly string[]) =>
    inLibrary(database.db, library.id, async (tx) => {
      await tx.deleteFrom('recovery_code').execute();
      await tx
        .insertInto('recovery_code')
        .values(
          some.map((code) => ({
            library_id: library.id,
            officer_id: admin,
            code_hash: keyed(code),
            made_at: site.clock.now,
            used_at: null,
          })),
        )
        .execute();
    });
  await makeOld(codes);
  expect(await strengthenRecoveryCodes(database.db, site.deps, library.id)).toBe(1);
  expect(await strengthenRecoveryCodes(database.db, site.deps, library.id)).toBe(0);
  const strong = await all();
  expect(strong.some((row) => codes.some((code) => row.code_hash.equals(keyed(code))))).toBe(false);
  expect(new Set(strong.map((row) => row.salt?.toString('hex'))).size).toBe(1);
  expect(await use(admin, second)).toBe(true);
  expect(await use(admin, second)).toBe(false);
  // Another process of before may still have made some: the next use of any hashes them all.
  await makeOld(codes);
  expect(await use(admin, 'AAAAA-AAAAA')).toBe(false);
  expect((await all()).every((row) => row.salt !== null)).toBe(true);
  expect(await use(admin, second)).toBe(true);

  // Asked for twice at once: one set remains, and each code of it opens the door.
  const waiting = async (tx: Tx): Promise<number> => {
    await sql`select pg_stat_clear_snapshot()`.execute(tx);
    const { rows } = await sql<{ n: number }>`
      select count(distinct pid)::int as n from pg_locks where not granted
        and pid in (select pid from pg_stat_activity where datname = current_database())`.execute(tx);
    return rows[0]?.n ?? 0;
  };
  const making = await inLibrary(database.db, library.id, async (tx) => {
    await tx.selectFrom('recovery_code').select('code_hash').forUpdate().execute();
    const both = [1, 2].map(() => makeRecoveryCodes(database.db, site.deps, asAdmin));
    while ((await waiting(tx)) < 2) await sleep(10);
    // Not waited for in here: both wait for this transaction.
    return { both };
  });
  const sets = await Promise.all(making.both);
  expect((await all()).length).toBe(10);
  const opened = await Promise.all(
    sets.map(async (set) => (await Promise.all(set.map((code) => use(admin, code)))).filter(Boolean).length),
  );
  expect(opened.sort((a, b) => a - b)).toEqual([0, 10]);

  // As much work where there are no codes at all.
  const work = async (officerId: OfficerId) => {
    const times: number[] = [];
    for (let round = 0; round < 5; round++) {
      const began = performance.now();
      await use(officerId, 'ZZZZZ-ZZZZZ');
      times.push(performance.now() - began);
    }
    return times.sort((a, b) => a - b)[2] ?? 0;
  };
  expect((await work(other)) / (await work(admin))).toBeGreaterThan(0.4);
});

describe('whoever changes factors or accounts shows all that a sign-in asks for', () => {
  /** An officer of Banyuwangi with an app, eleven quiet minutes after the sign-in. */
  async function atAnOpenDesk(username: string) {
    const page = async (path: string, cookie: string) =>
      (await site.request(`/banyuwangi${path}`, { headers: { cookie } })).text();
    const before = await site.signIn('banyuwangi', username);
    const form = await page('/faktor-kedua', before.header);
    const sealed = /name="kunci" value="([^"]+)"/.exec(form)?.[1] ?? '';
    const key = (/dp-key-text">([A-Z2-7 ]+)</.exec(form)?.[1] ?? '').replace(/ /g, '');
    const app = new TOTP({ secret: Secret.fromBase32(key), algorithm: 'SHA1', digits: 6, period: 30 });
    const pass = (seconds: number) => {
      site.clock.now = new Date(site.clock.now.getTime() + seconds * 1000);
    };
    const code = () => {
      // Each code is good once.
      pass(60);
      return app.generate({ timestamp: site.clock.now.getTime() });
    };
    let cookie = before.header;
    const post = async (path: string, fields: Record<string, string>) => {
      const answer = await site.post(`/banyuwangi${path}`, fields, cookie);
      cookie =
        answer.headers
          .getSetCookie()
          .find((one) => one.startsWith('sesi-'))
          ?.split(';')[0] ?? cookie;
      return answer;
    };
    expect((await post('/faktor-kedua', { kunci: sealed, kode: code() })).status).toBe(303);
    pass(11 * 60);
    return { code, post, page: (path: string) => page(path, cookie), password: passwordOf(username), pass };
  }
  const asks = (html: string) => ({
    password: html.includes('name="konfirmasi-sandi"'),
    code: html.includes('name="konfirmasi-kode"'),
  });

  it('not the password alone, and not a code alone', async () => {
    const { code, post, password } = await atAnOpenDesk('subkoordinator');
    const asked = await post('/kode-pemulihan', {});
    expect(asks(await asked.text())).toEqual({ password: true, code: true });
    const half = await post('/kode-pemulihan', { 'konfirmasi-sandi': password });
    expect(half.status).toBe(200);
    expect(asks(await half.text())).toEqual({ password: false, code: true });
    const wrong = await post('/kode-pemulihan', { 'konfirmasi-kode': '000000' });
    expect(wrong.status).toBe(422);
    const whole = await post('/kode-pemulihan', { 'konfirmasi-kode': code() });
    expect(await whole.text()).toContain('dp-codes');
  });

  it('both at once, after which nothing is asked for ten minutes', async () => {
    const { code, post, page, password, pass } = await atAnOpenDesk('kepala');
    const both = { 'konfirmasi-sandi': password, 'konfirmasi-kode': code() };
    expect((await post('/kode-pemulihan', { ...both, 'konfirmasi-sandi': 'salah' })).status).toBe(422);
    // A wrong password used nothing up.
    expect(await (await post('/kode-pemulihan', both)).text()).toContain('dp-codes');
    expect(await (await post('/kode-pemulihan', {})).text()).toContain('dp-codes');
    pass(11 * 60);
    expect(asks(await (await post('/kode-pemulihan', {})).text())).toEqual({ password: true, code: true });
    const shown = await post('/konfirmasi?kembali=%2Fbanyuwangi%2Fsandi&semua=1', {
      'konfirmasi-sandi': password,
      'konfirmasi-kode': code(),
    });
    expect(shown.headers.get('location')).toBe('/banyuwangi/sandi');
    expect(await page('/sandi')).toContain('name="baru"');

    // Within the ten minutes an app is turned off by a code all the same; after them not by a second one.
    expect((await post('/faktor-kedua', { kode: '000000' })).status).toBe(422);
    expect((await post('/faktor-kedua', {})).status).toBe(422);
    pass(11 * 60);
    const typed = { kode: code() };
    expect(asks(await (await post('/faktor-kedua', typed)).text())).toEqual({ password: true, code: true });
    const wrong = { ...typed, 'konfirmasi-sandi': password, 'konfirmasi-kode': '000000' };
    expect((await post('/faktor-kedua', wrong)).status).toBe(422);
    const off = await post('/faktor-kedua', { ...wrong, 'konfirmasi-kode': code() });
    expect(off.headers.get('location')).toBe('/banyuwangi/faktor-kedua?selesai=mati');
  });

  it('before a new password as well, and the right password buys no new guesses at the code', async () => {
    const { post, page, password } = await atAnOpenDesk('admin');
    const moved = await post('/sandi', { sekarang: password, baru: 'kata baru', ulang: 'kata baru' });
    expect(moved.headers.get('location')).toBe(
      '/banyuwangi/konfirmasi?kembali=%2Fbanyuwangi%2Fsandi&semua=1',
    );
    const address = '/konfirmasi?kembali=%2Fbanyuwangi%2Fsandi&semua=1';
    expect(asks(await page(address))).toEqual({ password: true, code: true });
    const account = await post('/pengaturan/petugas/baru', {
      nama: 'Contoh Petugas',
      'konfirmasi-sandi': password,
    });
    expect(asks(await account.text())).toEqual({ password: false, code: true });
    // Who needs a second factor, and the keys that a service signs with, are ways to sign in as well.
    const service = '/pengaturan/masuk-layanan/00000000-0000-7000-8000-000000000000';
    for (const path of ['/pengaturan/cara-masuk', service])
      expect(asks(await (await post(path, {})).text()), path).toEqual({ password: false, code: true });
    const statuses: number[] = [];
    for (let guess = 0; guess < 6; guess++) {
      await post(address, { 'konfirmasi-sandi': password });
      statuses.push((await post(address, { 'konfirmasi-kode': `00000${guess}` })).status);
    }
    expect(statuses.at(-1)).toBe(429);
  });
});

it('a second factor that is due lets its officer in to set it up, and to nothing else', async () => {
  const cookie = await site.signIn('jateng', 'admin');
  const get = (path: string) => site.request(path, { headers: { cookie: cookie.header } });
  expect((await get('/jateng/pengaturan')).status).toBe(200);
  await inLibrary(database.db, database.libraryIds.jateng, (tx) =>
    tx
      .updateTable('officer')
      .set({ factor_due_at: new Date(site.clock.now.getTime() - 1) })
      .where('username', '=', 'admin')
      .execute(),
  );
  expect((await get('/jateng/pengaturan')).headers.get('location')).toBe('/jateng/faktor-kedua');
  expect((await get('/jateng/faktor-kedua')).status).toBe(200);
  expect((await get('/jateng/kunci-sandi')).status).toBe(200);
});

it('an export asked for after ten quiet minutes is asked who is there first', async () => {
  const cookie = await site.signIn('jateng', 'subkoordinator');
  site.clock.now = new Date(site.clock.now.getTime() + 11 * 60_000);
  const asked = await site.post(
    '/jateng/pengaturan/ekspor',
    { tujuan: 'slims', anggota: 'semua' },
    cookie.header,
  );
  const page = await asked.text();
  expect(page).toContain('name="konfirmasi-sandi"');
  expect(page).toContain('name="tujuan" value="slims"');
  const list = await site.request('/jateng/jejak.csv', { headers: { cookie: cookie.header } });
  expect(list.status).toBe(404);
});

it('a form that must wait is kept on the page, with a button and no script', async () => {
  for (let count = 0; count < 121; count++) await site.post('/banyuwangi/daftar/lanjutkan', { name: 'x' });
  const answer = await site.post('/banyuwangi/daftar/lanjutkan', { name: 'Contoh Sudah Diketik' });
  expect(answer.status).toBe(429);
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  const page = await answer.text();
  expect(page).toContain('value="Contoh Sudah Diketik"');
  expect(page).toContain('action="/banyuwangi/daftar/lanjutkan"');
});
