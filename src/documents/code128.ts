// The named export `raw` is another function than its typings say.
import bwip from 'bwip-js/node';
import type { Pdf } from './pdf.ts';
import { barsSvg } from './svg.ts';

/** The bars of a Code 128 symbol, without its quiet zones. */
export interface Code128 {
  /** Width in modules. */
  readonly modules: number;
  readonly bars: readonly { readonly x: number; readonly width: number }[];
}

/** The quiet zone that ISO/IEC 15417 asks for on either side, in modules. */
export const CODE128_QUIET = 10;

/** The Code 128 symbol of a text. Throws RangeError for text that is empty or not printable ASCII. */
export function code128(text: string): Code128 {
  if (!/^[\x20-\x7e]{1,80}$/.test(text))
    throw new RangeError('Code 128 takes 1 to 80 printable ASCII characters');
  const [symbol] = bwip.raw('code128', text, '');
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
  symbol: Code128,
  at: { readonly x: number; readonly y: number; readonly module: number; readonly height: number },
): void {
  const rectangles = symbol.bars.map((bar) => `${bar.x} 0 ${bar.width} 1 re`).join('\n');
  doc.save().translate(at.x, at.y).scale(at.module, at.height).addContent(`0 g\n${rectangles}\nf`).restore();
}
