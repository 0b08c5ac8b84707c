/**
 * How a member card looks, as data: what stands where on its two sides. One layout (`documents/card/layout.ts`) serves
 * the printed page and the preview, so what an admin sees is what comes out of the printer.
 */
import type { LocalText } from './library-settings.ts';

/** CR80, ISO/IEC 7810 ID-1; millimetres. */
export const CARD_SIZE = { width: 85.6, height: 53.98, radius: 3.18 } as const;
/** Two columns of five on a sheet of A4. */
export const CARDS_OF_SHEET = 10;
/** Card printers and cutters shift by a millimetre or two: nothing that must be read stands closer to the edge. */
export const SAFE_ZONE = 3;
/** Narrow bars of two dots at 300 dpi are the thinnest that hand scanners read from plastic. */
export const LEAST_MODULE = (2 * 25.4) / 300;

/** Millimetres from the top left corner of a side. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Names are tones of the library's colour, so that a card follows it; anything else is `#rrggbb`. */
export const PALETTE = [
  'main',
  'on_main',
  'main_dark',
  'main_light',
  'tint',
  'ink',
  'muted',
  'white',
] as const;
export type PaletteColour = (typeof PALETTE)[number];
export type CardColour = PaletteColour | `#${string}`;

export interface TextStyle {
  readonly weight: 'regular' | 'medium' | 'bold';
  /** Points: the size wished for. What does not fit wraps, then shrinks, never below being complete. */
  readonly size: number;
  readonly colour: CardColour;
  readonly align: 'left' | 'center' | 'right';
  readonly valign: 'top' | 'middle' | 'bottom';
  readonly capitals?: boolean;
}

/** What a card can show of its holder and of the library; no NIK, no address, no date of birth. */
export const CARD_FIELDS = [
  'title',
  'library_name',
  'library_address',
  'name',
  'number',
  'member_type',
  'valid_until',
  'found',
] as const;
export type CardField = (typeof CARD_FIELDS)[number];

export const BARCODES = ['code128', 'code39'] as const;
export type BarcodeKind = (typeof BARCODES)[number];

export type CardElement =
  /** Decoration; what touches an edge goes over it, so that a cut that is off shows no white. */
  | {
      readonly kind: 'shape';
      readonly shape: 'rectangle' | 'ellipse';
      readonly box: Box;
      readonly radius: number;
      readonly fill: CardColour;
    }
  /** The crest, or the background picture that the library uploaded for this design. */
  | { readonly kind: 'emblem'; readonly box: Box; readonly plate: boolean }
  | { readonly kind: 'picture'; readonly box: Box }
  | { readonly kind: 'text'; readonly text: LocalText; readonly box: Box; readonly style: TextStyle }
  | {
      readonly kind: 'field';
      readonly field: CardField;
      /** The field's name in small letters above it. */
      readonly label: boolean;
      readonly box: Box;
      /** Where it stands on a card without a photo. */
      readonly boxWithoutPhoto?: Box;
      readonly style: TextStyle;
    }
  | {
      readonly kind: 'photo';
      readonly box: Box;
      readonly shape: 'square' | 'rounded' | 'oval';
    }
  | {
      readonly kind: 'barcode';
      readonly barcode: BarcodeKind;
      readonly box: Box;
      readonly boxWithoutPhoto?: Box;
      /** The number in letters below the bars. */
      readonly number: boolean;
      /** Where the bars stand in a box that is wider; in the middle unless told. */
      readonly align?: TextStyle['align'];
    }
  | { readonly kind: 'qr'; readonly box: Box }
  | { readonly kind: 'rules'; readonly box: Box; readonly style: TextStyle };

export type CardElementKind = CardElement['kind'];

export interface CardSide {
  readonly ground: CardColour;
  readonly elements: readonly CardElement[];
}

export interface CardDesign {
  readonly front: CardSide;
  readonly back: CardSide;
}

export type CardSideName = keyof CardDesign;

/** A design that a library made. */
export interface OwnCardDesign {
  /** Never one of those that come with the service. */
  readonly code: string;
  readonly name: string;
  readonly design: CardDesign;
  /** Of the background picture; a row of `file`. */
  readonly pictureFileId: string | null;
}

/** Which cards a library prints; a code names an own design or one of `CARD_DESIGNS`. */
export interface CardDesigns {
  readonly own: readonly OwnCardDesign[];
  readonly usual: string;
  /** Code of a member type to code of a design; a type that is not named has the usual one. */
  readonly byType: Readonly<Record<string, string>>;
}

export const DESIGN_PROBLEMS = [
  'outside_card',
  'outside_safe_zone',
  'codes_overlap',
  'text_on_code',
  'qr_too_small',
  'bars_too_low',
] as const;

/** What is wrong with a design; `at` is the place of the element on its side. */
export interface DesignProblem {
  readonly side: CardSideName;
  readonly at: number;
  readonly code: (typeof DESIGN_PROBLEMS)[number];
}

/** Below this a phone that is not held still does not read the code of a card. */
export const LEAST_QR = 15;
const LEAST_BARS = 5;

/**
 * What would make cards of this design unreadable or cut off. Decoration may go anywhere; what is read stays within the
 * safe zone, and nothing stands on a code, on cards with a photo and on those without.
 */
export function designProblems(design: CardDesign): readonly DesignProblem[] {
  return (['front', 'back'] as const).flatMap((side) => {
    const { elements } = design[side];
    const drawn = [elements.map((element) => element.box), elements.map(boxWithoutPhoto)];
    return elements.flatMap((element, at): DesignProblem[] => {
      if (element.kind === 'shape' || element.kind === 'picture') return [];
      const codes = drawn.flatMap((boxes) => problemsAt(elements, boxes, at));
      return [...new Set(codes)].map((problem) => ({ side, at, code: problem }));
    });
  });
}

/** Where an element stands on a card without a photo; undefined where it is not drawn there. */
function boxWithoutPhoto(element: CardElement): Box | undefined {
  if (element.kind === 'photo') return undefined;
  return ('boxWithoutPhoto' in element ? element.boxWithoutPhoto : undefined) ?? element.box;
}

function problemsAt(
  elements: readonly CardElement[],
  boxes: readonly (Box | undefined)[],
  at: number,
): readonly DesignProblem['code'][] {
  const [element, box] = [elements[at], boxes[at]];
  if (!element || !box) return [];
  const codes: DesignProblem['code'][] = [];
  if (!within(box, 0)) codes.push('outside_card');
  else if (!within(box, SAFE_ZONE)) codes.push('outside_safe_zone');
  if (element.kind === 'qr' && Math.min(box.width, box.height) < LEAST_QR) codes.push('qr_too_small');
  if (element.kind === 'barcode' && box.height < LEAST_BARS) codes.push('bars_too_low');
  const code = isCode(element);
  elements.forEach((other, place) => {
    const room = boxes[place];
    if (place >= at || !room || other.kind === 'shape' || other.kind === 'picture') return;
    if (!overlap(box, room) || !(code || isCode(other))) return;
    codes.push(code && isCode(other) ? 'codes_overlap' : 'text_on_code');
  });
  return codes;
}

function isCode(element: CardElement): boolean {
  return element.kind === 'qr' || element.kind === 'barcode';
}

/** A tenth of a millimetre is what rounding leaves. */
const NEAR = 0.1;

function within(box: Box, edge: number): boolean {
  return (
    box.x >= edge - NEAR &&
    box.y >= edge - NEAR &&
    box.x + box.width <= CARD_SIZE.width - edge + NEAR &&
    box.y + box.height <= CARD_SIZE.height - edge + NEAR
  );
}

function overlap(one: Box, other: Box): boolean {
  return (
    one.x + one.width > other.x + NEAR &&
    other.x + other.width > one.x + NEAR &&
    one.y + one.height > other.y + NEAR &&
    other.y + other.height > one.y + NEAR
  );
}
