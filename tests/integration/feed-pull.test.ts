import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { FileTarget } from '../../src/domain/exporting/outgoing-member.ts';
import type { MemberId } from '../../src/domain/ids.ts';
import type { Scope } from '../../src/usecases/context.ts';
import { withdrawExport } from '../../src/usecases/export-members.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { readExports } from '../../src/usecases/read-export.ts';
import { readTokens } from '../../src/usecases/read-feeds.ts';
import { makeFeedToken, removeFeed } from '../../src/usecases/set-feed.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { memberNamed, scopeOfRole } from '../support/members.ts';

let database: TestDatabase;
let site: TestApp;
let scope: Scope;
let other: Scope;

beforeAll(async () => {
  database = await createTestDatabase();
  site = createTestApp(database);
  const [here, there] = await Promise.all(
    (['banyuwangi', 'jateng'] as const).map((slug) => loadLibrary(database.db, slug, site.deps.now())),
  );
  if (!here || !there) throw new Error('not seeded');
  scope = scopeOfRole(here, site.deps, ['petugas', 'sub_koordinator']);
  other = scopeOfRole(there, site.deps, ['petugas', 'sub_koordinator']);
});
afterAll(() => database.drop());
beforeEach(async () => {
  site = createTestApp(database);
  await inLibrary(database.db, scope.library.id, async (tx) => {
    await tx.deleteFrom('export_row').execute();
    await tx.deleteFrom('export').execute();
    await tx.deleteFrom('feed').execute();
    await tx.updateTable('member').set({ state: 'ended' }).execute();
  });
});

async function tokenOf(target: FileTarget, of = scope): Promise<string> {
  const made = await makeFeedToken(database.db, site.deps, of, target);
  if (!made.ok) throw new Error(made.reason);
  return made.token;
}

const pull = (target: string, token: string | null, query = '', method = 'GET') =>
  site.request(`/banyuwangi/umpan/${target}${query}`, {
    method,
    headers: token === null ? {} : { authorization: `Bearer ${token}` },
  });
const namesIn = (csv: string) =>
  csv
    .split('\r\n')
    .slice(1)
    .filter((line) => line !== '')
    .map((line) => /"?([A-Z][a-z]+ Contoh)/.exec(line)?.[1]);
const records = () => readExports(database.db, scope);
const later = () => {
  site.clock.now = new Date(site.clock.now.getTime() + 60_000);
};
const change = (id: MemberId, columns: object) =>
  inLibrary(database.db, scope.library.id, (tx) =>
    tx
      .updateTable('member')
      .set((eb) => ({ ...columns, version: eb('version', '+', 1) }))
      .where('id', '=', id)
      .execute(),
  );

describe('a file that the lending system fetches', () => {
  it('holds everybody at first, then who is new or has changed, and there is none of nobody', async () => {
    const ayu = await memberNamed(database, site.deps, scope, 'Ayu Contoh');
    await memberNamed(database, site.deps, scope, 'Beni Contoh');
    const token = await tokenOf('slims');
    expect(token).toMatch(/^[\w-]{43}$/);
    const first = await pull('slims', token);
    expect(first.status).toBe(200);
    expect(first.headers.get('cache-control')).toBe('no-store');
    expect(first.headers.get('content-type')).toContain('text/csv');
    expect(first.headers.get('content-disposition')).toMatch(/banyuwangi-slims-\d{4}-\d\d-\d\d\.csv/);
    expect(namesIn(await first.text())).toEqual(['Ayu Contoh', 'Beni Contoh']);
    const none = await pull('slims', token);
    expect([none.status, await none.text()]).toEqual([204, '']);
    expect(none.headers.get('cache-control')).toBe('no-store');
    expect(await records()).toHaveLength(1);
    await change(ayu, { email: 'ayu@contoh.id' });
    later();
    expect(namesIn(await (await pull('slims', token)).text())).toEqual(['Ayu Contoh']);
    later();
    expect(namesIn(await (await pull('slims', token, '?semua=1')).text())).toHaveLength(2);
    expect(await records()).toMatchObject([
      { changed_only: false, sent: 2, state: 'done', feed: true, started_by: null },
      { changed_only: true, sent: 1, state: 'done', feed: true },
      { changed_only: true, sent: 2, state: 'done', feed: true },
    ]);
    const audit = await inLibrary(database.db, scope.library.id, (tx) =>
      tx
        .selectFrom('audit_log')
        .selectAll()
        .where('subject_kind', 'in', ['feed', 'export'])
        .orderBy('id')
        .execute(),
    );
    expect(audit.slice(0, 3)).toMatchObject([
      { action: 'feed.make_token', actor_kind: 'officer', subject_id: 'slims' },
      { action: 'export.begin', actor_kind: 'feed', purpose: 'slims' },
      { action: 'export.finish', actor_kind: 'feed', purpose: 'slims 2' },
    ]);
    expect(JSON.stringify([audit, site.logged])).not.toContain(token);
  });

  it.each(['inlislite-3.2', 'koha'] as const)(
    'comes as %s too, each with a token of its own',
    async (target) => {
      await memberNamed(database, site.deps, scope, 'Ayu Contoh');
      await setLending({ kohaBranch: 'UTAMA' });
      const [own, slims] = [await tokenOf(target), await tokenOf('slims')];
      expect((await pull(target, slims)).status).toBe(401);
      const file = await pull(target, own);
      expect(file.status).toBe(200);
      expect((await file.arrayBuffer()).byteLength).toBeGreaterThan(200);
      expect(await records()).toMatchObject([{ target, sent: 1, state: 'done' }]);
    },
  );

  it('is given to nobody without the token, with a wrong, a revoked, a replaced one, or another library’s', async () => {
    await memberNamed(database, site.deps, scope, 'Ayu Contoh');
    const replaced = await tokenOf('slims');
    const token = await tokenOf('slims');
    const foreign = await tokenOf('slims', other);
    for (const wrong of [null, '', 'x'.repeat(43), token.slice(1), `${token}a`, replaced, foreign]) {
      const refused = await pull('slims', wrong);
      expect(refused.status).toBe(401);
      expect(refused.headers.get('www-authenticate')).toBe('Bearer');
      expect(refused.headers.get('cache-control')).toBe('no-store');
    }
    expect((await pull('slims', token)).status).toBe(200);
    await removeFeed(database.db, site.deps, scope, 'slims');
    expect((await pull('slims', token)).status).toBe(401);
    expect(await records()).toHaveLength(1);
  });

  it('makes whoever tries many tokens wait, right ones included', async () => {
    const token = await tokenOf('slims');
    for (let n = 0; n < 30; n++) expect((await pull('slims', 'x'.repeat(43))).status).toBe(401);
    const waiting = await pull('slims', token);
    expect(waiting.status).toBe(429);
    expect(Number(waiting.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('counts for nobody where it is only looked for, posted to, or of an unknown kind', async () => {
    await memberNamed(database, site.deps, scope, 'Ayu Contoh');
    const token = await tokenOf('slims');
    expect((await pull('slims', token, '', 'HEAD')).status).toBe(405);
    expect((await pull('koha-rest', token)).status).toBe(404);
    expect((await pull('apa-saja', token)).status).toBe(404);
    expect(await records()).toEqual([]);
  });

  it('is refused with its reason until what it needs is settled', async () => {
    await memberNamed(database, site.deps, scope, 'Ayu Contoh');
    await setLending({});
    const token = await tokenOf('inlislite-3.3');
    const refused = await pull('inlislite-3.3', token);
    expect([refused.status, await refused.text()]).toEqual([409, 'filler-not-ready\n']);
    expect(await records()).toEqual([]);
  });

  it('tells once of who does not fit, and is no file of nobody', async () => {
    const odd = await memberNamed(database, site.deps, scope, 'Ayu Contoh');
    await change(odd, { number: 'N'.repeat(30) });
    const token = await tokenOf('slims');
    for (let n = 0; n < 3; n++) expect((await pull('slims', token)).status).toBe(204);
    expect(await records()).toMatchObject([{ sent: 0, misfit: 1, state: 'done' }]);
    await change(odd, { number: 'N-1' });
    expect((await pull('slims', token)).status).toBe(200);
  });

  it('comes again when an officer says that it was not used', async () => {
    await memberNamed(database, site.deps, scope, 'Ayu Contoh');
    const token = await tokenOf('slims');
    await (await pull('slims', token)).text();
    const [record] = await records();
    if (!record) throw new Error('no record');
    expect(await withdrawExport(database.db, site.deps, scope, record.id)).toEqual({ ok: true });
    expect(namesIn(await (await pull('slims', token)).text())).toEqual(['Ayu Contoh']);
  });

  it('is shown as asked for and fetched', async () => {
    await memberNamed(database, site.deps, scope, 'Ayu Contoh');
    const token = await tokenOf('slims');
    await (await pull('slims', token)).text();
    const feeds = await readTokens(database.db, scope);
    expect(feeds.tokens.get('slims')).toEqual({ madeAt: scope.at, lookedAt: site.clock.now });
    expect(feeds.last.get('slims')).toMatchObject({ sent: 1, state: 'done' });
  });
});

describe('a download over the network', () => {
  it('counts once its last byte was taken, and for nobody where it broke off', async () => {
    const names = Array.from({ length: 3 }, (_, n) => `Ayu Contoh ${'ABC'[n]}`);
    for (const name of names) await memberNamed(database, site.deps, scope, name);
    // More than any buffer on the way holds, so that the other side has to take it.
    await inLibrary(database.db, scope.library.id, (tx) =>
      tx
        .updateTable('member')
        .set({ address_line: 'Jl. Contoh '.repeat(1_000_000) })
        .execute(),
    );
    await setLending({ kohaBranch: 'UTAMA' });
    const token = await tokenOf('koha');
    const service = await site.listen();
    try {
      const { hostname, port } = new URL(service.url);
      const socket = connect(Number(port), hostname);
      socket.write(
        `GET /banyuwangi/umpan/koha HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`,
      );
      await new Promise((resolve) => socket.once('data', resolve));
      socket.destroy();
      const states = async () => (await records()).map((record) => [record.state, record.failure]);
      await expect.poll(states).toEqual([['failed', 'broken-off']]);
      later();
      const answer = await fetch(`${service.url}/banyuwangi/umpan/koha`, {
        headers: { authorization: `Bearer ${token}` },
      });
      expect(answer.status).toBe(200);
      expect((await answer.arrayBuffer()).byteLength).toBeGreaterThan(30_000_000);
      await expect.poll(states).toEqual([
        ['done', null],
        ['failed', 'broken-off'],
      ]);
      expect(await records()).toMatchObject([{ sent: 3 }, {}]);
    } finally {
      await service.close();
    }
  }, 60_000);
});

/** Settles the lending system as no file needs it, but for these. */
async function setLending(changes: object): Promise<void> {
  const value = {
    identityNumbers: false,
    fillerReady: false,
    kohaBranch: '',
    kohaCategories: [],
    ...changes,
  };
  await inLibrary(database.db, scope.library.id, (tx) =>
    tx
      .updateTable('setting')
      .set({ value: JSON.stringify(value) })
      .where('name', '=', 'lendingSystem')
      .execute(),
  );
  site.deps.libraries.forget('banyuwangi');
}
