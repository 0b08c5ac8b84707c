import { sql } from 'kysely';
import type { Db } from '../db/connection.ts';
import { listLibraries } from '../db/library.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { LibraryId } from '../domain/ids.ts';
import { nameKey } from '../domain/person-name.ts';
import type { Deps } from './context.ts';
import { matchColumns, NO_MATCH_COLUMNS } from './match-columns.ts';

const BATCH = 500;
/** Members from whom on it is quicker to make the index anew than to put each key into it. */
const MANY = 20_000;

/**
 * Gives members of an older version the keys that the cross-check finds them by, before anybody is served; nothing to do
 * at any later start. A stopped run goes on where it was.
 * @param owner of the tables, for the index
 * @param say is told now and then how far it is
 * @returns how many were given keys
 */
export async function fillMatchKeys(
  db: Db,
  owner: Db,
  deps: Pick<Deps, 'vault'>,
  say: (line: string) => void,
  many = MANY,
): Promise<number> {
  let filled = 0;
  for (const { id } of await listLibraries(db)) {
    for (;;) {
      const done = await fillBatch(db, deps, id);
      filled += done;
      if (done < BATCH) break;
      if (filled === BATCH * Math.ceil(many / BATCH))
        await sql`drop index if exists member_match`.execute(owner);
      if (filled % (BATCH * 40) === 0) say(`${filled} members can be found by their new keys`);
    }
  }
  await makeIndex(owner);
  return filled;
}

/** Also where a run was stopped before it had come to this. */
async function makeIndex(owner: Db): Promise<void> {
  const { rows } = await sql<{ there: boolean }>`
    select to_regclass('member_match') is not null as there`.execute(owner);
  if (rows[0]?.there === true) return;
  await owner.transaction().execute(async (tx) => {
    await sql`set local statement_timeout = 0`.execute(tx);
    await sql`set local maintenance_work_mem = '256MB'`.execute(tx);
    await sql`create index member_match on member using gin (match_keys) with (fastupdate = off)`.execute(tx);
  });
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
      // Whoever was erased stays found by nothing: an empty name makes a key as well.
      const isErased = row.person_key.length === 0;
      const { match_keys, nik_slots } = isErased
        ? NO_MATCH_COLUMNS
        : matchColumns(deps.vault, libraryId, row);
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
