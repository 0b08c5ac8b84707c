import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
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
