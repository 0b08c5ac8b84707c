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

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * Erases again whom a restored backup brought back, before anybody sees them, as an officer decided it then. Repeating it
 * changes nothing, and a library or person that this database does not have is passed over.
 */
export async function eraseAgain(db: Db, deps: Deps, entries: readonly Erasure[]): Promise<ErasedAgain> {
  const slugs = new Map<number, string>((await listLibraries(db)).map(({ id, slug }) => [id, slug]));
  const wanted = new Map<number, Erasure[]>();
  for (const entry of eachErasedOnce(entries))
    if (UUID.test(entry.subject)) wanted.set(entry.library, [...(wanted.get(entry.library) ?? []), entry]);
  let erased = 0;
  let asked = 0;
  for (const [libraryId, people] of wanted) {
    asked += people.length;
    const slug = slugs.get(libraryId);
    const library = slug === undefined ? undefined : await loadLibrary(db, slug, deps.now());
    if (!library) continue;
    const scope: Scope = { library, actor: { kind: 'system' }, at: deps.now(), requestId: 'erase-again' };
    // One at a time: a person more or less is no reason to lose those before.
    for (const person of people) erased += await eraseOne(db, deps, scope, person);
  }
  return { erased, absent: asked - erased };
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
