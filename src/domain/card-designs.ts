/** The card designs that come with the service; a library's own ones stand beside them, begun as a copy of one. */
import {
  type Box,
  CARD_SIZE,
  type CardDesign,
  type CardDesigns,
  type CardElement,
  type TextStyle,
} from './card-design.ts';

export const CARD_DESIGN_NAMES = ['shelf', 'seal', 'page'] as const;
export type CardDesignName = (typeof CARD_DESIGN_NAMES)[number];

const { width: W, height: H } = CARD_SIZE;

function box(x: number, y: number, width: number, height: number): Box {
  return { x, y, width, height };
}

function style(size: number, rest: Partial<TextStyle> = {}): TextStyle {
  return { weight: 'medium', size, colour: 'ink', align: 'left', valign: 'middle', ...rest };
}

function block(
  x: number,
  y: number,
  width: number,
  height: number,
  fill: CardElement & { kind: 'shape' },
): CardElement {
  return { ...fill, box: box(x, y, width, height) };
}

const MAIN = { kind: 'shape', shape: 'rectangle', box: box(0, 0, 0, 0), radius: 0, fill: 'main' } as const;
const DARK = { ...MAIN, fill: 'main_dark' } as const;
const LIGHT = { ...MAIN, fill: 'main_light' } as const;
const TINT = { ...MAIN, fill: 'tint' } as const;

/** Spines on a shelf: width and height by turns; darker than the ground, so that text on it only gains contrast. */
const SPINES = [3.2, 8.2, 2.4, 6.6, 3.4, 10.6, 2.6, 7.4, 3, 9.4, 2.2, 5.8, 3.6, 11.4, 2.8, 8.8];
const BAND = 14.6;

/** Books that stand on `floor`, up to the card's right edge. */
function spines(floor: number): CardElement[] {
  const shapes: CardElement[] = [];
  let x = W - 27.2;
  for (let at = 0; at + 1 < SPINES.length; at += 2) {
    const [width = 0, height = 0] = [SPINES[at], SPINES[at + 1]];
    shapes.push(block(x, floor - height, width, height, DARK));
    x += width + 0.5;
  }
  return shapes;
}

const SCAN = { id: 'Pindai untuk memeriksa keaslian kartu', en: 'Scan to check that this card is genuine' };

/** What every back says: rules on the left, the code on the right, and at the foot where a found card goes. */
function backElements(foot: TextStyle['colour'], quiet: TextStyle['colour']): CardElement[] {
  return [
    { kind: 'rules', box: box(4, 4.6, 47, 35), style: style(7, { weight: 'regular', valign: 'top' }) },
    { kind: 'qr', box: box(54.6, 4.4, 27, 27) },
    {
      kind: 'text',
      text: SCAN,
      box: box(54.6, 31.6, 27, 5),
      style: style(5.75, { weight: 'regular', colour: 'muted', align: 'center', valign: 'top' }),
    },
    {
      kind: 'field',
      field: 'number',
      label: false,
      box: box(54.6, 36.8, 27, 3.4),
      style: style(6.5, { align: 'center' }),
    },
    {
      kind: 'field',
      field: 'found',
      label: false,
      box: box(4, H - 11.4, W - 8, 2.6),
      style: style(5.75, { weight: 'regular', colour: quiet }),
    },
    {
      kind: 'field',
      field: 'library_name',
      label: false,
      box: box(4, H - 8.8, W - 8, 3.1),
      style: style(7.5, { colour: foot }),
    },
    {
      kind: 'field',
      field: 'library_address',
      label: false,
      box: box(4, H - 5.7, W - 8, 2.6),
      style: style(6, { weight: 'regular', colour: quiet }),
    },
  ];
}

const FOOT = 12.6;

/** A coloured head with a shelf of books, the photo on the left. */
const SHELF: CardDesign = {
  front: {
    ground: 'white',
    elements: [
      block(0, 0, W, BAND, MAIN),
      ...spines(BAND),
      block(0, BAND, W, 0.7, LIGHT),
      { kind: 'emblem', box: box(4, 3, 9.4, 9.4), plate: true },
      {
        kind: 'field',
        field: 'library_name',
        label: false,
        box: box(15.8, 3, 65.2, 6.4),
        style: style(11.5, { colour: 'on_main', valign: 'bottom' }),
      },
      {
        kind: 'field',
        field: 'title',
        label: false,
        box: box(15.8, 9.5, 65.2, 3),
        style: style(7, { weight: 'regular', colour: 'on_main', valign: 'top' }),
      },
      { kind: 'photo', box: box(4, 17.6, 23.7, 31.6), shape: 'rounded' },
      {
        kind: 'field',
        field: 'name',
        label: false,
        box: box(31.2, 16.8, 50.4, 9.8),
        boxWithoutPhoto: box(4, 16.8, 77.6, 9.8),
        style: style(13.5, { weight: 'bold' }),
      },
      {
        kind: 'field',
        field: 'number',
        label: true,
        box: box(31.2, 27, 50.4, 6.6),
        boxWithoutPhoto: box(4, 27, 77.6, 6.6),
        style: style(11),
      },
      {
        kind: 'field',
        field: 'member_type',
        label: true,
        box: box(31.2, 33.8, 24, 6),
        boxWithoutPhoto: box(4, 33.8, 37, 6),
        style: style(8),
      },
      {
        kind: 'field',
        field: 'valid_until',
        label: true,
        box: box(57, 33.8, 24.6, 6),
        boxWithoutPhoto: box(44, 33.8, 37.6, 6),
        style: style(8),
      },
      {
        kind: 'barcode',
        barcode: 'code128',
        // The quiet zone lies in the gap to the photo, so that bars and letters begin below each other.
        box: box(27.8, 41, 53.8, 8.4),
        boxWithoutPhoto: box(3, 41, 60, 8.4),
        number: false,
        align: 'left',
      },
    ],
  },
  back: {
    ground: 'white',
    elements: [
      block(0, H - FOOT, W, FOOT, MAIN),
      ...spines(H),
      block(0, H - FOOT - 0.7, W, 0.7, LIGHT),
      ...backElements('on_main', 'on_main'),
    ],
  },
};

/** Rings of a seal, from the outer edge inwards: diameter and colour. */
const RINGS: readonly (readonly [number, CardElement & { kind: 'shape' }])[] = [
  [62, TINT],
  [59.4, { ...MAIN, fill: 'white' }],
  [58.4, TINT],
  [44, { ...MAIN, fill: 'white' }],
  [43, TINT],
];

function seal(x: number, y: number): CardElement[] {
  return RINGS.map(([size, fill]) => ({
    ...fill,
    shape: 'ellipse',
    box: box(x - size / 2, y - size / 2, size, size),
  }));
}

const FRAME = 2;
/** Two bars and a hairline within them, above and below. */
const FRAMES: readonly CardElement[] = [
  block(0, 0, W, FRAME, MAIN),
  block(0, FRAME + 0.4, W, 0.3, LIGHT),
  block(0, H - FRAME, W, FRAME, MAIN),
  block(0, H - FRAME - 0.7, W, 0.3, LIGHT),
];

/** As an office would have it: the crest and the name in capitals, a frame, a seal in the paper. */
const SEAL: CardDesign = {
  front: {
    ground: 'white',
    elements: [
      ...seal(30, 33),
      ...FRAMES,
      { kind: 'emblem', box: box(4, 4.4, 9.4, 9.4), plate: false },
      {
        kind: 'field',
        field: 'library_name',
        label: false,
        box: box(15.6, 4.2, 66, 5.8),
        style: style(10.5, { weight: 'bold', colour: 'main', valign: 'bottom', capitals: true }),
      },
      {
        kind: 'field',
        field: 'title',
        label: false,
        box: box(15.6, 10.2, 66, 3.2),
        style: style(7.5, { weight: 'regular', colour: 'muted', valign: 'top' }),
      },
      block(4, 15, W - 8, 0.35, MAIN),
      { kind: 'photo', box: box(59.6, 17.6, 22, 29.3), shape: 'square' },
      {
        kind: 'field',
        field: 'name',
        label: false,
        box: box(4, 16.8, 52.4, 9.6),
        boxWithoutPhoto: box(4, 16.8, 77.6, 9.6),
        style: style(13, { weight: 'bold' }),
      },
      { kind: 'field', field: 'number', label: true, box: box(4, 26.6, 52.4, 6.3), style: style(10.5) },
      { kind: 'field', field: 'member_type', label: true, box: box(4, 33.1, 25.4, 5.8), style: style(8) },
      { kind: 'field', field: 'valid_until', label: true, box: box(31, 33.1, 25.4, 5.8), style: style(8) },
      { ...MAIN, box: box(4, 39.6, 52.4, 8.6), radius: 1, fill: 'white' },
      { kind: 'barcode', barcode: 'code128', box: box(4.6, 40.4, 51.2, 7), number: false },
    ],
  },
  back: {
    ground: 'white',
    elements: [...FRAMES, block(4, H - FOOT, W - 8, 0.35, MAIN), ...backElements('main', 'muted')],
  },
};

/** The whole front in the library's colour, the code in front: for gates that read phones and cards alike. */
const PAGE: CardDesign = {
  front: {
    ground: 'main',
    elements: [
      { ...MAIN, shape: 'ellipse', box: box(44, -34, 74, 74), fill: 'main_dark' },
      { ...MAIN, shape: 'ellipse', box: box(-26, 34, 60, 60), fill: 'main_dark' },
      { kind: 'emblem', box: box(4, 4, 8.4, 8.4), plate: true },
      {
        kind: 'field',
        field: 'library_name',
        label: false,
        box: box(14.4, 4, 67.2, 5.4),
        style: style(10, { colour: 'on_main', valign: 'bottom' }),
      },
      {
        kind: 'field',
        field: 'title',
        label: false,
        box: box(14.4, 9.5, 67.2, 3),
        style: style(6.5, { weight: 'regular', colour: 'on_main', valign: 'top' }),
      },
      { kind: 'photo', box: box(4, 16, 22, 29.3), shape: 'rounded' },
      {
        kind: 'field',
        field: 'name',
        label: false,
        box: box(29, 15.6, 52.6, 10.6),
        boxWithoutPhoto: box(4, 15.6, 77.6, 10.6),
        style: style(14, { weight: 'bold', colour: 'on_main' }),
      },
      {
        kind: 'field',
        field: 'number',
        label: true,
        box: box(29, 26.6, 52.6, 6.4),
        boxWithoutPhoto: box(4, 26.6, 77.6, 6.4),
        style: style(11, { colour: 'on_main' }),
      },
      {
        kind: 'field',
        field: 'member_type',
        label: true,
        box: box(29, 33.2, 25, 6),
        boxWithoutPhoto: box(4, 33.2, 37, 6),
        style: style(8, { colour: 'on_main' }),
      },
      {
        kind: 'field',
        field: 'valid_until',
        label: true,
        box: box(56, 33.2, 25.6, 6),
        boxWithoutPhoto: box(44, 33.2, 37.6, 6),
        style: style(8, { colour: 'on_main' }),
      },
      // Bars are read on white only.
      { kind: 'shape', shape: 'rectangle', box: box(29, 40.4, 52.6, 9.6), radius: 1.2, fill: 'white' },
      { kind: 'barcode', barcode: 'code128', box: box(29, 41.4, 52.6, 7.6), number: false },
    ],
  },
  back: {
    ground: 'white',
    elements: [
      block(51.2, 0, W - 51.2, H, MAIN),
      { ...DARK, shape: 'ellipse', box: box(51.2, 26, 60, 60) },
      { kind: 'rules', box: box(4, 4, 45, 35.6), style: style(7, { weight: 'regular', valign: 'top' }) },
      block(4, 40, 45, 0.3, LIGHT),
      {
        kind: 'field',
        field: 'found',
        label: false,
        box: box(4, 40.7, 45, 2.5),
        style: style(5.75, { weight: 'regular', colour: 'muted' }),
      },
      { kind: 'field', field: 'library_name', label: false, box: box(4, 43.2, 45, 3.4), style: style(7) },
      {
        kind: 'field',
        field: 'library_address',
        label: false,
        box: box(4, 46.6, 45, 4),
        style: style(5.75, { weight: 'regular', colour: 'muted', valign: 'top' }),
      },
      { ...MAIN, box: box(54, 5.6, 28.2, 28.2), radius: 1.6, fill: 'white' },
      { kind: 'qr', box: box(54.6, 6.2, 27, 27) },
      {
        kind: 'text',
        text: SCAN,
        box: box(54, 35.6, 28.2, 5),
        style: style(6, { weight: 'regular', colour: 'on_main', align: 'center', valign: 'top' }),
      },
      {
        kind: 'field',
        field: 'number',
        label: false,
        box: box(54, 41.4, 28.2, 4),
        style: style(8, { colour: 'on_main', align: 'center' }),
      },
    ],
  },
};

export const CARD_DESIGNS: Readonly<Record<CardDesignName, CardDesign>> = {
  shelf: SHELF,
  seal: SEAL,
  page: PAGE,
};

/** The design that a member of this type gets; one that is gone since makes way for the usual one. */
export function designOfType(
  designs: CardDesigns,
  memberType: string,
): { readonly code: string; readonly design: CardDesign; readonly pictureFileId: string | null } {
  const named = Object.hasOwn(designs.byType, memberType) ? designs.byType[memberType] : undefined;
  return (
    (named === undefined ? undefined : findDesign(designs, named)) ??
    findDesign(designs, designs.usual) ?? { code: 'shelf', design: CARD_DESIGNS.shelf, pictureFileId: null }
  );
}

/** A design by its code: an own one, or one that came with the service. */
export function findDesign(
  { own }: Pick<CardDesigns, 'own'>,
  code: string,
): { readonly code: string; readonly design: CardDesign; readonly pictureFileId: string | null } | undefined {
  const shipped = CARD_DESIGN_NAMES.find((name) => name === code);
  if (shipped) return { code, design: CARD_DESIGNS[shipped], pictureFileId: null };
  return own.find((one) => one.code === code);
}
