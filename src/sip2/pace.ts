import type { ClientId } from '../domain/ids.ts';
import type { CountOf, RateExchange } from '../usecases/shared-counts.ts';

/** How fast a device may ask: so many messages a minute, a tenth of a minute's at once. */
export interface Pace {
  /** Counts `cost` messages. @returns milliseconds to wait before the answer */
  take(client: ClientId, perMinute: number, cost: number): number;
}

/** What processes tell each other is counted in windows of a minute. */
const WINDOW_MS = 60_000;
/** What a device asked of other processes slows it here by no more than this: by itself it sends nobody away. */
const MOST_FROM_OTHERS_MS = 2_500;

interface Bucket {
  /** Messages that may still be asked at once; below zero: asked too fast. */
  left: number;
  at: number;
  most: number;
  perMs: number;
  /** Asked here and not told yet. */
  untold: number;
  /** As it stood when the others were last heard of, and what was asked here since. */
  heard: { readonly left: number; readonly at: number };
  since: number;
  /** What all had counted then, in which window; null where nothing was heard. */
  all: { readonly count: number; readonly endsAt: number } | null;
}

/**
 * @param parts.now in milliseconds, of a clock that is never set
 * @param parts.exchange shares a device's pace with the other processes about each second (decision 053); undefined: this
 *   process paces by itself
 */
export function openPace(
  parts: {
    readonly now?: () => number;
    readonly exchange?: RateExchange | undefined;
    /** The clock of the windows; default the computer's. */
    readonly wall?: () => number;
  } = {},
): Pace {
  const { now = () => performance.now(), exchange, wall = Date.now } = parts;
  const buckets = new Map<string, Bucket>();
  /** What was told and not answered yet. */
  let told = new Map<string, number>();

  function hear(counted: CountOf): void {
    const bucket = buckets.get(counted.key);
    if (!bucket) return;
    const { count, endsAt } = counted;
    const at = now();
    refill(bucket, at);
    const before = bucket.all?.endsAt === endsAt ? bucket.all : undefined;
    const others = Math.max(0, count - (before?.count ?? 0) - (told.get(counted.key) ?? 0));
    // What came back while the others asked: since they were last heard of, or since this window began.
    const from = before ? bucket.heard : { left: bucket.most, at: at - (WINDOW_MS - (endsAt - wall())) };
    const whole = from.left + Math.max(0, at - from.at) * bucket.perMs - bucket.since - others;
    const least = Math.min(bucket.left, -MOST_FROM_OTHERS_MS * bucket.perMs);
    if (others > 0) bucket.left = Math.min(bucket.left, Math.max(least, whole));
    bucket.heard = { left: bucket.left, at };
    bucket.since = 0;
    bucket.all = { count, endsAt };
  }

  exchange?.join('sip2 pace', {
    tell() {
      const endsAt = wall() + WINDOW_MS;
      const counts: CountOf[] = [];
      told = new Map();
      for (const [key, bucket] of buckets) {
        if (bucket.untold === 0) continue;
        counts.push({ key, count: bucket.untold, endsAt });
        told.set(key, bucket.untold);
        bucket.untold = 0;
      }
      return { counts, forgotten: [] };
    },
    keep(counts) {
      for (const { key, count } of counts) {
        const bucket = buckets.get(key);
        if (bucket) bucket.untold += count;
      }
    },
    hear: (counts) => counts.forEach(hear),
  });

  return {
    take(client, perMinute, cost) {
      const at = now();
      const most = Math.max(10, perMinute / 10);
      const bucket = buckets.get(client) ?? {
        left: most,
        at,
        most,
        perMs: 0,
        untold: 0,
        heard: { left: most, at },
        since: 0,
        all: null,
      };
      buckets.set(client, bucket);
      bucket.most = most;
      bucket.perMs = perMinute / 60_000;
      refill(bucket, at);
      bucket.left -= cost;
      bucket.since += cost;
      if (exchange) bucket.untold += cost;
      return bucket.left >= 0 ? 0 : Math.ceil(-bucket.left / bucket.perMs);
    },
  };
}

function refill(bucket: Bucket, at: number): void {
  bucket.left = Math.min(bucket.most, bucket.left + (at - bucket.at) * bucket.perMs);
  bucket.at = at;
}
