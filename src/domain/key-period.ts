/**
 * How long a key makes anything new: its originator-usage period (NIST SP 800-57 part 1, 5.3.4), as docs/keys.md sets it for
 * data keys, keys of cards and keys for services. What it made can be read or verified for longer.
 */
const KEY_PERIOD_DAYS = 365;
const DAY_MS = 86_400_000;

/** Whether a key that is in use should have been replaced. */
export function isPastPeriod(madeAt: Date, now: Date): boolean {
  return now.getTime() - madeAt.getTime() > KEY_PERIOD_DAYS * DAY_MS;
}
