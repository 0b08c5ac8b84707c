import { createHash } from 'node:crypto';

/** So many keys at most are remembered, some 10 MB. */
const MOST_KEYS = 50_000;
const LONGEST_KEY = 100;

export interface RateLimit {
  /** Counts one; null where it may pass, else seconds until the next is free. */
  take(key: string): number | null;
  /** The same without counting: whether the next one would have to wait. */
  look(key: string): number | null;
  /** Takes one count back: it was no guess. */
  giveBack(key: string): void;
  /** Begins anew for this key. */
  forget(key: string): void;
  /** Keys remembered now. */
  size(): number;
}

interface Window {
  count: number;
  readonly endsAt: number;
}

/**
 * Counts by key in this process's memory, in windows that begin with a key's first count (decision 009). Its memory
 * has an end however many addresses somebody sends from: two generations of half the keys each, and when the younger is
 * full the older is forgotten. Whoever is counted again is young again, so a flood forgives only those who stopped.
 * @param limit `points` pass within `seconds`; `now` in milliseconds, for tests
 */
export function openRateLimit(limit: {
  readonly points: number;
  readonly seconds: number;
  readonly mostKeys?: number;
  readonly now?: () => number;
}): RateLimit {
  const { points, seconds, mostKeys = MOST_KEYS, now = Date.now } = limit;
  const length = seconds * 1000;
  let young = new Map<string, Window>();
  let old = new Map<string, Window>();
  let bornAt = now();

  function standing(key: string, at: number): Window | undefined {
    const found = young.get(key) ?? old.get(key);
    return found && found.endsAt > at ? found : undefined;
  }

  function keep(key: string, window: Window, at: number): void {
    // A generation as old as a window has no younger windows than the next one: what it forgets is over.
    if ((young.size >= mostKeys / 2 && !young.has(key)) || at - bornAt >= length) {
      old = young;
      young = new Map();
      bornAt = at;
    }
    old.delete(key);
    young.set(key, window);
  }

  const waitOf = (window: Window, at: number) => Math.max(1, Math.ceil((window.endsAt - at) / 1000));

  return {
    take(given) {
      const key = short(given);
      const at = now();
      const window = standing(key, at) ?? { count: 0, endsAt: at + length };
      window.count++;
      keep(key, window, at);
      return window.count <= points ? null : waitOf(window, at);
    },
    look(given) {
      const at = now();
      const found = standing(short(given), at);
      return found && found.count >= points ? waitOf(found, at) : null;
    },
    giveBack(given) {
      const found = standing(short(given), now());
      if (found && found.count > 0) found.count--;
    },
    forget(given) {
      const key = short(given);
      young.delete(key);
      old.delete(key);
    },
    size: () => young.size + old.size,
  };
}

/** A key may be typed by a stranger, and a slice of a long text keeps the whole of it. */
function short(key: string): string {
  return key.length <= LONGEST_KEY ? key : createHash('sha256').update(key).digest('base64');
}
