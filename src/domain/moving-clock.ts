/** The clock of the moving code: how long one is shown, and how long it is taken. */

/** A moving code is made anew this often. */
export const WINDOW_SECONDS = 30;

/**
 * How far the clocks of phone and gate may differ, either way. A code is taken from this long before its window to
 * this long after it; so a screenshot lives for at most 30 + 2 × 15 = 60 seconds, whatever the clocks say within this
 * tolerance, and a code just shown is always taken.
 */
export const CLOCK_TOLERANCE_SECONDS = 15;

/** Beginning of the window of this instant, in seconds since 1970. @param now milliseconds since 1970 */
export function windowAt(now: number): number {
  return Math.floor(now / 1000 / WINDOW_SECONDS) * WINDOW_SECONDS;
}

/**
 * Whether the code of a window is taken now. `early`: one of the two clocks is wrong, the code is not old.
 * @param window its beginning, in seconds @param now milliseconds since 1970, of the gate
 */
export function freshness(window: number, now: number): 'fresh' | 'stale' | 'early' {
  const seconds = now / 1000;
  if (seconds >= freshUntil(window)) return 'stale';
  return seconds < window - CLOCK_TOLERANCE_SECONDS ? 'early' : 'fresh';
}

/** The instant in seconds from which the code of a window is stale. */
export function freshUntil(window: number): number {
  return window + WINDOW_SECONDS + CLOCK_TOLERANCE_SECONDS;
}

/**
 * What to add to the own clock to get the server's, in milliseconds: as in SNTP (RFC 4330), the server's answer is
 * taken to be from the middle between question and answer. `error`: half of that time, the most it can be wrong.
 * @param asked,answered by the own clock
 */
export function clockOffset(
  asked: number,
  answered: number,
  server: number,
): { readonly offset: number; readonly error: number } {
  return { offset: server - (asked + answered) / 2, error: Math.abs(answered - asked) / 2 };
}
