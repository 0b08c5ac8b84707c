import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
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
