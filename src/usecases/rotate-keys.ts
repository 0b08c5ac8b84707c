/** The data key of an installation is changed while the service runs, and an old one forgotten (docs/decisions/025). */
import { keepNeeded, readKey, saveRing } from '../db/key-file.ts';
import {
  activate,
  activeKey,
  addKnown,
  complete,
  type KeyRing,
  keysOfRoots,
  nameOfKey,
  without,
} from '../db/key-ring.ts';
import { listLibraries } from '../db/library.ts';
import { countSealedBy, type Resealed, resealTable, SEALED_TABLES } from '../db/sealed-columns.ts';
import { alone, holdersBehind, type KeyRefusal, type KeyWork, othersEnded } from './key-work.ts';

export type RotateResult =
  | { readonly ok: true; readonly id: number; readonly changed: number; readonly old: readonly number[] }
  | KeyRefusal
  /** Keys of the environment: a new one has to be put there first, with this number. */
  | { readonly ok: false; readonly reason: 'environment'; readonly next: number }
  | { readonly ok: false; readonly reason: 'no-more-ids' }
  | { readonly ok: false; readonly reason: 'stopped'; readonly changed: number }
  /** Some values could not be opened; all others are sealed with the new key. */
  | { readonly ok: false; readonly reason: 'unreadable'; readonly count: number };

/**
 * Makes a new data key and seals everything with it; a work that was stopped goes on instead. The new key is first known
 * to every process and only then used by any, so that nobody meets a value that he cannot open.
 */
export function rotateDataKey(work: KeyWork): Promise<RotateResult> {
  return alone(work, () => replaceDataKey(work));
}

/** The same for whoever has the lock already. */
export async function replaceDataKey(work: KeyWork): Promise<RotateResult> {
  const read = await readKey(work);
  if (!read.ok) return read;
  const begun = await begin(work, read.ring);
  if (!begun.ok) return begun;
  const { ring } = begun;
  const { id } = activeKey(ring);
  // Whoever sealed with the key before has written, or is found by a later way through.
  const holders = await holdersBehind(work, (holder) => holder.active === id);
  if (holders.length > 0) return { ok: false, reason: 'holders-behind', holders };
  const sealed = await sealAll(work);
  if (sealed.stopped) return { ok: false, reason: 'stopped', changed: sealed.changed };
  if (sealed.unreadable > 0) return { ok: false, reason: 'unreadable', count: sealed.unreadable };
  if (ring.file !== null) await saveRing(complete(ring, work.deps.now()));
  const old = ring.keys.filter((key) => key.id < id).map((key) => key.id);
  return { ok: true, id, changed: sealed.changed, old };
}

export type ForgetResult =
  | {
      readonly ok: true;
      readonly id: number /** Keys of the environment are removed by whoever set them. */;
      readonly remove: boolean;
      /** It is the root as well. */
      readonly isRoot: boolean;
    }
  | KeyRefusal
  | { readonly ok: false; readonly reason: 'unknown-key' | 'active-key' }
  /** So many values, by table, would be lost. */
  | { readonly ok: false; readonly reason: 'in-use'; readonly counts: ReadonlyMap<string, number> }
  /** A backup or an export began before; what it reads may still need the key. */
  | { readonly ok: false; readonly reason: 'busy' };

/** Takes a data key out of the ring, only when no value needs it. Backups hold the keys that they need themselves. */
export function forgetDataKey(work: KeyWork, id: number): Promise<ForgetResult> {
  return alone(work, async (): Promise<ForgetResult> => {
    const read = await readKey(work);
    if (!read.ok) return read;
    const { ring } = read;
    if (!ring.keys.some((key) => key.id === id)) return { ok: false, reason: 'unknown-key' };
    const active = activeKey(ring).id;
    // One that is only known may be about to be used.
    if (id >= active) return { ok: false, reason: 'active-key' };
    const holders = await holdersBehind(work, (holder) => holder.active === active);
    if (holders.length > 0) return { ok: false, reason: 'holders-behind', holders };
    const libraries = (await listLibraries(work.owner)).map((library) => library.id);
    const used = () => countSealedBy(work.owner, libraries, id);
    // First the quick answer; then what was being written meanwhile, for it may carry a value that was read before.
    const before = await used();
    if (before.size > 0) return { ok: false, reason: 'in-use', counts: before };
    if (!(await othersEnded(work))) return { ok: false, reason: 'busy' };
    const after = await used();
    if (after.size > 0) return { ok: false, reason: 'in-use', counts: after };
    const kept = without(ring, id);
    await keepNeeded(work.client, kept.keys.map(nameOfKey));
    if (ring.file !== null) await saveRing(kept);
    const isRoot = keysOfRoots(ring, [ring.root]).some((key) => key.id === id);
    return { ok: true, id, remove: ring.file === null, isRoot };
  });
}

/** The ring with the key that everything is to be sealed with, active everywhere this file is read. */
async function begin(
  work: KeyWork,
  ring: KeyRing,
): Promise<{ readonly ok: true; readonly ring: KeyRing } | Extract<RotateResult, { ok: false }>> {
  const active = activeKey(ring);
  const newest = ring.keys.at(-1) ?? active;
  const waiting = newest.state === 'known' ? newest : undefined;
  const unfinished = active.id > 1 && active.completeAt === null;
  if (ring.file === null && active.id === 1) return { ok: false, reason: 'environment', next: newest.id + 1 };
  if (ring.file === null || (unfinished && !waiting)) {
    work.tell({ step: 'goes-on', id: active.id });
    return { ok: true, ring };
  }
  const made = waiting
    ? { ring, added: waiting }
    : addKnown(ring, work.deps.randomBytes(32), work.deps.now());
  if (!made) return { ok: false, reason: 'no-more-ids' };
  const { ring: known, added: next } = made;
  if (!waiting) await saveRing(known);
  work.tell({ step: 'made', id: next.id });
  const name = nameOfKey(next);
  const holders = await holdersBehind(work, (holder) => holder.keys.includes(name));
  if (holders.length > 0) return { ok: false, reason: 'holders-behind', holders };
  // A start with an older file is refused from here on.
  await keepNeeded(work.client, known.keys.map(nameOfKey));
  const used = activate(known, next.id);
  await saveRing(used);
  work.tell({ step: 'active', id: next.id });
  return { ok: true, ring: used };
}

/** Again and again through all tables, until a way through finds nothing to do. */
async function sealAll(
  work: KeyWork,
): Promise<{ readonly stopped: boolean; readonly changed: number; readonly unreadable: number }> {
  const { owner, deps, signal } = work;
  let changed = 0;
  for (;;) {
    let again = false;
    let unreadable = 0;
    for (const { id } of await listLibraries(owner)) {
      for (const table of SEALED_TABLES) {
        let done: Resealed;
        try {
          done = await resealTable(owner, deps.vault, id, table, (count) => {
            changed += count;
            if (count > 0) work.tell({ step: 'sealed', table: table.table, changed });
            signal.throwIfAborted();
          });
        } catch (error) {
          if (signal.aborted) return { stopped: true, changed, unreadable };
          throw error;
        }
        again ||= done.changed > 0 || done.left > 0;
        unreadable += done.unreadable;
      }
    }
    if (!again) return { stopped: false, changed, unreadable };
  }
}
