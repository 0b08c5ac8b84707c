import { sql } from 'kysely';
import type { Db } from '../db/connection.ts';
import { listLibraries } from '../db/library.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { LibraryId } from '../domain/ids.ts';
import type { Deps } from './context.ts';

const BATCH = 500;
/** The codes that were ever written in the place of evidence; as the index of step 32 says it. */
const CODES = sql.raw(`('merged', 'merge_undone')`);

/**
 * Puts words that officers wrote about people before step 31 of the schema under the keys of those people, before anybody
 * is served; nothing to do at any later start. A stopped run goes on where it was.
 * @param owner of the tables: the service itself may not change revisions
 * @returns how many texts were sealed
 */
export async function sealWords(owner: Db, deps: Pick<Deps, 'vault'>): Promise<number> {
  let sealed = 0;
  for (const { id } of await listLibraries(owner)) {
    for (const seal of [sealNotes, sealEvidence])
      for (;;) {
        const done = await seal(owner, deps, id);
        sealed += done;
        if (done < BATCH) break;
      }
  }
  return sealed;
}

function sealNotes(owner: Db, { vault }: Pick<Deps, 'vault'>, libraryId: LibraryId): Promise<number> {
  return inLibrary(owner, libraryId, async (tx) => {
    const { rows } = await sql<{ id: string; key: Buffer; words: string }>`
      select id, person_key as key, decision_note_plain as words from application
      where library_id = ${libraryId} and decision_note_plain is not null
      limit ${BATCH} for update`.execute(tx);
    for (const { id, key, words } of rows)
      await sql`
        update application set decision_note_plain = null,
          decision_note = ${key.length === 0 ? null : vault.sealFor(libraryId, key, words)}
        where library_id = ${libraryId} and id = ${id}`.execute(tx);
    return rows.length;
  });
}

function sealEvidence(owner: Db, { vault }: Pick<Deps, 'vault'>, libraryId: LibraryId): Promise<number> {
  return inLibrary(owner, libraryId, async (tx) => {
    const { rows } = await sql<{ id: string; key: Buffer | null; words: string }>`
      select revision.id, coalesce(member.person_key, application.person_key) as key, evidence as words
      from revision
      left join member on member.library_id = revision.library_id and member.id = revision.member_id
      left join application on application.library_id = revision.library_id
        and application.id = revision.application_id
      where revision.library_id = ${libraryId} and evidence not in ${CODES}
      limit ${BATCH} for update of revision`.execute(tx);
    for (const { id, key, words } of rows)
      await sql`
        update revision set evidence = null,
          evidence_words = ${key === null || key.length === 0 ? null : vault.sealFor(libraryId, key, words)}
        where library_id = ${libraryId} and id = ${id}`.execute(tx);
    return rows.length;
  });
}
