/** What is remembered of backups: one row each, written when it is over. */
import type pg from 'pg';
import type { BackupKind } from './backup.ts';
import type { CheckedHow } from './backup-check.ts';
import type { BackupReason } from './backup-trouble.ts';
import type { Db } from './connection.ts';

/** What became of the copy in the second folder. */
export type SecondCopy = 'copied' | 'missing' | 'failed';

export interface BackupRun {
  readonly kind: BackupKind;
  readonly startedAt: Date;
  readonly endedAt: Date;
  /** Null: it was made. */
  readonly failure: BackupReason | null;
  /** Name without its folder. */
  readonly file: string | null;
  readonly bytes: number | null;
  readonly rows: number | null;
  readonly checked: CheckedHow | null;
  /** Null where no second folder is set. */
  readonly second: SecondCopy | null;
}

/** @param client owner or superuser: the service's role may only read */
export async function rememberBackup(client: pg.ClientBase, run: BackupRun): Promise<void> {
  // Before an upgrade to the version that has it, the table is not there yet.
  const { rows } = await client.query<{ there: boolean }>(
    `select to_regclass('public.backup_run') is not null as there`,
  );
  if (rows[0]?.there !== true) return;
  await client.query(
    `insert into public.backup_run (kind, started_at, ended_at, failure, file, bytes, rows, checked, second)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      run.kind,
      run.startedAt,
      run.endedAt,
      run.failure,
      run.file,
      run.bytes,
      run.rows,
      run.checked,
      run.second,
    ],
  );
}

/** The newest runs, newest first. */
export async function listBackupRuns(db: Db, most: number): Promise<BackupRun[]> {
  const rows = await db
    .selectFrom('backup_run')
    .selectAll()
    .orderBy('started_at', 'desc')
    .limit(most)
    .execute();
  return rows.map((row) => ({
    kind: row.kind,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    failure: row.failure,
    file: row.file,
    bytes: row.bytes,
    rows: row.rows,
    checked: row.checked,
    second: row.second,
  }));
}

/** When scheduled backups were last begun, and last begun with success. */
export async function lastScheduled(
  db: Db,
): Promise<{ readonly tried: Date | null; readonly good: Date | null }> {
  const row = await db
    .selectFrom('backup_run')
    .where('kind', '=', 'scheduled')
    .select((q) => [
      q.fn.max('started_at').as('tried'),
      q.fn.max('started_at').filterWhere('failure', 'is', null).as('good'),
    ])
    .executeTakeFirst();
  return { tried: row?.tried ?? null, good: row?.good ?? null };
}
