/** The service's own schedule seals what was written within ten seconds of it, in whatever order it was committed. */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { openClient } from '../../src/db/connection.ts';
import { mailComposer } from '../../src/jobs/compose-mail.ts';
import { startJobs } from '../../src/jobs/schedule.ts';
import { type AuditFinding, verifyAudit } from '../../src/usecases/audit-verify.ts';
import { createTestDatabase, type TestDatabase, testDeps } from '../support/database.ts';

/** What is promised. */
const WITHIN_MS = 10_000;
const STEP_MS = 2_500;
const ROWS = 24;

let database: TestDatabase;
let admin: pg.Client;
const writers: pg.Client[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
  admin = new pg.Client(database.addresses.admin);
  await admin.connect();
  for (let at = 0; at < ROWS; at++) {
    const writer = new pg.Client(database.addresses.app);
    await writer.connect();
    writers.push(writer);
  }
});
afterAll(async () => {
  await Promise.all([admin, ...writers].map((client) => client.end()));
  await database.drop();
});

/** Rows of this test that a seal has. */
async function sealed(): Promise<ReadonlySet<string>> {
  const { rows } = await admin.query<{ of: string }>(
    `select a.subject_id as of from audit_leaf l join audit_log a on a.library_id = l.library_id and a.id = l.audit_id
     where a.action = 'setting.change' and a.subject_id like 'row %'`,
  );
  return new Set(rows.map((row) => row.of));
}

async function unsealed(): Promise<number> {
  const { rows } = await admin.query<{ n: number }>(
    `select count(*)::int as n from audit_log a
     where not exists (select from audit_leaf l where l.library_id = a.library_id and l.audit_id = a.id)`,
  );
  return rows[0]?.n ?? 0;
}

/** Waits for what the schedule has begun. No time passes for it meanwhile: `expect.poll` would let it pass. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let look = 0; look < 400 && !(await isSo()); look++) await sleep(25);
}

/** The service has nothing under way, at three looks: a seal that still goes on would have the next one left out. */
async function quiet(): Promise<boolean> {
  for (let look = 0; look < 3; look++) {
    const { rows } = await admin.query<{ busy: boolean }>(
      `select exists (select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
         and state not in ('idle', 'idle in transaction')) as busy`,
    );
    if (rows[0]?.busy !== false) return false;
    await sleep(10);
  }
  return true;
}

it('seals each row within ten seconds of its commit, whoever began first, while another job hangs', async () => {
  const clock = { ms: 0 };
  let letGo = (): void => undefined;
  const hangs = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  let asked = 0;
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const jobs = startJobs(database.db, () => openClient(database.addresses.app), testDeps(), {
    send: null,
    // Imports that are gone on with, mail, retention: none of it may make a seal wait.
    goOnWithImports: () => {
      asked++;
      return hangs;
    },
    compose: mailComposer('https://daftar.example'),
    openLending: () => () => {
      throw new Error('no lending system is fed here');
    },
    log: () => undefined,
  });
  try {
    // What it does when it begins, a look through the whole log among it, is over.
    await until(async () => asked === 1 && (await unsealed()) === 0 && (await quiet()));
    expect([asked, await unsealed()]).toEqual([1, 0]);

    const { banyuwangi, jateng } = database.libraryIds;
    for (const [at, writer] of writers.entries()) {
      const library = at % 3 === 0 ? jateng : banyuwangi;
      await writer.query('begin');
      await writer.query(`select set_config('app.library_id', '${library}', true)`);
      await writer.query(
        `insert into audit_log (library_id, id, at, actor_kind, action, subject_kind, subject_id)
         values (${library}, gen_random_uuid(), now(), 'system', 'setting.change', 'setting', $1)`,
        [`row ${at}`],
      );
    }
    // The last begun is the first to commit, and then by leaps; two are given up.
    const order = Array.from({ length: ROWS }, (_, at) => (ROWS - 1 - at * 7 + 7 * ROWS) % ROWS);
    expect(new Set(order).size).toBe(ROWS);
    const given = new Set([order[5], order[17]]);
    const committed = new Map<string, number>();
    for (let step = 0; step < ROWS + WITHIN_MS / STEP_MS; step++) {
      const at = order[step];
      if (at !== undefined) {
        await writers[at]?.query(given.has(at) ? 'rollback' : 'commit');
        if (!given.has(at)) committed.set(`row ${at}`, clock.ms);
      }
      vi.advanceTimersByTime(STEP_MS);
      clock.ms += STEP_MS;
      await until(quiet);
      const due = [...committed].flatMap(([row, ms]) => (clock.ms - ms >= WITHIN_MS ? [row] : []));
      let waiting = due;
      await until(async () => {
        const done = await sealed();
        waiting = due.filter((row) => !done.has(row));
        return waiting.length === 0;
      });
      expect(waiting).toEqual([]);
    }
    expect(committed.size).toBe(ROWS - 2);
    expect((await sealed()).size).toBe(ROWS - 2);
    for (const id of [banyuwangi, jateng]) {
      const findings: AuditFinding[] = [];
      await verifyAudit(database.db, id, { before: new Date('2100-01-01') }, (finding) =>
        findings.push(finding),
      );
      expect(findings).toEqual([]);
    }
    // The other jobs did not come back from their first run.
    expect(asked).toBe(1);
  } finally {
    letGo();
    vi.useRealTimers();
    await jobs.stop();
  }
}, 120_000);
