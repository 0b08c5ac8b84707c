/** Crockford's base 32: no I, L, O and no U, so that a code read from a screen is typed right. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 8;

/**
 * A short-lived code that is typed once into another device: to enrol a kiosk, or to go on with a form on one's own
 * phone. Eight characters, 40 bits: with few tries and minutes to live it cannot be guessed.
 * @param random at least 8 random bytes
 */
export function newDeviceCode(random: Uint8Array): string {
  if (random.length < LENGTH) throw new RangeError('newDeviceCode wants 8 random bytes');
  return Array.from(random.subarray(0, LENGTH), (byte) => ALPHABET.charAt(byte % 32)).join('');
}

/** The code as typed (spaces, hyphens and small letters do not matter; O is 0, I and L are 1), or undefined. */
export function readDeviceCode(typed: string): string | undefined {
  const code = typed
    .toUpperCase()
    .replace(/[\s-]+/g, '')
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1');
  return /^[0-9A-HJKMNP-TV-Z]{8}$/.test(code) ? code : undefined;
}

/** For the screen, in two groups: `K7F2-M9QX`. */
export function formatDeviceCode(code: string): string {
  return `${code.slice(0, 4)}-${code.slice(4)}`;
}
