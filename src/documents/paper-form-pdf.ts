import { libraryColours } from '../domain/theme.ts';
import { texts } from '../i18n/index.ts';
import { hexColour, INK, MUTED, mix, RULE } from './colour.ts';
import { drawEmblem, emblemSource } from './emblem-mark.ts';
import { drawLines, fitText, measureIn } from './fit-text.ts';
import { FONTS } from './fonts.ts';
import { answerBlock, type Block, drawTick, labelBlock, paragraphBlock } from './paper-field.ts';
import type { PaperConsent, PaperField, PaperForm, PaperSection } from './paper-form.ts';
import { A4, bytesOf, newPdf, type Pdf } from './pdf.ts';
import { drawQr, qrCode } from './qr.ts';
import { MM } from './units.ts';

const MARGIN = 15 * MM;
const WIDTH = A4.width - 2 * MARGIN;
const LABEL = 44 * MM;
const GAP = 4 * MM;
const BOTTOM = A4.height - 15 * MM;
const ROW_GAP = 1.7 * MM;

/** Where the next row goes, and the page it goes on. */
interface Cursor {
  readonly doc: Pdf;
  readonly form: PaperForm;
  readonly fill: string;
  y: number;
}

/** The blank form for handwriting on A4, in the order of the desk's screen so that it is typed without searching. */
export async function paperFormPdf(form: PaperForm): Promise<Buffer> {
  const doc = newPdf({
    title: `${form.title} – ${form.library.name}`,
    author: form.library.name,
    lang: form.lang,
    now: form.now,
    bufferPages: true,
  });
  const bytes = bytesOf(doc);
  const { fill, onFill } = libraryColours(hexColour(form.library.colour));
  const cursor: Cursor = { doc, form, fill, y: 0 };
  addPage(cursor);
  drawHeader(cursor, onFill);
  for (const part of form.intro ?? []) place(cursor, introBlock(doc, part));
  for (const section of form.sections) drawSection(cursor, section);
  for (const consent of form.consents) place(cursor, consentBlock(doc, consent, form.lang));
  if (form.signatures.length > 0) place(cursor, signaturesBlock(doc, form));
  drawFooters(doc, form);
  doc.end();
  return bytes;
}

function addPage(cursor: Cursor): void {
  cursor.doc.addPage({ size: [A4.width, A4.height], margin: 0 });
  cursor.y = MARGIN;
}

/** Draws a block, whole, on this page or the next. */
function place(cursor: Cursor, block: Block, gap = ROW_GAP): void {
  if (cursor.y + block.height > BOTTOM) addPage(cursor);
  block.draw(MARGIN, cursor.y);
  cursor.y += block.height + gap;
}

function drawHeader(cursor: Cursor, onFill: string): void {
  const { doc, form, fill } = cursor;
  const height = 22 * MM;
  doc.rect(0, 0, A4.width, height).fill(fill);
  drawEmblem(doc, { emblem: emblemSource(form.library.emblem), colour: fill }, MARGIN, 4 * MM, 14 * MM);
  const x = MARGIN + 18 * MM;
  const width = A4.width - MARGIN - x;
  const title = fitText(measureIn(doc), form.title, {
    font: FONTS.bold,
    width,
    height: 8 * MM,
    max: 17,
    min: 10,
  });
  doc.fillColor(onFill);
  drawLines(doc, title, { x, y: 4 * MM });
  const place = [form.library.name, form.library.address ?? ''].filter((part) => part !== '').join(' · ');
  const name = fitText(measureIn(doc), place, {
    font: FONTS.regular,
    width,
    height: 8 * MM,
    max: 10,
    min: 7,
  });
  drawLines(doc, name, { x, y: 12 * MM });
  cursor.y = height + 5 * MM;
  drawWays(cursor);
}

/** How to fill the form; the ticket where there is one; the quicker way by phone. */
function drawWays(cursor: Cursor): void {
  const { doc, form } = cursor;
  const words = texts(form.lang).documents.form;
  const side = 21 * MM;
  const top = cursor.y;
  let textWidth = WIDTH;
  if (form.onlineUrl !== undefined) {
    textWidth -= side + 6 * MM;
    drawQr(doc, qrCode(form.onlineUrl), A4.width - MARGIN - side, top, side);
  }
  const lines: Block[] = [paragraphBlock(doc, words.howToFill, 9.5, textWidth)];
  if (form.onlineUrl !== undefined) {
    lines.push(paragraphBlock(doc, words.online, 9.5, textWidth));
    lines.push(paragraphBlock(doc, form.onlineUrl.replace(/^https?:\/\//, ''), 9.5, textWidth, MUTED));
  }
  if (form.ticket !== undefined)
    lines.push(paragraphBlock(doc, `${words.ticket}: ${form.ticket}`, 11, textWidth));
  for (const block of lines) {
    block.draw(MARGIN, cursor.y);
    cursor.y += block.height + 1 * MM;
  }
  if (form.onlineUrl !== undefined) cursor.y = Math.max(cursor.y, top + side);
  cursor.y += 2 * MM;
}

function introBlock(doc: Pdf, part: { readonly title: string; readonly text: string }): Block {
  const title = labelBlock(doc, part.title, undefined, WIDTH);
  const text = paragraphBlock(doc, part.text, 8.5, WIDTH);
  return {
    height: title.height + text.height,
    draw: (x, y) => {
      title.draw(x, y);
      text.draw(x, y + title.height);
    },
  };
}

function drawSection(cursor: Cursor, section: PaperSection): void {
  const { doc, form, fill } = cursor;
  const rows = rowsOf(section.fields).map((fields) => rowBlock(doc, fields, form.lang));
  const heading = headingBlock(doc, section, fill);
  const first = rows[0];
  cursor.y += 1.2 * MM;
  // A heading alone at the foot of a page belongs to nothing.
  if (first && cursor.y + heading.height + ROW_GAP + first.height > BOTTOM) addPage(cursor);
  place(cursor, heading, 2 * MM);
  for (const row of rows) place(cursor, row);
}

function headingBlock(doc: Pdf, section: PaperSection, fill: string): Block {
  const note = section.note === undefined ? undefined : paragraphBlock(doc, section.note, 8.5, WIDTH, MUTED);
  const bar = 6 * MM;
  return {
    height: bar + (note ? note.height + 1.4 * MM : 0),
    draw: (x, y) => {
      doc.rect(x, y, WIDTH, bar).fill(mix(fill, '#ffffff', 0.9));
      doc.rect(x, y, 1.2 * MM, bar).fill(fill);
      doc.font(FONTS.bold).fontSize(11).fillColor(fill);
      doc.text(section.title, x + 3.4 * MM, y + 0.9 * MM, { lineBreak: false });
      note?.draw(x, y + bar + 1.4 * MM);
    },
  };
}

/** Two halves that follow each other share a row. */
function rowsOf(fields: readonly PaperField[]): readonly (readonly PaperField[])[] {
  const rows: PaperField[][] = [];
  for (const field of fields) {
    const last = rows.at(-1);
    if (field.half && last?.length === 1 && last[0]?.half) last.push(field);
    else rows.push([field]);
  }
  return rows;
}

function rowBlock(doc: Pdf, fields: readonly PaperField[], lang: 'id' | 'en'): Block {
  const cell = (WIDTH - LABEL - GAP) / fields.length;
  const parts = fields.map((field, index) => {
    const labelWidth = index === 0 ? LABEL : 18 * MM;
    const width = index === 0 ? cell - GAP : cell - labelWidth - GAP;
    return {
      label: labelBlock(doc, field.label, field.hint, labelWidth),
      answer: answerBlock(doc, field, fields.length === 1 ? cell : width, lang),
      labelX: index === 0 ? 0 : LABEL + GAP + index * cell,
      answerX: index === 0 ? LABEL + GAP : LABEL + GAP + index * cell + labelWidth + GAP,
    };
  });
  return {
    height: Math.max(...parts.map((part) => Math.max(part.label.height, part.answer.height))),
    draw: (x, y) => {
      for (const part of parts) {
        part.label.draw(x + part.labelX, y + 1.2 * MM);
        part.answer.draw(x + part.answerX, y);
      }
    },
  };
}

function consentBlock(doc: Pdf, consent: PaperConsent, lang: 'id' | 'en'): Block {
  const words = texts(lang).documents.form;
  const inset = 2.2 * MM;
  const width = WIDTH - 2 * inset;
  const options = consent.kind === 'choice' ? [words.agree, words.disagree] : [words.agree];
  const tickColumn = 27 * MM;
  const label = labelBlock(doc, consent.label, undefined, width - options.length * tickColumn);
  const text = paragraphBlock(doc, consent.text, 8.5, width);
  const height = label.height + 1 * MM + text.height + 2 * inset;
  return {
    height,
    draw: (x, y) => {
      doc
        .roundedRect(x, y, WIDTH, height, 1.2 * MM)
        .lineWidth(0.6)
        .stroke(RULE);
      label.draw(x + inset, y + inset);
      text.draw(x + inset, y + inset + label.height + 1 * MM);
      options.forEach((option, index) => {
        drawTick(doc, option, x + WIDTH - (options.length - index) * tickColumn, y + inset);
      });
    },
  };
}

function signaturesBlock(doc: Pdf, form: PaperForm): Block {
  const words = texts(form.lang).documents.form;
  const columns = Math.max(2, form.signatures.length);
  const gap = 8 * MM;
  const width = (WIDTH - (columns - 1) * gap) / columns;
  return {
    height: 36 * MM,
    draw: (x, y) => {
      form.signatures.forEach((signature, index) => {
        const left = x + index * (width + gap);
        labelBlock(doc, signature.label, signature.hint, width).draw(left, y + 12 * MM);
        for (const [label, at] of [
          [`${words.place}, ${words.date.toLowerCase()}`, 8 * MM],
          [words.signatureName, 32.5 * MM],
        ] as const) {
          doc
            .moveTo(left, y + at)
            .lineTo(left + width, y + at)
            .lineWidth(0.6)
            .stroke(RULE);
          doc.font(FONTS.regular).fontSize(7).fillColor(MUTED);
          doc.text(label, left, y + at + 1, { lineBreak: false });
        }
      });
    },
  };
}

function drawFooters(doc: Pdf, form: PaperForm): void {
  const words = texts(form.lang).documents.form;
  const { count } = doc.bufferedPageRange();
  for (let page = 0; page < count; page++) {
    doc.switchToPage(page);
    doc.font(FONTS.regular).fontSize(8).fillColor(MUTED);
    const y = A4.height - 10.5 * MM;
    doc.text(form.library.name, MARGIN, y, { lineBreak: false });
    const text = words.page(page + 1, count);
    doc.text(text, A4.width - MARGIN - doc.widthOfString(text), y, { lineBreak: false });
    doc.fillColor(INK);
  }
}
