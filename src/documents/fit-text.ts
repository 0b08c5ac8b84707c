import type { FontName } from './fonts.ts';
import { printable } from './fonts.ts';
import type { Pdf } from './pdf.ts';

export interface TextBox {
  readonly font: FontName;
  /** Points. */
  readonly width: number;
  readonly height: number;
  /** Font sizes in points: the size wished for, and the one below which words may be broken. */
  readonly max: number;
  readonly min: number;
  /** Line height as a multiple of the size; 1.15 unless told. */
  readonly leading?: number;
}

export interface FittedText {
  readonly font: FontName;
  readonly size: number;
  /** Distance of lines in points. */
  readonly leading: number;
  readonly lines: readonly string[];
}

/** Width of a text at size 1, in the unit of the size. */
export type Measure = (font: FontName, text: string) => number;

/** Measures as pdfkit sets the text in this document. */
export function measureIn(doc: Pdf): Measure {
  // At size 100, because widths grow in proportion with the size.
  return (font, text) => doc.font(font).fontSize(100).widthOfString(text) / 100;
}

/**
 * The largest setting of a text that fits its box: wrapped between words down to the smallest size, then
 * within words, then smaller still. It always fits and never loses a letter: a name cut off on a card is
 * another person's name.
 */
export function fitText(measureText: Measure, text: string, box: TextBox): FittedText {
  const leading = box.leading ?? 1.15;
  const widths = new Map<string, number>();
  // A word's width is the same for every size tried.
  const measure = (part: string) => {
    const width = widths.get(part) ?? measureText(box.font, part);
    widths.set(part, width);
    return width;
  };
  const words = printable(text).split(' ');
  const space = measure(' ');
  const set = (size: number, breakWords: boolean): FittedText | undefined => {
    const lines = wrap(words, measure, space, box.width / size, breakWords);
    const fits = lines && lines.length * size * leading <= box.height;
    return fits ? { font: box.font, size, leading: size * leading, lines } : undefined;
  };
  for (let size = box.max; size >= box.min; size -= 0.25) {
    const fitted = set(size, false);
    if (fitted) return fitted;
  }
  // One word too long for the line: broken and readable is better than whole and tiny.
  for (let size = (box.max + box.min) / 2; ; size *= 0.97) {
    const fitted = set(size, true);
    if (fitted) return fitted;
  }
}

/**
 * Sets texts at sizes that are given one after the other, for texts that shall all have the same one. Undefined where a
 * word is wider than the line and may not be broken.
 */
export function setterOf(
  measureText: Measure,
  font: FontName,
  text: string,
): (size: number, width: number, leading: number, breakWords: boolean) => FittedText | undefined {
  const widths = new Map<string, number>();
  const measure = (part: string) => {
    const width = widths.get(part) ?? measureText(font, part);
    widths.set(part, width);
    return width;
  };
  const words = printable(text).split(' ');
  const space = measure(' ');
  return (size, width, leading, breakWords) => {
    const lines = wrap(words, measure, space, width / size, breakWords);
    return lines && { font, size, leading: size * leading, lines };
  };
}

/** Wraps a text at a fixed size, however many lines it takes; only words wider than the box are broken. */
export function wrapText(
  doc: Pdf,
  text: string,
  font: FontName,
  size: number,
  width: number,
): readonly string[] {
  const measure = (part: string) => measureIn(doc)(font, part);
  const words = printable(text).split(' ');
  return wrap(words, measure, measure(' '), width / size, true) ?? [];
}

/** Draws fitted lines with the top of the first line at y. */
export function drawLines(
  doc: Pdf,
  text: Pick<FittedText, 'font' | 'size' | 'leading' | 'lines'>,
  at: {
    readonly x: number;
    readonly y: number;
    readonly width?: number;
    readonly align?: 'left' | 'center' | 'right';
  },
): void {
  doc.font(text.font).fontSize(text.size);
  text.lines.forEach((line, index) => {
    const free = at.width === undefined ? 0 : at.width - doc.widthOfString(line);
    const shift = at.align === 'center' ? free / 2 : at.align === 'right' ? free : 0;
    // lineBreak off: pdfkit would wrap again, and cut what is below the page's end.
    doc.text(line, at.x + shift, at.y + index * text.leading, { lineBreak: false });
  });
}

/** Lines no wider than the limit; undefined where a single word is wider and may not be broken. */
function wrap(
  words: readonly string[],
  measure: (part: string) => number,
  space: number,
  limit: number,
  breakWords: boolean,
): string[] | undefined {
  const lines: string[] = [];
  let line = '';
  let used = 0;
  for (const word of words) {
    const width = measure(word);
    if (width > limit && !breakWords) return undefined;
    const pieces = width > limit ? breakWord(word, measure, limit) : [word];
    for (const piece of pieces) {
      const pieceWidth = measure(piece);
      if (line !== '' && pieces.length === 1 && used + space + pieceWidth <= limit) {
        line += ` ${piece}`;
        used += space + pieceWidth;
      } else {
        if (line !== '') lines.push(line);
        line = piece;
        used = pieceWidth;
      }
    }
  }
  lines.push(line);
  return lines;
}

const graphemes = new Intl.Segmenter('id', { granularity: 'grapheme' });

/** Pieces of nearly equal width, so that no single letter is left on the last line. */
function breakWord(word: string, measure: (part: string) => number, limit: number): string[] {
  const letters = [...graphemes.segment(word)].map((s) => s.segment);
  for (let count = Math.ceil(measure(word) / limit); count < letters.length; count++) {
    const each = Math.ceil(letters.length / count);
    const pieces = Array.from({ length: Math.ceil(letters.length / each) }, (_, index) =>
      letters.slice(index * each, (index + 1) * each).join(''),
    );
    if (pieces.every((piece) => measure(piece) <= limit)) return pieces;
  }
  return letters;
}
