import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type OpenDatabase, openDatabase, PREPARED } from '../../src/db/connection.ts';
import { DatabaseUnreachable, outageOf } from '../../src/db/outage.ts';
import { startTestServer, type TestServer } from '../support/postgres-server.ts';

let server: TestServer;
let admin: pg.Client;
let database: OpenDatabase;

beforeAll(async () => {
  server = await startTestServer();
  admin = new pg.Client(server.addresses.admin);
  await admin.connect();
  // The one connection that waits for no standby.
  await admin.query('set synchronous_commit = local');
  await admin.query('create table kept (what text)');
  database = openDatabase({ address: server.addresses.admin, poolSize: 2 });
});
afterAll(async () => {
  await database?.close();
  await admin?.end();
  await server?.stop();
});

async function standby(name: string): Promise<void> {
  await admin.query(`alter system set synchronous_standby_names = '${name}'`);
  await admin.query('select pg_reload_conf()');
  await expect
    .poll(async () => (await admin.query('show synchronous_standby_names')).rows[0])
    .toEqual({ synchronous_standby_names: name });
}

/** What somebody does who sees a session that hangs. */
async function cancelWhoeverWaits(): Promise<void> {
  await expect
    .poll(
      async () =>
        (
          await admin.query(
            `select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'SyncRep'`,
          )
        ).rowCount,
      { timeout: 20_000 },
    )
    .toBe(1);
}

it('what the synchronous standby has not confirmed is never called done, also when the wait was cancelled', async () => {
  await standby('nobody');
  try {
    const inTransaction = database.db
      .transaction()
      .execute((tx) => sql`insert into kept values ('transaction')`.execute(tx));
    const alone = sql`${sql.raw(PREPARED)} insert into kept values ('alone')`;
    const refused = expect(inTransaction).rejects.toBeInstanceOf(DatabaseUnreachable);
    await cancelWhoeverWaits();
    await refused;
    const refusedAlone = expect(alone.execute(database.db)).rejects.toBeInstanceOf(DatabaseUnreachable);
    await cancelWhoeverWaits();
    await refusedAlone;
  } finally {
    await standby('');
  }
  // On this disk both are: whoever sends the form again finds the same one.
  expect((await admin.query('select count(*)::int as n from kept')).rows).toEqual([{ n: 2 }]);
  expect((await sql`select 1 as one`.execute(database.db)).rows).toEqual([{ one: 1 }]);
});

it('a server that only reads any more is an outage to come again after, and none of its connections is kept', async () => {
  const { database: name } = (
    await admin.query<{ database: string }>('select current_database() as database')
  ).rows[0] ?? { database: '' };
  await admin.query(`alter database ${name} set default_transaction_read_only = on`);
  const former = openDatabase({ address: server.addresses.admin, poolSize: 2 });
  try {
    const write = () =>
      former.db.transaction().execute((tx) => sql`insert into kept values ('late')`.execute(tx));
    const failed = await write().catch((error: unknown) => error);
    expect(outageOf(failed)).toBe('unreachable');
    expect(former.pool.totalCount).toBe(0);
    const alone = sql`${sql.raw(PREPARED)} insert into kept values ('late')`.execute(former.db);
    expect(outageOf(await alone.catch((error: unknown) => error))).toBe('unreachable');
    await admin.query(`alter database ${name} reset default_transaction_read_only`);
    // The primary again: on new connections.
    await write();
    await sql`${sql.raw(PREPARED)} insert into kept values ('late')`.execute(former.db);
  } finally {
    await former.close();
  }
});
