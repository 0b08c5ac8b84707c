import type { MatchCosts } from './compare.ts';

/** What a library may name: below, an error would cost no more than a look; above, the answer no longer changes. */
export const COST_LIMITS = {
  wrongSame: { least: 2, most: 1_000 },
  missed: { least: 1.1, most: 100 },
} as const satisfies Record<keyof MatchCosts, { readonly least: number; readonly most: number }>;

/** The probabilities at which the cheapest answer changes, as `verdictOf` gives it. */
export interface Thresholds {
  /** From here on a person looks: a missed double would cost more than the look. */
  readonly look: number;
  /** From here on "the same": a look would cost more than the error it prevents. */
  readonly same: number;
}

export function thresholdsOf(costs: MatchCosts): Thresholds {
  return { look: 1 / costs.missed, same: 1 - 1 / costs.wrongSame };
}

/** Whether anything is left for a person to look at between "different" and "the same". */
export function leavesRoomToLook(costs: MatchCosts): boolean {
  const { look, same } = thresholdsOf(costs);
  return look < same;
}
