import { sql } from 'kysely';
import type { Db } from '../db/connection.ts';
import { gathering } from '../db/gather.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { LibraryId } from '../domain/ids.ts';

export interface Seen<Key> {
  readonly libraryId: LibraryId;
  readonly key: Key;
  readonly at: Date;
}

/** Where `last_seen_at` is kept, what its rows are found by, and of which type of PostgreSQL that is. */
const PLACES = {
  session: { key: 'token_hash', type: 'bytea' },
  device: { key: 'id', type: 'uuid' },
} as const;

/**
 * Makes a function that notes when an officer at work or a device was seen, once a minute each: of many, several share a
 * transaction. A row that another process holds is left as it is: it is being ended or seen there, and whoever waited for
 * it could be waited for.
 */
export function notingSeen<Key>(table: keyof typeof PLACES): (db: Db, seen: Seen<Key>) => Promise<true> {
  const of = PLACES[table];
  const [rows, key, type] = [sql.ref(table), sql.ref(of.key), sql.raw(`${of.type}[]`)];
  const note = gathering<Seen<Key>, true>(async (db, items) => {
    const [any] = items;
    if (any === undefined) return [];
    const keys = items.map((item) => item.key);
    const times = items.map(({ at }) => at.toISOString());
    await inLibrary(db, any.libraryId, (tx) =>
      sql`with free as materialized (
          select ${key} from ${rows} where ${key} = any(${keys}::${type}) for update skip locked
        )
        update ${rows} as kept set last_seen_at = greatest(kept.last_seen_at, seen.at)
        from free join unnest(${keys}::${type}, ${times}::timestamptz[]) as seen (${key}, at) using (${key})
        where kept.${key} = free.${key}`.execute(tx),
    );
    return items.map(() => true);
  });
  return (db, seen) => note(db, String(seen.libraryId), seen);
}
