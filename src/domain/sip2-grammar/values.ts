import type { RefuseReason } from '../admission.ts';
import type { PlainDate } from '../plain-date.ts';
import { wallClockIn } from '../zone-clock.ts';

/** The four characters of a count that the system does not keep: items belong to the lending system. */
export const NOT_KEPT = '    ';
/** Codes of the table of languages; it has no Indonesian. */
export const LANGUAGE_CODES = { id: '000', en: '001' } as const;

/** `YYYYMMDD    HHMMSS`: four blanks for the zone mean local time. */
export function sip2Time(zone: string, at: Date): string {
  const { date, hour, minute, second } = wallClockIn(zone, at);
  return `${date.replaceAll('-', '')}    ${hour}${minute}${second}`;
}

/** A plain date as the extensions of lending systems write it: `YYYYMMDD`. */
export function sip2Date(date: PlainDate): string {
  return date.replaceAll('-', '');
}

/** Positions of the patron status; those of overdue items, fines and the like stay blank. */
const LOST = 4;
const LENGTH = 14;

/**
 * The fourteen characters of the patron status: all four privileges denied (lending, renewing, recalls, holds) for
 * whoever is refused, "card reported lost" where the card itself is dead.
 * @param refused null: valid
 */
export function patronStatus(refused: RefuseReason | 'look' | null): string {
  if (refused === null) return ' '.repeat(LENGTH);
  const lost = refused === 'revoked' || refused === 'superseded';
  return Array.from({ length: LENGTH }, (_, at) => (at < 4 || (at === LOST && lost) ? 'Y' : ' ')).join('');
}

/** Requests in the order of the field "supported messages" (BX). */
const SUPPORT_ORDER = [
  ['23'],
  ['11'],
  ['09'],
  ['01'],
  ['99'],
  ['96', '97'],
  ['93'],
  ['63'],
  ['35'],
  ['37'],
  ['17'],
  ['19'],
  ['25'],
  ['15'],
  ['29'],
  ['65'],
] as const;

/** One letter for each of sixteen requests. @param may the rights of the device */
export function supportedMessages(may: { readonly block: boolean; readonly enable: boolean }): string {
  const always = new Set(['23', '99', '96', '93', '63', '35']);
  return SUPPORT_ORDER.map(([id]) => {
    if (id === '01') return may.block ? 'Y' : 'N';
    if (id === '25') return may.enable ? 'Y' : 'N';
    return always.has(id) ? 'Y' : 'N';
  }).join('');
}
