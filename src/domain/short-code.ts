import { normaliseTicketCode } from './ticket-code.ts';

/** Crockford's base 32, as ticket codes are written. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 8;

/**
 * Eight characters, 40 bits: typed for a few minutes in place of scanning a QR whose address has 128 bits. Too many
 * to guess within its minutes where the attempts are limited.
 * @param random at least 8 bytes, random or derived from a secret
 */
export function shortCodeOf(random: Uint8Array): string {
  if (random.length < LENGTH) throw new RangeError('shortCodeOf wants 8 bytes');
  return Array.from(random.subarray(0, LENGTH), (byte) => ALPHABET.charAt(byte % 32)).join('');
}

/** The code as typed (small letters, spaces, hyphens, O for 0, I and L for 1), or undefined. */
export function readShortCode(typed: string): string | undefined {
  const code = normaliseTicketCode(typed);
  return code.length === LENGTH && [...code].every((char) => ALPHABET.includes(char)) ? code : undefined;
}

/** For screens, in two groups: `K7F2-M9QX`. */
export function formatShortCode(code: string): string {
  return `${code.slice(0, 4)}-${code.slice(4)}`;
}
