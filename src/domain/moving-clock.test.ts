import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CLOCK_TOLERANCE_SECONDS, clockOffset, freshness, WINDOW_SECONDS, windowAt } from './moving-clock.ts';

const instants = fc.integer({ min: 0, max: 4_000_000_000_000 });
const skews = fc.integer({ min: -CLOCK_TOLERANCE_SECONDS * 1000, max: CLOCK_TOLERANCE_SECONDS * 1000 });

describe('the clock of the moving code', () => {
  it('lets in whoever shows the present code, also where the clocks differ by as much as is tolerated', () => {
    fc.assert(
      fc.property(instants, skews, (now, skew) => {
        fc.pre(Math.abs(skew) < CLOCK_TOLERANCE_SECONDS * 1000);
        expect(freshness(windowAt(now + skew), now)).toBe('fresh');
      }),
    );
  });

  it('stops a screenshot within 60 seconds, whatever the clocks say within the tolerance', () => {
    fc.assert(
      fc.property(instants, skews, (taken, skew) => {
        expect(freshness(windowAt(taken + skew), taken + 60_000)).toBe('stale');
      }),
    );
  });

  it('tells an old code from a wrong clock', () => {
    const now = 1_800_000_000_000;
    expect(freshness(windowAt(now - 5 * 60_000), now)).toBe('stale');
    expect(freshness(windowAt(now + 5 * 60_000), now)).toBe('early');
    expect(windowAt(now) % WINDOW_SECONDS).toBe(0);
  });

  it('learns the time of the server to half of the time that the answer took', () => {
    fc.assert(
      fc.property(
        instants,
        fc.integer({ min: -1e9, max: 1e9 }),
        fc.nat(5000),
        fc.nat(5000),
        (asked, ahead, there, back) => {
          const learned = clockOffset(asked, asked + there + back, asked + there + ahead);
          expect(Math.abs(learned.offset - ahead)).toBeLessThanOrEqual(learned.error);
        },
      ),
    );
  });
});
