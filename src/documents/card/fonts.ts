/** The card's fonts as the layout measures them and the PDF embeds them: parsed once, asked a million times. */
import { type FontName, fontOf } from '../fonts.ts';

/** The part of a fontkit font used here. */
export interface CardFont {
  readonly unitsPerEm: number;
  readonly ascent: number;
  readonly descent: number;
  readonly capHeight: number;
  readonly italicAngle: number;
  readonly bbox: {
    readonly minX: number;
    readonly minY: number;
    readonly maxX: number;
    readonly maxY: number;
  };
  readonly postscriptName: string;
  readonly numGlyphs: number;
  glyphForCodePoint(code: number): {
    readonly id: number;
    readonly advanceWidth: number;
    readonly path: {
      readonly commands: readonly { readonly command: string; readonly args: readonly number[] }[];
    };
  };
  layout(text: string): {
    readonly glyphs: readonly { readonly id: number; readonly advanceWidth: number }[];
    readonly positions: readonly { readonly xAdvance: number }[];
  };
  createSubset(): { includeGlyph(id: number): number; encode(): Uint8Array };
}

/** A glyph of a line, and how much closer than its width the next one stands (kerning); thousandths of the size. */
export interface Glyph {
  readonly id: number;
  readonly code: number;
  readonly advance: number;
}

interface Known {
  readonly font: CardFont;
  readonly glyphs: Map<number, Glyph>;
  readonly kerns: Map<number, number>;
  readonly outlines: Map<number, readonly OutlinePart[]>;
}
const known = new Map<FontName, Known>();

function knownOf(name: FontName): Known {
  const found = known.get(name);
  if (found) return found;
  const made: Known = {
    font: fontOf(name) as unknown as CardFont,
    glyphs: new Map(),
    kerns: new Map(),
    outlines: new Map(),
  };
  known.set(name, made);
  return made;
}

export function cardFont(name: FontName): CardFont {
  return knownOf(name).font;
}

function glyphOf({ font, glyphs }: Known, code: number): Glyph {
  const found = glyphs.get(code);
  if (found) return found;
  const glyph = font.glyphForCodePoint(code);
  const made = { id: glyph.id, code, advance: (glyph.advanceWidth * 1000) / font.unitsPerEm };
  glyphs.set(code, made);
  return made;
}

/** By how much the pair stands closer (negative) or wider; the font's own table, asked once for each pair. */
function kernOf({ font, kerns }: Known, one: Glyph, other: Glyph): number {
  const key = one.code * 0x110000 + other.code;
  const found = kerns.get(key);
  if (found !== undefined) return found;
  const { glyphs, positions } = font.layout(String.fromCodePoint(one.code, other.code));
  const [first] = glyphs;
  // A ligature is one glyph: the letters stay themselves here.
  const kern =
    glyphs.length === 2 && first && positions[0]
      ? ((positions[0].xAdvance - first.advanceWidth) * 1000) / font.unitsPerEm
      : 0;
  kerns.set(key, kern);
  return kern;
}

/** A part of a letter's outline as SVG names it; points at size 1, upwards from the base line. */
export interface OutlinePart {
  readonly command: 'M' | 'L' | 'Q' | 'C' | 'Z';
  readonly points: readonly number[];
}

const COMMANDS: Readonly<Record<string, OutlinePart['command']>> = {
  moveTo: 'M',
  lineTo: 'L',
  quadraticCurveTo: 'Q',
  bezierCurveTo: 'C',
  closePath: 'Z',
};

export function outlineOf(name: FontName, glyph: Glyph): readonly OutlinePart[] {
  const { font, outlines } = knownOf(name);
  const found = outlines.get(glyph.id);
  if (found) return found;
  const made = font.glyphForCodePoint(glyph.code).path.commands.map(
    ({ command, args }): OutlinePart => ({
      command: COMMANDS[command] ?? 'Z',
      points: args.map((value) => value / font.unitsPerEm),
    }),
  );
  outlines.set(glyph.id, made);
  return made;
}

export interface ShapedLine {
  readonly glyphs: readonly Glyph[];
  /** Before each glyph but the first; thousandths of the size. */
  readonly kerns: readonly number[];
  /** Of the whole line at size 1. */
  readonly width: number;
}

export function shape(name: FontName, text: string): ShapedLine {
  const known = knownOf(name);
  const glyphs: Glyph[] = [];
  const kerns: number[] = [];
  let width = 0;
  let before: Glyph | undefined;
  for (const char of text) {
    const glyph = glyphOf(known, char.codePointAt(0) ?? 0x20);
    if (before) {
      const kern = kernOf(known, before, glyph);
      kerns.push(kern);
      width += kern;
    }
    glyphs.push(glyph);
    width += glyph.advance;
    before = glyph;
  }
  return { glyphs, kerns, width: width / 1000 };
}

/** Width of a line at size 1. */
export function measureCardText(name: FontName, text: string): number {
  return shape(name, text).width;
}
