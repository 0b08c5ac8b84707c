/**
 * Writing together what waits together. A commit waits for the disk whether it holds one person's rows or sixty's, and
 * a statement costs the database nearly as much to begin and end as to run: under load one statement writes for all who
 * wait, while somebody who comes alone is written at once (docs/decisions/015).
 */
import type { Db } from './connection.ts';

/** So many batches of a group are on their way at most; who comes meanwhile goes with the next one. */
const AT_ONCE = 1;
/** So many go together at most: an error among them makes each be written alone, and nobody waits for long. */
const MOST = 64;

interface Waiting<Item, Answer> {
  readonly item: Item;
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}

interface Group<Item, Answer> {
  underWay: number;
  readonly waiting: Waiting<Item, Answer>[];
}

/** Batches on their way by database handle; who waits has one before it, which takes it along when it is done. */
const running = new WeakMap<Db, Set<Promise<void>>>();

/**
 * Makes a function that writes one item and answers when it is kept: alone, or with others of its group.
 * @param write one statement for all items, all or nothing, the answers in their order. Called again with one item
 *   alone when it failed for several: one person's error is never another's. A lost connection does not tell whether a
 *   batch was kept, so that writing an item a second time must find what the first time wrote.
 */
export function gathering<Item, Answer>(
  write: (db: Db, items: readonly Item[]) => Promise<readonly Answer[]>,
): (db: Db, group: string, item: Item) => Promise<Answer> {
  const handles = new WeakMap<Db, Map<string, Group<Item, Answer>>>();

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
      if (batch.length === 1) batch[0]?.reject(error);
      else await Promise.all(batch.map((one) => alone(db, one.item).then(one.resolve, one.reject)));
    }
  }

  async function run(db: Db, name: string, groups: Map<string, Group<Item, Answer>>): Promise<void> {
    const group = groups.get(name);
    if (!group) return;
    group.underWay++;
    while (group.waiting.length > 0) await together(db, group.waiting.splice(0, MOST));
    if (--group.underWay === 0) groups.delete(name);
  }

  return (db, name, item) => {
    // A transaction has one connection, and what it writes is kept or not with the rest of it.
    if (db.isTransaction) return alone(db, item);
    const groups = handles.get(db) ?? new Map<string, Group<Item, Answer>>();
    handles.set(db, groups);
    const group = groups.get(name) ?? { underWay: 0, waiting: [] };
    groups.set(name, group);
    return new Promise((resolve, reject) => {
      group.waiting.push({ item, resolve, reject });
      if (group.underWay < AT_ONCE) track(db, run(db, name, groups));
    });
  };
}

/** Resolves when everything that was given to be written on this handle is answered. */
export async function settled(db: Db): Promise<void> {
  for (let batches = running.get(db); batches && batches.size > 0; ) await Promise.all(batches);
}

function track(db: Db, batch: Promise<void>): void {
  const batches = running.get(db) ?? new Set();
  running.set(db, batches);
  batches.add(batch);
  void batch.finally(() => batches.delete(batch));
}
