/**
 * The service is killed with SIGKILL in the middle of sending members to a lending system. Once it is started again each
 * member, and each change of one, has arrived once: counted by the lending system itself.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TypedFeed } from '../../src/domain/exporting/feed.ts';
import type { LiveTarget } from '../../src/domain/exporting/outgoing-member.ts';
import { askFeed, pauseFeed, saveFeed } from '../../src/usecases/set-feed.ts';
import { type FakeKoha, fakeKoha, KOHA_USER } from '../support/fake-koha.ts';
import { INLISLITE } from '../support/foreign-tables.ts';
import { fileOf, rowOf } from '../support/imports.ts';
import { grantLending, LENDING_USER, lendThroughKoha, typedFor } from '../support/lending.ts';
import { hasMariaDb, type MariaDb, startMariaDb } from '../support/mariadb.ts';
import { type Beside, openBeside } from './beside.ts';
import {
  build,
  cleanUp,
  makeFolder,
  type RunningService,
  runCommand,
  startService,
  waitUntil,
} from './service.ts';

const MEMBERS = 240;
/** Written down on the lending system's side: what a run has sent and nobody here has noted counts as well. */
const WRITES = `
use inlislite;
delete from members;
create table writes (n int auto_increment primary key, number varchar(50), phone varchar(50), kind varchar(10));
create trigger made after insert on members for each row
  insert into writes (number, phone, kind) select new.MemberNo, new.NoHp, 'insert' from (select sleep(0.01)) as pause;
create trigger changed after update on members for each row
  insert into writes (number, phone, kind) select new.MemberNo, new.NoHp, 'update' from (select sleep(0.01)) as pause;
`;

let folder: string;
let dataDir: string;
let service: RunningService;
let beside: Beside;
let koha: FakeKoha;
let maria: MariaDb | undefined;
let theirs: Connection | undefined;

if (!hasMariaDb) console.log('Without mariadb-server, a killed connection to INLISLite is left out.');

beforeAll(async () => {
  build();
  folder = makeFolder();
  dataDir = path.join(folder, 'data');
  koha = await fakeKoha();
  if (hasMariaDb) {
    maria = await startMariaDb();
    theirs = await maria.connect();
    await theirs.query("set sql_mode = ''");
    await theirs.query(INLISLITE);
    await theirs.query(
      'create database slims; use slims; create table member (a int); create table mst_member_type (a int)',
    );
    await grantLending(maria);
    await theirs.query(WRITES);
  }
  service = await startService(dataDir);
  beside = await openBeside(dataDir);
  const file = path.join(folder, 'anggota.csv');
  writeFileSync(file, fileOf(...Array.from({ length: MEMBERS }, (_, n) => rowOf(n + 1))));
  const imported = await runCommand(dataDir, ['import', file, '--library', 'banyuwangi', '--apply']);
  if (imported.code !== 0) throw new Error(imported.output);
}, 240_000);
afterAll(async () => {
  await beside?.close();
  await koha?.close();
  await theirs?.end();
  await maria?.stop();
  await cleanUp(folder);
});

async function connect(target: LiveTarget, typed: TypedFeed): Promise<void> {
  const { db, deps, scope } = beside;
  expect(await saveFeed(db, deps, scope(), target, { typed, version: 0 })).toEqual({ ok: true });
}

async function killed(): Promise<void> {
  service.signal('SIGKILL');
  expect(await service.ended()).toBe('SIGKILL');
  // What it had sent may still be under way there: a commit that lands after the count would be one too many.
  await waitUntil(async () => (await theirConnections()) === 0);
}

/** How many the service has to INLISLite. */
async function theirConnections(): Promise<number> {
  if (!theirs) return 0;
  const [rows] = await theirs.query<RowDataPacket[]>('show processlist');
  return rows.filter(({ User }) => User === LENDING_USER.user).length;
}

/** Each member's telephone becomes another one, in one step. @returns how many */
async function changeAll(phone: string): Promise<number> {
  const changed = await beside.all((tx) =>
    tx
      .updateTable('member')
      .set((eb) => ({ phone, version: eb('version', '+', 1) }))
      .where('state', '=', 'active')
      .returning('id')
      .execute(),
  );
  return changed.length;
}

const sendNow = async (target: LiveTarget) =>
  expect(await askFeed(beside.db, beside.deps, beside.scope(), target)).toEqual({ ok: true });

/** Nothing waits for a person, and the last run is over. */
async function expectAllDone(target: LiveTarget): Promise<void> {
  const open = () =>
    beside.all((tx) =>
      tx
        .selectFrom('export')
        .select('id')
        .where('target', '=', target)
        .where('state', '=', 'running')
        .execute(),
    );
  await waitUntil(async () => (await open()).length === 0);
  const links = await beside.all((tx) =>
    tx.selectFrom('lending_link').select(['state', 'reasons']).where('target', '=', target).execute(),
  );
  expect(links).toHaveLength(MEMBERS);
  expect(links.filter(({ state }) => state !== 'done')).toEqual([]);
}

async function writes(kind: 'insert' | 'update'): Promise<readonly RowDataPacket[]> {
  if (!theirs) throw new Error('no MariaDB');
  const [rows] = await theirs.query<RowDataPacket[]>('select number, phone from writes where kind = ?', [
    kind,
  ]);
  return rows;
}

test.runIf(hasMariaDb)(
  'a service that is killed while it writes to INLISLite makes each member once, and sends each change once',
  async () => {
    if (!maria) throw new Error('no MariaDB');
    await connect('inlislite-db', typedFor(maria, 'inlislite'));
    for (const reached of [60, 150]) {
      await waitUntil(async () => (await writes('insert')).length >= reached);
      await killed();
      expect((await writes('insert')).length).toBeLessThan(MEMBERS);
      service = await startService(dataDir);
    }
    await waitUntil(async () => (await writes('insert')).length >= MEMBERS);
    await expectAllDone('inlislite-db');
    const made = await writes('insert');
    expect(made).toHaveLength(MEMBERS);
    expect(new Set(made.map(({ number }) => number)).size).toBe(MEMBERS);
    // What the killed process had written is found as it should be: nothing is written over it.
    expect(await writes('update')).toEqual([]);

    const sent = async (phone: string) =>
      (await writes('update')).filter((one) => one.phone === phone).map(({ number }) => String(number));
    const [first, second] = ['081299990000', '081299991111'] as const;
    expect(await changeAll('+6281299990000')).toBe(MEMBERS);
    await sendNow('inlislite-db');
    await waitUntil(async () => (await sent(first)).length >= 60);
    await killed();
    // Everybody changes once more before the next process comes: what the killed one had left is nobody else's word.
    const before = await sent(first);
    expect(before.length).toBeLessThan(MEMBERS);
    expect(await changeAll('+6281299991111')).toBe(MEMBERS);
    service = await startService(dataDir);
    await waitUntil(async () => (await sent(second)).length >= 100);
    await killed();
    expect((await sent(second)).length).toBeLessThan(MEMBERS);
    service = await startService(dataDir);
    await waitUntil(async () => (await sent(second)).length >= MEMBERS);
    await expectAllDone('inlislite-db');
    expect(await sent(first)).toEqual([...new Set(before)]);
    expect(await sent(second)).toHaveLength(MEMBERS);
    expect(new Set(await sent(second)).size).toBe(MEMBERS);
    expect(await writes('insert')).toHaveLength(MEMBERS);
    expect(await pauseFeed(beside.db, beside.deps, beside.scope(), 'inlislite-db', false)).toEqual({
      ok: true,
    });
  },
  300_000,
);

test('a service that is killed after Koha took a patron and before it heard so makes nobody twice', async () => {
  await beside.all(lendThroughKoha);
  let written = 0;
  const killAt = new Set([30, 31, 120]);
  let starting: Promise<void> = Promise.resolve();
  // It has been done there, and nobody hears the answer.
  koha.done = async ({ method }) => {
    if (method === 'GET' || !killAt.has(++written)) return;
    // The next one may send before its start is known here: the one of before cannot be killed twice.
    await starting;
    await killed();
    starting = startService(dataDir).then((next) => {
      service = next;
    });
  };
  await connect('koha-rest', {
    url: koha.url,
    host: '',
    port: '',
    database: '',
    access: 'basic',
    account: KOHA_USER.user,
    secret: KOHA_USER.password,
    every: '5',
    active: true,
    inside: true,
    first: 'ask',
  });
  const asked = (method: string) => koha.asked.filter((one) => one.startsWith(`${method} `));
  await waitUntil(() => koha.patrons.size >= MEMBERS);
  await starting;
  await expectAllDone('koha-rest');
  expect(asked('POST')).toHaveLength(MEMBERS);
  expect(asked('PUT')).toEqual([]);
  expect(new Set([...koha.patrons.values()].map(({ cardnumber }) => cardnumber)).size).toBe(MEMBERS);

  written = 0;
  koha.asked.length = 0;
  expect(await changeAll('+6281299992222')).toBe(MEMBERS);
  await sendNow('koha-rest');
  await waitUntil(() => [...koha.patrons.values()].every(({ phone }) => phone === '081299992222'));
  await starting;
  await expectAllDone('koha-rest');
  expect(asked('PUT')).toHaveLength(MEMBERS);
  expect(new Set(asked('PUT')).size).toBe(MEMBERS);
  expect(asked('POST')).toEqual([]);
}, 300_000);
