import { texts } from '../i18n/index.ts';
import { INK, MUTED, RULE } from './colour.ts';
import { wrapText } from './fit-text.ts';
import { FONTS } from './fonts.ts';
import type { PaperField } from './paper-form.ts';
import type { Pdf } from './pdf.ts';
import { MM } from './units.ts';

/** Something of a known height that can be drawn at any place. */
export interface Block {
  /** Points. */
  readonly height: number;
  readonly draw: (x: number, y: number) => void;
}

const BOX = { width: 5.6 * MM, height: 6.6 * MM, group: 1.6 * MM } as const;
/** Room for handwriting. */
const LINE = 7.6 * MM;
const TICK = 3.6 * MM;

/** The place where a field is answered by hand. */
export function answerBlock(doc: Pdf, field: PaperField, width: number, lang: 'id' | 'en'): Block {
  const words = texts(lang).documents.form;
  switch (field.kind) {
    case 'text':
    case 'digits':
      return field.boxes === undefined
        ? linesBlock(doc, field.lines ?? 1, width)
        : combBlock(doc, [{ boxes: field.boxes }], width, field.boxes > 8 ? 4 : 0);
    case 'date':
      return combBlock(
        doc,
        [
          { boxes: 2, caption: words.day },
          { boxes: 2, caption: words.month },
          { boxes: 4, caption: words.year },
        ],
        width,
        0,
      );
    case 'choice':
      return choiceBlock(doc, field.options ?? [], width);
    case 'address': {
      const { village, district, regency, province } = words.address;
      return labelledLinesBlock(doc, [village, district, regency, province], width);
    }
    case 'signature':
      return linesBlock(doc, 2, width);
    default: {
      const unknown: never = field.kind;
      throw new RangeError(String(unknown));
    }
  }
}

/** A label with its hint below it, wrapped. */
export function labelBlock(doc: Pdf, label: string, hint: string | undefined, width: number): Block {
  const lines = wrapText(doc, label, FONTS.medium, 9.5, width);
  const hints = hint === undefined ? [] : wrapText(doc, hint, FONTS.regular, 7.5, width);
  return {
    height: lines.length * 11.5 + hints.length * 9,
    draw: (x, y) => {
      doc.font(FONTS.medium).fontSize(9.5).fillColor(INK);
      lines.forEach((line, index) => {
        doc.text(line, x, y + index * 11.5, { lineBreak: false });
      });
      doc.font(FONTS.regular).fontSize(7.5).fillColor(MUTED);
      hints.forEach((line, index) => {
        doc.text(line, x, y + lines.length * 11.5 + index * 9, { lineBreak: false });
      });
    },
  };
}

/** A wrapped paragraph. */
export function paragraphBlock(doc: Pdf, text: string, size: number, width: number, colour = INK): Block {
  const lines = wrapText(doc, text, FONTS.regular, size, width);
  const leading = size * 1.28;
  return {
    height: lines.length * leading,
    draw: (x, y) => {
      doc.font(FONTS.regular).fontSize(size).fillColor(colour);
      lines.forEach((line, index) => {
        doc.text(line, x, y + index * leading, { lineBreak: false });
      });
    },
  };
}

/** An empty box to cross with its label to the right. */
export function drawTick(doc: Pdf, label: string, x: number, y: number): void {
  doc.rect(x, y, TICK, TICK).lineWidth(0.8).stroke(INK);
  doc.font(FONTS.regular).fontSize(9.5).fillColor(INK);
  doc.text(label, x + TICK + 1.6 * MM, y - 0.6, { lineBreak: false });
}

function linesBlock(doc: Pdf, count: number, width: number): Block {
  return {
    height: count * LINE,
    draw: (x, y) => {
      for (let line = 1; line <= count; line++) drawRule(doc, x, y + line * LINE - 1, width);
    },
  };
}

function labelledLinesBlock(doc: Pdf, labels: readonly string[], width: number): Block {
  const column = (width - 4 * MM) / 2;
  const rowHeight = LINE + 2.6 * MM;
  return {
    height: Math.ceil(labels.length / 2) * rowHeight,
    draw: (x, y) => {
      labels.forEach((label, index) => {
        const left = x + (index % 2) * (column + 4 * MM);
        const top = y + Math.floor(index / 2) * rowHeight;
        drawRule(doc, left, top + LINE - 1, column);
        doc.font(FONTS.regular).fontSize(7).fillColor(MUTED);
        doc.text(label, left, top + LINE + 0.4, { lineBreak: false });
      });
    },
  };
}

interface CombGroup {
  readonly boxes: number;
  readonly caption?: string;
}

/** Boxes for single letters or digits; every so many a small gap, as people read numbers in groups. */
function combBlock(doc: Pdf, groups: readonly CombGroup[], width: number, gapEvery: number): Block {
  const boxes = groups.reduce((sum, group) => sum + group.boxes, 0);
  const gaps = gapEvery > 0 ? Math.ceil(boxes / gapEvery) - 1 : groups.length - 1;
  const boxWidth = Math.min(BOX.width, (width - gaps * BOX.group) / boxes);
  const captions = groups.some((group) => group.caption !== undefined);
  return {
    height: BOX.height + (captions ? 3 * MM : 0.4 * MM),
    draw: (x, y) => {
      let left = x;
      for (const group of groups) {
        const from = left;
        for (let box = 0; box < group.boxes; box++) {
          if (gapEvery > 0 && box > 0 && box % gapEvery === 0) left += BOX.group;
          doc.rect(left, y, boxWidth, BOX.height);
          left += boxWidth;
        }
        doc.lineWidth(0.6).stroke(RULE);
        if (group.caption !== undefined) {
          doc.font(FONTS.regular).fontSize(7).fillColor(MUTED);
          const shift = (left - from - doc.widthOfString(group.caption)) / 2;
          doc.text(group.caption, from + shift, y + BOX.height + 1, { lineBreak: false });
        }
        left += BOX.group;
      }
    },
  };
}

function choiceBlock(doc: Pdf, options: readonly string[], width: number): Block {
  doc.font(FONTS.regular).fontSize(9.5);
  const widest = Math.max(0, ...options.map((option) => doc.widthOfString(option)));
  const columns = Math.max(1, Math.min(4, Math.floor(width / (widest + TICK + 6 * MM))));
  const rowHeight = 5.4 * MM;
  return {
    height: Math.ceil(options.length / columns) * rowHeight,
    draw: (x, y) => {
      options.forEach((option, index) => {
        const column = index % columns;
        drawTick(
          doc,
          option,
          x + (column * width) / columns,
          y + 1 + Math.floor(index / columns) * rowHeight,
        );
      });
    },
  };
}

function drawRule(doc: Pdf, x: number, y: number, width: number): void {
  doc
    .moveTo(x, y)
    .lineTo(x + width, y)
    .lineWidth(0.6)
    .stroke(RULE);
}
