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

/**
 * Makes a function that reads for a group, such as a library and a day. Who asks while a read of the group is under way waits
 * for the next one, which begins when that ends; all who wait share it, and must leave the answer as it is.
 */
export function sharing<Answer>(): (db: Db, group: string, read: () => Promise<Answer>) => Promise<Answer> {
  const handles = new WeakMap<Db, Map<string, Lane<Answer>>>();

  function begin(
    lanes: Map<string, Lane<Answer>>,
    group: string,
    read: () => Promise<Answer>,
  ): Promise<Answer> {
    const lane: Lane<Answer> = { running: read(), next: undefined };
    lanes.set(group, lane);
    const end = (): void => {
      if (lane.next === undefined) lanes.delete(group);
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
    const start = () => begin(lanes, group, read);
    lane.next ??= lane.running.then(start, start);
    return lane.next;
  };
}
