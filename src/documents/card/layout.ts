/** Lays a side of a card out: its design and its holder in, marks out. What it cannot place it makes smaller. */
import {
  type Box,
  CARD_SIZE,
  type CardColour,
  type CardDesign,
  type CardElement,
  type CardField,
  type CardSideName,
  LEAST_MODULE,
  type TextStyle,
} from '../../domain/card-design.ts';
import { libraryColours } from '../../domain/theme.ts';
import { texts } from '../../i18n/index.ts';
import { barsOf, QUIET } from '../code128.ts';
import { hexColour, INK, MUTED, mix } from '../colour.ts';
import { type FittedText, fitText, setterOf } from '../fit-text.ts';
import { FONTS, type FontName } from '../fonts.ts';
import { QR_QUIET, qrCode } from '../qr.ts';
import { MM } from '../units.ts';
import { cardFont, measureCardText } from './fonts.ts';
import { book, ellipse, type Mark, rectangle, rounded } from './marks.ts';

/** Of the library, the same on all its cards. */
export interface CardPrintLibrary {
  readonly name: string;
  /** Where a found card is returned to. */
  readonly address: string;
  /** `#rrggbb` */
  readonly colour: string;
  /** Official texts, one a line of the back. */
  readonly rules: readonly string[];
  readonly lang: 'id' | 'en';
}

/** What a card shows of its holder, and nothing else: no NIK, no address, no date of birth. */
export interface CardHolder {
  readonly number: string;
  readonly name: string;
  readonly memberType: string;
  /** A date as people write it; null: for life. */
  readonly validUntil: string | null;
  /** The address in the QR. */
  readonly verifyUrl: string;
  readonly hasPhoto: boolean;
  /** `#rrggbb` around the photo, where the library wants red or blue by birth year. */
  readonly photoFrame: string | null;
}

/** Width and height in any unit: only their proportion counts. Null: there is none. */
export interface PictureShape {
  readonly width: number;
  readonly height: number;
}

export interface CardGround {
  readonly design: CardDesign;
  readonly library: CardPrintLibrary;
  readonly emblem: PictureShape | null;
  readonly picture: PictureShape | null;
  /** Millimetres that colour runs over the edge, for a sheet that is cut; 0 on a card printer. */
  readonly bleed: number;
}

const LABEL = 5.5;
const DOT = 25.4 / 300;
/** The widest that the narrowest bar becomes, however much room there is. */
const MOST_DOTS = 4;

const WEIGHTS = { regular: FONTS.regular, medium: FONTS.medium, bold: FONTS.bold } as const;

/** What is on each card of this design: drawn once and shown on every page. */
export function staticMarks(ground: CardGround, side: CardSideName): readonly Mark[] {
  const { elements, ground: colour } = ground.design[side];
  const whole = over({ x: 0, y: 0, width: CARD_SIZE.width, height: CARD_SIZE.height }, ground.bleed);
  return [
    { kind: 'fill', path: rectangle(whole), colour: colourOf(ground, colour) },
    ...elements.flatMap((element) => staticMark(ground, element)),
  ];
}

/** What differs from card to card; stands above the rest. */
export function holderMarks(ground: CardGround, side: CardSideName, holder: CardHolder): readonly Mark[] {
  return ground.design[side].elements.flatMap((element) => holderMark(ground, element, holder));
}

/** The marks of each element of a side by themselves, in the order of drawing: for whoever looks at single elements. */
export function elementMarks(
  ground: CardGround,
  side: CardSideName,
  holder: CardHolder,
): readonly (readonly Mark[])[] {
  return ground.design[side].elements.map((element) => [
    ...staticMark(ground, element),
    ...holderMark(ground, element, holder),
  ]);
}

/** Below this share of the wished size an admin is told that letters had to shrink. */
const SMALL = 0.8;

/**
 * Whether an element could only be placed too small: its text much smaller than the design wishes, the bars of its code
 * narrower than a printer of 300 dpi prints well and an old scanner reads.
 */
export function isShrunk(element: CardElement, marks: readonly Mark[]): boolean {
  if (element.kind === 'barcode' || element.kind === 'qr')
    return marks.some((mark) => mark.kind === 'code' && mark.moduleWidth < LEAST_MODULE - 1e-9);
  if (element.kind !== 'field' && element.kind !== 'text' && element.kind !== 'rules') return false;
  // A label or a heading comes first, the text itself last.
  const last = marks.findLast((mark) => mark.kind === 'text');
  return last !== undefined && last.size < element.style.size * SMALL;
}

function staticMark(ground: CardGround, element: CardElement): readonly Mark[] {
  switch (element.kind) {
    case 'shape': {
      const box = over(element.box, ground.bleed);
      const path = element.shape === 'ellipse' ? ellipse(element.box) : rounded(box, element.radius);
      return [{ kind: 'fill', path, colour: colourOf(ground, element.fill) }];
    }
    case 'emblem':
      return emblemMarks(ground, element);
    case 'picture': {
      if (ground.picture === null) return [];
      const clip = over(element.box, ground.bleed);
      return [{ kind: 'image', source: 'picture', box: cover(clip, ground.picture), clip: rectangle(clip) }];
    }
    case 'text': {
      const { lang } = ground.library;
      return textMarks(ground, element.text[lang] || element.text.id, element.box, element.style);
    }
    case 'field': {
      const value = libraryField(ground, element.field);
      return value === null ? [] : fieldMarks(ground, element, element.box, value);
    }
    case 'rules':
      return ruleMarks(ground, element.box, element.style);
    case 'photo':
    case 'barcode':
    case 'qr':
      return [];
  }
}

function holderMark(ground: CardGround, element: CardElement, holder: CardHolder): readonly Mark[] {
  switch (element.kind) {
    case 'field': {
      const value = holderField(ground, element.field, holder);
      return value === null ? [] : fieldMarks(ground, element, boxFor(element, holder), value);
    }
    case 'photo':
      return holder.hasPhoto ? photoMarks(ground, element, holder) : [];
    case 'barcode':
      return barcodeMarks(ground, element, boxFor(element, holder), holder.number);
    case 'qr':
      return qrMarks(element.box, holder.verifyUrl);
    default:
      return [];
  }
}

function boxFor(
  element: { readonly box: Box; readonly boxWithoutPhoto?: Box },
  { hasPhoto }: CardHolder,
): Box {
  return hasPhoto ? element.box : (element.boxWithoutPhoto ?? element.box);
}

function libraryField({ library }: CardGround, field: CardField): string | null {
  const words = texts(library.lang).documents.card;
  switch (field) {
    case 'title':
      return words.title;
    case 'library_name':
      return library.name;
    case 'library_address':
      return library.address;
    case 'found':
      return words.found;
    default:
      return null;
  }
}

function holderField({ library }: CardGround, field: CardField, holder: CardHolder): string | null {
  switch (field) {
    case 'name':
      return holder.name;
    case 'number':
      return holder.number;
    case 'member_type':
      return holder.memberType;
    case 'valid_until':
      return holder.validUntil ?? texts(library.lang).documents.card.lifetime;
    default:
      return null;
  }
}

function labelOf({ library }: CardGround, field: CardField): string | null {
  const words = texts(library.lang).documents.card;
  switch (field) {
    case 'number':
      return words.number;
    case 'member_type':
      return words.memberType;
    case 'valid_until':
      return words.validUntil;
    default:
      return null;
  }
}

function fieldMarks(
  ground: CardGround,
  element: Extract<CardElement, { kind: 'field' }>,
  box: Box,
  value: string,
): readonly Mark[] {
  const label = element.label ? labelOf(ground, element.field) : null;
  if (label === null) return textMarks(ground, value, box, element.style);
  const height = Math.min((LABEL * 1.1) / MM, box.height * 0.6);
  const style: TextStyle = {
    weight: 'regular',
    size: LABEL,
    colour: accentOf(element.style.colour),
    align: element.style.align,
    valign: 'top',
  };
  return [
    ...textMarks(ground, label, { ...box, height }, style),
    ...textMarks(ground, value, { ...box, y: box.y + height, height: box.height - height }, element.style),
  ];
}

function textMarks(ground: CardGround, text: string, box: Box, style: TextStyle): readonly Mark[] {
  if (text.trim() === '') return [];
  const fitted = fitText(measureCardText, style.capitals ? text.toLocaleUpperCase('id') : text, {
    font: WEIGHTS[style.weight],
    width: box.width * MM,
    height: box.height * MM,
    max: style.size,
    min: Math.min(style.size, Math.max(4.5, style.size * 0.5)),
    leading: LEADING,
  });
  return lineMarks(fitted, box, style, colourOf(ground, style.colour));
}

/** Labels and headings beside black letters are in the library's colour; on coloured grounds like what they name. */
function accentOf(colour: CardColour): CardColour {
  return colour === 'ink' ? 'main' : colour;
}

const LEADING = 1.12;

/** The share of the free room that stands before. */
function shiftOf(align: TextStyle['align']): number {
  return align === 'center' ? 0.5 : align === 'right' ? 1 : 0;
}

function lineMarks(fitted: FittedText, box: Box, style: TextStyle, colour: string): readonly Mark[] {
  const used = (fitted.lines.length * fitted.leading) / MM;
  const free = Math.max(0, box.height - used);
  const top = box.y + (style.valign === 'middle' ? free / 2 : style.valign === 'bottom' ? free : 0);
  const base = baseLine(fitted.font, fitted.size, fitted.leading);
  return fitted.lines.map((line, index): Mark => {
    const width = (measureCardText(fitted.font, line) * fitted.size) / MM;
    return {
      kind: 'text',
      font: fitted.font,
      size: fitted.size,
      x: box.x + (box.width - width) * shiftOf(style.align),
      y: top + (index * fitted.leading + base) / MM,
      text: line,
      colour,
    };
  });
}

/** From the top of a line to where its letters stand, in points: what is above the capitals is as much as is below. */
function baseLine(font: FontName, size: number, leading: number): number {
  const { capHeight, descent, unitsPerEm } = cardFont(font);
  const letters = ((capHeight - descent * 0.75) / unitsPerEm) * size;
  return (leading - letters) / 2 + (capHeight / unitsPerEm) * size;
}

function ruleMarks(ground: CardGround, box: Box, style: TextStyle): readonly Mark[] {
  const { rules, lang } = ground.library;
  if (rules.length === 0) return [];
  // A box that is far too low leaves the rules a part of it all the same.
  const heading = Math.min((style.size * 1.25 * 1.5) / MM, box.height * 0.4);
  const marks: Mark[] = [
    ...textMarks(
      ground,
      texts(lang).documents.card.rules,
      { ...box, height: heading },
      { ...style, weight: 'bold', size: style.size * 1.2, colour: accentOf(style.colour), valign: 'top' },
    ),
  ];
  const list = { ...box, y: box.y + heading, height: box.height - heading };
  const indent = Math.min((style.size * 1.35) / MM, box.width * 0.3);
  const { size, fitted } = fitRules(rules, (list.width - indent) * MM, list.height * MM, style);
  let y = list.y;
  fitted.forEach((rule, index) => {
    const height = (rule.lines.length * rule.leading) / MM;
    const left: TextStyle = { ...style, align: 'left', valign: 'top' };
    const number: FittedText = { ...rule, font: FONTS.medium, lines: [`${index + 1}.`] };
    marks.push(...lineMarks(number, { ...list, y, height }, left, colourOf(ground, accentOf(style.colour))));
    marks.push(
      ...lineMarks(
        rule,
        { x: list.x + indent, y, width: list.width - indent, height },
        left,
        colourOf(ground, style.colour),
      ),
    );
    y += height + (size * 0.3) / MM;
  });
  return marks;
}

/** Rules smaller than this break their words, as nobody reads them anyway. */
const LEAST_RULES = 3;

/** All rules at one size, the largest at which they fit together. */
function fitRules(
  rules: readonly string[],
  width: number,
  height: number,
  style: TextStyle,
): { readonly size: number; readonly fitted: readonly FittedText[] } {
  const setters = rules.map((rule) => setterOf(measureCardText, WEIGHTS[style.weight], rule));
  for (let size = style.size; ; size *= 0.97) {
    const fitted = setters.flatMap((set) => set(size, width, 1.18, size < LEAST_RULES) ?? []);
    const used = fitted.reduce((sum, rule) => sum + rule.lines.length * rule.leading + size * 0.3, 0);
    if (fitted.length === rules.length && used <= height) return { size, fitted };
  }
}

function emblemMarks(
  ground: CardGround,
  { box, plate }: Extract<CardElement, { kind: 'emblem' }>,
): readonly Mark[] {
  const side = Math.min(box.width, box.height);
  if (ground.emblem === null) {
    const inset = plate ? side * 0.17 : 0;
    const colour = colourOf(ground, 'main');
    const drawn: Mark = { kind: 'fill', path: book(box.x + inset, box.y + inset, side - 2 * inset), colour };
    const round = { x: box.x, y: box.y, width: side, height: side };
    return plate ? [{ kind: 'fill', path: ellipse(round), colour: '#ffffff' }, drawn] : [drawn];
  }
  const inset = plate ? 0.7 : 0;
  const inner = {
    x: box.x + inset,
    y: box.y + inset,
    width: box.width - 2 * inset,
    height: box.height - 2 * inset,
  };
  const image: Mark = { kind: 'image', source: 'emblem', box: contain(inner, ground.emblem), clip: null };
  return plate ? [{ kind: 'fill', path: rounded(box, 1.2), colour: '#ffffff' }, image] : [image];
}

/** `preparePhoto` makes all of this shape. */
const PHOTO = { width: 3, height: 4 } as const;

function photoMarks(
  ground: CardGround,
  { box, shape }: Extract<CardElement, { kind: 'photo' }>,
  { photoFrame }: CardHolder,
): readonly Mark[] {
  const clip = shape === 'oval' ? ellipse(box) : rounded(box, shape === 'rounded' ? 1.4 : 0);
  return [
    { kind: 'image', source: 'photo', box: cover(box, PHOTO), clip },
    {
      kind: 'stroke',
      path: clip,
      width: photoFrame === null ? 0.2 : 0.7,
      colour: photoFrame === null ? mix(colourOf(ground, 'main'), '#ffffff', 0.4) : hexColour(photoFrame),
    },
  ];
}

function barcodeMarks(
  ground: CardGround,
  element: Extract<CardElement, { kind: 'barcode' }>,
  box: Box,
  number: string,
): readonly Mark[] {
  const symbol = barsOf(element.barcode, number);
  const caption = element.number ? Math.min(2.6, box.height * 0.4) : 0;
  // The quiet zones are inside the box: nobody has to know that they must stay free.
  const modules = symbol.modules + 2 * QUIET[element.barcode];
  const dots = Math.floor(box.width / DOT / modules);
  // Bars begin and end on dots of a 300 dpi printer as long as two of them fit for the narrowest.
  const module = dots * DOT >= LEAST_MODULE ? Math.min(dots, MOST_DOTS) * DOT : box.width / modules;
  const width = symbol.modules * module;
  const quiet = QUIET[element.barcode] * module;
  const free = box.width - width - 2 * quiet;
  // Short and long numbers have modules of their own, but bars on the left begin at one place.
  const most = QUIET[element.barcode] * MOST_DOTS * DOT - quiet;
  const shift = element.align === 'left' ? Math.min(most, free) : free * shiftOf(element.align ?? 'center');
  const x = Math.round((box.x + quiet + shift) / DOT) * DOT;
  const height = box.height - caption;
  const bars: Mark = {
    kind: 'code',
    x,
    y: box.y,
    moduleWidth: module,
    moduleHeight: height,
    rectangles: symbol.bars.map((bar) => [bar.x, 0, bar.width, 1] as const),
  };
  // Bars are read on white only, whatever the ground is; their quiet zones stay white as well.
  const plate: Mark = {
    kind: 'fill',
    path: rectangle({ x: x - quiet, y: box.y, width: width + 2 * quiet, height: box.height }),
    colour: '#ffffff',
  };
  if (!element.number) return [plate, bars];
  const style: TextStyle = {
    weight: 'medium',
    size: 6.5,
    colour: 'ink',
    align: 'center',
    valign: 'bottom',
  };
  const below = { x, y: box.y + height, width, height: caption };
  return [plate, bars, ...textMarks(ground, number, below, style)];
}

function qrMarks(box: Box, address: string): readonly Mark[] {
  const code = qrCode(address);
  const whole = Math.min(box.width, box.height);
  const modules = code.size + 2 * QR_QUIET;
  const dots = Math.floor(whole / DOT / modules);
  const module = dots >= 2 ? dots * DOT : whole / modules;
  const side = modules * module;
  const x = box.x + (box.width - side) / 2;
  const y = box.y + (box.height - side) / 2;
  return [
    // Its quiet zone is white whatever the ground is.
    { kind: 'fill', path: rectangle({ x, y, width: side, height: side }), colour: '#ffffff' },
    {
      kind: 'code',
      x: Math.round((x + QR_QUIET * module) / DOT) * DOT,
      y: Math.round((y + QR_QUIET * module) / DOT) * DOT,
      moduleWidth: module,
      moduleHeight: module,
      rectangles: code.runs.map((run) => [run.x, run.y, run.length, 1] as const),
    },
  ];
}

/** What touches an edge of the card runs over it. */
function over({ x, y, width, height }: Box, bleed: number): Box {
  const [left, top] = [x <= 0 ? bleed : 0, y <= 0 ? bleed : 0];
  const right = x + width >= CARD_SIZE.width ? bleed : 0;
  const bottom = y + height >= CARD_SIZE.height ? bleed : 0;
  return { x: x - left, y: y - top, width: width + left + right, height: height + top + bottom };
}

function contain(box: Box, shape: PictureShape): Box {
  return centred(box, shape, Math.min(box.width / shape.width, box.height / shape.height));
}

function cover(box: Box, shape: PictureShape): Box {
  return centred(box, shape, Math.max(box.width / shape.width, box.height / shape.height));
}

function centred(box: Box, shape: PictureShape, scale: number): Box {
  const [width, height] = [shape.width * scale, shape.height * scale];
  return { x: box.x + (box.width - width) / 2, y: box.y + (box.height - height) / 2, width, height };
}

/** Tones of the colours met so far: working one out takes longer than drawing a card. */
const tones = new Map<string, string>();
const MOST_TONES = 1000;

function colourOf({ library }: CardGround, colour: CardColour): string {
  if (colour.startsWith('#')) return hexColour(colour);
  const key = `${library.colour} ${colour}`;
  const known = tones.get(key);
  if (known !== undefined) return known;
  if (tones.size >= MOST_TONES) tones.clear();
  const made = toneOf(library.colour, colour);
  tones.set(key, made);
  return made;
}

function toneOf(libraryColour: string, colour: CardColour): string {
  // The fill is dark enough for white text on it, and so for small coloured text on white.
  const { fill, onFill } = libraryColours(hexColour(libraryColour));
  switch (colour) {
    case 'main':
      return fill;
    case 'on_main':
      return onFill;
    case 'main_dark':
      return mix(fill, '#000000', 0.13);
    case 'main_light':
      return mix(fill, '#ffffff', 0.55);
    case 'tint':
      return mix(fill, '#ffffff', 0.92);
    case 'muted':
      return MUTED;
    case 'white':
      return '#ffffff';
    default:
      return INK;
  }
}
