import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { valueTypes } from '../../src/db/connection.ts';
import { askDescribed } from '../../src/db/described-query.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let client: pg.Client;
/** Times that the client asked how columns look. */
let asked = 0;
beforeAll(async () => {
  database = await createTestDatabase({ poolSize: 2 });
  client = await connect();
  await client.query('create temp table thing (id int, name text, at timestamptz)');
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

async function connect(): Promise<pg.Client> {
  const made = new pg.Client({ ...database.addresses.admin, types: valueTypes, pipeline: true });
  await made.connect();
  const { connection } = made as unknown as { connection: { describe(what: unknown): void } };
  const describe = connection.describe.bind(connection);
  connection.describe = (what) => {
    asked++;
    describe(what);
  };
  return made;
}

const AT = new Date('2026-02-03T04:05:06.789Z');
const insert = (id: number, name: string | null) =>
  askDescribed(client, {
    name: 'put',
    text: 'insert into thing (id, name, at) values ($1, $2, $3)',
    values: [id, name, AT],
  });
const select = (least: number) =>
  askDescribed(client, {
    name: 'get',
    text: 'select id, name, at, count(*) over () as of from thing where id >= $1 order by id',
    values: [least],
  });

it('asks once how the columns of a statement look, and gives the same rows without', async () => {
  expect(await insert(1, 'Sari')).toMatchObject({ rowCount: 1, rows: [] });
  const first = await select(0);
  expect(first.rows).toEqual([{ id: 1, name: 'Sari', at: AT, of: 1 }]);
  asked = 0;
  expect(await insert(2, null)).toMatchObject({ command: 'INSERT', rowCount: 1, rows: [] });
  const second = await select(0);
  expect(asked).toBe(0);
  expect(second.rows).toEqual([
    { id: 1, name: 'Sari', at: AT, of: 2 },
    { id: 2, name: null, at: AT, of: 2 },
  ]);
  expect(second.fields).toEqual(first.fields);
  expect((await select(9)).rows).toEqual([]);
});

it('several given together each have their own rows, also before any was described', async () => {
  const ask = (n: number) =>
    askDescribed(client, { name: 'together', text: 'select $1::int as n, $1::text as text', values: [n] });
  for (let round = 0; round < 2; round++)
    expect((await Promise.all([1, 2, 3].map(ask))).map(({ rows }) => rows)).toEqual(
      [1, 2, 3].map((n) => [{ n, text: String(n) }]),
    );
});

it('one that fails says so, and is asked again as before', async () => {
  const divide = (by: number) =>
    askDescribed(client, { name: 'divide', text: 'select 6 / $1::int as part', values: [by] });
  await expect(divide(0)).rejects.toMatchObject({ code: '22012' });
  expect((await divide(2)).rows).toEqual([{ part: 3 }]);
  await expect(divide(0)).rejects.toMatchObject({ code: '22012' });
  expect((await divide(3)).rows).toEqual([{ part: 2 }]);
});

it('where the columns change the server refuses, so that none is ever read for another', async () => {
  const all = () =>
    askDescribed(client, { name: 'all', text: 'select * from thing order by id', values: [] });
  expect((await all()).rows).toHaveLength(2);
  await client.query('alter table thing add column more int default 7');
  await expect(all()).rejects.toMatchObject({ code: '0A000', routine: 'RevalidateCachedQuery' });
});

it('what one connection knows is not taken for what another would say', async () => {
  const other = await connect();
  try {
    await other.query('create temp table thing (name text, id int)');
    const all = (of: pg.Client) =>
      askDescribed(of, { name: 'own', text: 'select * from thing limit 1', values: [] });
    await all(client);
    await other.query(`insert into thing values ('Budi', 5)`);
    for (let round = 0; round < 2; round++)
      expect((await all(other)).rows).toEqual([{ name: 'Budi', id: 5 }]);
  } finally {
    await other.end();
  }
});
