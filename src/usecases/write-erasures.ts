import type { Db } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { LibraryId } from '../domain/ids.ts';
import type { Deps } from './context.ts';

const BATCH = 500;

/**
 * Puts erasures that stand in the database alone into the file beside it as well. The file is what survives a restore of
 * an older backup. Called after every erasure and by the job: what a stop prevented is written next time, and a line
 * that is there twice does no harm.
 */
export async function writeErasures(db: Db, deps: Deps, libraryId: LibraryId): Promise<number> {
  const { keepErasures } = deps;
  if (!keepErasures) return 0;
  let written = 0;
  for (;;) {
    const rows = await inLibrary(db, libraryId, (tx) =>
      tx
        .selectFrom('erasure_list')
        .select(['subject', 'at', 'mentions'])
        .where('written_at', 'is', null)
        .orderBy('at')
        .limit(BATCH)
        .execute(),
    );
    if (rows.length === 0) return written;
    await keepErasures(
      rows.map(({ subject, at, mentions }) => ({
        library: libraryId,
        subject,
        at: at.toISOString(),
        ...(mentions && { mentions }),
      })),
    );
    await inLibrary(db, libraryId, (tx) =>
      tx
        .updateTable('erasure_list')
        .set({ written_at: deps.now() })
        .where(
          'subject',
          'in',
          rows.map(({ subject }) => subject),
        )
        .execute(),
    );
    written += rows.length;
  }
}
