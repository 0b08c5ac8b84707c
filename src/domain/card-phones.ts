/** How many phones may show the moving code of one card: rules of the certifying server. */

/** Phones that keep a card at the same time; a further one takes the place of the one that came first. */
export const KEPT_PHONES = 3;
/**
 * Phones that may be added within the life of a certificate: so many, and the three of before that were renewed just
 * then, live at any time, and no more.
 */
export const NEW_PHONES = 6;
/** Openings of the page that keep nothing, within an hour: somebody reloads; a program asks without end. */
export const OPENINGS_PER_HOUR = 20;
/** Life of a certificate whose key is gone with the page: a visit to the library from the bus to the evening. */
export const OPENING_HOURS = 12;

/** A key that was certified for the present address of a card. Times in milliseconds since 1970. */
export interface CardPhone {
  readonly key: string;
  /** Kept on the phone, because the holder wanted it; else gone with the page. */
  readonly kept: boolean;
  /** When it was certified first in this way. */
  readonly since: number;
}

export type PhoneVerdict =
  | 'certify'
  /** It was kept once, and newer phones took its place. */
  | 'displaced'
  | 'too-many';

/**
 * Whether one more certificate is made.
 * @param phones all of the card's present address, those of the last `lifeDays` at least
 * @param lifeDays of a kept phone's certificate
 */
export function judgePhone(
  phones: readonly CardPhone[],
  asked: { readonly key: string; readonly kept: boolean },
  now: number,
  lifeDays: number,
): PhoneVerdict {
  const alike = phones
    .filter(({ kept }) => kept === asked.kept)
    .sort((one, other) => other.since - one.since);
  const place = alike.findIndex(({ key }) => key === asked.key);
  const within = asked.kept ? lifeDays * 86_400_000 : 3_600_000;
  const most = asked.kept ? NEW_PHONES : OPENINGS_PER_HOUR;
  if (place >= 0) return asked.kept && place >= KEPT_PHONES ? 'displaced' : 'certify';
  return alike.filter(({ since }) => since > now - within).length >= most ? 'too-many' : 'certify';
}
