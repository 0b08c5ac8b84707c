/** What is drawn on a side of a card, wherever it is drawn: millimetres from its top left corner, colours as `#rrggbb`. */
import type { Box } from '../../domain/card-design.ts';
import type { FontName } from '../fonts.ts';

export type Segment =
  | readonly ['M' | 'L', number, number]
  | readonly ['C', number, number, number, number, number, number]
  | readonly ['Z'];
export type Path = readonly Segment[];

export type ImageSource = 'photo' | 'emblem' | 'picture';

/** Addresses of the pictures (`data:` or of the same origin); a missing one is left out. */
export type CardPictures = { readonly [Source in ImageSource]?: string };

export type Mark =
  | { readonly kind: 'fill'; readonly path: Path; readonly colour: string }
  | { readonly kind: 'stroke'; readonly path: Path; readonly colour: string; readonly width: number }
  /** One line; `y` is its base line. Size in points. */
  | {
      readonly kind: 'text';
      readonly font: FontName;
      readonly size: number;
      readonly x: number;
      readonly y: number;
      readonly text: string;
      readonly colour: string;
    }
  /** `box` holds the whole picture; `clip` is what of it is seen. */
  | { readonly kind: 'image'; readonly source: ImageSource; readonly box: Box; readonly clip: Path | null }
  /** Black rectangles in modules of a code, each `x, y, width, height`. */
  | {
      readonly kind: 'code';
      readonly x: number;
      readonly y: number;
      readonly moduleWidth: number;
      readonly moduleHeight: number;
      readonly rectangles: readonly (readonly [number, number, number, number])[];
    };

export function rectangle({ x, y, width, height }: Box): Path {
  return [['M', x, y], ['L', x + width, y], ['L', x + width, y + height], ['L', x, y + height], ['Z']];
}

/** How far the handles of a curve stand so that it is a quarter of a circle, nearly. */
const ROUND = 0.5523;

export function rounded(box: Box, radius: number): Path {
  const r = Math.min(radius, box.width / 2, box.height / 2);
  if (r <= 0) return rectangle(box);
  return corners(box, r, r);
}

export function ellipse(box: Box): Path {
  return corners(box, box.width / 2, box.height / 2);
}

function corners({ x, y, width, height }: Box, rx: number, ry: number): Path {
  const [right, bottom] = [x + width, y + height];
  const [kx, ky] = [rx * (1 - ROUND), ry * (1 - ROUND)];
  return [
    ['M', x + rx, y],
    ['L', right - rx, y],
    ['C', right - kx, y, right, y + ky, right, y + ry],
    ['L', right, bottom - ry],
    ['C', right, bottom - ky, right - kx, bottom, right - rx, bottom],
    ['L', x + rx, bottom],
    ['C', x + kx, bottom, x, bottom - ky, x, bottom - ry],
    ['L', x, y + ry],
    ['C', x, y + ky, x + kx, y, x + rx, y],
    ['Z'],
  ];
}

/** An open book on a square of 24, for libraries without a crest. */
const BOOK: Path = [
  ['M', 11.3, 6.4],
  ['C', 9, 4.7, 5.8, 4, 1.5, 4.2],
  ['L', 1.5, 18.6],
  ['C', 5.8, 18.4, 9, 19, 11.3, 20.8],
  ['Z'],
  ['M', 12.7, 6.4],
  ['C', 15, 4.7, 18.2, 4, 22.5, 4.2],
  ['L', 22.5, 18.6],
  ['C', 18.2, 18.4, 15, 19, 12.7, 20.8],
  ['Z'],
];

export function book(x: number, y: number, side: number): Path {
  const scale = side / 24;
  const [px, py] = [(value: number) => x + value * scale, (value: number) => y + value * scale];
  return BOOK.map((segment): Segment => {
    const [command, ...points] = segment;
    return [
      command,
      ...points.map((value, at) => (at % 2 === 0 ? px(value) : py(value))),
    ] as unknown as Segment;
  });
}
