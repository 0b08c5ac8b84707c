import { createHash } from 'node:crypto';
import type { CountOf, RateExchange } from '../usecases/shared-counts.ts';

/** So many keys at most are remembered, some 10 MB. */
const MOST_KEYS = 50_000;
const LONGEST_KEY = 100;

export interface RateLimit {
  /** Counts one; null where it may pass, else seconds until the next is free. */
  take(key: string): number | null;
  /** The same without counting: whether the next one would have to wait; `points` where fewer are meant to pass. */
  look(key: string, points?: number): number | null;
  /** What is counted of it now, and the seconds until it begins anew. */
  standing(key: string): { readonly count: number; readonly seconds: number };
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
 * Counts by key in this process's memory, in windows that begin with a key's first count, and shares what it counts
 * with the other processes about each second (decision 022). Its memory has an end however many addresses somebody
 * sends from: two generations of half the keys each, and when the younger is full the older is forgotten. Whoever is
 * counted again is young again, so a flood forgives only those who stopped.
 * @param limit `points` pass within `seconds`; `name` tells one limit from another where counts are shared; `now` in
 *   milliseconds, for tests
 */
export function openRateLimit(limit: {
  readonly points: number;
  readonly seconds: number;
  readonly mostKeys?: number;
  readonly now?: () => number;
  readonly shared?: { readonly name: string; readonly exchange: RateExchange | undefined };
}): RateLimit {
  const { points, seconds, mostKeys = MOST_KEYS, now = Date.now, shared } = limit;
  const length = seconds * 1000;
  let young = new Map<string, Window>();
  let old = new Map<string, Window>();
  let bornAt = now();
  /** Not told yet; null where nobody listens. */
  let pending: Map<string, CountOf> | null = null;
  const dropped = new Set<string>();

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

  function note(key: string, count: number, endsAt: number): void {
    if (pending === null) return;
    const before = pending.get(key);
    if (before === undefined && pending.size >= mostKeys) return;
    pending.set(key, { key, count: (before?.count ?? 0) + count, endsAt });
  }

  const waitOf = (window: Window, at: number) => Math.max(1, Math.ceil((window.endsAt - at) / 1000));

  if (shared?.exchange) {
    pending = new Map();
    shared.exchange.join(shared.name, {
      tell() {
        const told = { counts: [...(pending ?? []).values()], forgotten: [...dropped] };
        pending = new Map();
        dropped.clear();
        return told;
      },
      keep(counts, forgotten) {
        for (const one of counts) if (one.endsAt > now()) note(one.key, one.count, one.endsAt);
        for (const key of forgotten) if (dropped.size < mostKeys) dropped.add(key);
      },
      hear(counts) {
        const at = now();
        for (const one of counts) {
          if (one.endsAt <= at || dropped.has(one.key)) continue;
          const since = pending?.get(one.key)?.count ?? 0;
          keep(one.key, { count: Math.max(0, one.count + since), endsAt: one.endsAt }, at);
        }
      },
    });
  }

  return {
    take(given) {
      const key = short(given);
      const at = now();
      const window = standing(key, at) ?? { count: 0, endsAt: at + length };
      window.count++;
      keep(key, window, at);
      note(key, 1, window.endsAt);
      return window.count <= points ? null : waitOf(window, at);
    },
    look(given, least = points) {
      const at = now();
      const found = standing(short(given), at);
      return found && found.count >= least ? waitOf(found, at) : null;
    },
    standing(given) {
      const at = now();
      const found = standing(short(given), at);
      return found ? { count: found.count, seconds: waitOf(found, at) } : { count: 0, seconds };
    },
    giveBack(given) {
      const key = short(given);
      const found = standing(key, now());
      if (!found || found.count === 0) return;
      found.count--;
      note(key, -1, found.endsAt);
    },
    forget(given) {
      const key = short(given);
      young.delete(key);
      old.delete(key);
      if (pending === null) return;
      pending.delete(key);
      if (dropped.size < mostKeys) dropped.add(key);
    },
    size: () => young.size + old.size,
  };
}

/** A key may be typed by a stranger, and a slice of a long text keeps the whole of it. */
function short(key: string): string {
  return key.length <= LONGEST_KEY ? key : createHash('sha256').update(key).digest('base64');
}
