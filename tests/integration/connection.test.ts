import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
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
