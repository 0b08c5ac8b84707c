import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Tx } from '../../src/db/connection.ts';
import { later } from '../../src/db/later.ts';
import { inLibrary } from '../../src/db/tenancy.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

it('a connection that breaks in the middle of a request fails that request, and the next one gets another', async () => {
  const admin = new pg.Client(database.addresses.admin);
  await admin.connect();
  try {
    const broken = sql`select pg_sleep(20)`.execute(database.db).catch((error: unknown) => error);
    let ended = 0;
    while (ended === 0) {
      const { rowCount } = await admin.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
          where query like '%pg_sleep%' and pid <> pg_backend_pid() and datname = current_database()`,
      );
      ended = rowCount ?? 0;
    }
    expect(await broken).toBeInstanceOf(Error);
    const next = await sql<{ one: number }>`select 1 as one`.execute(database.db);
    expect(next.rows).toEqual([{ one: 1 }]);
  } finally {
    await admin.end();
  }
});

it('a transaction that ends before it asks anything sends nothing, and one that fails at once leaves nothing behind', async () => {
  const { db } = database;
  await expect(
    db.transaction().execute(async () => {
      throw new Error('changed my mind');
    }),
  ).rejects.toThrow('changed my mind');
  expect(await db.transaction().execute(async () => 'nothing to ask')).toBe('nothing to ask');
  await expect(
    inLibrary(db, database.libraryIds.jateng, (tx) => sql`select 1 / 0`.execute(tx)),
  ).rejects.toThrow('division by zero');
  const { rows } = await sql<{ library: string | null; open: boolean }>`
    select nullif(current_setting('app.library_id', true), '') as library,
      now() <> statement_timestamp() as open`.execute(db);
  expect(rows).toEqual([{ library: null, open: false }]);
});

it('begins with its library in one message, and every statement after it is in the transaction', async () => {
  const seen = await inLibrary(database.db, database.libraryIds.banyuwangi, async (tx) => {
    const ask = () =>
      sql<{ library: string; at: string }>`
        select current_setting('app.library_id') as library, now()::text as at`.execute(tx);
    return [await ask(), await ask()].flatMap(({ rows }) => rows);
  });
  expect(seen.map(({ library }) => library)).toEqual([
    String(database.libraryIds.banyuwangi),
    String(database.libraryIds.banyuwangi),
  ]);
  expect(seen[0]?.at).toBe(seen[1]?.at);
});

/** Every officer's name, and a statement that changes them all. */
const names = () =>
  inLibrary(database.db, database.libraryIds.jateng, (tx) =>
    tx.selectFrom('officer').select('name').orderBy('id').execute(),
  );
const rename = (name: string) => (tx: Tx) => later(tx, tx.updateTable('officer').set({ name }));

it('what nobody waits for is done in its place, and kept with the rest', async () => {
  const seen = await inLibrary(database.db, database.libraryIds.jateng, async (tx) => {
    await rename('Contoh Pertama')(tx);
    const between = await tx.selectFrom('officer').select('name').execute();
    await rename('Contoh Kedua')(tx);
    return between;
  });
  expect(new Set(seen.map(({ name }) => name))).toEqual(new Set(['Contoh Pertama']));
  expect(new Set((await names()).map(({ name }) => name))).toEqual(new Set(['Contoh Kedua']));
});

it('where that fails nothing is kept, and whoever asked for the change is told why', async () => {
  const before = await names();
  const fails = (tx: Tx) => later(tx, { execute: () => sql`select 1 / 0`.execute(tx) });
  const change = (work: (tx: Tx) => Promise<unknown>) =>
    inLibrary(database.db, database.libraryIds.jateng, work);
  // As the last of all: the commit itself is answered as if it were done.
  await expect(
    change(async (tx) => {
      await rename('Contoh Hilang')(tx);
      await fails(tx);
      return 'done';
    }),
  ).rejects.toThrow('division by zero');
  // Before others, which fail with it for a reason that says nothing.
  await expect(
    change(async (tx) => {
      await fails(tx);
      await rename('Contoh Hilang')(tx);
      await tx.selectFrom('officer').select('name').execute();
    }),
  ).rejects.toThrow('division by zero');
  // Behind what failed for a reason of its own.
  await expect(
    change((tx) => Promise.all([sql`select 1 / 0`.execute(tx), rename('Contoh Hilang')(tx)])),
  ).rejects.toThrow('division by zero');
  // The work gave up for a reason of its own.
  await expect(
    change(async (tx) => {
      await rename('Contoh Hilang')(tx);
      throw new Error('changed my mind');
    }),
  ).rejects.toThrow('changed my mind');
  expect(await names()).toEqual(before);
});

it('a transaction that was begun elsewhere waits for each', async () => {
  const failed = database.db
    .transaction()
    .execute((tx) => later(tx, { execute: () => sql`select 1 / 0`.execute(tx) }));
  await expect(failed).rejects.toThrow('division by zero');
});
