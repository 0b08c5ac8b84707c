import type { Odds } from './weights.ts';

/** Evidence for one person in bits: against two strangers, two people of one household, and twins. */
export interface Bits {
  readonly unrelated: number;
  readonly household: number;
  readonly twin: number;
}

export function bitsOf(odds: Odds): Bits {
  return {
    unrelated: Math.log2(odds.same / odds.unrelated),
    household: Math.log2(odds.same / odds.household),
    twin: Math.log2(odds.same / odds.twin),
  };
}
