/**
 * Statements that nobody waits for before their transaction ends. Each answer that is waited for wakes two processes, which
 * costs as much as a short statement: what a change writes travels together, with its end (docs/decisions/050).
 */
import type { Tx } from './connection.ts';

const given = new WeakMap<Tx, Promise<unknown>[]>();

/** Begins to keep what is given to this transaction; whoever calls it waits for `settled` when the transaction is over. */
export function keepLater(tx: Tx): { settled(): Promise<void> } {
  const kept: Promise<unknown>[] = [];
  given.set(tx, kept);
  return {
    /** @throws what the first that failed threw: what the server refused, it kept nothing of, whatever it answered to the commit */
    async settled() {
      // What comes now comes too late, and is told so.
      given.delete(tx);
      for (const outcome of await Promise.allSettled(kept))
        if (outcome.status === 'rejected') throw outcome.reason;
    },
  };
}

/**
 * Runs a statement, in its place among the others, whose answer nobody needs. If it fails, the transaction fails with its
 * error; until then those behind it may fail as well.
 */
export async function later(tx: Tx, statement: { execute(): Promise<unknown> }): Promise<void> {
  const running = statement.execute();
  const kept = given.get(tx);
  // A transaction that was begun elsewhere asks for nothing at its end.
  if (kept === undefined) return void (await running);
  // It is told at the end; until then this is no rejection that nobody heard of.
  running.catch(() => undefined);
  kept.push(running);
}
