import { libraryColours } from '../domain/theme.ts';
import { texts } from '../i18n/index.ts';
import { CODE128_QUIET, code128, drawCode128 } from './code128.ts';
import { hexColour, INK, MUTED, mix } from './colour.ts';
import { drawEmblem, emblemSource } from './emblem-mark.ts';
import { drawLines, type FittedText, fitText } from './fit-text.ts';
import { DOT, FONTS, MM, type Pdf } from './pdf.ts';
import { drawQr, QR_QUIET, qrCode } from './qr.ts';

export interface CardLibrary {
  readonly name: string;
  /** Where a found card is returned to. */
  readonly address?: string;
  /** `#rrggbb` */
  readonly colour: string;
  /** PNG or JPEG; without it a plain book is drawn. */
  readonly emblem?: Buffer;
}

/** What a card shows, and nothing else: no NIK, no address, no date of birth. */
export interface PrintedCard {
  readonly number: string;
  readonly name: string;
  /** JPEG 3:4 as `preparePhoto` makes it; without it the name takes its place. */
  readonly photo?: Buffer;
  /** `#rrggbb` around the photo, such as red or blue by birth year where a library wants that. */
  readonly photoFrame?: string;
  readonly memberType: string;
  /** A date as people write it; null: for life. */
  readonly validUntil: string | null;
  readonly rulesText: readonly string[];
  /** The address of `/k/{signed}`. */
  readonly verifyUrl: string;
  readonly lang: 'id' | 'en';
}

/** CR80, ISO/IEC 7810 ID-1; points. */
export const CARD = { width: 85.6 * MM, height: 53.98 * MM, radius: 3.18 * MM } as const;

/** Printed matter keeps this far from the edge: card printers and cutters shift by a millimetre. */
const EDGE = 4 * MM;
const BAND = 14.6 * MM;
/** Narrow bars of two dots at 300 dpi (0.17 mm) are the thinnest that hand scanners read from plastic. */
const LEAST_DOTS = 2;

/** What all cards of one library share, worked out once for a batch. */
export interface CardDesign {
  readonly library: CardLibrary;
  readonly colour: string;
  readonly onColour: string;
  readonly tint: string;
  readonly emblem: string | undefined;
  readonly name: FittedText;
  readonly rules: Map<string, FittedText[]>;
}

/** Prepares the design of a library's cards for a document. */
export function cardDesign(doc: Pdf, library: CardLibrary): CardDesign {
  // The fill is dark enough for white text on it, and so for small coloured text on white.
  const { fill, onFill } = libraryColours(hexColour(library.colour));
  return {
    library,
    colour: fill,
    onColour: onFill,
    tint: mix(fill, '#ffffff', 0.92),
    emblem: emblemSource(library.emblem),
    name: fitText(doc, library.name, {
      font: FONTS.medium,
      width: CARD.width - EDGE - 16.4 * MM,
      height: 7 * MM,
      max: 11.5,
      min: 6,
      leading: 1.08,
    }),
    rules: new Map(),
  };
}

/** Draws the front with its top left corner at the origin. */
export function drawFront(doc: Pdf, design: CardDesign, card: PrintedCard): void {
  const words = texts(card.lang).documents.card;
  drawBand(doc, design);
  drawEmblem(doc, design, EDGE, (BAND - 9.4 * MM) / 2, 9.4 * MM);
  const textX = 16.4 * MM;
  const nameHeight = design.name.lines.length * design.name.leading;
  const top = (BAND - nameHeight - 3.1 * MM) / 2;
  doc.fillColor(design.onColour);
  drawLines(doc, design.name, { x: textX, y: top });
  doc.font(FONTS.regular).fontSize(7);
  doc.text(words.title, textX, top + nameHeight + 0.3 * MM, { lineBreak: false });

  const symbol = code128(card.number);
  const widest = (symbol.modules + 2 * CODE128_QUIET) * LEAST_DOTS * DOT;
  // A number too long for the place beside the photo gets the whole width below a smaller one.
  const beside = widest <= CARD.width - EDGE - 31 * MM || !card.photo;
  const photoHeight = beside ? 31.6 * MM : 24.4 * MM;
  const photoWidth = photoHeight * 0.75;
  const photoY = BAND + 3 * MM;
  if (card.photo) drawPhoto(doc, design, card.photo, card.photoFrame, EDGE, photoY, photoWidth, photoHeight);

  const left = card.photo ? EDGE + photoWidth + 3.6 * MM : EDGE;
  const width = CARD.width - EDGE - left;
  const barsTop = beside ? 41.2 * MM : 44.4 * MM;
  drawFacts(doc, design, card, { x: left, y: photoY, width, bottom: barsTop - 1 * MM });

  const barsX = beside ? left : EDGE;
  const barsWidth = CARD.width - EDGE - barsX;
  const dots = Math.floor(barsWidth / DOT / (symbol.modules + CODE128_QUIET));
  const module = dots >= LEAST_DOTS ? Math.min(dots, 4) * DOT : barsWidth / (symbol.modules + CODE128_QUIET);
  drawCode128(doc, symbol, {
    // The quiet zone on the left is the white gap that is there already; bars start on a printer's dot.
    x: Math.ceil(barsX / DOT) * DOT,
    y: barsTop,
    module,
    height: (beside ? 8 : 5.6) * MM,
  });
}

/** Draws the back with its top left corner at the origin. */
export function drawBack(doc: Pdf, design: CardDesign, card: PrintedCard): void {
  const words = texts(card.lang).documents.card;
  doc.rect(0, 0, CARD.width, 1.6 * MM).fill(design.colour);

  const qr = qrCode(card.verifyUrl);
  const side = qr.size;
  const module = Math.max(2, Math.floor((21.5 * MM) / DOT / side)) * DOT;
  const qrSide = side * module;
  const qrX = Math.floor((CARD.width - EDGE - qrSide) / DOT) * DOT;
  const qrY = 6.2 * MM;
  drawQr(doc, qr, qrX, qrY, qrSide);
  const captionWidth = 23 * MM;
  const captionX = qrX + qrSide / 2 - captionWidth / 2;
  const captionY = qrY + qrSide + QR_QUIET * module;
  const caption = fitText(doc, words.scan, {
    font: FONTS.regular,
    width: captionWidth,
    height: 5 * MM,
    max: 5.75,
    min: 4,
  });
  doc.fillColor(MUTED);
  drawLines(doc, caption, { x: captionX, y: captionY, width: captionWidth, align: 'center' });
  const number = fitText(doc, card.number, {
    font: FONTS.medium,
    width: captionWidth,
    height: 3 * MM,
    max: 6.5,
    min: 3,
  });
  doc.fillColor(INK);
  const numberY = captionY + caption.lines.length * caption.leading + 0.5 * MM;
  drawLines(doc, number, { x: captionX, y: numberY, width: captionWidth, align: 'center' });

  drawRules(doc, design, card, qrX - QR_QUIET * module - 2 * MM);
  drawReturn(doc, design, words.found);
}

function drawBand(doc: Pdf, design: CardDesign): void {
  doc.rect(0, 0, CARD.width, BAND).fill(design.colour);
  // Book spines on a shelf; darker than the ground, so that the white text only gains contrast.
  const shade = mix(design.colour, '#000000', 0.13);
  const spines = [3.2, 8.2, 2.4, 6.6, 3.4, 10.6, 2.6, 7.4, 3, 9.4, 2.2, 5.8, 3.6, 11.4, 2.8, 8.8];
  let x = CARD.width - 27.2 * MM;
  for (let i = 0; i + 1 < spines.length; i += 2) {
    const width = (spines[i] ?? 0) * MM;
    const height = (spines[i + 1] ?? 0) * MM;
    doc.rect(x, BAND - height, width, height);
    x += width + 0.5 * MM;
  }
  doc.fill(shade);
  doc.rect(0, BAND, CARD.width, 0.7 * MM).fill(mix(design.colour, '#ffffff', 0.55));
}

function drawPhoto(
  doc: Pdf,
  design: CardDesign,
  photo: Buffer,
  frame: string | undefined,
  x: number,
  y: number,
  width: number,
  height: number,
): void {
  const radius = 1.4 * MM;
  doc.save().roundedRect(x, y, width, height, radius).clip();
  doc.image(photo, x, y, { cover: [width, height], align: 'center', valign: 'center' });
  doc.restore();
  doc
    .roundedRect(x, y, width, height, radius)
    .lineWidth(frame === undefined ? 0.6 : 2)
    .stroke(frame === undefined ? mix(design.colour, '#ffffff', 0.4) : hexColour(frame));
}

function drawFacts(
  doc: Pdf,
  design: CardDesign,
  card: PrintedCard,
  box: { readonly x: number; readonly y: number; readonly width: number; readonly bottom: number },
): void {
  const words = texts(card.lang).documents.card;
  const rowHeight = 6.2 * MM;
  const numberHeight = 7.1 * MM;
  const rowsTop = box.bottom - rowHeight - numberHeight;
  const name = fitText(doc, card.name, {
    font: FONTS.bold,
    width: box.width,
    height: rowsTop - box.y - 0.8 * MM,
    max: card.photo ? 13.5 : 16,
    min: 7,
    leading: 1.1,
  });
  doc.fillColor(INK);
  drawLines(doc, name, { x: box.x, y: box.y - name.size * 0.18 });
  const half = (box.width - 2 * MM) / 2;
  drawFact(doc, design, words.number, card.number, box.x, rowsTop, box.width, 11);
  drawFact(doc, design, words.memberType, card.memberType, box.x, rowsTop + numberHeight, half, 8);
  const until = card.validUntil ?? words.lifetime;
  drawFact(doc, design, words.validUntil, until, box.x + half + 2 * MM, rowsTop + numberHeight, half, 8);
}

function drawFact(
  doc: Pdf,
  design: CardDesign,
  label: string,
  value: string,
  x: number,
  y: number,
  width: number,
  max: number,
): void {
  doc.fillColor(design.colour).font(FONTS.regular).fontSize(5.5);
  doc.text(label, x, y, { lineBreak: false });
  const fitted = fitText(doc, value, {
    font: FONTS.medium,
    width,
    height: 4.1 * MM,
    max,
    min: 4.5,
    leading: 1.05,
  });
  doc.fillColor(INK);
  // Values of different sizes stand on one line of the row.
  const height = fitted.lines.length * fitted.leading;
  drawLines(doc, fitted, { x, y: y + 2 * MM + Math.max(0, (3.8 * MM - height) / 2) });
}

function drawRules(doc: Pdf, design: CardDesign, card: PrintedCard, right: number): void {
  if (card.rulesText.length === 0) return;
  const top = 5.2 * MM;
  const bottom = CARD.height - 13.4 * MM;
  doc.fillColor(design.colour).font(FONTS.bold).fontSize(8);
  doc.text(texts(card.lang).documents.card.rules, EDGE, top, { lineBreak: false });
  const indent = 3.2 * MM;
  const listTop = top + 4.2 * MM;
  const key = `${Math.round(right)}\n${card.rulesText.join('\n')}`;
  const rules =
    design.rules.get(key) ?? fitRules(doc, card.rulesText, right - EDGE - indent, bottom - listTop);
  design.rules.set(key, rules);
  let y = listTop;
  rules.forEach((rule, index) => {
    doc.fillColor(design.colour).font(FONTS.medium).fontSize(rule.size);
    doc.text(`${index + 1}.`, EDGE, y, { lineBreak: false });
    doc.fillColor(INK);
    drawLines(doc, rule, { x: EDGE + indent, y });
    y += rule.lines.length * rule.leading + rule.size * 0.3;
  });
}

/** All rules at one size, the largest at which they fit together. */
function fitRules(doc: Pdf, rules: readonly string[], width: number, height: number): FittedText[] {
  for (let size = 7; ; size *= 0.97) {
    const fitted = rules.map((rule) =>
      fitText(doc, rule, { font: FONTS.regular, width, height, max: size, min: size, leading: 1.18 }),
    );
    const used = fitted.reduce((sum, rule) => sum + rule.lines.length * rule.leading + size * 0.3, 0);
    if (used <= height && fitted.every((rule) => rule.size === size)) return fitted;
  }
}

function drawReturn(doc: Pdf, design: CardDesign, found: string): void {
  const height = 11.6 * MM;
  const y = CARD.height - height;
  doc.rect(0, y, CARD.width, height).fill(design.tint);
  doc.fillColor(MUTED).font(FONTS.regular).fontSize(5.75);
  doc.text(found, EDGE, y + 1.1 * MM, { lineBreak: false });
  const width = CARD.width - 2 * EDGE;
  const address = design.library.address ?? '';
  const name = fitText(doc, design.library.name, {
    font: FONTS.medium,
    width,
    height: 3.2 * MM,
    max: 7.5,
    min: 4,
    leading: 1.1,
  });
  doc.fillColor(INK);
  drawLines(doc, name, { x: EDGE, y: y + 3.4 * MM });
  if (address === '') return;
  const lines = fitText(doc, address, { font: FONTS.regular, width, height: 3 * MM, max: 6, min: 3.5 });
  doc.fillColor(MUTED);
  drawLines(doc, lines, { x: EDGE, y: y + 6.5 * MM });
}
