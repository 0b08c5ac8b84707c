/**
 * Reading once for all who ask at the same moment. When somebody comes, every open queue of the library looks again within the
 * same tenth of a second: one read answers them all. Nobody is shown what was read before they asked (docs/decisions/049).
 */
import type { Db } from './connection.ts';

interface Lane<Answer> {
  running: Promise<Answer>;
  /** For whoever asked after `running` began. */
  next: Promise<Answer> | undefined;
}

/** A connection that has died without a word holds up those who asked with it, and nobody else for longer than this. */
const PATIENCE_MS = 2_000;

/**
 * Makes a function that reads for a group, such as a library and a day. Who asks while a read of the group is under way waits
 * for the next one, which begins when that ends; all who wait share it, and must leave the answer as it is.
 * @param patienceMs a read that takes longer is not waited for by the next one
 */
export function sharing<Answer>(
  patienceMs = PATIENCE_MS,
): (db: Db, group: string, read: () => Promise<Answer>) => Promise<Answer> {
  const handles = new WeakMap<Db, Map<string, Lane<Answer>>>();

  function begin(
    lanes: Map<string, Lane<Answer>>,
    group: string,
    read: () => Promise<Answer>,
  ): Promise<Answer> {
    const lane: Lane<Answer> = { running: (async () => read())(), next: undefined };
    lanes.set(group, lane);
    const end = (): void => {
      if (lane.next === undefined && lanes.get(group) === lane) lanes.delete(group);
    };
    lane.running.then(end, end);
    return lane.running;
  }

  return (db, group, read) => {
    // A transaction sees what it wrote itself.
    if (db.isTransaction) return read();
    const lanes = handles.get(db) ?? new Map<string, Lane<Answer>>();
    handles.set(db, lanes);
    const lane = lanes.get(group);
    if (!lane) return begin(lanes, group, read);
    lane.next ??= ended(lane.running, patienceMs).then(() => begin(lanes, group, read));
    return lane.next;
  };
}

/** Resolves when a read has come to its end, whatever that is, or has taken so long. */
function ended(running: Promise<unknown>, patienceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, patienceMs);
    const end = (): void => {
      clearTimeout(timer);
      resolve();
    };
    running.then(end, end);
  });
}
