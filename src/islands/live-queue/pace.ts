/** Changes come in twos and threes: one look sees them all. */
const QUIET_MS = 150;
/** While one change follows the other, a page looks this often: nobody reads faster. */
const PACE_MS = 3_000;
/** A service that takes its time is asked less often: a tenth of the time at most, by a page that nobody touched. */
const SHARE = 10;
/** But no page is older than that: somebody looks up at it. */
const SLOWEST_MS = 15_000;

/**
 * Milliseconds after a change until the page looks again. The first change after a quiet time is seen at once; in a stream of
 * changes all pages together must not ask more than the service answers, and none may wait for the stream to end.
 */
export function whenToLook(page: {
  readonly now: number;
  readonly lookedAt: number;
  readonly tookMs: number;
}): number {
  const pace = Math.min(SLOWEST_MS, Math.max(PACE_MS, SHARE * page.tookMs));
  return Math.max(QUIET_MS, page.lookedAt + pace - page.now);
}
