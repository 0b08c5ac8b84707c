import net from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openSnapshot } from '../../src/db/copy-out.ts';
import { openBackupJob } from '../../src/jobs/backups.ts';
import type { BackupPlan } from '../../src/web/env.ts';
import { createTestApp, type TestApp } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const PAGE = '/banyuwangi/pengaturan/cadangan';
const PLAN: BackupPlan = {
  scheduled: true,
  folder: '/srv/daftar/backups',
  second: undefined,
  time: '02:00',
  keep: { daily: 7, weekly: 4, monthly: 12 },
  openers: () => Promise.resolve(['recovery']),
};
let database: TestDatabase;
let app: TestApp;
let cookie: string;

beforeAll(async () => {
  database = await createTestDatabase();
  app = createTestApp(database);
  Object.assign(app.deps, { backups: PLAN });
  cookie = (await app.signIn('banyuwangi', 'admin')).header;
});
beforeEach(() => database.owner.deleteFrom('backup_run').execute());
afterAll(() => database.drop());

async function remember(
  hoursAgo: number,
  row: Partial<{ failure: 'disk-full'; checked: 'restored'; second: 'missing' }>,
) {
  const at = new Date(app.clock.now.getTime() - hoursAgo * 3_600_000);
  await database.owner
    .insertInto('backup_run')
    .values({
      kind: 'scheduled',
      started_at: at,
      ended_at: at,
      failure: row.failure ?? null,
      file: 'daftar-scheduled-20260302-020000.dpbackup',
      bytes: 12_345_678,
      rows: 1000,
      checked: row.checked ?? null,
      second: row.second ?? null,
    })
    .execute();
}

async function page(lang: 'id' | 'en' = 'id'): Promise<string> {
  const answer = await app.request(`${PAGE}?bahasa=${lang}`, {
    headers: { cookie: `${cookie}; bahasa=${lang}` },
  });
  expect(answer.status).toBe(200);
  return answer.text();
}

test('an admin who looks sees whether the backups can be relied on, and what to do when not', async () => {
  expect(await page()).toContain('Belum ada cadangan');
  await remember(40, { checked: 'restored' });
  expect(await page()).toContain('Cadangan terakhir sudah lama');
  await remember(5, {});
  expect(await page()).toContain('belum dicoba dipulihkan');
  await remember(4, { checked: 'restored', second: 'missing' });
  const good = await page();
  expect(good).toContain('isinya dapat dipulihkan');
  expect(good).toContain('cakram kedua tidak terpasang');
  expect(good).toContain('12,3\u00a0MB');
  await remember(1, { failure: 'disk-full' });
  expect(await page()).toContain('Cakram penuh');
  expect(await page('en')).toContain('The disk is full');
});

test('where somebody else makes the backups, nobody is alarmed', async () => {
  Object.assign(app.deps, { backups: { ...PLAN, scheduled: false } });
  expect(await page()).toContain('Cadangan dibuat oleh pengelola server');
  Object.assign(app.deps, { backups: PLAN });
});

test('the service may not write into the list of backups', async () => {
  await expect(
    database.db
      .insertInto('backup_run')
      .values({
        kind: 'manual',
        started_at: new Date(),
        ended_at: new Date(),
        failure: null,
        file: null,
        bytes: null,
        rows: null,
        checked: 'restored',
        second: null,
      })
      .execute(),
  ).rejects.toThrow(/permission denied/);
});

test('the daily backup is begun once when its time has come, not in the first minutes, and not again after it was made', async () => {
  let now = new Date('2026-03-02T01:00:00Z');
  let runs = 0;
  const logged: unknown[] = [];
  const job = openBackupJob(database.db, () => now, {
    time: '02:00',
    run: async () => {
      runs += 1;
      await database.owner
        .insertInto('backup_run')
        .values({
          kind: 'scheduled',
          started_at: now,
          ended_at: now,
          failure: null,
          file: 'x',
          bytes: 1,
          rows: 1,
          checked: 'restored',
          second: null,
        })
        .execute();
      return { ok: true };
    },
    log: (entry) => logged.push(entry),
  });
  await job.look();
  expect(runs).toBe(0);
  now = new Date('2026-03-02T01:03:00Z');
  await Promise.all([job.look(), job.look()]);
  await job.idle();
  await job.look();
  expect(runs).toBe(1);
  now = new Date('2026-03-02T18:59:00Z');
  await job.look();
  expect(runs).toBe(1);
  // Two in the morning in Java.
  now = new Date('2026-03-02T19:00:00Z');
  await job.look();
  await job.idle();
  expect(runs).toBe(2);
  expect(logged).toEqual([
    { event: 'backup', ok: true },
    { event: 'backup', ok: true },
  ]);
  await job.stop();
});

test('a backup that fails is logged, and stopping the service ends the one under way', async () => {
  const logged: unknown[] = [];
  const job = openBackupJob(
    database.db,
    () => new Date('2026-03-02T01:00:00Z'),
    {
      time: '02:00',
      run: (stop) =>
        new Promise((_, reject) => stop.addEventListener('abort', () => reject(new Error('ended')))),
      log: (entry) => logged.push(entry),
    },
    0,
  );
  await job.look();
  await job.stop();
  expect(logged).toEqual([{ event: 'backup', ok: false, reason: 'Error' }]);
});

test('rows are counted also where the network cuts what the database says between two words', async () => {
  const { admin } = database.addresses;
  const target = admin.host.startsWith('/')
    ? { path: `${admin.host}/.s.PGSQL.${admin.port}` }
    : { host: admin.host, port: admin.port };
  const proxy = net.createServer((client) => {
    const server = net.connect(target);
    client.pipe(server);
    // The word after the last row comes alone, and later.
    server.on('data', (bytes) => {
      server.pause();
      const done = bytes.lastIndexOf(Buffer.from('c\0\0\0\x04', 'latin1'));
      const cut = done < 0 ? bytes.length : done + 5;
      client.write(bytes.subarray(0, cut));
      setTimeout(() => {
        client.write(bytes.subarray(cut));
        server.resume();
      }, 20);
    });
    server.on('close', () => client.destroy()).on('error', () => client.destroy());
    client.on('close', () => server.destroy()).on('error', () => server.destroy());
  });
  await new Promise<void>((resolve) => void proxy.listen(0, '127.0.0.1', resolve));
  const { port } = proxy.address() as net.AddressInfo;
  const snapshot = await openSnapshot({ ...admin, host: '127.0.0.1', port });
  try {
    const table = snapshot.tables.find(({ name }) => name === 'setting');
    if (!table) throw new Error('no settings');
    const { rows } = await snapshot.copy(table, () => Promise.resolve());
    const counted = await snapshot.client.query<{ n: number }>('select count(*)::int as n from setting');
    expect(rows).toBeGreaterThan(20);
    expect(rows).toBe(counted.rows[0]?.n);
  } finally {
    await snapshot.end();
    proxy.close();
  }
});
