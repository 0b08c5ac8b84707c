import { FONTS } from './fonts.ts';
import type { Pdf } from './pdf.ts';
import { MM } from './units.ts';

/** The five symbols of PermenPANRB 35/2012: capsule, box, diamond, arrow, pentagon. Points throughout. */
export type Shape = 'capsule' | 'box' | 'diamond';

export interface FlowSymbol {
  readonly shape: Shape;
  /** Centre and half sizes. */
  readonly x: number;
  readonly y: number;
  readonly halfWidth: number;
  readonly halfHeight: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

const STROKE = 0.9;
const HEAD = 1.7 * MM;
export const PENTAGON = { halfWidth: 3 * MM, halfHeight: 3 * MM } as const;

/** A symbol of the usual size for a column. */
export function symbolIn(shape: Shape, x: number, y: number, columnWidth: number): FlowSymbol {
  const wide = Math.min(columnWidth / 2 - 2.6 * MM, 8 * MM);
  return { shape, x, y, halfWidth: wide, halfHeight: shape === 'diamond' ? 4.4 * MM : 3.2 * MM };
}

export function drawSymbol(doc: Pdf, symbol: FlowSymbol): void {
  const { x, y, halfWidth, halfHeight } = symbol;
  switch (symbol.shape) {
    case 'capsule':
      doc.roundedRect(x - halfWidth, y - halfHeight, 2 * halfWidth, 2 * halfHeight, halfHeight);
      break;
    case 'box':
      doc.rect(x - halfWidth, y - halfHeight, 2 * halfWidth, 2 * halfHeight);
      break;
    case 'diamond':
      doc.polygon([x, y - halfHeight], [x + halfWidth, y], [x, y + halfHeight], [x - halfWidth, y]);
      break;
    default: {
      const unknown: never = symbol.shape;
      throw new RangeError(String(unknown));
    }
  }
  doc.lineWidth(STROKE).fillAndStroke('#ffffff', '#000000');
}

/** The off-page connector, with the number of the step the flow goes on to or comes from. */
export function drawPentagon(doc: Pdf, x: number, y: number, label: string): void {
  const { halfWidth, halfHeight } = PENTAGON;
  doc
    .polygon(
      [x - halfWidth, y - halfHeight],
      [x + halfWidth, y - halfHeight],
      [x + halfWidth, y + halfHeight * 0.3],
      [x, y + halfHeight],
      [x - halfWidth, y + halfHeight * 0.3],
    )
    .lineWidth(STROKE)
    .fillAndStroke('#ffffff', '#000000');
  doc.font(FONTS.medium).fontSize(7).fillColor('#000000');
  doc.text(label, x - doc.widthOfString(label) / 2, y - 4.4, { lineBreak: false });
}

/** A line through these points that ends in an arrow head. */
export function drawArrow(doc: Pdf, points: readonly Point[]): void {
  const end = points.at(-1);
  const before = points.at(-2);
  if (!end || !before) return;
  const length = Math.hypot(end.x - before.x, end.y - before.y) || 1;
  const dx = (end.x - before.x) / length;
  const dy = (end.y - before.y) / length;
  const [first, ...rest] = points;
  if (!first) return;
  doc.moveTo(first.x, first.y);
  for (const point of rest) doc.lineTo(point.x, point.y);
  doc.lineWidth(STROKE).stroke('#000000');
  const back = { x: end.x - dx * HEAD, y: end.y - dy * HEAD };
  doc
    .polygon(
      [end.x, end.y],
      [back.x - dy * HEAD * 0.4, back.y + dx * HEAD * 0.4],
      [back.x + dy * HEAD * 0.4, back.y - dx * HEAD * 0.4],
    )
    .fill('#000000');
}

/** The words of a branch, on white so that a line behind does not strike them through. */
export function drawBranchLabel(
  doc: Pdf,
  label: string,
  x: number,
  y: number,
  align: 'left' | 'right',
): void {
  doc.font(FONTS.regular).fontSize(6.5);
  const width = doc.widthOfString(label);
  const left = align === 'left' ? x : x - width;
  doc.rect(left - 0.5, y - 0.5, width + 1, 8).fill('#ffffff');
  doc.fillColor('#000000').text(label, left, y, { lineBreak: false });
}
