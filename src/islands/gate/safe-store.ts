import type { OutboxVisit } from '../../domain/gate-protocol.ts';
import type { GateStore, WaitingVisit } from './store.ts';

/**
 * A store that goes on where the disk does not: it is full, or the browser has closed its database. A visit that cannot be
 * written waits in memory, is sent from there, and is written as soon as that is possible (`settle`). What is only kept
 * for the next start is left out.
 * @param memory holds what the disk did not take
 */
export function safeStore(disk: GateStore, memory: GateStore): GateStore {
  let unsaved = 0;
  let settling: Promise<void> | undefined;

  /** What the disk says, or nothing. */
  async function onDisk<Value>(asked: () => Promise<Value>, nothing: Value): Promise<Value> {
    try {
      return await asked();
    } catch {
      return nothing;
    }
  }

  /** Places in memory are negative. */
  async function inMemory(count = Number.POSITIVE_INFINITY): Promise<readonly WaitingVisit[]> {
    const waiting = await memory.firstVisits(count);
    return waiting.map(({ place, visit }) => ({ place: -place, visit }));
  }

  async function count(): Promise<void> {
    unsaved = await memory.countVisits();
  }

  async function settleOnce(): Promise<void> {
    for (const { place, visit } of await memory.firstVisits(Number.POSITIVE_INFINITY)) {
      try {
        await disk.addVisit(visit);
      } catch {
        return;
      }
      // Sent meanwhile, it is sent again from the disk, and known there by its key.
      await memory.removeVisits([place], []);
      await count();
    }
  }

  return {
    lasts: true,
    unsaved: () => unsaved,
    settle() {
      settling ??= settleOnce().finally(() => {
        settling = undefined;
      });
      return settling;
    },
    read: (name) => onDisk(() => disk.read(name), undefined),
    write: (name, value) => onDisk(() => disk.write(name, value), undefined),
    async addVisit(visit) {
      try {
        await disk.addVisit(visit);
      } catch {
        await memory.addVisit(visit);
        await count();
      }
    },
    async firstVisits(most) {
      const written = await onDisk(() => disk.firstVisits(most), []);
      return [...written, ...(await inMemory(most - written.length))];
    },
    countVisits: async () => (await onDisk(disk.countVisits, 0)) + (await memory.countVisits()),
    async removeVisits(places, refused) {
      const away = places.filter((place) => place < 0).map((place) => -place);
      await memory.removeVisits(away, []);
      await count();
      try {
        await disk.removeVisits(
          places.filter((place) => place >= 0),
          refused,
        );
      } catch (error) {
        await memory.removeVisits([], refused);
        // Those of the disk are still there and are sent again later: not at once, and not for ever.
        if (away.length < places.length) throw error;
      }
    },
    async tellTimes(timeOf) {
      await memory.tellTimes(timeOf);
      await onDisk(() => disk.tellTimes(timeOf), undefined);
    },
    async withdrawVisit(key) {
      await memory.withdrawVisit(key);
      await count();
      await onDisk(() => disk.withdrawVisit(key), undefined);
    },
    async refusedVisits() {
      const none: readonly OutboxVisit[] = [];
      return [...(await onDisk(disk.refusedVisits, none)), ...(await memory.refusedVisits())];
    },
    async clearRefused() {
      await memory.clearRefused();
      await onDisk(disk.clearRefused, undefined);
    },
    async takeCode(key, until, now) {
      // Both: what was taken while the disk was away is known after it is back.
      const isNew = await memory.takeCode(key, until, now);
      return isNew && onDisk(() => disk.takeCode(key, until, now), true);
    },
    seenCodes: () => onDisk(disk.seenCodes, new Map<string, number>()),
    forget: async () => {
      await memory.forget();
      // The page that is shown after it tries again.
      await onDisk(disk.forget, undefined);
    },
  };
}
