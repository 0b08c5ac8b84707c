import type { ClientId } from '../domain/ids.ts';

/** How fast a device may ask: so many messages a minute, a tenth of a minute's at once. */
export interface Pace {
  /** Counts `cost` messages. @returns milliseconds to wait before the answer */
  take(client: ClientId, perMinute: number, cost: number): number;
}

interface Bucket {
  /** Messages that may still be asked at once; below zero: asked too fast. */
  left: number;
  at: number;
}

/** @param now in milliseconds, of a clock that is never set */
export function openPace(now: () => number = () => performance.now()): Pace {
  const buckets = new Map<ClientId, Bucket>();
  return {
    take(client, perMinute, cost) {
      const most = Math.max(10, perMinute / 10);
      const perMs = perMinute / 60_000;
      const at = now();
      const bucket = buckets.get(client) ?? { left: most, at };
      buckets.set(client, bucket);
      bucket.left = Math.min(most, bucket.left + (at - bucket.at) * perMs) - cost;
      bucket.at = at;
      return bucket.left >= 0 ? 0 : Math.ceil(-bucket.left / perMs);
    },
  };
}
