/** Character sets that a device may be set to. SIP 2.00 leaves them to the two sides. */
export const CHARSETS = ['utf8', 'latin1'] as const;
export type Charset = (typeof CHARSETS)[number];

/** Signs that a keyboard or a word processor writes and Latin-1 has not. */
const PLAIN: Readonly<Record<string, string>> = {
  '‘': "'",
  '’': "'",
  ʼ: "'",
  ʻ: "'",
  '“': '"',
  '”': '"',
  '–': '-',
  '—': '-',
  '‐': '-',
  '…': '...',
  ı: 'i',
  ł: 'l',
  Ł: 'L',
  đ: 'd',
  Đ: 'D',
};

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** One byte a character, as it came over the line. */
export function bytesToBinary(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

function binaryToBytes(binary: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

/** A value of a message as text. What is no UTF-8 from a device that should speak it is read as Latin-1: nothing is lost. */
export function readText(binary: string, charset: Charset): string {
  if (charset === 'latin1' || isAscii(binary)) return binary;
  try {
    return decoder.decode(binaryToBytes(binary));
  } catch {
    return binary;
  }
}

/** Text as bytes in the device's character set; where it has no such letter, the nearest one, else a question mark. */
export function writeText(text: string, charset: Charset): Uint8Array<ArrayBuffer> {
  if (charset === 'utf8') return encoder.encode(text);
  return binaryToBytes(isAscii(text) ? text : toLatin1(text));
}

function toLatin1(text: string): string {
  return Array.from(text.normalize('NFC'), (character) => {
    if (isLatin1(character)) return character;
    const plain = PLAIN[character] ?? character.normalize('NFD').replace(/\p{M}/gu, '');
    return plain !== '' && [...plain].every(isLatin1) ? plain : '?';
  }).join('');
}

function isLatin1(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x80 || (code >= 0xa0 && code <= 0xff);
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x7f) return false;
  return true;
}

/**
 * A value that can stand in a message: no control characters, no delimiter, no halves of characters.
 * @param longest in characters, never cutting one in two
 */
export function cleanValue(text: string, longest: number): string {
  const clean = text.replace(/[\p{Cc}\p{Cs}|\u2028\u2029]/gu, ' ').normalize('NFC');
  // What fits in UTF-16 units fits in characters.
  return clean.length <= longest ? clean : [...clean].slice(0, longest).join('');
}
