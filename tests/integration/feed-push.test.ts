import { createServer, type Socket } from 'node:net';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { listLibraries } from '../../src/db/library.ts';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { TypedFeed } from '../../src/domain/exporting/feed.ts';
import type { MemberId } from '../../src/domain/ids.ts';
import { openKoha } from '../../src/interop/koha/rest.ts';
import { kohaTarget } from '../../src/interop/koha/target.ts';
import { mailComposer } from '../../src/jobs/compose-mail.ts';
import { openFeedRunner } from '../../src/jobs/feeds.ts';
import { startJobs } from '../../src/jobs/schedule.ts';
import { lendingSystems } from '../../src/lending-systems.ts';
import type { Scope } from '../../src/usecases/context.ts';
import { beginExport } from '../../src/usecases/export-members.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { readExports } from '../../src/usecases/read-export.ts';
import { readConnections, type ShownFeed } from '../../src/usecases/read-feeds.ts';
import { type FeedPorts, feedScope } from '../../src/usecases/run-feed.ts';
import { askFeed, removeFeed, saveFeed } from '../../src/usecases/set-feed.ts';
import { createTestDatabase, type TestDatabase, testDeps } from '../support/database.ts';
import { type FakeKoha, fakeKoha, KOHA_USER } from '../support/fake-koha.ts';
import { memberNamed, scopeOfRole } from '../support/members.ts';

let database: TestDatabase;
let koha: FakeKoha;
const deps = testDeps();
const logged: object[] = [];
const MINUTE = 60_000;

const open: FeedPorts['open'] = async (to) => {
  if (to.target !== 'koha-rest') throw new Error('no Koha');
  return kohaTarget(openKoha(to.server, { fetch, wait: () => Promise.resolve() }), to.codes);
};
const runnerWith = (ports: Partial<Parameters<typeof openFeedRunner>[2]> = {}) =>
  openFeedRunner(database.db, deps, {
    open: () => open,
    leading: () => true,
    log: (entry) => void logged.push(entry),
    ...ports,
  });

async function scopeIn(slug: 'banyuwangi' | 'jateng'): Promise<Scope> {
  const library = await loadLibrary(database.db, slug, deps.now());
  if (!library) throw new Error('not seeded');
  return scopeOfRole(library, deps, ['petugas', 'sub_koordinator', 'admin']);
}

function setBranch(slug: 'banyuwangi' | 'jateng', kohaBranch: string) {
  return inLibrary(database.db, database.libraryIds[slug], (tx) =>
    tx
      .updateTable('setting')
      .set({
        value: JSON.stringify({ identityNumbers: false, fillerReady: false, kohaBranch, kohaCategories: [] }),
      })
      .where('name', '=', 'lendingSystem')
      .execute(),
  );
}

const NO_DATABASE = { host: '', port: '', database: '', inside: true, first: 'ask' } as const;

/** The connection to Koha as the page shows it. */
async function connection(scope: Scope): Promise<ShownFeed | undefined> {
  return (await readConnections(database.db, scope)).find((one) => one.target === 'koha-rest');
}

async function save(scope: Scope, changes: Partial<TypedFeed> = {}) {
  const version = (await connection(scope))?.version ?? 0;
  return saveFeed(database.db, deps, scope, 'koha-rest', {
    typed: {
      ...NO_DATABASE,
      url: koha.url,
      access: 'basic',
      account: KOHA_USER.user,
      secret: KOHA_USER.password,
      every: '15',
      active: true,
      ...changes,
    },
    version,
  });
}

/** A database that lets itself be called and never says a word. */
async function silentDatabase(): Promise<{ readonly port: number; calls: number; hangUp(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    silent.calls++;
    sockets.add(socket.on('error', () => undefined));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const silent = {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    calls: 0,
    async hangUp() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
  return silent;
}

/** One look of the job, waited for. */
async function look(runner = runnerWith()): Promise<void> {
  await runner.look();
  await runner.idle();
}

const later = (minutes: number) => {
  deps.clock.now = new Date(deps.clock.now.getTime() + minutes * MINUTE);
};
const exportsOf = (scope: Scope) => readExports(database.db, scope);
const cards = () => [...koha.patrons.values()].map((one) => one.surname);
const change = (scope: Scope, id: MemberId, columns: object) =>
  inLibrary(database.db, scope.library.id, (tx) =>
    tx
      .updateTable('member')
      .set((eb) => ({ ...columns, version: eb('version', '+', 1) }))
      .where('id', '=', id)
      .execute(),
  );

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  koha = await fakeKoha();
  logged.length = 0;
  for (const slug of ['banyuwangi', 'jateng'] as const) {
    await setBranch(slug, 'UTAMA');
    await inLibrary(database.db, database.libraryIds[slug], async (tx) => {
      await tx.deleteFrom('export_row').execute();
      await tx.deleteFrom('export').execute();
      await tx.deleteFrom('feed').execute();
      await tx.deleteFrom('lending_link').execute();
      await tx.updateTable('member').set({ state: 'ended' }).execute();
    });
  }
});
afterEach(() => koha.close());

describe('the feed to Koha', () => {
  it('sends everybody at first, then who is new or has changed, and leaves no record of nobody', async () => {
    const scope = await scopeIn('banyuwangi');
    const ayu = await memberNamed(database, deps, scope, 'Ayu Contoh Pertama');
    await memberNamed(database, deps, scope, 'Beni Contoh Kedua');
    expect(await save(scope)).toEqual({ ok: true });
    await look();
    expect(cards()).toEqual(['Ayu Contoh Pertama', 'Beni Contoh Kedua']);
    expect(await exportsOf(scope)).toMatchObject([
      {
        target: 'koha-rest',
        changed_only: true,
        state: 'done',
        sent: 2,
        misfit: 0,
        feed: true,
        started_by: null,
      },
    ]);
    // Not due yet; then due, and nobody has changed.
    const asked = koha.asked.length;
    await look();
    later(15);
    await look();
    expect(koha.asked).toHaveLength(asked);
    expect(await exportsOf(scope)).toHaveLength(1);
    expect(await connection(scope)).toMatchObject({
      lookedAt: deps.clock.now,
      nextAt: new Date(deps.clock.now.getTime() + 15 * MINUTE),
      failure: null,
    });
    await change(scope, ayu, { email: 'ayu@contoh.id' });
    later(15);
    await look();
    expect(await exportsOf(scope)).toMatchObject([{ sent: 1 }, { sent: 2 }]);
    expect(koha.patrons.get(1)).toMatchObject({ email: 'ayu@contoh.id' });
    expect(logged).toEqual([
      { event: 'feed', library: 'banyuwangi', target: 'koha-rest', sent: 2, misfit: 0 },
      { event: 'feed', library: 'banyuwangi', target: 'koha-rest', sent: 1, misfit: 0 },
    ]);
  });

  it('is in the audit log as the feed’s own act, without anybody’s values', async () => {
    const scope = await scopeIn('banyuwangi');
    await memberNamed(database, deps, scope, 'Ayu Contoh Pertama');
    await save(scope);
    await look();
    const rows = await inLibrary(database.db, scope.library.id, (tx) =>
      tx
        .selectFrom('audit_log')
        .select(['action', 'actor_kind', 'subject_kind', 'fields', 'purpose'])
        .where('subject_kind', 'in', ['feed', 'export'])
        .orderBy('id')
        .execute(),
    );
    expect(rows.slice(-3)).toMatchObject([
      {
        action: 'feed.set',
        actor_kind: 'officer',
        fields: [
          'feed_url',
          'feed_access',
          'feed_account',
          'feed_secret',
          'feed_every',
          'feed_active',
          'feed_inside',
        ],
      },
      { action: 'export.begin', actor_kind: 'feed', purpose: 'koha-rest' },
      { action: 'export.finish', actor_kind: 'feed', purpose: 'koha-rest 1' },
    ]);
    expect(JSON.stringify([rows, logged])).not.toMatch(/Ayu|sandi:contoh|127\.0\.0\.1/);
  });

  it('keeps the secret sealed, and sends it nowhere but where it was meant for', async () => {
    const scope = await scopeIn('banyuwangi');
    await save(scope);
    const row = await inLibrary(database.db, scope.library.id, (tx) =>
      tx.selectFrom('feed').selectAll().executeTakeFirstOrThrow(),
    );
    expect(row.secret?.toString('latin1')).not.toContain(KOHA_USER.password);
    expect(JSON.stringify(await connection(scope))).not.toContain('sandi');
    expect(await save(scope, { url: 'https://lain.contoh', secret: '' })).toMatchObject({
      ok: false,
      problems: [{ field: 'secret', reason: 'secret-elsewhere' }],
    });
    expect(await save(scope, { every: '30', secret: '' })).toEqual({ ok: true });
    const after = await inLibrary(database.db, scope.library.id, (tx) =>
      tx.selectFrom('feed').selectAll().executeTakeFirstOrThrow(),
    );
    expect(after).toMatchObject({ secret: row.secret, every_minutes: 30, version: 2 });
  });

  it('is set by an admin, and by one at a time', async () => {
    const scope = await scopeIn('banyuwangi');
    for (const role of ['petugas', 'kepala_bidang', 'kepala_skpd', 'sub_koordinator'] as const) {
      const other = scopeOfRole(scope.library, deps, [role]);
      expect(await save(other)).toEqual({ ok: false, reason: 'not-allowed' });
      expect(await askFeed(database.db, deps, other, 'koha-rest')).toEqual({
        ok: false,
        reason: role === 'sub_koordinator' ? 'not-found' : 'not-allowed',
      });
      expect(await removeFeed(database.db, deps, other, 'koha-rest')).toMatchObject({ ok: false });
    }
    await save(scope);
    const typed = {
      ...NO_DATABASE,
      url: koha.url,
      access: 'basic',
      account: 'daftar',
      secret: '',
      every: '20',
      active: true,
    };
    for (const version of [0, 7])
      expect(await saveFeed(database.db, deps, scope, 'koha-rest', { typed, version })).toEqual({
        ok: false,
        reason: 'changed-meanwhile',
      });
  });

  it('waits longer and longer for a Koha that is away, says why, and goes on by itself', async () => {
    const scope = await scopeIn('banyuwangi');
    await memberNamed(database, deps, scope, 'Ayu Contoh Pertama');
    await save(scope);
    koha.before = () => ({ status: 503 });
    for (const minutes of [5, 10, 20]) {
      await look();
      const shown = await connection(scope);
      expect(shown).toMatchObject({ failure: 'koha-unreachable' });
      expect(shown?.nextAt).toEqual(new Date(deps.clock.now.getTime() + minutes * MINUTE));
      later(minutes - 1);
      const asked = koha.asked.length;
      await look();
      expect(koha.asked).toHaveLength(asked);
      later(1);
    }
    koha.before = () => undefined;
    await look();
    expect(cards()).toEqual(['Ayu Contoh Pertama']);
    expect(await connection(scope)).toMatchObject({ failure: null, failures: 0 });
    expect(logged.at(0)).toEqual({
      event: 'feed-failed',
      library: 'banyuwangi',
      target: 'koha-rest',
      reason: 'koha-unreachable',
    });
  });

  it('names what is wrong: the account, the address, a code that is missing here', async () => {
    const scope = await scopeIn('banyuwangi');
    await memberNamed(database, deps, scope, 'Ayu Contoh Pertama');
    const failure = async () => (await connection(scope))?.failure;
    await save(scope, { secret: 'salah' });
    await look();
    expect(await failure()).toBe('koha-denied');
    await save(scope, { url: `${koha.url}opac` });
    await look();
    expect(await failure()).toBe('koha-absent');
    const records = await exportsOf(scope);
    await setBranch('banyuwangi', '');
    await save(scope);
    await look();
    expect(await failure()).toBe('branch-missing');
    expect(await exportsOf(scope)).toEqual(records);
    expect(koha.patrons.size).toBe(0);
  });

  it('leaves the refused alone until they change, or an officer sends now', async () => {
    const scope = await scopeIn('banyuwangi');
    await memberNamed(database, deps, scope, 'Ayu Contoh Pertama');
    koha.before = (request) =>
      request.method === 'POST' && request.url?.endsWith('/patrons')
        ? { status: 400, body: { errors: [{ path: '/body/email' }] } }
        : undefined;
    await save(scope);
    await look();
    later(15);
    await look();
    expect(await exportsOf(scope)).toMatchObject([{ sent: 0, misfit: 1, state: 'done' }]);
    koha.before = () => undefined;
    await askFeed(database.db, deps, scope, 'koha-rest');
    await look();
    expect(cards()).toEqual(['Ayu Contoh Pertama']);
    // Nobody is left: asking again leaves no record.
    await askFeed(database.db, deps, scope, 'koha-rest');
    await look();
    expect(await exportsOf(scope)).toHaveLength(2);
  });

  it('sends when asked although it is switched off, and not otherwise', async () => {
    const scope = await scopeIn('banyuwangi');
    await memberNamed(database, deps, scope, 'Ayu Contoh Pertama');
    await save(scope, { active: false });
    await look();
    expect(koha.asked).toEqual([]);
    await askFeed(database.db, deps, scope, 'koha-rest');
    await look();
    expect(koha.patrons.size).toBe(1);
    await removeFeed(database.db, deps, scope, 'koha-rest');
    expect(await connection(scope)).toBeUndefined();
    expect(await askFeed(database.db, deps, scope, 'koha-rest')).toEqual({ ok: false, reason: 'not-found' });
  });

  it('does not let one library’s slow Koha delay another’s', async () => {
    const slow = await fakeKoha();
    let letGo: (value: undefined) => void = () => undefined;
    const held = new Promise<undefined>((resolve) => {
      letGo = resolve;
    });
    slow.before = () => held;
    const [one, other] = [await scopeIn('banyuwangi'), await scopeIn('jateng')];
    await memberNamed(database, deps, one, 'Ayu Contoh Pertama');
    await memberNamed(database, deps, other, 'Beni Contoh Kedua');
    await save(one, { url: slow.url });
    await save(other);
    const runner = runnerWith();
    await runner.look();
    await expect.poll(() => koha.patrons.size).toBe(1);
    await expect.poll(async () => (await exportsOf(other)).map((record) => record.state)).toEqual(['done']);
    await expect.poll(() => slow.asked.length).toBe(1);
    // The slow one is not begun a second time meanwhile.
    later(60);
    await runner.look();
    expect(slow.asked).toHaveLength(1);
    letGo(undefined);
    await runner.idle();
    expect(slow.patrons.size).toBe(1);
    await slow.close();
  });

  it('of a library that took the last place is not the first again', async () => {
    const [first, second] = (await listLibraries(database.db)).map(
      ({ slug }) => slug as 'banyuwangi' | 'jateng',
    );
    if (!first || !second) throw new Error('two are seeded');
    const [one, other] = [await scopeIn(first), await scopeIn(second)];
    const busy = await fakeKoha();
    await memberNamed(database, deps, one, 'Ayu Contoh Pertama');
    await memberNamed(database, deps, other, 'Beni Contoh Kedua');
    await save(one, { url: busy.url });
    await save(other);
    const runner = runnerWith({ places: 1 });
    await look(runner);
    expect([busy.patrons.size, koha.patrons.size]).toEqual([1, 0]);
    later(60);
    await look(runner);
    expect(koha.patrons.size).toBe(1);
    await busy.close();
  });

  it('and those to other systems are at most two of one library at a time; the third waits its turn', async () => {
    const [one, other] = [await scopeIn('banyuwangi'), await scopeIn('jateng')];
    await memberNamed(database, deps, one, 'Ayu Contoh Pertama');
    await memberNamed(database, deps, other, 'Beni Contoh Kedua');
    const slow = await fakeKoha();
    let letGo: (value: undefined) => void = () => undefined;
    const held = new Promise<undefined>((resolve) => {
      letGo = resolve;
    });
    slow.before = () => held;
    await save(one, { url: slow.url });
    await save(other);
    const silent = [await silentDatabase(), await silentDatabase()];
    for (const [at, target] of (['inlislite-db', 'slims-db'] as const).entries()) {
      const saved = await saveFeed(database.db, deps, one, target, {
        typed: {
          ...NO_DATABASE,
          url: '',
          access: '',
          host: '127.0.0.1',
          port: String(silent[at]?.port),
          database: 'contoh',
          account: 'daftar',
          secret: 'sandi contoh',
          every: '15',
          active: true,
        },
        version: 0,
      });
      expect(saved).toEqual({ ok: true });
    }
    const begun = () => silent.filter(({ calls }) => calls > 0).length + (slow.asked.length > 0 ? 1 : 0);
    const runner = runnerWith({ open: lendingSystems([]).open });
    await runner.look();
    await expect.poll(begun).toBe(2);
    // Whatever else was begun at these looks has been heard of by the time the other library's members have arrived.
    await expect.poll(() => koha.patrons.size).toBe(1);
    await memberNamed(database, deps, other, 'Citra Contoh Ketiga');
    later(60);
    await runner.look();
    await expect.poll(() => koha.patrons.size).toBe(2);
    expect(begun()).toBe(2);
    await silent.find(({ calls }) => calls > 0)?.hangUp();
    await expect
      .poll(async () => {
        await runner.look();
        return begun();
      })
      .toBe(3);
    letGo(undefined);
    await Promise.all(silent.map((each) => each.hangUp().catch(() => undefined)));
    await runner.idle();
    await slow.close();
  }, 30_000);

  it('stops between two members when the service ends, and the next start goes on with the rest', async () => {
    const scope = await scopeIn('banyuwangi');
    for (const name of ['Ayu Contoh Pertama', 'Beni Contoh Kedua', 'Citra Contoh Ketiga'])
      await memberNamed(database, deps, scope, name);
    await save(scope);
    const runner = runnerWith();
    let ending: Promise<void> | undefined;
    koha.before = () => {
      ending ??= runner.stop();
      return undefined;
    };
    await runner.look();
    await runner.idle();
    await ending;
    expect(cards()).toEqual(['Ayu Contoh Pertama']);
    expect(await exportsOf(scope)).toMatchObject([{ state: 'failed', failure: 'interrupted', sent: 1 }]);
    expect(await connection(scope)).toMatchObject({ failure: null, failures: 0 });
    later(1);
    await look();
    expect(cards()).toHaveLength(3);
    expect(await exportsOf(scope)).toMatchObject([{ state: 'done', sent: 2 }, { sent: 1 }]);
  });

  it('cuts a request short that does not end with the service, and blames Koha for nothing', async () => {
    const scope = await scopeIn('banyuwangi');
    await memberNamed(database, deps, scope, 'Ayu Contoh Pertama');
    await save(scope);
    const cut = new AbortController();
    const runner = runnerWith({
      open: () => async (to) => {
        if (to.target !== 'koha-rest') throw new Error('no Koha');
        const cutOff: typeof fetch = (url, init) => fetch(url, { ...init, signal: cut.signal });
        return kohaTarget(openKoha(to.server, { fetch: cutOff, wait: () => Promise.resolve() }), to.codes);
      },
    });
    let ending: Promise<void> | undefined;
    koha.before = () => {
      ending ??= runner.stop();
      cut.abort();
      return new Promise(() => undefined);
    };
    await runner.look();
    await runner.idle();
    await ending;
    expect(await exportsOf(scope)).toMatchObject([{ state: 'failed', failure: 'interrupted' }]);
    expect((await connection(scope))?.failure).toBeNull();
  });

  it('stops when an officer switches it off while it sends', async () => {
    const scope = await scopeIn('banyuwangi');
    for (const name of ['Ayu Contoh Pertama', 'Beni Contoh Kedua'])
      await memberNamed(database, deps, scope, name);
    await save(scope);
    koha.before = async () => {
      koha.before = () => undefined;
      await save(scope, { active: false });
      later(1);
      return undefined;
    };
    await look();
    expect(cards()).toEqual(['Ayu Contoh Pertama']);
    await look();
    expect(cards()).toHaveLength(1);
  });

  it('marks what a killed process left, and goes on at once', async () => {
    const scope = await scopeIn('banyuwangi');
    await memberNamed(database, deps, scope, 'Ayu Contoh Pertama');
    await save(scope);
    await look();
    await memberNamed(database, deps, scope, 'Beni Contoh Kedua');
    later(1);
    // As a process leaves it that was killed while it sent; beside it a file that an officer is downloading.
    await beginExport(database.db, deps, feedScope(scope.library, deps.now()), {
      target: 'koha-rest',
      changedOnly: true,
    });
    await beginExport(
      database.db,
      deps,
      { ...scope, at: deps.now() },
      { target: 'slims', changedOnly: false },
    );
    const next = runnerWith();
    await next.takeOver();
    const states = async () =>
      Object.fromEntries(
        (await exportsOf(scope)).slice(0, 2).map((one) => [one.target, [one.state, one.failure]]),
      );
    expect(await states()).toEqual({ 'koha-rest': ['failed', 'interrupted'], slims: ['running', null] });
    await look(next);
    expect(cards()).toHaveLength(2);
    // Nobody downloads a file for two days.
    later(3 * 24 * 60);
    await runnerWith().takeOver();
    expect((await exportsOf(scope)).filter((one) => one.state === 'running')).toEqual([]);
  });

  it('is run by one process at a time', async () => {
    const scope = await scopeIn('banyuwangi');
    await memberNamed(database, deps, scope, 'Ayu Contoh Pertama');
    await save(scope);
    await Promise.all([1, 2, 3].map(() => look()));
    expect(koha.asked).toEqual(['GET /api/v1/patrons', 'POST /api/v1/patrons']);
    expect(await exportsOf(scope)).toHaveLength(1);
  });

  it('is a job of the service beside the others, which wait for no Koha', async () => {
    const scope = await scopeIn('banyuwangi');
    await memberNamed(database, deps, scope, 'Ayu Contoh Pertama');
    await save(scope);
    await beginExport(database.db, deps, feedScope(scope.library, deps.now()), {
      target: 'koha-rest',
      changedOnly: true,
    });
    let letGo: (value: undefined) => void = () => undefined;
    const held = new Promise<undefined>((resolve) => {
      letGo = resolve;
    });
    koha.before = () => held;
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const jobs = startJobs(database.db, () => new pg.Client(database.addresses.app), deps, {
      send: null,
      goOnWithImports: () => Promise.resolve(),
      compose: mailComposer('https://daftar.example'),
      openLending: () => open,
      log: (entry) => void logged.push(entry),
    });
    try {
      vi.advanceTimersByTime(10_000);
      await expect.poll(() => koha.asked.length).toBe(1);
      const events = () => logged.map((entry) => (entry as { event: string }).event);
      await expect.poll(events).toContain('retention');
      expect(events()).toContain('exports-interrupted');
      const before = events().length;
      later(6 * 60);
      vi.advanceTimersByTime(10_000);
      await expect.poll(() => events().slice(before)).toContain('retention');
      letGo(undefined);
      await expect.poll(() => koha.patrons.size).toBe(1);
    } finally {
      letGo(undefined);
      await jobs.stop();
      vi.useRealTimers();
    }
  });
});
