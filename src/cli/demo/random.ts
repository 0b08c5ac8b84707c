import { risingUuids } from '../../domain/ids.ts';

/** Chance that gives the same demonstration at every run: one generator, drawn from in one order. */
export interface Chance {
  /** From 0 up to, without, 1. */
  next(): number;
  /** A whole number, both ends included. */
  int(from: number, to: number): number;
  /** True that often: 0.3 is three times in ten. */
  often(share: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** One of the values, each as often as its weight says. */
  weighted<T>(choices: readonly (readonly [T, number])[]): T;
  /** Around a middle, most near it, some much later: how long work and waiting take. Never below a third. */
  around(middle: number): number;
  bytes(length: number): Uint8Array;
  /** Identifiers that rise with time, as those of the service. */
  readonly uuid: (now: Date) => string;
}

/** @param seed any text */
export function chanceOf(seed: string): Chance {
  let state = 0x9e3779b9;
  for (const char of seed) state = Math.imul(state ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  /** mulberry32: 32 bits of state are plenty for sample data. */
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }
  const int = (from: number, to: number) => from + Math.floor(next() * (to - from + 1));
  const bytes = (length: number) => Uint8Array.from({ length }, () => int(0, 255));
  function pick<T>(list: readonly T[]): T {
    const chosen = list[int(0, list.length - 1)];
    if (chosen === undefined) throw new RangeError('nothing to choose from');
    return chosen;
  }
  return {
    next,
    int,
    bytes,
    pick,
    often: (share) => next() < share,
    weighted(choices) {
      let left = next() * choices.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [value, weight] of choices) {
        left -= weight;
        if (left < 0) return value;
      }
      return pick(choices)[0];
    },
    around(middle) {
      // The sum of three draws is nearly a bell; its square stretches the late side.
      const bell = (next() + next() + next()) / 1.5;
      return Math.max(middle / 3, middle * (0.35 + 0.65 * bell * bell));
    },
    uuid: risingUuids(bytes),
  };
}
