import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { chunkOf, memberNumberOf, personOf } from '../../bench/crosscheck/chunk.ts';
import { insertRows } from '../../src/db/bulk-insert.ts';
import { nikCmac } from '../../src/db/migrations/036-nik-cmac.ts';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { MemberId } from '../../src/domain/ids.ts';
import { newId, type Scope } from '../../src/usecases/context.ts';
import { erasePeople } from '../../src/usecases/erase-person.ts';
import { fillMatchKeys } from '../../src/usecases/fill-match-keys.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { matchColumns } from '../../src/usecases/match-columns.ts';
import { createTestDatabase, type TestDatabase, testDeps, testVault } from '../support/database.ts';

const MEMBERS = 1_200;

let database: TestDatabase;
let admin: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  admin = new pg.Client(database.addresses.admin);
  await admin.connect();
  const { db } = database;
  const library = await loadLibrary(db, 'banyuwangi', new Date());
  const point = library?.servicePoints[0]?.id;
  if (!library || point === undefined) throw new Error('not seeded');
  const { id: libraryId } = library;
  const deps = testDeps();
  const now = deps.now();
  const rows = chunkOf(0, MEMBERS).existing.map((row) => {
    const person = personOf(row, testVault, { libraryId, servicePointId: point });
    // Without a key of the own a person is an erased one.
    person.person_key = testVault.newPersonKey(libraryId);
    return {
      ...person,
      ...matchColumns(testVault, libraryId, person),
      library_id: libraryId,
      id: newId(deps, now),
      number: memberNumberOf(0, row.id),
      state: 'active',
      state_effective_at: now,
      service_point_id: point,
      member_since: '2026-03-02',
      valid_from: '2026-03-02',
      created_at: now,
      updated_at: now,
    };
  });
  await inLibrary(db, libraryId, (tx) => insertRows(tx, 'member', rows));
});
afterAll(async () => {
  await admin.end();
  await database.drop();
});

async function keysOf(): Promise<ReadonlyMap<string, readonly number[] | null>> {
  const { rows } = await admin.query<{ id: string; match_keys: number[] | null }>(
    'select id, match_keys from member',
  );
  return new Map(rows.map((row) => [row.id, row.match_keys]));
}

async function hasIndex(): Promise<boolean> {
  const { rows } = await admin.query<{ there: boolean }>(
    `select to_regclass('member_match') is not null as there`,
  );
  return rows[0]?.there === true;
}

const fill = (many?: number) =>
  fillMatchKeys(database.db, database.owner, { vault: testVault }, () => undefined, many);

it('members of an older version can be found after a start as if they had just been entered', async () => {
  const before = await keysOf();
  expect(before.size).toBe(MEMBERS);
  await admin.query(nikCmac.up);
  expect([...(await keysOf()).values()].every((keys) => keys === null)).toBe(true);
  expect(await fill()).toBe(MEMBERS);
  expect(await keysOf()).toEqual(before);
  expect(await fill()).toBe(0);
});

it('of many members the index is made anew, and so it is after a start that was stopped', async () => {
  const before = await keysOf();
  await admin.query('update member set match_keys = null');
  expect(await fill(1)).toBe(MEMBERS);
  expect(await keysOf()).toEqual(before);
  expect(await hasIndex()).toBe(true);
  await admin.query('drop index member_match');
  expect(await fill()).toBe(0);
  expect(await hasIndex()).toBe(true);
});

it('whoever was erased before the upgrade stays found by nothing', async () => {
  const library = await loadLibrary(database.db, 'banyuwangi', new Date());
  const [id] = (await keysOf()).keys();
  if (!library || id === undefined) throw new Error('nobody there');
  const scope: Scope = { library, actor: { kind: 'system' }, at: new Date(), requestId: 'test' };
  await inLibrary(database.db, library.id, (tx) =>
    erasePeople(tx, testDeps(), scope, { members: [id as MemberId] }, 'request'),
  );
  expect((await keysOf()).get(id)).toEqual([]);
  await admin.query('update member set match_keys = null, nik_slots = null where id = $1', [id]);
  expect(await fill()).toBe(1);
  expect((await keysOf()).get(id)).toEqual([]);
});
