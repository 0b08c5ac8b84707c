import type { Pdf } from './pdf.ts';
import { MM } from './units.ts';

/** The emblem (PNG or JPEG) as pdfkit keeps it once for all cards: only images named by a string are shared. */
export function emblemSource(emblem: Buffer | undefined): string | undefined {
  if (!emblem) return undefined;
  const type = emblem[0] === 0xff ? 'jpeg' : 'png';
  return `data:image/${type};base64,${emblem.toString('base64')}`;
}

/** The library's emblem on a white plate, or a plain open book in the library's colour until it has one. */
export function drawEmblem(
  doc: Pdf,
  mark: { readonly emblem: string | undefined; readonly colour: string },
  x: number,
  y: number,
  side: number,
): void {
  if (mark.emblem !== undefined) {
    doc.roundedRect(x, y, side, side, 1.2 * MM).fill('#ffffff');
    const inset = 0.7 * MM;
    const fit = side - 2 * inset;
    doc.image(mark.emblem, x + inset, y + inset, { fit: [fit, fit], align: 'center', valign: 'center' });
    return;
  }
  doc.circle(x + side / 2, y + side / 2, side / 2).fill('#ffffff');
  drawBook(doc, x + side * 0.17, y + side * 0.17, side * 0.66, mark.colour);
}

/** An open book, filling a square. */
export function drawBook(doc: Pdf, x: number, y: number, side: number, colour: string): void {
  const left = 'M11.3 6.4C9 4.7 5.8 4 1.5 4.2v14.4c4.3-.2 7.5.4 9.8 2.2z';
  const right = 'M12.7 6.4c2.3-1.7 5.5-2.4 9.8-2.2v14.4c-4.3-.2-7.5.4-9.8 2.2z';
  doc
    .save()
    .translate(x, y)
    .scale(side / 24)
    .path(left + right)
    .fill(colour)
    .restore();
}
