import { once } from 'node:events';
import { PassThrough, type Writable } from 'node:stream';
import { texts } from '../i18n/index.ts';
import {
  CARD,
  type CardDesign,
  type CardLibrary,
  cardDesign,
  drawBack,
  drawFront,
  type PrintedCard,
} from './card-face.ts';
import { A4, bytesOf, MM, newPdf, type Pdf } from './pdf.ts';

export interface CardPdfInput {
  readonly library: CardLibrary;
  /** A list, or cards as they come from the database. */
  readonly cards: Iterable<PrintedCard> | AsyncIterable<PrintedCard>;
  /** `cr80`: one page a side, for card printers. `a4`: ten a sheet with crop marks, backs mirrored for duplex. */
  readonly layout: 'cr80' | 'a4';
  readonly lang: 'id' | 'en';
  readonly now: Date;
}

/** Cards on an A4 sheet, and the gaps that keep a neighbour's colour out of a cut that is a little off. */
const COLUMNS = 2;
const ROWS = 5;
const GAP = { x: 6 * MM, y: 2 * MM } as const;

/** The cards as one PDF in memory; for more than a few hundred use `writeCards`. */
export async function cardPdf(input: CardPdfInput): Promise<Buffer> {
  const through = new PassThrough();
  const [bytes] = await Promise.all([bytesOf(through), writeCards(input, through)]);
  return bytes;
}

/**
 * Writes the cards as a PDF into a stream (a response, a file) and ends it; waits when the reader is slow and
 * lets other requests through between cards. Rejects when the stream breaks or a photo is not a JPEG.
 */
export async function writeCards(input: CardPdfInput, out: Writable): Promise<void> {
  const doc = newPdf({
    title: `${texts(input.lang).documents.card.file} – ${input.library.name}`,
    author: input.library.name,
    lang: input.lang,
    now: input.now,
  });
  const finished = once(out, 'finish');
  // Awaited at the end only; without a listener now, a stream that breaks meanwhile would end the process.
  finished.catch(() => undefined);
  doc.pipe(out);
  try {
    const design = cardDesign(doc, input.library);
    if (input.layout === 'cr80') await drawPages(doc, design, input.cards, out);
    else await drawSheets(doc, design, input.cards, out);
  } catch (error) {
    out.destroy(error instanceof Error ? error : new Error(String(error)));
    throw error;
  }
  doc.end();
  await finished;
}

async function drawPages(
  doc: Pdf,
  design: CardDesign,
  cards: CardPdfInput['cards'],
  out: Writable,
): Promise<void> {
  for await (const card of cards) {
    doc.addPage({ size: [CARD.width, CARD.height], margin: 0 });
    drawFront(doc, design, card);
    doc.addPage({ size: [CARD.width, CARD.height], margin: 0 });
    drawBack(doc, design, card);
    await breathe(out);
  }
}

async function drawSheets(
  doc: Pdf,
  design: CardDesign,
  cards: CardPdfInput['cards'],
  out: Writable,
): Promise<void> {
  let sheet: PrintedCard[] = [];
  for await (const card of cards) {
    sheet.push(card);
    if (sheet.length < COLUMNS * ROWS) continue;
    drawSheet(doc, design, sheet);
    sheet = [];
    await breathe(out);
  }
  if (sheet.length > 0) drawSheet(doc, design, sheet);
}

function drawSheet(doc: Pdf, design: CardDesign, cards: readonly PrintedCard[]): void {
  for (const side of ['front', 'back'] as const) {
    doc.addPage({ size: [A4.width, A4.height], margin: 0 });
    drawCropMarks(doc);
    cards.forEach((card, index) => {
      const column = index % COLUMNS;
      // Turned over along its long edge the sheet's left column lies behind the right one.
      const { x, y } = placeOf(side === 'front' ? column : COLUMNS - 1 - column, Math.floor(index / COLUMNS));
      doc.save().translate(x, y);
      doc.roundedRect(0, 0, CARD.width, CARD.height, CARD.radius).clip();
      if (side === 'front') drawFront(doc, design, card);
      else drawBack(doc, design, card);
      doc.restore();
      doc.roundedRect(x, y, CARD.width, CARD.height, CARD.radius).lineWidth(0.25).stroke('#c8ccd2');
    });
  }
}

function placeOf(column: number, row: number): { x: number; y: number } {
  const width = COLUMNS * CARD.width + (COLUMNS - 1) * GAP.x;
  const height = ROWS * CARD.height + (ROWS - 1) * GAP.y;
  return {
    x: (A4.width - width) / 2 + column * (CARD.width + GAP.x),
    y: (A4.height - height) / 2 + row * (CARD.height + GAP.y),
  };
}

/** Marks in the sheet's margin at both edges of every column and row. */
function drawCropMarks(doc: Pdf): void {
  const length = 4 * MM;
  const away = 1.5 * MM;
  const first = placeOf(0, 0);
  const last = placeOf(COLUMNS - 1, ROWS - 1);
  const right = last.x + CARD.width;
  const bottom = last.y + CARD.height;
  doc.lineWidth(0.3);
  for (let column = 0; column < COLUMNS; column++) {
    for (const x of [placeOf(column, 0).x, placeOf(column, 0).x + CARD.width]) {
      doc.moveTo(x, first.y - away - length).lineTo(x, first.y - away);
      doc.moveTo(x, bottom + away).lineTo(x, bottom + away + length);
    }
  }
  for (let row = 0; row < ROWS; row++) {
    for (const y of [placeOf(0, row).y, placeOf(0, row).y + CARD.height]) {
      doc.moveTo(first.x - away - length, y).lineTo(first.x - away, y);
      doc.moveTo(right + away, y).lineTo(right + away + length, y);
    }
  }
  doc.stroke('#000000');
}

/** Between cards: the reader catches up, and other requests get their turn. */
async function breathe(out: Writable): Promise<void> {
  if (out.destroyed) throw new Error('the reader of the cards went away');
  if (out.writableNeedDrain) await Promise.race([once(out, 'drain'), once(out, 'close')]);
  await new Promise((resolve) => setImmediate(resolve));
}
