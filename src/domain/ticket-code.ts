/** Crockford's base 32: no I, L, O (read as 1, 1, 0) and no U. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LETTERS = ALPHABET.slice(10);
const CODE = /^[A-HJKMNP-TV-Z][0-9A-HJKMNP-TV-Z]{6}$/;

/**
 * A short public code that a person can read out, type or write on paper: seven characters, the first a
 * letter, so that it never looks like a member number of digits. 23 thousand million codes; it opens nothing.
 * @param random at least 7 random bytes
 */
export function newTicketCode(random: Uint8Array): string {
  if (random.length < 7) throw new RangeError('newTicketCode wants 7 random bytes');
  const [first = 0, ...rest] = random.subarray(0, 7);
  // 256 is no multiple of 22: some first letters come a little more often, which does not matter for a public code.
  return LETTERS.charAt(first % LETTERS.length) + rest.map((byte) => ALPHABET.charAt(byte % 32)).join('');
}

/** As typed or scanned: capitals, no spaces or hyphens, O for 0, I and L for 1. */
export function normaliseTicketCode(typed: string): string {
  return typed
    .toUpperCase()
    .replace(/[\s-]+/g, '')
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1');
}

/** Whether a normalised text has the form of a ticket code. */
export function isTicketCode(text: string): boolean {
  return CODE.test(text);
}

/** For screens and paper, in two groups: `K7F-2M9Q`. */
export function formatTicketCode(code: string): string {
  return `${code.slice(0, 3)}-${code.slice(3)}`;
}

/**
 * Six digits with which an unfinished form is taken over at the counter. Short-lived and single-use: it is
 * guessable by design, so whoever checks it limits the attempts.
 * @param random at least 4 random bytes
 */
export function newHandOverCode(random: Uint8Array): string {
  if (random.length < 4) throw new RangeError('newHandOverCode wants 4 random bytes');
  const number = random.subarray(0, 4).reduce((sum, byte) => sum * 256 + byte, 0);
  return String(number % 1_000_000).padStart(6, '0');
}

/** The digits of a hand-over code as typed (spaces and hyphens do not matter), or undefined. */
export function readHandOverCode(typed: string): string | undefined {
  const digits = typed.replace(/[\s-]+/g, '');
  return /^\d{6}$/.test(digits) ? digits : undefined;
}
