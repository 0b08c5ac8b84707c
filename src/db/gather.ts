/**
 * Writing together what waits together. A commit waits for the disk whether it holds one person's rows or sixty's, and
 * a statement costs the database more to begin and end than a row more in it: under load one statement writes for all
 * who wait, while somebody who comes alone is written at once. Nothing waits for a clock (docs/decisions/015).
 */
import type { Db } from './connection.ts';
import { Unconfirmed } from './standby.ts';

/** So many go together at most: an error among them makes each be written alone, and nobody waits for long. */
const MOST = 64;

interface Waiting<Item, Answer> {
  readonly item: Item;
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}

/** Groups that are being written, by database handle: each takes along what waits behind it. */
const running = new WeakMap<Db, Set<Promise<void>>>();

/**
 * Makes a function that writes one item and answers when it is kept. One batch of a group is on its way at a time; what
 * comes meanwhile goes with the next one.
 * @param write one statement for all items, all or nothing, the answers in their order. Called again with one item
 *   alone when it failed for several: one person's error is never another's. A lost connection does not tell whether a
 *   batch was kept, so that writing an item a second time must find what the first time wrote.
 */
export function gathering<Item, Answer>(
  write: (db: Db, items: readonly Item[]) => Promise<readonly Answer[]>,
): (db: Db, group: string, item: Item) => Promise<Answer> {
  /** By handle and group, while it is being written. */
  const handles = new WeakMap<Db, Map<string, Waiting<Item, Answer>[]>>();

  async function written(db: Db, items: readonly Item[]): Promise<readonly Answer[]> {
    const answers = await write(db, items);
    if (answers.length !== items.length) throw new Error('not all of a batch were answered');
    return answers;
  }

  async function alone(db: Db, item: Item): Promise<Answer> {
    const [answer] = await written(db, [item]);
    return answer as Answer;
  }

  async function together(db: Db, batch: readonly Waiting<Item, Answer>[]): Promise<void> {
    try {
      const answers = await written(
        db,
        batch.map((one) => one.item),
      );
      for (const [at, answer] of answers.entries()) batch[at]?.resolve(answer);
    } catch (error) {
      // Written again, what nobody has confirmed would find itself there, and be told as kept.
      if (batch.length === 1 || error instanceof Unconfirmed) for (const one of batch) one.reject(error);
      else await Promise.all(batch.map((one) => alone(db, one.item).then(one.resolve, one.reject)));
    }
  }

  return (db, group, item) => {
    // A transaction has one connection, and what it writes is kept or not with the rest of it.
    if (db.isTransaction) return alone(db, item);
    const groups = handles.get(db) ?? new Map<string, Waiting<Item, Answer>[]>();
    handles.set(db, groups);
    return new Promise((resolve, reject) => {
      const one = { item, resolve, reject };
      const behind = groups.get(group);
      if (behind) {
        behind.push(one);
        return;
      }
      const waiting = [one];
      groups.set(group, waiting);
      const run = async (): Promise<void> => {
        while (waiting.length > 0) await together(db, waiting.splice(0, MOST));
        groups.delete(group);
      };
      keepTrack(db, run());
    });
  };
}

/** Resolves when everything that was given to be written on this handle is answered. */
export async function settled(db: Db): Promise<void> {
  for (let groups = running.get(db); groups && groups.size > 0; ) await Promise.all(groups);
}

function keepTrack(db: Db, group: Promise<void>): void {
  const groups = running.get(db) ?? new Set();
  running.set(db, groups);
  groups.add(group);
  void group.finally(() => groups.delete(group));
}
