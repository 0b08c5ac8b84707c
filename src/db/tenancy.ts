import { sql } from 'kysely';
import type { LibraryId } from '../domain/ids.ts';
import { type Db, type Tx, WITH_BEGIN } from './connection.ts';

/**
 * Runs `work` in one transaction that can see and write the rows of one library only. Row-level security
 * reads the setting made here; it ends with the transaction, so a pooled connection never carries a library over.
 * @param isolation `repeatable read` where several statements must see one moment
 */
export function inLibrary<T>(
  db: Db,
  libraryId: LibraryId,
  work: (tx: Tx) => Promise<T>,
  isolation?: 'repeatable read',
): Promise<T> {
  const transaction = db.transaction();
  const begun = isolation === undefined ? transaction : transaction.setIsolationLevel(isolation);
  return begun.execute(async (tx) => {
    const id = sql.raw(String(Number(libraryId)));
    await sql`${sql.raw(WITH_BEGIN)} select set_config('app.library_id', '${id}', true)`.execute(tx);
    return work(tx);
  });
}
