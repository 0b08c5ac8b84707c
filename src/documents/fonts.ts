/** The fonts of all printed matter; without pdfkit, so that threads that draw cards need not load it. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { create } from 'fontkit';

/**
 * Source Sans 3 (OFL 1.1): all of Latin with its diacritics, Greek and Cyrillic; narrow, so long names fit.
 * The names are the fonts' own: under any other, pdfkit reads the font file anew at each change of font.
 */
export const FONTS = {
  regular: 'SourceSans3-Regular',
  medium: 'SourceSans3-SemiBold',
  bold: 'SourceSans3-Bold',
} as const;
export type FontName = (typeof FONTS)[keyof typeof FONTS];

const require = createRequire(import.meta.url);
// Whole names, so that tools that look for unused packages see this one.
const FILES: Record<FontName, () => string> = {
  'SourceSans3-Regular': () =>
    require.resolve('@expo-google-fonts/source-sans-3/400Regular/SourceSans3_400Regular.ttf'),
  'SourceSans3-SemiBold': () =>
    require.resolve('@expo-google-fonts/source-sans-3/600SemiBold/SourceSans3_600SemiBold.ttf'),
  'SourceSans3-Bold': () =>
    require.resolve('@expo-google-fonts/source-sans-3/700Bold/SourceSans3_700Bold.ttf'),
};

/** The part of a fontkit font used here; pdfkit takes such a font wherever it takes a file. */
export interface ParsedFont {
  hasGlyphForCodePoint(code: number): boolean;
}
const parsed = new Map<FontName, ParsedFont>();

/** A font, read and parsed once for all documents: that takes as long as drawing twenty cards. */
export function fontOf(name: FontName): ParsedFont {
  const known = parsed.get(name);
  if (known) return known;
  const font = create(readFileSync(FILES[name]())) as unknown as ParsedFont;
  parsed.set(name, font);
  return font;
}

/** Text as it is printed: composed letters, single spaces, no control characters. */
export function printable(text: string): string {
  return text
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
}

/**
 * The characters of a text that the embedded font lacks (Arabic or Javanese script, emoji): printed as an
 * empty box, so the desk asks for a Latin spelling before the card is printed. Empty: all print.
 */
export function unprintable(text: string): readonly string[] {
  const font = fontOf(FONTS.medium);
  const missing = [...printable(text)].filter((char) => !font.hasGlyphForCodePoint(char.codePointAt(0) ?? 0));
  return [...new Set(missing)];
}
