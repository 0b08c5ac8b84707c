/** What all work on the keys of an installation has in common: one at a time, and no process left behind. */
import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import type { Db } from '../db/connection.ts';
import type { KeyPlace, KeyResult } from '../db/key-file.ts';
import { type KeyHolder, listHolders } from '../db/key-holders.ts';
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
  /** The root that is there and only read, the same after an interruption, the one in use. */
  | { readonly step: 'root-made' | 'root-goes-on' | 'root-active'; readonly number: number }
  | { readonly step: 'waits'; readonly holders: readonly KeyHolder[] }
  | { readonly step: 'sealed'; readonly table: string; readonly changed: number };

export type KeyRefusal =
  | Extract<KeyResult, { ok: false }>
  /** The same work is under way elsewhere. */
  | { readonly ok: false; readonly reason: 'under-way' }
  /** These processes have not taken over the keys: they have a file of their own, or an environment. */
  | { readonly ok: false; readonly reason: 'holders-behind'; readonly holders: readonly KeyHolder[] };

/** Waits for the other processes; @returns those that had not done so in time */
export async function holdersBehind(
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
export async function othersEnded({ client, waitMs = OTHERS_MS }: KeyWork): Promise<boolean> {
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
export async function alone<Result>(
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
