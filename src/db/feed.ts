import { type Selectable, sql } from 'kysely';
import type { ExportTarget, LiveTarget } from '../domain/exporting/outgoing-member.ts';
import type { LibraryId } from '../domain/ids.ts';
import type { Db, Tx } from './connection.ts';
import type { ExportRecord } from './export.ts';
import type { Database } from './schema.ts';

export type FeedRow = Selectable<Database['feed']>;

export function findFeed(tx: Tx, target: ExportTarget): Promise<FeedRow | undefined> {
  return tx.selectFrom('feed').selectAll().where('target', '=', target).executeTakeFirst();
}

export function listFeeds(tx: Tx): Promise<FeedRow[]> {
  return tx.selectFrom('feed').selectAll().execute();
}

/** The newest export of each target that went by itself. */
export function lastFed(tx: Tx): Promise<ExportRecord[]> {
  return tx
    .selectFrom('export')
    .selectAll()
    .distinctOn('target')
    .where('feed', '=', true)
    .orderBy('target')
    .orderBy('started_at', 'desc')
    .execute();
}

/** The connections that are due, for the job. */
export async function feedsDue(
  db: Db,
  at: Date,
): Promise<readonly { readonly libraryId: LibraryId; readonly target: LiveTarget }[]> {
  const { rows } = await sql<{ library_id: LibraryId; target: LiveTarget }>`
    select library_id, target from feeds_due(${at})`.execute(db);
  return rows.map((row) => ({ libraryId: row.library_id, target: row.target }));
}
