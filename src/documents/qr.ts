import { encode } from 'uqr';
import type { Pdf } from './pdf.ts';
import { MASK, qrOfBytes } from './qr-bytes.ts';
import { barsSvg } from './svg.ts';

/** Horizontal runs of dark modules of a QR code, without its quiet zone. */
export interface QrCode {
  /** Modules per side, 21 to 177. */
  readonly size: number;
  readonly runs: readonly { readonly x: number; readonly y: number; readonly length: number }[];
}

/** The quiet zone that ISO/IEC 18004 asks for, in modules. */
export const QR_QUIET = 4;

/**
 * The QR code of a text, error correction M or better where it costs no size. The mask is fixed: trying all
 * eight takes six times as long, and what is encoded here is as good as random under any of them.
 * Throws for a text that no QR code can hold (above about 2,300 characters).
 */
export function qrCode(text: string): QrCode {
  // Digits and capitals alone have shorter modes of their own, which the library knows.
  const drawn = /^[0-9A-Z $%*+./:-]*$/.test(text) ? undefined : qrOfBytes(new TextEncoder().encode(text));
  const { size, modules } = drawn ?? drawnByLibrary(text);
  const runs: { x: number; y: number; length: number }[] = [];
  for (let y = 0; y < size; y++) {
    const row = y * size;
    for (let x = 0; x < size; x++) {
      if (modules[row + x] !== 1) continue;
      const from = x;
      while (x + 1 < size && modules[row + x + 1] === 1) x++;
      runs.push({ x: from, y, length: x - from + 1 });
    }
  }
  return { size, runs };
}

function drawnByLibrary(text: string): { readonly size: number; readonly modules: Uint8Array } {
  const { size, data } = encode(text, { ecc: 'M', boostEcc: true, maskPattern: MASK, border: 0 });
  return { size, modules: Uint8Array.from(data.flat(), Number) };
}

/** An accessible SVG picture of the QR code of a text, quiet zone included. */
export function qrSvg(text: string, title: string): string {
  const code = qrCode(text);
  const side = code.size + 2 * QR_QUIET;
  const path = code.runs
    .map((run) => `M${run.x + QR_QUIET} ${run.y + QR_QUIET}h${run.length}v1h-${run.length}z`)
    .join('');
  return barsSvg({ title, width: side, height: side, path, proportional: true });
}

/**
 * Draws a QR code as one filled vector path, its quiet zone left to the caller's layout.
 * @param x,y the top left corner of the first module @param side of the square without quiet zone; points
 */
export function drawQr(doc: Pdf, code: QrCode, x: number, y: number, side: number): void {
  const rectangles = code.runs.map((run) => `${run.x} ${run.y} ${run.length} 1 re`).join('\n');
  doc
    .save()
    .translate(x, y)
    .scale(side / code.size)
    .addContent(`0 g\n${rectangles}\nf`)
    .restore();
}
