import pg from 'pg';

/** Number of the type in pg_type. */
export const TIMESTAMPTZ = 1184;

const DASH = 45;
const ZERO = 48;

const usualInstant = pg.types.getTypeParser(TIMESTAMPTZ, 'text') as (text: string) => Date;

/**
 * `2026-11-23 07:13:33.123456+00` and the like, down to the millisecond. A page has hundreds of times, and the pattern that
 * takes all that PostgreSQL can write (infinity, years before Christ) costs ten times as much as reading the usual places.
 */
export function parseInstant(text: string): Date {
  const zone = text.length > 19 ? Math.max(text.indexOf('+', 19), text.indexOf('-', 19)) : -1;
  if (
    zone === -1 ||
    zone > 26 ||
    text.length !== zone + 3 ||
    text.charCodeAt(4) !== DASH ||
    text.charCodeAt(0) === ZERO
  )
    return usualInstant(text);
  const at = Date.UTC(
    digits(text, 0, 4),
    digits(text, 5, 7) - 1,
    digits(text, 8, 10),
    digits(text, 11, 13),
    digits(text, 14, 16),
    digits(text, 17, 19),
    zone > 20 ? milliseconds(text, zone) : 0,
  );
  const hours = digits(text, zone + 1, zone + 3) * (text.charCodeAt(zone) === DASH ? -1 : 1);
  return new Date(at - hours * 3_600_000);
}

function digits(text: string, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) value = value * 10 + text.charCodeAt(at) - ZERO;
  return value;
}

/** Three digits behind the point, as far as there are any; what is finer is cut off, as `Date` does. */
function milliseconds(text: string, end: number): number {
  const to = Math.min(end, 23);
  return digits(text, 20, to) * (to === 23 ? 1 : to === 22 ? 10 : 100);
}
