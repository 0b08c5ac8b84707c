import { once } from 'node:events';
import net from 'node:net';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDatabase, PREPARED } from '../../src/db/connection.ts';
import { openPipeline } from '../../src/db/pipeline.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase({ poolSize: 10 });
});
afterAll(() => database.drop());

/** A statement of its own, as those of the busiest paths. */
function prepared<Row>(text: string) {
  return sql<Row>`${sql.raw(`${PREPARED} ${text}`)}`.execute(database.db);
}

const OWN_PID = 'select pg_backend_pid() as pid';

it('many statements at once share a few connections, each with its own answer', async () => {
  const answers = await Promise.all(
    Array.from({ length: 200 }, async (_, n) => {
      const { rows } = await sql<{ n: number; pid: number }>`${sql.raw(PREPARED)} select ${n}::int as n,
        pg_backend_pid() as pid`.execute(database.db);
      return rows[0];
    }),
  );
  expect(answers.map((row) => row?.n)).toEqual(Array.from({ length: 200 }, (_, n) => n));
  expect(new Set(answers.map((row) => row?.pid)).size).toBeLessThanOrEqual(5);
});

it('a statement that fails leaves those before and behind it alone', async () => {
  const outcomes = await Promise.allSettled(
    Array.from({ length: 40 }, (_, n) =>
      prepared<{ one: number }>(`select 1 / ${n % 4 === 3 ? 0 : 1} as one`),
    ),
  );
  for (const [n, outcome] of outcomes.entries()) {
    if (n % 4 === 3) expect(outcome).toMatchObject({ status: 'rejected', reason: { code: '22012' } });
    else expect(outcome).toMatchObject({ status: 'fulfilled', value: { rows: [{ one: 1 }] } });
  }
});

it('a statement inside a transaction stays on the connection of the transaction', async () => {
  await database.db.transaction().execute(async (tx) => {
    const [plain] = (await sql<{ pid: number }>`${sql.raw(OWN_PID)}`.execute(tx)).rows;
    const [own] = (await sql<{ pid: number }>`${sql.raw(`${PREPARED} ${OWN_PID}`)}`.execute(tx)).rows;
    expect(own?.pid).toBe(plain?.pid);
  });
});

it('a connection that breaks fails what was on it and is replaced', async () => {
  const [busy] = (await prepared<{ pid: number }>(OWN_PID)).rows;
  const admin = new pg.Client(database.addresses.admin);
  await admin.connect();
  const waiting = Promise.allSettled([prepared('select pg_sleep(20)'), prepared('select 2 as behind')]);
  await expect
    .poll(async () => {
      const { rows } = await admin.query('select state from pg_stat_activity where pid = $1', [busy?.pid]);
      return rows[0]?.state;
    })
    .toBe('active');
  await admin.query('select pg_terminate_backend($1)', [busy?.pid]);
  await admin.end();
  const outcomes = await waiting;
  expect(outcomes.map((outcome) => outcome.status)).toEqual(['rejected', 'rejected']);
  const [next] = (await prepared<{ pid: number }>(OWN_PID)).rows;
  expect(next?.pid).not.toBe(busy?.pid);
});

it('a server that says nothing any more is given up, and a closed pipeline says so', async () => {
  // Takes the connection and never answers, as a machine that lost its power behind a firewall.
  const sockets = new Set<net.Socket>();
  const silent = net.createServer((socket) => sockets.add(socket)).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as net.AddressInfo;
  const pipeline = openPipeline(
    { host: '127.0.0.1', port, user: 'nobody', database: 'nothing', connectionTimeoutMillis: 200 },
    1,
  );
  const statement = { name: 'one', text: 'select 1', values: [] };
  await expect(pipeline.query(statement)).rejects.toThrow();
  await pipeline.close();
  await expect(pipeline.query(statement)).rejects.toThrow('closed');
  for (const socket of sockets) socket.destroy();
  silent.close();
});

it('a statement that is asked all the time is prepared, and survives a table that changed under it', async () => {
  const { pool, close } = openDatabase({ address: database.addresses.admin, poolSize: 1 });
  await pool.query('create table asked (id int); insert into asked values (1)');
  await close();
  const admin = openDatabase({ address: database.addresses.admin, poolSize: 1 });
  const ask = () => sql<{ id: number }>`select * from asked where id = ${1}`.execute(admin.db);
  const prepared = async () => {
    const { rows } = await sql<{ n: number }>`select count(*) as n from pg_prepared_statements
      where statement like 'select * from asked%'`.execute(admin.db);
    return rows[0]?.n;
  };
  for (let n = 0; n < 59; n++) await ask();
  expect(await prepared()).toBe(0);
  await ask();
  expect(await prepared()).toBe(1);
  for (let n = 0; n < 10; n++) expect((await ask()).rows).toEqual([{ id: 1 }]);
  await sql`alter table asked add column name text default 'new'`.execute(admin.db);
  // Nothing was done of this one; who asks again is answered.
  await expect(ask()).rejects.toMatchObject({ name: 'DatabaseUnreachable' });
  expect((await ask()).rows).toEqual([{ id: 1, name: 'new' }]);
  await admin.close();
});
