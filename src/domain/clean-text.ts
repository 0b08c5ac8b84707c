export type CleanTextResult =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly reason: 'control_characters' | 'too_long' };

/**
 * Invisible marks that come along when text is copied: soft hyphen, zero-width space, byte order mark, and the marks of
 * direction that phones put around names and numbers. Nobody could find one to delete it.
 */
const INVISIBLE =
  /[\u00AD\u061C\u180E\u200B\u200E\u200F\u202A-\u202E\u2060-\u2064\u2066-\u206F\uFEFF\u{E0000}-\u{E007F}]/gu;
/** Control characters and halves of surrogate pairs. */
const FORBIDDEN = /[\p{Cc}\p{Cs}]/u;

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
