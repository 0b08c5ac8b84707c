import type { Connection, RowDataPacket } from 'mysql2/promise';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { MemberId } from '../../src/domain/ids.ts';
import { openKoha } from '../../src/interop/koha/rest.ts';
import { kohaTarget } from '../../src/interop/koha/target.ts';
import type { Scope } from '../../src/usecases/context.ts';
import { readWaiting } from '../../src/usecases/decide-lending.ts';
import { endMember } from '../../src/usecases/end-member.ts';
import { erasePeople } from '../../src/usecases/erase-person.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { readConnections, readLendingTrouble } from '../../src/usecases/read-feeds.ts';
import { askRight, readRequest } from '../../src/usecases/rights-request.ts';
import { type FeedPorts, runFeed } from '../../src/usecases/run-feed.ts';
import { removeFeed, saveFeed } from '../../src/usecases/set-feed.ts';
import { createTestDatabase, type TestDatabase, testDeps } from '../support/database.ts';
import { type FakeKoha, fakeKoha, KOHA_USER } from '../support/fake-koha.ts';
import { INLISLITE, SLIMS } from '../support/foreign-tables.ts';
import {
  connectTo,
  grantLending,
  LENDING_USER,
  lendThroughKoha,
  linkOf,
  runOnce,
  typedFor,
} from '../support/lending.ts';
import { hasMariaDb, type MariaDb, startMariaDb } from '../support/mariadb.ts';
import { memberNamed, scopeOfRole } from '../support/members.ts';

let database: TestDatabase;
let scope: Scope;
let koha: FakeKoha;
const deps = testDeps();

beforeAll(async () => {
  database = await createTestDatabase();
  const library = await loadLibrary(database.db, 'banyuwangi', deps.now());
  if (!library) throw new Error('not seeded');
  await inLibrary(database.db, library.id, lendThroughKoha);
  scope = scopeOfRole((await loadLibrary(database.db, 'banyuwangi', deps.now())) ?? library, deps, [
    'petugas',
    'sub_koordinator',
    'admin',
  ]);
});
afterAll(() => database.drop());
beforeEach(async () => {
  koha = await fakeKoha();
  deps.clock.now = new Date(deps.clock.now.getTime() + 60_000);
  await inLibrary(database.db, scope.library.id, async (tx) => {
    await tx.deleteFrom('lending_link').execute();
    await tx.deleteFrom('export_row').execute();
    await tx.deleteFrom('export').execute();
    await tx.deleteFrom('feed').execute();
    await tx.updateTable('member').set({ state: 'ended' }).execute();
  });
});
afterEach(() => koha.close());

const now = (): Scope => ({ ...scope, at: deps.now() });
const open: FeedPorts['open'] = async (to) => {
  if (to.target !== 'koha-rest') throw new Error('no Koha');
  return kohaTarget(openKoha(to.server, { fetch, wait: () => Promise.resolve() }), to.codes);
};
const run = () => runOnce(database, deps, now(), 'koha-rest', open);
const link = (id: MemberId) => linkOf(database, scope, 'koha-rest', id);
const waiting = () =>
  readWaiting(database.db, now(), { target: 'slims-db', state: null, after: null, limit: 9 });
const erase = (id: MemberId) =>
  inLibrary(database.db, scope.library.id, (tx) =>
    erasePeople(tx, deps, now(), { members: [id] }, 'request'),
  );
async function connect(url = koha.url): Promise<void> {
  const shown = (await readConnections(database.db, scope)).find((one) => one.target === 'koha-rest');
  const saved = await saveFeed(database.db, deps, now(), 'koha-rest', {
    typed: {
      host: '',
      port: '',
      database: '',
      inside: true,
      first: 'ask',
      url,
      access: 'basic',
      account: KOHA_USER.user,
      secret: KOHA_USER.password,
      every: '15',
      active: true,
    },
    version: shown?.version ?? 0,
  });
  expect(saved).toEqual({ ok: true });
}

describe('somebody who was erased here, and is not yet in the lending system', () => {
  it('keeps the connection from being removed, unless a person takes the rows over by their number', async () => {
    const ayu = await memberNamed(database, deps, now(), 'Ayu Contoh Pertama');
    const beni = await memberNamed(database, deps, now(), 'Beni Contoh Kedua');
    await connect();
    await run();
    await erase(ayu);
    const remove = (byHand?: number) => removeFeed(database.db, deps, now(), 'koha-rest', byHand);
    expect(await remove()).toEqual({ ok: false, reason: 'erased-wait', n: 1 });
    expect(await link(ayu)).toMatchObject({ state: 'waiting' });
    // Another one meanwhile: the promise was about fewer.
    await erase(beni);
    expect(await remove(1)).toEqual({ ok: false, reason: 'erased-wait', n: 2 });
    expect(await remove(2)).toEqual({ ok: true });
    expect(await link(ayu)).toBeUndefined();
    const audited = await inLibrary(database.db, scope.library.id, (tx) =>
      tx.selectFrom('audit_log').select('purpose').where('action', '=', 'feed.remove').execute(),
    );
    expect(audited).toEqual([{ purpose: 'erased-by-hand 2' }]);
    // Emptied there, nothing is in the way.
    const citra = await memberNamed(database, deps, now(), 'Citra Contoh Ketiga');
    await connect();
    await run();
    await erase(citra);
    await run();
    expect(await remove()).toEqual({ ok: true });
  });

  it('stays known when the connection moves, and costs nobody else their row at the new place', async () => {
    const ayu = await memberNamed(database, deps, now(), 'Ayu Contoh Pertama');
    const beni = await memberNamed(database, deps, now(), 'Beni Contoh Kedua');
    await connect();
    await run();
    await erase(ayu);
    const other = await fakeKoha();
    // The keys count from one there as well.
    for (const [id, patron] of koha.patrons) other.patrons.set(id, { ...patron, cardnumber: `L-${id}` });
    await connect(other.url);
    expect(await link(ayu)).toMatchObject({ memory: { moved: true } });
    expect(await link(beni)).toBeUndefined();
    await run();
    expect(JSON.stringify([...other.patrons.values()])).toContain('Ayu Contoh Pertama');
    expect(await link(ayu)).toMatchObject({ state: 'refused', reasons: ['number_taken'] });
    // The same server under another name.
    await connect(koha.url);
    deps.clock.now = new Date(deps.clock.now.getTime() + 10 * 60_000);
    await run();
    expect(JSON.stringify([...koha.patrons.values()])).not.toContain('Ayu');
    expect(await link(ayu)).toBeUndefined();
    await other.close();
  });

  it('is done with where the row was deleted there, and so is who has left: nobody is asked', async () => {
    const ayu = await memberNamed(database, deps, now(), 'Ayu Contoh Pertama');
    const beni = await memberNamed(database, deps, now(), 'Beni Contoh Kedua');
    await connect();
    await run();
    koha.patrons.clear();
    await erase(ayu);
    const ended = await endMember(database.db, deps, now(), {
      memberId: beni,
      reason: 'moved',
      effectiveOn: null,
    });
    expect(ended).toMatchObject({ ok: true });
    await run();
    expect([await link(ayu), await link(beni)]).toEqual([undefined, undefined]);
    expect(await readLendingTrouble(database.db, now())).toMatchObject({ conflicts: 0 });
    expect(koha.patrons.size).toBe(0);
    expect(await run()).toEqual({ kind: 'idle' });
  });

  it('is tried again by itself where the other side refuses, and told of until it is done', async () => {
    const ayu = await memberNamed(database, deps, now(), 'Ayu Contoh Pertama');
    await connect();
    await run();
    await erase(ayu);
    koha.before = (request) =>
      request.method === 'PUT' ? { status: 400, body: { errors: [{ path: '/body/surname' }] } } : undefined;
    const due = async () =>
      (await runFeed(database.db, deps, scope.library, 'koha-rest', { open, stopping: () => false })).kind;
    for (const minutes of [5, 10, 20]) {
      deps.clock.now = new Date(deps.clock.now.getTime() + 60 * 60_000);
      expect(await due()).toBe('ran');
      expect(await link(ayu)).toMatchObject({
        state: 'refused',
        again_at: new Date(deps.clock.now.getTime() + minutes * 60_000),
      });
      expect(await readLendingTrouble(database.db, now())).toMatchObject({ erasures: 1 });
    }
    koha.before = () => undefined;
    deps.clock.now = new Date(deps.clock.now.getTime() + 60 * 60_000);
    expect(await due()).toBe('ran');
    expect(await link(ayu)).toBeUndefined();
    expect(await readLendingTrouble(database.db, now())).toMatchObject({ erasures: 0 });
  });
});

it('an officer who decides on an erasure is told what went under every number of the person', async () => {
  const ayu = await memberNamed(database, deps, now(), 'Ayu Contoh Pertama');
  await connect();
  await run();
  const other = await memberNamed(database, deps, now(), 'Ayu Contoh Baru');
  await inLibrary(database.db, scope.library.id, (tx) =>
    tx.updateTable('member').set({ merged_into: other, state: 'ended' }).where('id', '=', ayu).execute(),
  );
  const asked = await askRight(database.db, deps, now(), {
    by: 'counter',
    memberId: other,
    kind: 'erase',
    words: '',
  });
  if (!asked.ok) throw new Error(asked.reason);
  const told = async () => (await readRequest(database.db, deps, now(), asked.id))?.sentAbroad;
  expect(await told()).toEqual({ live: true, byHand: false });
  expect(await removeFeed(database.db, deps, now(), 'koha-rest')).toEqual({ ok: true });
  expect(await told()).toEqual({ live: false, byHand: true });
});

const NIK = '9901011708990001';

describe.runIf(hasMariaDb)('a NIK that was the number in SLiMS', () => {
  let server: MariaDb;
  let theirs: Connection;
  beforeAll(async () => {
    server = await startMariaDb();
    theirs = await server.connect();
    await theirs.query("set sql_mode = ''");
    await theirs.query(INLISLITE);
    await theirs.query(SLIMS);
    await theirs.query("insert into slims.mst_member_type (member_type_name) values ('Umum')");
    await theirs.query('delete from slims.member');
    for (const table of ['loan', 'fines', 'reserve'])
      await theirs.query(
        `create table slims.${table} (id int primary key auto_increment, member_id varchar(20))`,
      );
    await grantLending(server);
  }, 120_000);
  afterAll(async () => {
    await theirs.end();
    await server.stop();
  });

  it('goes with the person where nothing hangs on it; else it is named to a person until it is gone', async () => {
    const ayu = await memberNamed(database, deps, now(), 'Ayu Contoh Pertama');
    await inLibrary(database.db, scope.library.id, (tx) =>
      tx.updateTable('member').set({ number: NIK }).where('id', '=', ayu).execute(),
    );
    const put = () => runOnce(database, deps, now(), 'slims-db');
    await connectTo(database, deps, scope, 'slims-db', typedFor(server, 'slims'));
    await put();
    const keys = async () => {
      const [rows] = await theirs.query<RowDataPacket[]>('select member_id, member_name from slims.member');
      return rows;
    };
    expect(await keys()).toEqual([{ member_id: NIK, member_name: 'Ayu Contoh Pertama' }]);
    await theirs.query('insert into slims.loan (member_id) values (?)', [NIK]);
    await erase(ayu);
    // We may not read the loans, then we may and there is one: emptied all the same, and told of.
    for (const grant of [null, `grant select on slims.* to '${LENDING_USER.user}'@'127.0.0.1'`]) {
      if (grant !== null) await theirs.query(grant);
      deps.clock.now = new Date(deps.clock.now.getTime() + 60 * 60_000);
      await put();
      expect(await keys()).toMatchObject([
        { member_id: NIK, member_name: expect.stringMatching(/^dihapus-/) },
      ]);
      expect(await waiting()).toMatchObject([{ member_id: ayu, state: 'refused', reasons: ['nik_there'] }]);
      expect(await readLendingTrouble(database.db, now())).toMatchObject({ erasures: 1 });
    }
    await theirs.query('delete from slims.loan');
    deps.clock.now = new Date(deps.clock.now.getTime() + 60 * 60_000);
    await put();
    expect(await keys()).toMatchObject([{ member_id: expect.stringMatching(/^dihapus-/) }]);
    expect(await waiting()).toEqual([]);
  });
});
