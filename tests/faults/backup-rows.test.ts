/**
 * Every table has rows, in every column, when it is backed up; what comes back is compared row by row before a service has
 * touched it. `backup.test.ts` does the same with a service that runs before and after.
 */

import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fillDemo } from '../../src/cli/demo/fill.ts';
import { startEmbedded } from '../../src/db/embedded/start.ts';
import { openInstallation } from '../../src/db/installation.ts';
import { withClient } from '../../src/db/with-client.ts';
import { besideService } from '../../src/main.ts';
import { startTestServer, type TestServer } from '../support/postgres-server.ts';
import { emptyDatabase, OTHER_POSTGRES } from './other-server.ts';
import { build, cleanUp, makeFolder, runCommand, startService, WITH_PASSPHRASE } from './service.ts';

/** What a restore ends: no token comes back, and no session is open. */
const ENDED = ['oidc_record', 'session'];

let source: string;
let file: string;
let before: Tables;

/** Rows and digest by table. */
type Tables = Readonly<Record<string, { readonly rows: number; readonly digest: string }>>;

beforeAll(async () => {
  build();
  source = makeFolder();
  const from = path.join(source, 'data');
  const service = await startService(from);
  service.signal('SIGTERM');
  await service.ended();
  const opened = await openInstallation({
    dataDir: from,
    databaseUrl: undefined,
    migrationDatabaseUrl: undefined,
    dataKey: undefined,
    log: () => undefined,
  });
  if (!opened.ok) throw new Error(opened.reason);
  const { installation } = opened;
  try {
    await besideService(installation, (db, deps) =>
      fillDemo(db, deps, ['jateng', 'banyuwangi'], { scale: 0.02 }),
    );
    if (installation.admin === undefined) throw new Error('not embedded');
    before = await withClient(installation.admin, async (client) => {
      await fillRest(client);
      return await digests(client);
    });
  } finally {
    await installation.stop();
  }
  file = path.join(source, 'whole.dpbackup');
  const made = await runCommand(from, ['backup', file], WITH_PASSPHRASE);
  expect(made.output).toContain('Checked: restored into a scratch database');
});
afterAll(() => cleanUp(source));

const TABLES = `select oid, relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'
  and relpersistence = 'p' and relname <> 'schema_migration' order by relname`;

async function digests(client: pg.Client): Promise<Tables> {
  await client.query(`set timezone = 'UTC'; set extra_float_digits = 1`);
  const { rows: tables } = await client.query<{ name: string }>(TABLES);
  const found: Record<string, { rows: number; digest: string }> = {};
  for (const { name } of tables) {
    const { rows } = await client.query<{ rows: number; digest: string }>(
      `select count(*)::int as rows, md5(string_agg(md5(r::text), '|' order by md5(r::text) collate "C")) as digest
         from ${name} r`,
    );
    found[name] = rows[0] ?? { rows: 0, digest: '' };
  }
  return found;
}

/** Values that are hard to carry, by type; `n` makes rows differ. */
const HARD: Readonly<Record<string, (n: number) => string>> = {
  int2: (n) => `${n}`,
  int4: (n) => `${n}`,
  int8: (n) => `${9_007_199_254_740_993n + BigInt(n)}`,
  float8: (n) => `0.1::float8 + 0.2 + ${n}`,
  numeric: (n) => `${n}.10`,
  bool: (n) => String(n === 1),
  uuid: () => 'gen_random_uuid()',
  bytea: (n) => `decode('00ff0a0d5c27', 'hex') || decode(md5('${n}'), 'hex')`,
  text: (n) => `U&'Ny. "Sri" ${n}\\000A\\0009\\005C\\005CN \\5B89 \\2028 \\+01F600, ;'`,
  date: (n) => `'2026-02-28'::date + ${n}`,
  timestamptz: (n) => `'2026-01-01 00:00:00.123456+00'::timestamptz + interval '${n} hour'`,
  jsonb: (n) => `'{"b": [${n}, null, "\\\\ \\n \\" 安"], "a": {}}'::jsonb`,
  _text: (n) => `array['${n}', '', 'a,b"{}', null, E'\\\\n']`,
  _int4: (n) => `array[${n}, -2147483648]`,
  _uuid: () => 'array[gen_random_uuid()]',
};

/** Where columns have to go together. */
const TOGETHER: Readonly<Record<string, string>> = {
  'feed.target': `'koha-rest'`,
  'feed.every_minutes': '15',
  'feed.token_hash': 'null',
  'lending_link.state': `'conflict'`,
  'officer_identity.subject_hash': 'null',
  'told_apart.one_id': `'00000000-0000-4000-8000-000000000000'`,
};

/** Every column of every table that the demonstration leaves empty, so that a new table or column is in it by itself. */
async function fillRest(client: pg.Client): Promise<void> {
  const { rows: tables } = await client.query<{ oid: number; name: string }>(TABLES);
  for (const { oid, name } of tables) {
    const there = await client.query(`select from ${name} limit 1`);
    if (there.rowCount !== 0) continue;
    const { rows: columns } = await client.query<{ name: string; type: string; given: boolean }>(
      `select attname as name, typname as type, attgenerated <> '' or attidentity <> '' as given
         from pg_attribute a join pg_type t on t.oid = atttypid where attrelid = $1 and attnum > 0 and not attisdropped`,
      [oid],
    );
    const { rows: checks } = await client.query<{ text: string }>(
      `select pg_get_constraintdef(oid) as text from pg_constraint where conrelid = $1 and contype = 'c'`,
      [oid],
    );
    const filled = columns.filter(({ given }) => !given);
    for (const n of [1, 2]) {
      const values = filled.map((column) => {
        if (column.name === 'library_id') return String(n);
        const fixed = TOGETHER[`${name}.${column.name}`];
        if (fixed !== undefined) return fixed;
        // One of the words that a check allows.
        const allowed = checks.find(({ text }) => new RegExp(`\\(+${column.name} = ANY`).test(text));
        const word = allowed && /'([^']+)'/.exec(allowed.text)?.[1];
        if (word !== undefined) return `'${word}'`;
        const make = HARD[column.type];
        if (make === undefined) throw new Error(`no value for ${name}.${column.name} of type ${column.type}`);
        return make(n);
      });
      await client.query(
        `insert into ${name} (${filled.map((column) => column.name).join(', ')}) values (${values.join(', ')})`,
      );
    }
  }
}

test('no table is empty when its backup is compared', () => {
  const empty = Object.entries(before).flatMap(([name, { rows }]) => (rows === 0 ? [name] : []));
  expect(empty).toEqual([]);
  expect(Object.keys(before).length).toBeGreaterThan(70);
  expect(before.member?.rows).toBeGreaterThan(50);
});

/** All but what a restore ends. */
function kept(tables: Tables): Tables {
  return Object.fromEntries(Object.entries(tables).filter(([name]) => !ENDED.includes(name)));
}

async function expectRestored(client: pg.Client): Promise<void> {
  expect(kept(await digests(client))).toEqual(kept(before));
  const { rows } = await client.query<{ tokens: number; sessions: number; open: number }>(
    `select (select count(*)::int from oidc_record) as tokens, (select count(*)::int from session) as sessions,
       (select count(*)::int from session where ended_at is null) as open`,
  );
  expect(rows[0]).toEqual({ tokens: 0, sessions: before.session?.rows, open: 0 });
}

test('every row of every table comes back on another computer', async () => {
  const dataDir = path.join(source, 'other');
  mkdirSync(dataDir, { mode: 0o700 });
  const restored = await runCommand(dataDir, ['restore', file], WITH_PASSPHRASE);
  expect(restored.output).toMatch(/restored \d+ rows/);
  const started = await startEmbedded({ dataDir, log: () => undefined });
  if (!started.ok) throw new Error(started.reason);
  try {
    await withClient(started.embedded.connections.admin, expectRestored);
  } finally {
    await started.embedded.stop();
  }
});

test.runIf(existsSync(OTHER_POSTGRES))(
  'every row of every table comes into a server of another PostgreSQL version',
  async () => {
    process.env.TEST_POSTGRES_BIN = OTHER_POSTGRES;
    const server: TestServer = await startTestServer();
    try {
      const env = { ...WITH_PASSPHRASE, DATABASE_URL: await emptyDatabase(server) };
      const restored = await runCommand(path.join(source, 'server'), ['restore', file], env);
      expect(restored.output).toMatch(/restored \d+ rows/);
      await withClient({ ...server.addresses.admin, database: 'perpus' }, expectRestored);
    } finally {
      await server.stop();
    }
  },
);
