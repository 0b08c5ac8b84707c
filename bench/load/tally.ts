/** What is counted while the load runs. */
import { percentile } from '../closed-loop.ts';

/** `look`: nothing is changed; `write`: something is; `refresh`: a page that fetched itself anew, nobody waits for it. */
export type Kind = 'look' | 'write' | 'refresh';
export const PHASES = ['warm', 'normal', 'spike', 'after'] as const;
export type Phase = (typeof PHASES)[number];

export interface Timed {
  readonly action: string;
  readonly kind: Kind;
  readonly phase: Phase;
  /** Milliseconds, of what a person waited for: the answer and the page it led to. */
  readonly taken: number;
  /** Milliseconds since 1970. */
  readonly begunAt: number;
  readonly endedAt: number;
}

export interface Tally {
  readonly times: Timed[];
  /** By phase. */
  readonly errors: Record<Phase, number>;
  /** Requests answered by "Layanan sedang padat" with Retry-After, looks and submits apart. */
  readonly refused: Record<Phase, { looks: number; submits: number }>;
  readonly conflicts: Record<string, number>;
  /** Submits begun, and those of them that arrived. */
  readonly submits: { begun: number; arrived: number };
  /** What was acknowledged, by what it left in the database. */
  readonly acknowledged: Record<Written, number>;
  /** The first few different ones, in words. */
  readonly troubles: Map<string, number>;
  /** The longest that a refused submit took to arrive, in milliseconds. */
  slowestArrival: number;
}

export const WRITTEN = ['registrations', 'visits', 'approvals'] as const;
export type Written = (typeof WRITTEN)[number];

const MOST_TROUBLES = 40;

export function newTally(): Tally {
  const each = <T>(make: () => T) =>
    Object.fromEntries(PHASES.map((phase) => [phase, make()])) as Record<Phase, T>;
  return {
    times: [],
    errors: each(() => 0),
    refused: each(() => ({ looks: 0, submits: 0 })),
    conflicts: {},
    submits: { begun: 0, arrived: 0 },
    acknowledged: { registrations: 0, visits: 0, approvals: 0 },
    troubles: new Map(),
    slowestArrival: 0,
  };
}

export function noteTrouble(tally: Tally, phase: Phase, text: string): void {
  tally.errors[phase]++;
  const known = tally.troubles.get(text);
  if (known !== undefined || tally.troubles.size < MOST_TROUBLES) tally.troubles.set(text, (known ?? 0) + 1);
}

export function timesOf(times: readonly Timed[], wanted: (one: Timed) => boolean): readonly number[] {
  return times
    .filter(wanted)
    .map(({ taken }) => taken)
    .sort((one, other) => one - other);
}

const WINDOW_MS = 3_000;
const STEP_MS = 250;

/**
 * Seconds from `since` until the p95 of writes is back under the limit and stays there for the next window as well; null where
 * that never happened. Of what is begun after it: an act of the spike that was asked to wait on its way took its time in the spike.
 */
export function recoverySeconds(times: readonly Timed[], since: number, limitMs: number): number | null {
  const writes = times.filter(({ kind, begunAt }) => kind === 'write' && begunAt >= since);
  const last = writes.reduce((latest, { begunAt }) => Math.max(latest, begunAt), since);
  const isGood = (from: number) => {
    const taken = timesOf(writes, ({ begunAt }) => begunAt >= from && begunAt < from + WINDOW_MS);
    return taken.length > 0 && percentile({ times: taken }, 95) <= limitMs;
  };
  for (let from = since; from + 2 * WINDOW_MS <= last; from += STEP_MS)
    if (isGood(from) && isGood(from + WINDOW_MS)) return (from - since) / 1000;
  return null;
}

/** Seconds from `since` until the last write that was begun before it was answered, its waits on the way among them. */
export function backlogSeconds(times: readonly Timed[], since: number): number {
  const left = times.filter(
    ({ kind, begunAt, endedAt }) => kind === 'write' && begunAt < since && endedAt > since,
  );
  return left.reduce((latest, { endedAt }) => Math.max(latest, endedAt - since), 0) / 1000;
}

/** How much a value grows in a minute, by the straight line nearest to the samples. */
export function growthPerMinute(samples: readonly { readonly at: number; readonly value: number }[]): number {
  const mean = (of: (one: (typeof samples)[number]) => number) =>
    samples.reduce((sum, one) => sum + of(one), 0) / Math.max(1, samples.length);
  const [at, value] = [mean((one) => one.at), mean((one) => one.value)];
  const above = samples.reduce((sum, one) => sum + (one.at - at) * (one.value - value), 0);
  const below = samples.reduce((sum, one) => sum + (one.at - at) ** 2, 0);
  return below === 0 ? 0 : (above / below) * 60_000;
}
