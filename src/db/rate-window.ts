import { sql } from 'kysely';
import type { Db } from './connection.ts';

/** What one process counted since it last said so; a count below zero takes back. */
export interface RateCount {
  readonly key: Buffer;
  readonly count: number;
  /** End of the window as this process began it; an older one that is not over yet goes on. */
  readonly endsAt: Date;
}

/** Longer than any healthy database needs, shorter than people would notice: a limit must not wait for its counts. */
const PATIENCE_MS = 2_000;

/**
 * Adds counts of many keys in one statement.
 * @param forgotten keys that begin anew
 * @returns what all processes have counted of each key
 */
export function exchangeCounts(
  db: Db,
  counts: readonly RateCount[],
  forgotten: readonly Buffer[],
  now: Date,
): Promise<readonly RateCount[]> {
  return db.transaction().execute(async (tx) => {
    await sql`set local statement_timeout = ${sql.raw(String(PATIENCE_MS))}`.execute(tx);
    await sql`set local synchronous_commit = off`.execute(tx);
    if (forgotten.length > 0)
      await tx
        .deleteFrom('rate_window')
        .where('key', 'in', [...forgotten])
        .execute();
    if (counts.length === 0) return [];
    // In one order, so that two processes never wait for each other.
    const sorted = [...counts].sort((one, other) => Buffer.compare(one.key, other.key));
    const keys = sorted.map((one) => one.key);
    const added = sorted.map((one) => one.count);
    const ends = sorted.map((one) => one.endsAt.toISOString());
    const { rows } = await sql<{ key: Buffer; count: number; ends_at: Date }>`
      insert into rate_window as old (key, count, ends_at)
      select key, count, ends_at
        from unnest(${keys}::bytea[], ${added}::int[], ${ends}::timestamptz[]) as new (key, count, ends_at)
      on conflict (key) do update set
        count = greatest(0, case when old.ends_at <= ${now} then 0 else old.count end + excluded.count),
        ends_at = case when old.ends_at <= ${now} then excluded.ends_at else old.ends_at end
      returning key, count, ends_at`.execute(tx);
    return rows.map((row) => ({ key: row.key, count: row.count, endsAt: row.ends_at }));
  });
}

/** Windows that are over. */
export async function forgetOldWindows(db: Db, now: Date): Promise<void> {
  await db.deleteFrom('rate_window').where('ends_at', '<', now).execute();
}
