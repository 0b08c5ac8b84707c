/** The data key of an installation is changed while the service runs, and an old one forgotten (docs/decisions/025). */
import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import type { Db } from '../db/connection.ts';
import { type KeyPlace, type KeyResult, keepNeeded, readKey, saveRing } from '../db/key-file.ts';
import { type KeyHolder, listHolders } from '../db/key-holders.ts';
import { activate, activeKey, addKnown, complete, type KeyRing, nameOfKey, without } from '../db/key-ring.ts';
import { listLibraries } from '../db/library.ts';
import { countSealedBy, type Resealed, resealTable, SEALED_TABLES } from '../db/sealed-columns.ts';
import type { Deps } from './context.ts';

/** A process looks for newer keys every three seconds, and counts as gone after sixty. */
const WAIT_MS = 75_000;
const ASK_MS = 500;
/** Everybody else's transactions end within seconds, but for a backup's. */
const OTHERS_MS = 120_000;

export interface KeyWork extends KeyPlace {
  /** Owner of the tables, without a limit of time. */
  readonly owner: Db;
  /** As the owner; held open for as long as the work takes. */
  readonly client: pg.ClientBase;
  readonly deps: Pick<Deps, 'vault' | 'now' | 'randomBytes'>;
  /** Stops between two batches. */
  readonly signal: AbortSignal;
  readonly tell: (step: KeyStep) => void;
  /** How long other processes are waited for; told otherwise by tests only. */
  readonly waitMs?: number;
}

export type KeyStep =
  | { readonly step: 'made' | 'goes-on' | 'active'; readonly id: number }
  | { readonly step: 'waits'; readonly holders: readonly KeyHolder[] }
  | { readonly step: 'sealed'; readonly table: string; readonly changed: number };

export type KeyRefusal =
  | Extract<KeyResult, { ok: false }>
  /** The same work is under way elsewhere. */
  | { readonly ok: false; readonly reason: 'under-way' }
  /** These processes have not taken over the keys: they have a file of their own, or an environment. */
  | { readonly ok: false; readonly reason: 'holders-behind'; readonly holders: readonly KeyHolder[] };

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
  return alone(work, async (): Promise<RotateResult> => {
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
  });
}

export type ForgetResult =
  | {
      readonly ok: true;
      readonly id: number /** Keys of the environment are removed by whoever set them. */;
      readonly remove: boolean;
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
    return { ok: true, id, remove: ring.file === null };
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

/** Waits for the other processes; @returns those that had not done so in time */
async function holdersBehind(
  work: KeyWork,
  isThere: (holder: KeyHolder) => boolean,
): Promise<readonly KeyHolder[]> {
  const until = performance.now() + (work.waitMs ?? WAIT_MS);
  let told = false;
  for (;;) {
    const behind = (await listHolders(work.owner)).filter((holder) => !isThere(holder));
    if (behind.length === 0 || performance.now() > until || work.signal.aborted) return behind;
    if (!told) work.tell({ step: 'waits', holders: behind });
    told = true;
    await pause(ASK_MS);
  }
}

/** Whether every transaction of this moment ended in time; seen by its lock, which shows to every role. */
async function othersEnded({ client, waitMs = OTHERS_MS }: KeyWork): Promise<boolean> {
  const open = async (): Promise<readonly string[]> => {
    const { rows } = await client.query<{ id: string }>(
      `select virtualtransaction as id from pg_locks join pg_stat_activity using (pid)
       where locktype = 'virtualxid' and granted and datname = current_database() and pid <> pg_backend_pid()`,
    );
    return rows.map(({ id }) => id);
  };
  const until = performance.now() + waitMs;
  let waiting = await open();
  while (waiting.length > 0) {
    if (performance.now() > until) return false;
    await pause(ASK_MS);
    const now = new Set(await open());
    waiting = waiting.filter((id) => now.has(id));
  }
  return true;
}

/** One at a time in the whole installation; the lock ends with the connection, however the work ends. */
async function alone<Result>(
  work: KeyWork,
  act: () => Promise<Result>,
): Promise<Result | { readonly ok: false; readonly reason: 'under-way' }> {
  const name = `hashtextextended('daftar-pustaka data keys', 0)`;
  const { rows } = await work.client.query<{ mine: boolean }>(`select pg_try_advisory_lock(${name}) as mine`);
  if (rows[0]?.mine !== true) return { ok: false, reason: 'under-way' };
  try {
    return await act();
  } finally {
    await work.client.query(`select pg_advisory_unlock(${name})`).catch(() => undefined);
  }
}
