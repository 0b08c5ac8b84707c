/** How the bytes of a signed code become text for an address and a QR code; each has exactly one spelling. */

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Base64url without padding (RFC 4648 §5). */
export function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

/** Undefined for anything but the one spelling of these bytes: the unused last bits must be zero. */
export function fromBase64Url(text: string, longest: number): Uint8Array<ArrayBuffer> | undefined {
  if (text.length > longest || !/^[A-Za-z0-9_-]+$/.test(text) || text.length % 4 === 1) return undefined;
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
  return toBase64Url(bytes) === text ? bytes : undefined;
}

/**
 * Base32 without padding (RFC 4648 §6). A QR code holds capitals and digits in 5½ bits each, so that a byte costs
 * 8.8 bits where base64url costs 10.7.
 */
export function toBase32(bytes: Uint8Array): string {
  let text = '';
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += BASE32[(held >> (bits - 5)) & 31];
    held &= (1 << bits) - 1;
  }
  return bits > 0 ? text + BASE32[(held << (5 - bits)) & 31] : text;
}

/** Undefined for anything but the one spelling, capitals only. */
export function fromBase32(text: string, longest: number): Uint8Array<ArrayBuffer> | undefined {
  if (text.length > longest || !/^[A-Z2-7]+$/.test(text)) return undefined;
  const bytes = new Uint8Array(Math.floor((text.length * 5) / 8));
  let held = 0;
  let bits = 0;
  let at = 0;
  for (const char of text) {
    held = (held << 5) | BASE32.indexOf(char);
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at++] = held >> bits;
    held &= (1 << bits) - 1;
  }
  // A whole unused letter, or unused bits that are not zero: another spelling of the same bytes.
  return bits < 5 && held === 0 ? bytes : undefined;
}
