import type { BarcodeKind } from '../domain/card-design.ts';
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

/** Widths of the bars and gaps of each value, ISO/IEC 15417 table 1; the last is the stop with its bar of two. */
const CODE128 = (
  '212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 ' +
  '123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 ' +
  '232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 ' +
  '313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 ' +
  '111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 ' +
  '111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 ' +
  '114311 411113 411311 113141 114131 311141 411131 211412 211214 211232 2331112'
).split(' ');
const TO_C = 99;
const TO_B = 100;
const START_B = 104;
const START_C = 105;
const STOP = 106;

/** The shortest symbol: pairs of digits in set C where that saves more than the changes of set cost. */
function code128Values(text: string): number[] {
  const isPair = (at: number): boolean => /^\d\d/.test(text.slice(at, at + 2));
  // From the end: how many values the rest takes in either set.
  const inB: number[] = Array.from({ length: text.length + 2 }, () => 0);
  const inC: number[] = Array.from({ length: text.length + 2 }, () => 0);
  for (let at = text.length - 1; at >= 0; at--) {
    const asB = 1 + (inB[at + 1] ?? 0);
    const asC = isPair(at) ? 1 + (inC[at + 2] ?? 0) : Number.POSITIVE_INFINITY;
    inB[at] = Math.min(asB, 1 + asC);
    inC[at] = Math.min(asC, 1 + asB);
  }
  let set: 'B' | 'C' = (inC[0] ?? 0) <= (inB[0] ?? 0) ? 'C' : 'B';
  const values = [set === 'C' ? START_C : START_B];
  for (let at = 0; at < text.length; ) {
    const asC = isPair(at) ? 1 + (inC[at + 2] ?? 0) : Number.POSITIVE_INFINITY;
    const asB = 1 + (inB[at + 1] ?? 0);
    const best: 'B' | 'C' = set === 'C' ? (asC <= 1 + asB ? 'C' : 'B') : asB <= 1 + asC ? 'B' : 'C';
    if (best !== set) values.push(best === 'C' ? TO_C : TO_B);
    set = best;
    values.push(set === 'C' ? Number(text.slice(at, at + 2)) : text.charCodeAt(at) - 32);
    at += set === 'C' ? 2 : 1;
  }
  const check = values.reduce((sum, value, place) => sum + value * Math.max(1, place), 0) % 103;
  return [...values, check, STOP];
}

const CODE39_LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%*';
/** Which of the nine bars and gaps are wide, ISO/IEC 16388 table 1, as numbers of nine bits. */
const CODE39 = [
  0x034, 0x121, 0x061, 0x160, 0x031, 0x130, 0x070, 0x025, 0x124, 0x064, 0x109, 0x049, 0x148, 0x019, 0x118,
  0x058, 0x00d, 0x10c, 0x04c, 0x01c, 0x103, 0x043, 0x142, 0x013, 0x112, 0x052, 0x007, 0x106, 0x046, 0x016,
  0x181, 0x0c1, 0x1c0, 0x091, 0x190, 0x0d0, 0x085, 0x184, 0x0c4, 0x0a8, 0x0a2, 0x08a, 0x02a, 0x094,
];
/** A wide bar is three narrow ones. */
const WIDE = 3;

function code39Widths(text: string): number[] {
  return [...`*${text}*`]
    .flatMap((letter) => {
      const wide = CODE39[CODE39_LETTERS.indexOf(letter)] ?? 0;
      const nine = Array.from({ length: 9 }, (_, at) => ((wide >> (8 - at)) & 1 ? WIDE : 1));
      return [...nine, 1];
    })
    .slice(0, -1);
}

function rawBars(kind: BarcodeKind, text: string): Bars {
  const widths =
    kind === 'code39'
      ? code39Widths(text)
      : code128Values(text).flatMap((value) => [...(CODE128[value] ?? '')].map(Number));
  const bars: { x: number; width: number }[] = [];
  let x = 0;
  widths.forEach((width, index) => {
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
