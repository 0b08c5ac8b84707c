export type CleanTextResult =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly reason: 'control_characters' | 'too_long' };

/** Invisible marks that come along when text is copied: soft hyphen, zero-width space and joiners, byte order mark. */
const INVISIBLE = /[\u00AD\u200B\u2060\uFEFF]/g;
/** Control characters, halves of surrogate pairs, and marks that turn the direction of what follows. */
const FORBIDDEN = /[\p{Cc}\p{Cs}\u202A-\u202E\u2066-\u2069]/u;

/** Words of ASCII with one space between them, or nothing. */
const PLAIN = /^(?:[!-~]+(?: [!-~]+)*)?$/;

/**
 * One line of text as a person typed it: spaces at the ends dropped, runs of white space (line breaks too)
 * made one space, canonical composition (NFC). Letters and their case stay as they are. May be empty.
 * @param longest in characters, not UTF-16 units
 */
export function cleanText(typed: string, longest: number): CleanTextResult {
  // Most answers are plain already: nothing below would change them, and it costs ten times as much.
  if (PLAIN.test(typed))
    return typed.length > longest ? { ok: false, reason: 'too_long' } : { ok: true, text: typed };
  const text = typed.replace(INVISIBLE, '').normalize('NFC').replace(/\s+/g, ' ').trim();
  if (FORBIDDEN.test(text)) return { ok: false, reason: 'control_characters' };
  return [...text].length > longest ? { ok: false, reason: 'too_long' } : { ok: true, text };
}
