// The named export `raw` is another function than its typings say.
import bwip from 'bwip-js/node';
import type { BarcodeKind } from '../domain/card-design.ts';
import type { Pdf } from './pdf.ts';
import { barsSvg } from './svg.ts';

/** The bars of a symbol, without its quiet zones. */
export interface Bars {
  /** Width in modules. */
  readonly modules: number;
  readonly bars: readonly { readonly x: number; readonly width: number }[];
}

/** The quiet zone that ISO/IEC 15417 and 16388 ask for on either side, in modules. */
export const QUIET: Readonly<Record<BarcodeKind, number>> = { code128: 10, code39: 10 };
export const CODE128_QUIET = QUIET.code128;

/** The Code 128 symbol of a text. Throws RangeError for text that is empty or not printable ASCII. */
export function code128(text: string): Bars {
  if (!/^[\x20-\x7e]{1,80}$/.test(text))
    throw new RangeError('Code 128 takes 1 to 80 printable ASCII characters');
  return rawBars('code128', text);
}

/** Code 39 holds capitals, digits and a few marks: what it cannot hold is printed as Code 128, which all newer scanners read. */
export function barsOf(kind: BarcodeKind, text: string): Bars {
  return kind === 'code39' && /^[0-9A-Z\-. $/+%]{1,40}$/.test(text) ? rawBars('code39', text) : code128(text);
}

function rawBars(kind: BarcodeKind, text: string): Bars {
  const [symbol] = bwip.raw(kind, text, '');
  if (!symbol || !('sbs' in symbol)) throw new Error('no bars');
  const bars: { x: number; width: number }[] = [];
  let x = 0;
  symbol.sbs.forEach((width, index) => {
    if (index % 2 === 0) bars.push({ x, width });
    x += width;
  });
  return { modules: x, bars };
}

/** An accessible SVG picture of the Code 128 of a text, quiet zones included; it stretches to any height. */
export function code128Svg(text: string, title: string): string {
  const { modules, bars } = code128(text);
  const height = 40;
  const path = bars
    .map((bar) => `M${bar.x + CODE128_QUIET} 0h${bar.width}v${height}h-${bar.width}z`)
    .join('');
  return barsSvg({ title, width: modules + 2 * CODE128_QUIET, height, path, proportional: false });
}

/** Draws a Code 128 symbol as one filled vector path. x, y: top left of its first bar; all in points. */
export function drawCode128(
  doc: Pdf,
  symbol: Bars,
  at: { readonly x: number; readonly y: number; readonly module: number; readonly height: number },
): void {
  const rectangles = symbol.bars.map((bar) => `${bar.x} 0 ${bar.width} 1 re`).join('\n');
  doc.save().translate(at.x, at.y).scale(at.module, at.height).addContent(`0 g\n${rectangles}\nf`).restore();
}
