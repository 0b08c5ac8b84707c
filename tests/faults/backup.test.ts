import { randomBytes } from 'node:crypto';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { readBackup } from '../../src/db/backup.ts';
import { findRunning } from '../../src/db/embedded/start.ts';
import { openInstallation } from '../../src/db/installation.ts';
import { migrations } from '../../src/db/migrations/index.ts';
import { build, cleanUp, makeFolder, runCommand, startService } from './service.ts';

/** One library folder with rows that are hard to carry: photos, line breaks, foreign letters, odd separators. */
let source: string;
let file: string;
let before: Record<string, string>;

let folder: string;
let dataDir: string;

beforeAll(async () => {
  build();
  source = makeFolder();
  const from = path.join(source, 'data');
  const service = await startService(from);
  await asAdmin(from, async (client) => {
    for (const [size, kind] of [
      [2_000_000, 'photo'],
      [10, 'scan'],
      // Each fills the buffer before the compression: the backup waits for it more often than a stream warns at.
      ...Array.from({ length: 12 }, () => [600_000, 'photo'] as const),
    ] as const) {
      await client.query(
        `insert into file (library_id, id, kind, mime, bytes, size, created_at)
         values (1, gen_random_uuid(), $1, 'image/jpeg', $2, $3, now())`,
        [kind, randomBytes(size), size],
      );
    }
    await client.query(
      `insert into installation values ('odd text', $1), ('infinity', 'infinity'::timestamptz::text)`,
      ['Ny. "Sri"\n\t\\ 安 \u2028 \u{1F600}'],
    );
    await client.query(
      `insert into feed (library_id, target, url, access, account, secret, every_minutes, active, next_at, token_hash, made_at, made_by)
       values (1, 'koha-rest', 'https://koha.example', 'basic', 'daftar', $1, 15, false, now(), null, now(), gen_random_uuid()),
              (1, 'slims', null, null, null, null, null, false, null, $2, now(), gen_random_uuid())`,
      [randomBytes(60), randomBytes(16)],
    );
    await client.query(
      `insert into visit (library_id, id, submit_key, at, day, kind, purpose, service_point_id, persons, group_counts)
       select 1, gen_random_uuid(), decode(md5(i::text), 'hex'), '2026-01-01 00:00:00.123456+00'::timestamptz, '2026-01-01',
              'group', 'BACA', gen_random_uuid(), 3, '{"L": 1, "P": 2}' from generate_series(1, 3000) i`,
    );
  });
  before = await asAdmin(from, digests);
  // While the service runs.
  file = path.join(source, 'copy.jsonl.gz');
  const made = await runCommand(from, ['backup', file]);
  expect(made.output).toContain('The key is not in it');
  expect(made.output).not.toContain('Warning');
  expect(made.code).toBe(0);
  service.signal('SIGTERM');
  await service.ended();
});
afterAll(() => cleanUp(source));
beforeEach(() => {
  folder = makeFolder();
  dataDir = path.join(folder, 'data');
  mkdirSync(dataDir, { mode: 0o700 });
});
afterEach(() => cleanUp(folder));

async function asAdmin<T>(of: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const connections = await findRunning(of);
  if (connections === undefined) throw new Error('no database runs');
  const client = new pg.Client(connections.admin);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Rows and digest of every table. */
async function digests(client: pg.Client): Promise<Record<string, string>> {
  const tables = await client.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'
      and relname <> 'schema_migration' order by relname`,
  );
  const found: Record<string, string> = {};
  for (const { name } of tables.rows) {
    const result = await client.query<{ digest: string }>(
      `select count(*) || ' ' || coalesce(md5(string_agg(r::text, '|' order by r::text)), '') as digest from ${name} r`,
    );
    found[name] = result.rows[0]?.digest ?? '';
  }
  return found;
}

function bringKey(): void {
  copyFileSync(path.join(source, 'data', 'keys.json'), path.join(dataDir, 'keys.json'));
}

test('a backup brought to another computer gives back every row of every table, and the service runs on it', async () => {
  bringKey();
  const restored = await runCommand(dataDir, ['restore', file]);
  expect(restored.output).toMatch(/restored \d+ rows/);
  const service = await startService(dataDir);
  expect(service.output()).not.toContain('First sign-ins');
  expect(await asAdmin(dataDir, digests)).toEqual(before);
  expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
});

test('a backup without its key is refused, also with another key: the numbers could never be read again', async () => {
  const without = await runCommand(dataDir, ['restore', file]);
  expect(without.code).toBe(1);
  expect(without.output).toContain('keys.json is missing');
  const wrong = await runCommand(dataDir, ['restore', file], {
    DATA_KEY: randomBytes(32).toString('base64'),
  });
  expect(wrong.code).toBe(1);
  expect(wrong.output).toContain('DATA_KEY is not the key');
  expect(readdirSync(dataDir)).toEqual([]);
});

test('a damaged or shortened backup changes nothing', async () => {
  bringKey();
  const text = gunzipSync(readFileSync(file)).toString('utf8');
  const damaged = path.join(folder, 'damaged.gz');
  for (const [bytes, message] of [
    [gzipSync(text.replace('"purpose":"BACA"', '"purpose":"PINJAM"')), 'was changed'],
    [gzipSync(text.slice(0, text.length / 2)), 'incomplete'],
    [readFileSync(file).subarray(0, 50_000), 'cannot be used'],
    [gzipSync('halo\n'), 'not a backup'],
    [Buffer.from('halo'), 'cannot be used'],
  ] as const) {
    writeFileSync(damaged, bytes);
    const refused = await runCommand(dataDir, ['restore', damaged]);
    expect(refused.output).toContain(message);
    expect(refused.code).toBe(1);
  }
  expect(readdirSync(dataDir)).toEqual(['keys.json']);
});

test('libraries in use are replaced only when asked, after a backup of their own; never under a running service', async () => {
  bringKey();
  const service = await startService(dataDir);
  const refusedRunning = await runCommand(dataDir, ['restore', file, '--replace']);
  expect(refusedRunning.output).toContain('is in use');
  service.signal('SIGTERM');
  await service.ended();

  const refused = await runCommand(dataDir, ['restore', file]);
  expect(refused.code).toBe(1);
  expect(refused.output).toContain('--replace');
  const restored = await runCommand(dataDir, ['restore', file, '--replace']);
  expect(restored.code).toBe(0);
  const [kept] = readdirSync(path.join(dataDir, 'backups'));
  expect(kept).toMatch(/^before-restore-.*\.jsonl\.gz$/);
  await startService(dataDir);
  expect(await asAdmin(dataDir, digests)).toEqual(before);
});

test('an upgrade makes a backup first, readable by its owner only, that fits the older schema', async () => {
  const options = {
    dataDir,
    databaseUrl: undefined,
    migrationDatabaseUrl: undefined,
    dataKey: undefined,
    log: () => undefined,
  };
  const older = await openInstallation({ ...options, schema: migrations.slice(0, 1) });
  if (!older.ok) throw new Error(older.reason);
  await older.installation.stop();
  const newer = await openInstallation(options);
  if (!newer.ok) throw new Error(newer.reason);
  await newer.installation.stop();

  const [name = ''] = readdirSync(path.join(dataDir, 'backups'));
  expect(name).toMatch(/^before-upgrade-/);
  const backup = path.join(dataDir, 'backups', name);
  expect(statSync(backup).mode & 0o077).toBe(0);
  for await (const line of readBackup(backup)) {
    if (line.kind === 'header') expect(line.header.migrations.map((step) => step.id)).toEqual([1]);
  }
  const restored = await runCommand(dataDir, ['restore', backup]);
  expect(restored.code).toBe(0);
  const service = await startService(dataDir);
  expect(service.output()).toContain('schema step 2');
});
