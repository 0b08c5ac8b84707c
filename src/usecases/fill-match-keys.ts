import { sql } from 'kysely';
import type { Db } from '../db/connection.ts';
import { listLibraries } from '../db/library.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { LibraryId } from '../domain/ids.ts';
import { nameKey } from '../domain/person-name.ts';
import type { Deps } from './context.ts';
import { matchColumns } from './match-columns.ts';

const BATCH = 500;

/**
 * Gives members of an older version the keys that the cross-check finds them by; nothing to do at any later start. A
 * stopped run goes on where it was.
 * @returns how many were given keys
 */
export async function fillMatchKeys(db: Db, deps: Pick<Deps, 'vault'>): Promise<number> {
  let filled = 0;
  for (const { id } of await listLibraries(db)) {
    for (;;) {
      const done = await fillBatch(db, deps, id);
      filled += done;
      if (done < BATCH) break;
    }
  }
  return filled;
}

function fillBatch(db: Db, deps: Pick<Deps, 'vault'>, libraryId: LibraryId): Promise<number> {
  return inLibrary(db, libraryId, async (tx) => {
    const rows = await tx
      .selectFrom('member')
      .selectAll()
      .where('match_keys', 'is', null)
      .limit(BATCH)
      .forUpdate()
      .execute();
    if (rows.length === 0) return 0;
    const made = rows.map((row) => {
      const { match_keys, nik_slots } = matchColumns(deps.vault, libraryId, row);
      return {
        id: row.id,
        name_key: nameKey(row.name),
        keys: `{${match_keys.join(',')}}`,
        slots: nik_slots === null ? null : `\\x${nik_slots.toString('hex')}`,
      };
    });
    await sql`
      update member set name_key = made.name_key, match_keys = made.keys::int[], nik_slots = made.slots::bytea
      from jsonb_to_recordset(${JSON.stringify(made)}::jsonb) as made (id uuid, name_key text, keys text, slots text)
      where member.id = made.id`.execute(tx);
    return rows.length;
  });
}
