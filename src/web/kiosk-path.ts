/** A kiosk or gate stands in public: what somebody typed must not wait there for the next one. Seconds. */
export const KIOSK_FORGETS_AFTER = 90;

/** Where a kiosk or gate begins, for an address below it; undefined for every other page. */
export function kioskOfPath(pathname: string): string | undefined {
  return /^(\/[^/]+\/(?:buku-tamu|gerbang))(?:\/|$)/.exec(pathname)?.[1];
}
