/** Where a database spends its time, statement by statement: PostgreSQL's own `pg_stat_statements`. */
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openDatabase } from '../src/db/connection.ts';
import { ADMIN_ROLE } from '../src/db/embedded/cluster.ts';
import { findPasswords } from '../src/db/embedded/secrets.ts';
import type { Installation } from '../src/db/installation.ts';

/** Asks the embedded database of a stopped service to count. */
export function watchStatements(dataDir: string): void {
  appendFileSync(
    path.join(dataDir, 'postgres', 'postgresql.auto.conf'),
    "shared_preload_libraries = 'pg_stat_statements'\npg_stat_statements.track_planning = on\n",
  );
}

/** Forgets what was counted so far. */
export async function beginStatements(installation: Installation, dataDir: string): Promise<void> {
  await asAdmin(installation, dataDir, async (query) => {
    await query('create extension if not exists pg_stat_statements');
    await query('select pg_stat_statements_reset()');
  });
}

interface Counted {
  readonly calls: number;
  readonly ms: number;
  readonly planned: number;
  readonly rows: number;
  readonly text: string;
}

/** Writes what was counted into `statements.txt` of the folder, the costliest first. */
export async function writeStatements(
  installation: Installation,
  dataDir: string,
  folder: string,
): Promise<void> {
  await asAdmin(installation, dataDir, async (query) => {
    const rows = await query<Counted>(
      `select calls::int, total_exec_time as ms, total_plan_time as planned, rows::int,
        regexp_replace(query, '\\s+', ' ', 'g') as text from pg_stat_statements
       order by total_exec_time + total_plan_time desc limit 150`,
    );
    const lines = rows.map(
      ({ calls, ms, planned, rows: found, text }) =>
        `${calls} times, run ${ms.toFixed(0)} ms, planned ${planned.toFixed(0)} ms, each ${((ms + planned) / calls).toFixed(3)} ms, ${found} rows: ${text}`,
    );
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'statements.txt'), `${lines.join('\n')}\n`);
  });
}

async function asAdmin(
  installation: Installation,
  dataDir: string,
  work: (query: <Row>(text: string) => Promise<readonly Row[]>) => Promise<void>,
): Promise<void> {
  const passwords = await findPasswords(dataDir);
  if (passwords === undefined) throw new Error('not the folder of an embedded database');
  const address = { ...installation.owner, user: ADMIN_ROLE, password: passwords.admin };
  const { pool, close } = openDatabase({ address, poolSize: 1, statementTimeoutMs: 0 });
  try {
    await work(async <Row>(text: string) => (await pool.query(text)).rows as Row[]);
  } finally {
    await close();
  }
}
