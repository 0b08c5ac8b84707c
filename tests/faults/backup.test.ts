import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { writeBackup } from '../../src/db/backup.ts';
import { inspectBackup } from '../../src/db/backup-read.ts';
import { BackupTrouble } from '../../src/db/backup-trouble.ts';
import { findRunning } from '../../src/db/embedded/start.ts';
import { openInstallation } from '../../src/db/installation.ts';
import { migrations } from '../../src/db/migrations/index.ts';
import { withClient } from '../../src/db/with-client.ts';
import { startTestServer, type TestServer } from '../support/postgres-server.ts';
import { emptyDatabase, OTHER_POSTGRES } from './other-server.ts';
import {
  build,
  cleanUp,
  makeFolder,
  runCommand,
  startCommand,
  startService,
  WITH_PASSPHRASE,
  waitUntil,
} from './service.ts';

const PASSPHRASE = WITH_PASSPHRASE.BACKUP_PASSPHRASE;
const SECRET = [{ kind: 'passphrase', passphrase: PASSPHRASE }] as const;

/** One library folder with rows that are hard to carry: photos, line breaks, foreign letters, odd separators. */
let source: string;
let file: string;
let recoveryKey: string;
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
              (2, 'slims', null, null, null, null, null, false, null, $2, now(), gen_random_uuid())`,
      [randomBytes(60), randomBytes(16)],
    );
    await client.query(
      `insert into visit (library_id, id, submit_key, at, day, kind, purpose, service_point_id, persons, group_counts)
       select 1 + i % 2, gen_random_uuid(), decode(md5(i::text), 'hex'), '2026-01-01 00:00:00.123456+00'::timestamptz, '2026-01-01',
              'group', 'BACA', gen_random_uuid(), 3, '{"L": 1, "P": 2}' from generate_series(1, 30000) i`,
    );
  });
  before = await asAdmin(from, digests);
  // While the service runs.
  file = path.join(source, 'copy.dpbackup');
  const made = await runCommand(from, ['backup', file, '--new-recovery-key'], WITH_PASSPHRASE);
  expect(made.output).toContain('Checked: restored into a scratch database');
  expect(made.output).not.toContain('Warning');
  expect(made.code).toBe(0);
  recoveryKey = /^ {2}([0-9A-Z]{4}(?:-[0-9A-Z]{4}){13})$/m.exec(made.output)?.[1] ?? '';
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

/** The library in a folder of its own, as if no backup of it had ever been made: faster than a restore. */
async function openCopy(): Promise<void> {
  cpSync(path.join(source, 'data'), dataDir, { recursive: true });
  await startService(dataDir);
  await asAdmin(dataDir, (client) => client.query('delete from backup_run'));
}

async function asAdmin<T>(of: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const connections = await findRunning(of);
  if (connections === undefined) throw new Error('no database runs');
  return await withClient(connections.admin, work);
}

/** Rows and digest of every table, but for those that a service which begins to run writes into by itself. */
async function digests(client: pg.Client): Promise<Record<string, string>> {
  await client.query(`set timezone = 'UTC'; set extra_float_digits = 1`);
  const tables = await client.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'
      and relpersistence = 'p' and relname not in ('schema_migration', 'retention_run', 'text_cover') order by relname`,
  );
  const found: Record<string, string> = {};
  for (const { name } of tables.rows) {
    const result = await client.query<{ digest: string }>(
      `select count(*) || ' ' || coalesce(md5(string_agg(md5(r::text), '|' order by md5(r::text) collate "C")), '') as digest
         from ${name} r`,
    );
    found[name] = result.rows[0]?.digest ?? '';
  }
  return found;
}

test('a backup and its passphrase alone give back every row of every table on another computer, and the service runs', async () => {
  const restored = await runCommand(dataDir, ['restore', file], WITH_PASSPHRASE);
  expect(restored.output).toMatch(/restored \d+ rows/);
  expect(restored.output).toContain('the key came with it');
  expect(restored.output).toContain(
    'all sessions of officers and all sign-ins of members to services were ended',
  );
  expect(restored.output).toMatch(/check what was withdrawn after .*: it is as it was then\n {2}\w+: none/);
  const service = await startService(dataDir);
  expect(service.output()).not.toContain('First sign-ins');
  expect(await asAdmin(dataDir, digests)).toEqual(before);
  expect(readFileSync(path.join(dataDir, 'keys.json'))).toEqual(
    readFileSync(path.join(source, 'data', 'keys.json')),
  );
  expect(statSync(path.join(dataDir, 'keys.json')).mode & 0o077).toBe(0);
  expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
});

test('the recovery key on paper opens it as well, also copied in small letters', async () => {
  const restored = await runCommand(dataDir, ['restore', file], {
    BACKUP_RECOVERY_KEY: recoveryKey.toLowerCase().replaceAll('-', ' '),
  });
  expect(restored.output).toMatch(/restored \d+ rows/);
});

test('nothing of a person or a key can be read in the file', () => {
  const bytes = readFileSync(file);
  const { master } = JSON.parse(readFileSync(path.join(source, 'data', 'keys.json'), 'utf8')) as {
    master: string;
  };
  for (const text of ['Ny. "Sri"', 'koha.example', 'BACA', master, PASSPHRASE]) {
    expect(bytes.includes(text), text).toBe(false);
  }
  expect(statSync(file).mode & 0o077).toBe(0);
});

test('without a passphrase, with a wrong one, or for a key that is not ours to replace it is refused, and nothing is changed', async () => {
  const cases = [
    [{}, 'Give the passphrase'],
    [{ BACKUP_PASSPHRASE: 'empat kata yang pendek' }, 'does not open this backup'],
    [{ BACKUP_RECOVERY_KEY: recoveryKey.replace(/^./, (one) => (one === 'A' ? 'B' : 'A')) }, 'does not open'],
    [{ ...WITH_PASSPHRASE, DATA_KEY: randomBytes(32).toString('base64') }, 'DATA_KEY is not the key'],
  ] as const;
  for (const [env, message] of cases) {
    const refused = await runCommand(dataDir, ['restore', file], env);
    expect(refused.output).toContain(message);
    expect(refused.code).toBe(1);
  }
  expect(readdirSync(dataDir)).toEqual([]);
});

test('any byte changed is told, wherever it is', async () => {
  const whole = readFileSync(file);
  const damaged = path.join(folder, 'damaged');
  const header = 12 + whole.readUInt32BE(8) + 32;
  const region = fc.oneof(
    fc.nat(11),
    fc.integer({ min: 12, max: header - 1 }),
    // The front of the first chunk, and the last chunk.
    fc.integer({ min: header, max: header + 40 }),
    fc.integer({ min: whole.length - 200, max: whole.length - 1 }),
    fc.nat(whole.length - 1),
  );
  await fc.assert(
    fc.asyncProperty(region, fc.integer({ min: 1, max: 255 }), async (at, change) => {
      const bytes = Buffer.from(whole);
      bytes[at] = (bytes[at] ?? 0) ^ change;
      writeFileSync(damaged, bytes);
      const error = await inspectBackup(damaged, SECRET).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(BackupTrouble);
    }),
    {
      numRuns: 60,
      examples: [
        [0, 1],
        [8, 1],
        [11, 1],
        [header - 1, 1],
        [header, 1],
        [header + 4, 1],
        [header + 5, 1],
      ],
    },
  );
});

test('a file cut off anywhere is told to be cut off, also between two of its parts', async () => {
  const cut = path.join(folder, 'cut');
  const { size } = statSync(file);
  const whole = readFileSync(file);
  const ends: number[] = [];
  for (let at = 12 + whole.readUInt32BE(8) + 32; at < size; at += 6 + whole.readUInt32BE(at)) ends.push(at);
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.nat(size - 1), fc.constantFrom(...ends)), async (length) => {
      copyFileSync(file, cut);
      truncateSync(cut, length);
      const error = await inspectBackup(cut, SECRET).catch((caught: unknown) => caught);
      expect(error).toMatchObject({ reason: length < 12 ? 'not-a-backup' : 'cut-off' });
    }),
    { numRuns: 40 },
  );
  expect(ends.length).toBeGreaterThan(50);
});

test('what is no backup, a damaged one, one of an older and of a newer program each get their own sentence, and nothing is changed', async () => {
  const other = path.join(folder, 'other');
  const bytes = readFileSync(file);
  const damaged = Buffer.from(bytes);
  damaged[bytes.length - 5_000_000] = (damaged[bytes.length - 5_000_000] ?? 0) ^ 1;
  for (const [content, message] of [
    [Buffer.from('halo'), 'not a backup'],
    [gzipSync('halo\n'), 'older version'],
    [damaged, 'damaged'],
    [bytes.subarray(0, 50_000), 'end is missing'],
  ] as const) {
    writeFileSync(other, content);
    const refused = await runCommand(dataDir, ['restore', other], WITH_PASSPHRASE);
    expect(refused.output).toContain(message);
    expect(refused.output).toContain('Nothing was changed');
    expect(refused.code).toBe(1);
  }
  expect(readdirSync(dataDir)).toEqual([]);
});

test('libraries in use are replaced only when asked, after a backup of their own, while the service runs', async () => {
  copyFileSync(path.join(source, 'data', 'keys.json'), path.join(dataDir, 'keys.json'));
  const service = await startService(dataDir);
  const refused = await runCommand(dataDir, ['restore', file]);
  expect(refused.code).toBe(1);
  expect(refused.output).toContain('--replace');

  const restored = await runCommand(dataDir, ['restore', file, '--replace']);
  expect(restored.output).toContain('the running service is on it already');
  expect(restored.code).toBe(0);
  const [kept] = readdirSync(path.join(dataDir, 'backups'));
  expect(kept).toMatch(/^before-restore-.*\.dpbackup$/);
  expect(await asAdmin(dataDir, digests)).toEqual(before);
  await waitUntil(async () => (await fetch(`${service.url}/jateng`)).status === 200);
});

test('a running service is not given a database of another key; stopped, it is, and the former key stays beside', async () => {
  const service = await startService(dataDir);
  const refused = await runCommand(dataDir, ['restore', file, '--replace'], WITH_PASSPHRASE);
  expect(refused.output).toContain('Stop the service');
  service.signal('SIGTERM');
  await service.ended();
  const restored = await runCommand(dataDir, ['restore', file, '--replace'], WITH_PASSPHRASE);
  expect(restored.code).toBe(0);
  expect(readdirSync(dataDir).filter((name) => name.startsWith('keys.json'))).toHaveLength(2);
  await startService(dataDir);
  expect(await asAdmin(dataDir, digests)).toEqual(before);
});

test('an upgrade makes a backup first that needs no person, fits the older schema and is readable by its owner only', async () => {
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
  const restored = await runCommand(dataDir, ['restore', backup]);
  expect(restored.output).toContain('schema step 2');
  expect(restored.code).toBe(0);
  await startService(dataDir);
});

test('an upgrade that cannot be backed up first waits, and says why', async () => {
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
  writeFileSync(path.join(dataDir, 'backups'), 'a file, not a folder');
  const started = await runCommand(dataDir, ['start']);
  expect(started.code).toBe(1);
  expect(started.output).toContain('No backup could be made first, so nothing was changed');
});

test('a backup made while people register is one moment: no registration is in it by half', async () => {
  const from = path.join(folder, 'data');
  copyFileSync(path.join(source, 'data', 'keys.json'), path.join(dataDir, 'keys.json'));
  expect((await runCommand(from, ['restore', file])).code).toBe(0);
  await startService(from);
  const copy = path.join(folder, 'moving.dpbackup');
  let going = true;
  let written = 0;
  const register = asAdmin(from, async (client) => {
    // One transaction, two tables: the first and nearly the last that is read.
    for (; going; written++) {
      await client.query('begin');
      await client.query(`insert into audit_log (library_id, id, at, actor_kind, action, subject_kind)
        values (1, gen_random_uuid(), now(), 'system', 'half', 'visit')`);
      await client.query(`insert into visit (library_id, id, submit_key, at, day, kind, purpose, service_point_id, persons)
        values (1, gen_random_uuid(), decode(md5('half ${written}'), 'hex'), now(), '2026-01-02', 'member', 'HALF', gen_random_uuid(), 1)`);
      await client.query('commit');
    }
  });
  await waitUntil(() => written > 20);
  const made = await runCommand(from, ['backup', copy]);
  going = false;
  await register;
  expect(made.code).toBe(0);
  const target = path.join(folder, 'second');
  mkdirSync(target, { mode: 0o700 });
  copyFileSync(path.join(from, 'keys.json'), path.join(target, 'keys.json'));
  expect((await runCommand(target, ['restore', copy])).code).toBe(0);
  const service = await startService(target);
  const counts = await asAdmin(target, async (client) => {
    const result = await client.query<{ first: string; last: string }>(
      `select (select count(*) from audit_log where action = 'half') as first,
              (select count(*) from visit where purpose = 'HALF') as last`,
    );
    return result.rows[0];
  });
  service.signal('SIGTERM');
  await service.ended();
  expect(Number(counts?.first)).toBeGreaterThan(20);
  expect(counts?.last).toBe(counts?.first);
});

test('killed on the way, a backup leaves nothing that looks like one, and the next is made as ever', async () => {
  await openCopy();
  const copy = path.join(folder, 'killed.dpbackup');
  for (let round = 0; round < 5; round++) {
    const run = startCommand(dataDir, ['backup', copy]);
    await waitUntil(() => existsSync(`${copy}.part`) || existsSync(copy));
    await sleep(round * 5);
    run.signal('SIGKILL');
    await run.ended();
    if (!existsSync(copy)) continue;
    // Finished before the kill: then it is whole.
    await inspectBackup(copy, [{ kind: 'recovery', text: recoveryKey }]).catch(async () => {
      const { master } = JSON.parse(readFileSync(path.join(dataDir, 'keys.json'), 'utf8')) as {
        master: string;
      };
      await inspectBackup(copy, [{ kind: 'master', master: Buffer.from(master, 'base64') }]);
    });
  }
  expect((await runCommand(dataDir, ['backup', copy])).output).toContain('Checked: restored');
});

test('a scheduled backup goes to the data folder and to a second disk, and is remembered with its check', async () => {
  await openCopy();
  const second = path.join(folder, 'usb');
  const unplugged = await runCommand(dataDir, ['backup', '--scheduled'], { BACKUP_SECOND_DIR: second });
  expect(unplugged.code).toBe(0);
  expect(existsSync(second)).toBe(false);
  mkdirSync(second);
  await runCommand(dataDir, ['backup', '--scheduled'], { BACKUP_SECOND_DIR: second });
  const [copy = ''] = readdirSync(second);
  expect(copy).toMatch(/^daftar-scheduled-\d{8}-\d{6}\.dpbackup$/);
  // Compared at once: a matcher walks through bytes one by one.
  expect(
    readFileSync(path.join(second, copy)).equals(readFileSync(path.join(dataDir, 'backups', copy))),
  ).toBe(true);
  // The second of the same day takes the place of the first.
  expect(readdirSync(path.join(dataDir, 'backups'))).toEqual([copy]);
  const runs = await asAdmin(dataDir, async (client) => {
    const result = await client.query(
      'select kind, failure, file, checked, second from backup_run order by started_at desc',
    );
    return result.rows;
  });
  expect(runs).toEqual([
    { kind: 'scheduled', failure: null, file: copy, checked: 'restored', second: 'copied' },
    { kind: 'scheduled', failure: null, file: expect.any(String), checked: 'restored', second: 'missing' },
  ]);
});

test('a backup of a newer program is refused', async () => {
  await openCopy();
  const connections = await findRunning(dataDir);
  if (connections === undefined) throw new Error('no database runs');
  await asAdmin(dataDir, (client) =>
    client.query(`insert into schema_migration (id, name, checksum) values (999, 'of tomorrow', 'x')`),
  );
  const text = readFileSync(path.join(dataDir, 'keys.json'), 'utf8');
  const { master } = JSON.parse(text) as { master: string };
  const newer = path.join(folder, 'newer.dpbackup');
  await writeBackup(
    {
      address: connections.admin,
      master: Buffer.from(master, 'base64'),
      key: () => Promise.resolve({ from: 'file' as const, text }),
      recipients: [],
    },
    newer,
    new Date(),
  );
  const refused = await runCommand(dataDir, ['restore', newer, '--replace']);
  expect(refused.output).toContain('made by a newer version');
  expect(refused.code).toBe(1);
});

test.runIf(process.platform === 'linux' && process.getuid?.() === 0)(
  'too little disk: a backup leaves nothing behind and says so, a restore begins nothing',
  async () => {
    await openCopy();
    const small = path.join(folder, 'small');
    mkdirSync(small);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'none', small]);
    try {
      const made = await runCommand(dataDir, ['backup', '--scheduled'], { BACKUP_DIR: small });
      expect(made.output).toContain('"reason":"disk-full"');
      expect(made.code).toBe(1);
      expect(readdirSync(small)).toEqual([]);
      const failures = await asAdmin(dataDir, async (client) => {
        const result = await client.query<{ failure: string }>('select failure from backup_run');
        return result.rows.map(({ failure }) => failure);
      });
      expect(failures).toEqual(['disk-full']);
      const refused = await runCommand(path.join(small, 'data'), ['restore', file], WITH_PASSPHRASE);
      expect(refused.output).toContain('too little room');
      expect(refused.code).toBe(1);
      expect(existsSync(path.join(small, 'data', 'postgres'))).toBe(false);
    } finally {
      execFileSync('umount', [small]);
    }
  },
);

test.runIf(existsSync(OTHER_POSTGRES))(
  'the same file goes to a server of another PostgreSQL version, and from there back, every row of every table',
  async () => {
    process.env.TEST_POSTGRES_BIN = OTHER_POSTGRES;
    const server: TestServer = await startTestServer();
    try {
      const env = { ...WITH_PASSPHRASE, DATABASE_URL: await emptyDatabase(server) };
      const asSuperuser = { ...server.addresses.admin, database: 'perpus' };

      const restored = await runCommand(dataDir, ['restore', file], env);
      expect(restored.output).toMatch(/restored \d+ rows/);
      expect(await withClient(asSuperuser, digests)).toEqual(before);
      const closed = await withClient(asSuperuser, (client) =>
        client.query(
          `select relname from pg_class where relkind = 'r' and relrowsecurity and not relforcerowsecurity`,
        ),
      );
      expect(closed.rows).toEqual([]);

      const again = await runCommand(dataDir, ['restore', file], env);
      expect(again.output).toContain('never replaced');

      // The service runs on it, and its owner, whom row-level security binds, backs up every library.
      const service = await startService(dataDir, { env });
      expect((await fetch(`${service.url}/banyuwangi`)).status).toBe(200);
      const there = await withClient(asSuperuser, digests);
      const back = path.join(folder, 'back.dpbackup');
      const made = await runCommand(dataDir, ['backup', back], env);
      expect(made.output).toContain('Checked: restored into a scratch database');
      service.signal('SIGTERM');
      await service.ended();

      const target = path.join(folder, 'third');
      expect((await runCommand(target, ['restore', back], WITH_PASSPHRASE)).code).toBe(0);
      const third = await startService(target);
      expect(await asAdmin(target, digests)).toEqual(there);
      third.signal('SIGTERM');
      await third.ended();
    } finally {
      await server.stop();
    }
  },
);

test('a backup holds little in memory, however many photos there are', async () => {
  await openCopy();
  const small = await mostMemory();
  await asAdmin(dataDir, async (client) => {
    const photo = randomBytes(2_000_000);
    await client.query(
      `insert into file (library_id, id, kind, mime, bytes, size, created_at)
       select 1, gen_random_uuid(), 'photo', 'image/jpeg', $1, 2000000, now() from generate_series(1, 250)`,
      [photo],
    );
  });
  const large = await mostMemory();
  // Half a gigabyte more to carry.
  expect(large - small).toBeLessThan(100_000);

  /** Kibibytes. */
  async function mostMemory(): Promise<number> {
    const run = startCommand(dataDir, ['backup']);
    let most = 0;
    const timer = setInterval(() => {
      try {
        const status = readFileSync(`/proc/${run.pid}/status`, 'utf8');
        most = Math.max(most, Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0));
      } catch {
        // It has ended.
      }
    }, 20);
    const code = await run.ended();
    clearInterval(timer);
    expect(code).toBe(0);
    return most;
  }
});
