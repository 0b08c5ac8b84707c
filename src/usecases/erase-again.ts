import { sql } from 'kysely';
import type { Db } from '../db/connection.ts';
import { listLibraries } from '../db/library.ts';
import { type Erasure, eachErasedOnce } from '../db/restore-erasures.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { ApplicationId, MemberId } from '../domain/ids.ts';
import type { Deps, Scope } from './context.ts';
import { erasePeople } from './erase-person.ts';
import { loadLibrary } from './get-library.ts';

export interface ErasedAgain {
  /** People of the list who had come back with the restored backup, and are gone again. */
  readonly erased: number;
  /** Gone already, or never in this backup. */
  readonly absent: number;
}

/**
 * Erases again whom a restored backup brought back, before anybody sees them, as an officer decided it then. Repeating it
 * changes nothing and asks one question of each library, and a library or person that this database does not have is
 * passed over.
 * @param failed told of a person who could not be erased, while the others are; left out, it is thrown
 */
export async function eraseAgain(
  db: Db,
  deps: Deps,
  entries: readonly Erasure[],
  failed?: (slug: string, error: unknown) => void,
): Promise<ErasedAgain> {
  const slugs = new Map<number, string>((await listLibraries(db)).map(({ id, slug }) => [id, slug]));
  const wanted = new Map<number, Erasure[]>();
  for (const entry of eachErasedOnce(entries)) {
    const people = wanted.get(entry.library);
    if (people) people.push(entry);
    else wanted.set(entry.library, [entry]);
  }
  let erased = 0;
  let asked = 0;
  for (const [libraryId, people] of wanted) {
    asked += people.length;
    const slug = slugs.get(libraryId);
    const library = slug === undefined ? undefined : await loadLibrary(db, slug, deps.now());
    if (!library) continue;
    const scope: Scope = { library, actor: { kind: 'system' }, at: deps.now(), requestId: 'erase-again' };
    const back = await backAmong(db, scope, people);
    // One at a time: a person more or less is no reason to lose those before.
    for (const person of people.filter(({ subject }) => back.has(subject)))
      try {
        erased += await eraseOne(db, deps, scope, person);
      } catch (error) {
        if (!failed) throw error;
        failed(library.slug, error);
      }
  }
  return { erased, absent: asked - erased };
}

/** Those of whom this database has more than figures. */
function backAmong(db: Db, scope: Scope, people: readonly Erasure[]): Promise<ReadonlySet<string>> {
  return inLibrary(db, scope.library.id, async (tx) => {
    const ids = people.map(({ subject }) => subject);
    const { rows } = await sql<{ id: string }>`
      select id::text from member where person_key <> '' and id = any(${ids}::uuid[])
      union all select id::text from application where person_key <> '' and id = any(${ids}::uuid[])`.execute(
      tx,
    );
    return new Set(rows.map(({ id }) => id));
  });
}

function eraseOne(db: Db, deps: Deps, scope: Scope, { subject, mentions }: Erasure): Promise<number> {
  return inLibrary(db, scope.library.id, async (tx) => {
    const member = await erasePeople(tx, deps, scope, { members: [subject as MemberId] }, 'again', mentions);
    const found =
      member.members.length > 0
        ? member
        : await erasePeople(tx, deps, scope, { cases: [subject as ApplicationId] }, 'again', mentions);
    return found.members.length + found.cases.length > 0 ? 1 : 0;
  });
}
