import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Readable } from 'node:stream';
import PDFDocument from 'pdfkit';

export type Pdf = PDFKit.PDFDocument;

/** Points in a millimetre. */
export const MM = 72 / 25.4;
/** Points in a dot of a 300 dpi card printer: bars that begin and end on dots print sharp. */
export const DOT = 72 / 300;
export const A4 = { width: 595.28, height: 841.89 } as const;

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
interface ParsedFont {
  hasGlyphForCodePoint(code: number): boolean;
}
const parsed = new Map<FontName, ParsedFont>();

/** A font, read and parsed once for all documents: that takes as long as drawing twenty cards. */
export function fontOf(name: FontName): ParsedFont {
  const known = parsed.get(name);
  if (known) return known;
  const file = readFileSync(FILES[name]());
  const holder = new PDFDocument({ autoFirstPage: false, font: asSource(file) });
  const font = (holder as unknown as { _font: { font: ParsedFont } })._font.font;
  parsed.set(name, font);
  return font;
}

/** The typings of pdfkit's `font` option want a file's name; it takes bytes and parsed fonts just as well. */
function asSource(font: Buffer | ParsedFont): string {
  return font as unknown as string;
}

export interface PdfOptions {
  readonly title: string;
  /** Who publishes it: the library. */
  readonly author: string;
  readonly lang: 'id' | 'en';
  /** When it was made; written into the file. */
  readonly now: Date;
  /** Keeps all pages until the end, for "page 1 of 3"; short documents only. */
  readonly bufferPages?: boolean;
}

/** An empty PDF document with the fonts registered; add pages, then end() it. */
export function newPdf(options: PdfOptions): Pdf {
  const doc = new PDFDocument({
    autoFirstPage: false,
    margin: 0,
    bufferPages: options.bufferPages ?? false,
    font: asSource(fontOf(FONTS.regular)),
    lang: options.lang,
    displayTitle: true,
    info: {
      Title: options.title,
      Author: options.author,
      Creator: 'Daftar Pustaka',
      Producer: 'pdfkit',
      CreationDate: options.now,
    },
  });
  for (const name of Object.values(FONTS)) doc.registerFont(name, asSource(fontOf(name)));
  return doc;
}

/** The whole of a stream, such as a PDF, as bytes. */
export async function bytesOf(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
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
