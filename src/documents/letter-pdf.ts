import { setImmediate as breathe } from 'node:timers/promises';
import { wrapText } from './fit-text.ts';
import { FONTS, type FontName } from './fonts.ts';
import { A4, bytesOf, newPdf, type Pdf } from './pdf.ts';
import { MM } from './units.ts';

export interface LetterSection {
  readonly heading: string;
  readonly paragraphs?: readonly string[];
  /** Names and values. */
  readonly rows?: readonly (readonly [label: string, value: string])[];
}

export interface LetterInput {
  readonly title: string;
  /** Below the title. */
  readonly lead: readonly string[];
  readonly sections: readonly LetterSection[];
  /** Who publishes it: the library. */
  readonly author: string;
  readonly lang: 'id' | 'en';
  /** `#rrggbb` of the line below the title: the library's own colour. */
  readonly accent?: string;
  readonly now: Date;
  /** "Halaman 1 dari 3" */
  readonly pageOf: (page: number, pages: number) => string;
}

const MARGIN = 22 * MM;
const WIDTH = A4.width - 2 * MARGIN;
const BOTTOM = A4.height - 22 * MM;
const SIZE = 10.5;
const LEADING = 15;
const LABEL = 56 * MM;
/** Between two rows, pt; a hairline lies in it. */
const ROW_GAP = 5;
/** Rows or pages written in one turn of the event loop. */
const AT_ONCE = 50;
/** Sections up to this height are not torn apart, pt. */
const SHORT = 170;

/** Plain text on A4, to be read and kept: headings, paragraphs, names with values. */
export async function letterPdf(input: LetterInput): Promise<Buffer> {
  const doc = newPdf({ ...input, bufferPages: true });
  const bytes = bytesOf(doc);
  const sheet = openSheet(doc);
  sheet.lines(input.author, FONTS.medium, 10, 14, 0, WIDTH);
  sheet.gap(4);
  sheet.lines(input.title, FONTS.bold, 19, 24, 0, WIDTH);
  for (const paragraph of input.lead) {
    sheet.gap(3);
    sheet.lines(paragraph, FONTS.regular, SIZE, LEADING, 0, WIDTH);
  }
  sheet.gap(8);
  sheet.bar(input.accent ?? '#444444');
  for (const section of input.sections) {
    sheet.gap(16);
    // A short section stays in one piece, a long one begins with at least a few lines.
    sheet.need(Math.min(sheet.heightOf(section), SHORT) || 4 * LEADING);
    sheet.lines(section.heading, FONTS.bold, 13, 18, 0, WIDTH);
    sheet.rule();
    for (const paragraph of section.paragraphs ?? []) {
      sheet.lines(paragraph, FONTS.regular, SIZE, LEADING, 0, WIDTH);
      sheet.gap(4);
    }
    for (const [index, [label, value]] of (section.rows ?? []).entries()) {
      sheet.row(label, value, index === 0);
      // Thousands of them take seconds, and others wait for their pages.
      if (index % AT_ONCE === AT_ONCE - 1) await breathe();
    }
  }
  const { count } = doc.bufferedPageRange();
  for (let page = 0; page < count; page++) {
    if (page % AT_ONCE === AT_ONCE - 1) await breathe();
    doc.switchToPage(page);
    doc.font(FONTS.regular).fontSize(8.5).fillColor('#555555');
    const text = `${input.title} · ${input.pageOf(page + 1, count)}`;
    doc.text(text, MARGIN, A4.height - 14 * MM, { lineBreak: false });
  }
  doc.end();
  return bytes;
}

function openSheet(doc: Pdf) {
  let y = MARGIN;
  const addPage = () => {
    doc.addPage({ size: [A4.width, A4.height], margin: 0 });
    y = MARGIN;
  };
  addPage();
  const need = (height: number) => {
    if (y + height > BOTTOM) addPage();
  };
  function lines(text: string, font: FontName, size: number, leading: number, left: number, width: number) {
    for (const paragraph of text.split('\n'))
      for (const line of wrapText(doc, paragraph, font, size, width)) {
        need(leading);
        doc.font(font).fontSize(size).fillColor('#111111');
        doc.text(line, MARGIN + left, y, { lineBreak: false });
        y += leading;
      }
  }
  return {
    need,
    lines,
    gap(height: number) {
      y += height;
    },
    rule() {
      doc
        .moveTo(MARGIN, y + 1)
        .lineTo(MARGIN + WIDTH, y + 1)
        .lineWidth(0.6)
        .strokeColor('#999999')
        .stroke();
      y += 6;
    },
    /** A thick line, for below a title. */
    bar(colour: string) {
      doc.rect(MARGIN, y, WIDTH, 2.4).fillColor(colour).fill();
      y += 2.4;
    },
    heightOf(section: LetterSection) {
      const linesOf = (text: string, width: number) =>
        text
          .split('\n')
          .reduce((sum, part) => sum + wrapText(doc, part, FONTS.regular, SIZE, width).length, 0);
      const paragraphs = (section.paragraphs ?? []).map((text) => linesOf(text, WIDTH) * LEADING + 4);
      // What has as many is long whatever stands in them.
      const rows = (section.rows ?? [])
        .slice(0, SHORT / LEADING)
        .map(([, value]) => linesOf(value, WIDTH - LABEL) * LEADING + ROW_GAP);
      return [...paragraphs, ...rows].reduce((sum, height) => sum + height, 26);
    },
    row(label: string, value: string, isFirst: boolean) {
      const named = wrapText(doc, label, FONTS.medium, SIZE, LABEL - 5 * MM);
      const told = value
        .split('\n')
        .flatMap((part) => wrapText(doc, part, FONTS.regular, SIZE, WIDTH - LABEL));
      // A row that fits on a page stays in one piece.
      const tall = Math.max(named.length, told.length) * LEADING;
      need(tall < BOTTOM - MARGIN ? tall : LEADING);
      if (!isFirst && y > MARGIN)
        doc
          .moveTo(MARGIN, y - ROW_GAP / 2 - 1)
          .lineTo(MARGIN + WIDTH, y - ROW_GAP / 2 - 1)
          .lineWidth(0.4)
          .strokeColor('#dddddd')
          .stroke();
      const top = y;
      named.forEach((line, index) => {
        doc.font(FONTS.medium).fontSize(SIZE).fillColor('#444444');
        doc.text(line, MARGIN, top + index * LEADING, { lineBreak: false });
      });
      lines(value, FONTS.regular, SIZE, LEADING, LABEL, WIDTH - LABEL);
      if (y >= top) y = Math.max(y, top + named.length * LEADING);
      y += ROW_GAP;
    },
  };
}
