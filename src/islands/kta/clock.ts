import { clockOffset } from '../../domain/moving-clock.ts';

/** What this phone knows of the server's clock. */
export interface ServerClock {
  /** To be added to the own clock, milliseconds. */
  readonly offset: number;
  /** The most that it can be wrong. */
  readonly error: number;
  /** The own clock at the last time somebody looked: it never goes back, unless it was set. */
  readonly seen: number;
}

/** A network so slow that the answer says too little about the time. */
const WORST_ERROR_MS = 10_000;
/** Clocks are set back by a few seconds by the network's own time, all the time. */
const BACK_MS = 2_000;

export function learnClock(asked: number, answered: number, server: number): ServerClock | undefined {
  const { offset, error } = clockOffset(asked, answered, server);
  return error > WORST_ERROR_MS ? undefined : { offset, error, seen: answered };
}

/**
 * The clock as it is known now; undefined once the own one was set back, because then nothing is known any more. One
 * that was set forward looks like a phone that slept: the next word from the server puts it right.
 */
export function stillKnown(clock: ServerClock | undefined, own: number): ServerClock | undefined {
  return clock && own >= clock.seen - BACK_MS ? { ...clock, seen: Math.max(own, clock.seen) } : undefined;
}
