import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MatchCosts, USUAL_COSTS, verdictOf } from './compare.ts';
import { COST_LIMITS, leavesRoomToLook, thresholdsOf } from './costs.ts';

const costs: fc.Arbitrary<MatchCosts> = fc.record({
  wrongSame: fc.double({ min: COST_LIMITS.wrongSame.least, max: COST_LIMITS.wrongSame.most, noNaN: true }),
  missed: fc.double({ min: COST_LIMITS.missed.least, max: COST_LIMITS.missed.most, noNaN: true }),
});

describe('the costs of the two errors', () => {
  it('are usually such that an officer looks between 29 and 96 per cent', () => {
    expect(thresholdsOf(USUAL_COSTS)).toEqual({ look: 1 / 3.5, same: 0.96 });
  });

  it('give the answer that costs least, whatever they are', () => {
    fc.assert(
      fc.property(costs.filter(leavesRoomToLook), fc.double({ min: 0, max: 1, noNaN: true }), (of, score) => {
        const cost = { same: (1 - score) * of.wrongSame, look: 1, different: score * of.missed };
        const chosen = verdictOf(score, of);
        expect(cost[chosen]).toBeLessThanOrEqual(Math.min(...Object.values(cost)) + 1e-9);
        const { look, same } = thresholdsOf(of);
        const far = Math.abs(score - look) > 1e-9 && Math.abs(score - same) > 1e-9;
        if (far) expect(chosen).toBe(score > same ? 'same' : score > look ? 'look' : 'different');
      }),
    );
  });
});
