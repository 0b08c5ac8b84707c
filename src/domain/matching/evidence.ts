import type { Odds } from './weights.ts';

/** Evidence for one person in bits: against two strangers, and against two people of one household. */
export interface Bits {
  readonly unrelated: number;
  readonly household: number;
}

export function bitsOf(odds: Odds): Bits {
  return {
    unrelated: Math.log2(odds.same / odds.unrelated),
    household: Math.log2(odds.same / odds.household),
  };
}
