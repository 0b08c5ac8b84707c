import pg from 'pg';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type DatabaseWay, openProxy } from '../../faults/proxy.ts';
import { openClient } from '../../src/db/connection.ts';
import { mailComposer } from '../../src/jobs/compose-mail.ts';
import { LEADER_LOCK, startJobs } from '../../src/jobs/schedule.ts';
import { createTestDatabase, type TestDatabase, testDeps } from '../support/database.ts';

let database: TestDatabase;
let way: DatabaseWay;
const LOOK_MS = 10_000;

beforeAll(async () => {
  database = await createTestDatabase();
  way = await openProxy(() => database.addresses.admin);
});
afterAll(async () => {
  await way.close();
  await database.drop();
});

/** A process that would run the jobs; counts how often it did. */
function worker(connect: () => pg.Client) {
  let runs = 0;
  const jobs = startJobs(database.db, connect, testDeps(), {
    send: null,
    goOnWithImports: () => {
      runs++;
      return Promise.resolve();
    },
    compose: mailComposer('https://daftar.example'),
    openLending: () => () => {
      throw new Error('no lending system is fed here');
    },
    log: () => undefined,
  });
  return { runs: () => runs, stop: jobs.stop };
}

/** What a server does to a connection that its proxy forgot: the lock is free, and the client hears nothing. */
async function forget(): Promise<void> {
  way.set({ kind: 'silent' });
  const admin = new pg.Client({ ...database.addresses.admin });
  await admin.connect();
  const { rowCount } = await admin.query(
    `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted
       and classid::bigint << 32 | objid::bigint = $1 and database = (select oid from pg_database where datname = current_database())`,
    [LEADER_LOCK],
  );
  await admin.end();
  expect(rowCount).toBe(1);
}

it('a process that lost its lock without hearing of it does the jobs no more, and another one does them', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const far = worker(() => openClient({ ...database.addresses.app, host: '127.0.0.1', port: way.port }));
  let near: ReturnType<typeof worker> | undefined;
  try {
    await expect.poll(far.runs, { timeout: 20_000 }).toBeGreaterThan(0);
    near = worker(() => openClient(database.addresses.app));
    await forget();
    const before = far.runs();
    // Both look: one asks a connection that does not answer, the other takes the lock.
    for (let times = 1; times <= 2; times++) {
      vi.advanceTimersByTime(LOOK_MS);
      await expect.poll(near.runs, { timeout: 20_000 }).toBeGreaterThanOrEqual(times);
    }
    way.set({ kind: 'open' });
    await far.stop();
    expect(far.runs()).toBe(before);
  } finally {
    way.set({ kind: 'open' });
    await Promise.all([far.stop(), near?.stop()]);
    vi.useRealTimers();
  }
});
