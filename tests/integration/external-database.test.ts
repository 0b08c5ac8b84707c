import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { openDatabase } from '../../src/db/connection.ts';
import { openInstallation } from '../../src/db/installation.ts';
import { startTestServer, type TestServer } from '../support/postgres-server.ts';

/** A server as an operator has it: none of this program's roles or databases. */
let server: TestServer;
let dataDir: string;
let database: string;

beforeAll(async () => {
  server = await startTestServer();
  await admin('drop database daftar');
  await dropRoles();
});
afterAll(() => server.stop());
beforeEach(async () => {
  dataDir = await mkdtemp(path.join(os.tmpdir(), 'daftar-external-'));
  database = `ext_${randomBytes(4).toString('hex')}`;
});
afterEach(async () => {
  await admin(`drop database if exists ${database} with (force)`);
  await dropRoles();
  await rm(dataDir, { recursive: true, force: true });
});

async function admin(text: string, where = 'postgres'): Promise<void> {
  const client = new pg.Client({ ...server.addresses.admin, database: where });
  await client.connect();
  await client.query(text);
  await client.end();
}

async function dropRoles(): Promise<void> {
  for (const role of ['daftar_search', 'daftar_app', 'daftar_owner', 'perpus', 'layanan']) {
    await admin(`drop role if exists ${role}`);
  }
}

function urlOf(role: string, password: string): string {
  const { host, port } = server.addresses.admin;
  const parameters = new URLSearchParams({ host, port: String(port) });
  return `postgres://${role}:${password}@localhost/${database}?${parameters}`;
}

async function open(databaseUrl: string, migrationDatabaseUrl?: string, dataKey?: Uint8Array) {
  return await openInstallation({
    dataDir,
    databaseUrl,
    migrationDatabaseUrl,
    dataKey,
    log: () => undefined,
  });
}

async function whoIsBound(
  result: Awaited<ReturnType<typeof open>>,
): Promise<{ role: string; strong: boolean }> {
  if (!result.ok) throw new Error(result.reason);
  const { pool, close } = openDatabase({ address: result.installation.app });
  const row = await pool.query<{ role: string; strong: boolean }>(
    `select current_user as role,
            (select rolsuper or rolbypassrls from pg_roles where rolname = current_user)
              or pg_has_role(current_user, (select relowner from pg_class where relname = 'library'), 'member') as strong`,
  );
  await pool.query('select * from library');
  await close();
  return row.rows[0] ?? { role: '', strong: true };
}

test('given only a superuser, the service makes itself an ordinary role and connects as that', async () => {
  await admin(`create database ${database}`);
  const url = urlOf('daftar_admin', server.addresses.admin.password);
  expect(await whoIsBound(await open(url))).toEqual({ role: 'daftar_app', strong: false });
});

test('a second process with the same key arrives at the same password', async () => {
  await admin(`create database ${database}`);
  const url = urlOf('daftar_admin', server.addresses.admin.password);
  const key = randomBytes(32);
  const [first, second] = [await open(url, undefined, key), await open(url, undefined, key)];
  expect(first.ok && second.ok && first.installation.app).toEqual(second.ok && second.installation.app);
});

test('an owner that may create roles is enough', async () => {
  await admin(`create role perpus login createrole password 'p'`);
  await admin(`create database ${database} owner perpus`);
  expect(await whoIsBound(await open(urlOf('perpus', 'p')))).toEqual({ role: 'daftar_app', strong: false });
  expect(await whoIsBound(await open(urlOf('perpus', 'p')))).toEqual({ role: 'daftar_app', strong: false });
});

test('an owner that may not is told the statements an administrator runs, and they suffice', async () => {
  await admin(`create role perpus login password 'p'`);
  await admin(`create role layanan login password 'l'`);
  await admin(`create database ${database} owner perpus`);
  const refused = await open(urlOf('layanan', 'l'), urlOf('perpus', 'p'));
  if (refused.ok || refused.reason !== 'owner-too-weak') throw new Error('not refused');
  for (const statement of refused.statements) await admin(statement, database);
  await admin('grant daftar_app to layanan');
  const opened = await open(urlOf('layanan', 'l'), urlOf('perpus', 'p'));
  expect(await whoIsBound(opened)).toEqual({ role: 'layanan', strong: false });
});

test('a service role that could see every library is refused', async () => {
  await admin(`create role perpus login createrole password 'p'`);
  await admin(`create database ${database} owner perpus`);
  expect(await open(urlOf('perpus', 'p'), urlOf('perpus', 'p'))).toMatchObject({
    ok: false,
    reason: 'app-role-too-strong',
    role: 'perpus',
  });
});

test('a process that has only the service role starts on a database that another one migrated', async () => {
  await admin(`create role perpus login createrole password 'p'`);
  await admin(`create role layanan login password 'l'`);
  await admin(`create database ${database} owner perpus`);
  const first = await open(urlOf('layanan', 'l'), urlOf('perpus', 'p'));
  expect(first.ok).toBe(true);
  expect(await whoIsBound(await open(urlOf('layanan', 'l')))).toEqual({ role: 'layanan', strong: false });
});

test('an unreachable server is told with the variable that names it', async () => {
  expect(await open('postgres://perpus:p@127.0.0.1:1/daftar')).toMatchObject({
    ok: false,
    reason: 'unreachable',
    variable: 'DATABASE_URL',
  });
});

test('a database that belongs to another key is refused before anything is written', async () => {
  await admin(`create database ${database}`);
  const url = urlOf('daftar_admin', server.addresses.admin.password);
  expect((await open(url, undefined, randomBytes(32))).ok).toBe(true);
  expect(await open(url, undefined, randomBytes(32))).toMatchObject({
    ok: false,
    reason: 'key-wrong',
    source: 'env',
  });
  expect(await open(url)).toMatchObject({ ok: false, reason: 'key-missing' });
});
