import type { Db } from '../db/connection.ts';
import { listLibraries } from '../db/library.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { ApplicationId, MemberId } from '../domain/ids.ts';
import type { Deps, Scope } from './context.ts';
import { erasePeople } from './erase-person.ts';
import { loadLibrary } from './get-library.ts';

/** A line of `erasures.jsonl`: who was erased, and when. Nothing of the person but an id that nobody has any more. */
export interface ErasureEntry {
  /** The library's number. */
  readonly library: number;
  /** Id of a member or a case. */
  readonly subject: string;
  /** ISO time of the erasure. */
  readonly at: string;
}

export interface ErasedAgain {
  /** People of the list who had come back with the restored backup, and are gone again. */
  readonly erased: number;
  /** Gone already, or never in this backup. */
  readonly absent: number;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * Erases again whom a restored backup brought back, before anybody sees them. Repeating it changes nothing, and a
 * library or person that this database does not have is passed over.
 */
export async function eraseAgain(db: Db, deps: Deps, entries: readonly ErasureEntry[]): Promise<ErasedAgain> {
  const slugs = new Map<number, string>((await listLibraries(db)).map(({ id, slug }) => [id, slug]));
  const wanted = new Map<number, Set<string>>();
  for (const { library, subject } of entries) {
    if (!UUID.test(subject)) continue;
    wanted.set(library, (wanted.get(library) ?? new Set()).add(subject));
  }
  let erased = 0;
  let asked = 0;
  for (const [libraryId, subjects] of wanted) {
    asked += subjects.size;
    const slug = slugs.get(libraryId);
    const library = slug === undefined ? undefined : await loadLibrary(db, slug, deps.now());
    if (!library) continue;
    const scope: Scope = { library, actor: { kind: 'system' }, at: deps.now(), requestId: 'erase-again' };
    // One at a time: a person more or less is no reason to lose those before.
    for (const subject of subjects) erased += await eraseOne(db, deps, scope, subject);
  }
  return { erased, absent: asked - erased };
}

function eraseOne(db: Db, deps: Deps, scope: Scope, subject: string): Promise<number> {
  return inLibrary(db, scope.library.id, async (tx) => {
    const member = await erasePeople(tx, deps, scope, { members: [subject as MemberId] }, 'again');
    const found =
      member.members.length > 0
        ? member
        : await erasePeople(tx, deps, scope, { cases: [subject as ApplicationId] }, 'again');
    return found.members.length + found.cases.length > 0 ? 1 : 0;
  });
}

/** Reads `erasures.jsonl`. A last line that a power cut tore off says nothing and is left out. */
export function readErasures(text: string): readonly ErasureEntry[] {
  return text.split('\n').flatMap((line) => {
    try {
      const { library, subject, at } = JSON.parse(line) as Partial<ErasureEntry>;
      return typeof library === 'number' && typeof subject === 'string' && typeof at === 'string'
        ? [{ library, subject, at }]
        : [];
    } catch {
      return [];
    }
  });
}
