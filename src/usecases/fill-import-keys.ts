import { sql } from 'kysely';
import type { Db } from '../db/connection.ts';
import { listLibraries } from '../db/library.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { ImportId } from '../domain/ids.ts';
import type { Deps, Scope } from './context.ts';
import { loadLibrary } from './get-library.ts';
import { soughtOf } from './import-person.ts';
import { fileKeysOf } from './import-prepare.ts';
import { openRow } from './import-read.ts';
import { populationFor } from './population.ts';

const BATCH = 500;

/**
 * Gives rows of lists that are being read the keys by which the rows still to come will find them, where a migration has
 * emptied what finds people; before anybody is served, like `fillMatchKeys`. Of lists that are read to the end the rows have
 * keys of one make, and what else was emptied is made at need (`comparedRow`, `planBatch`).
 * @returns how many were given keys
 */
export async function fillImportKeys(db: Db, deps: Pick<Deps, 'vault' | 'now'>): Promise<number> {
  let filled = 0;
  for (const { slug } of await listLibraries(db)) {
    const at = deps.now();
    const library = await loadLibrary(db, slug, at);
    if (!library) continue;
    const scope: Scope = { library, actor: { kind: 'system' }, at, requestId: 'start' };
    for (;;) {
      const done = await fillBatch(db, deps, scope);
      filled += done;
      if (done < BATCH) break;
    }
  }
  return filled;
}

function fillBatch(db: Db, deps: Pick<Deps, 'vault'>, scope: Scope): Promise<number> {
  const { id } = scope.library;
  return inLibrary(db, id, async (tx) => {
    const { rows } = await sql<{ import_id: ImportId; n: number; content: Buffer }>`
      select import_id, n, content from import_row
      where import_id in (select id from import where state = 'reading')
        and keys is not null and match_keys is null and content is not null
      limit ${BATCH} for update`.execute(tx);
    if (rows.length === 0) return 0;
    const population = await populationFor(tx, deps, scope);
    const made = rows.map(({ import_id, n, content }) => {
      const staged = openRow(deps, scope, content);
      const sought = soughtOf(deps.vault, id, staged, population);
      return {
        import_id,
        n,
        keys: `{${fileKeysOf(id, staged, sought).join(',')}}`,
        match_keys: `{${sought.matchKeys.join(',')}}`,
        slots: sought.nikSlots === null ? null : `\\x${Buffer.from(sought.nikSlots).toString('hex')}`,
      };
    });
    await sql`
      update import_row set keys = made.keys::int[], match_keys = made.match_keys::int[], nik_slots = made.slots::bytea
      from jsonb_to_recordset(${JSON.stringify(made)}::jsonb)
        as made (import_id uuid, n int, keys text, match_keys text, slots text)
      where import_row.import_id = made.import_id and import_row.n = made.n`.execute(tx);
    return rows.length;
  });
}
