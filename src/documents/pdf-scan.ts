/** A document that was sent as PDF, such as the Kartu Keluarga that the civil registry mails, as one picture. */
import { PDFiumLibrary } from '@hyzyla/pdfium';
import sharp, { type OverlayOptions } from 'sharp';

/** Longest side of a page in pixels: the small print of an A4 sheet stays readable. */
const LONGEST_SIDE = 2400;
/** A card with its letter, or a family card and what belongs to it. */
const MOST_PAGES = 4;
/** Between pages, in pixels. */
const GAP = 24;

/** Cut off or no PDF; with a password; longer than four pages. */
export type PdfRefusal = 'damaged' | 'locked' | 'too-many-pages';

/** The pages of a PDF below each other as a JPEG. */
export type PdfDrawer = (
  bytes: Uint8Array,
) => Promise<
  { readonly ok: true; readonly jpeg: Buffer } | { readonly ok: false; readonly reason: PdfRefusal }
>;

/**
 * Draws the pages below each other. PDFium runs as WebAssembly, so that a hostile file breaks nothing but its own
 * memory; it may well take for ever, which is why the service calls this in a thread of its own (`pdf-scans.ts`).
 */
export const drawPdf: PdfDrawer = async (bytes) => {
  const library = await PDFiumLibrary.init();
  try {
    const document = await library.loadDocument(bytes);
    const count = document.getPageCount();
    if (count < 1) return { ok: false, reason: 'damaged' };
    if (count > MOST_PAGES) return { ok: false, reason: 'too-many-pages' };
    const pages: { readonly width: number; readonly height: number; readonly data: Uint8Array }[] = [];
    for (let index = 0; index < count; index++) {
      const page = document.getPage(index);
      const { originalWidth, originalHeight } = page.getOriginalSize();
      const scale = LONGEST_SIDE / Math.max(originalWidth, originalHeight);
      const side = (points: number): number => Math.max(1, Math.round(points * scale));
      if (!Number.isFinite(scale)) return { ok: false, reason: 'damaged' };
      pages.push(await page.render({ width: side(originalWidth), height: side(originalHeight) }));
    }
    return { ok: true, jpeg: await stack(pages) };
  } catch (error) {
    const isLocked = error instanceof Error && /password/i.test(error.message);
    return { ok: false, reason: isLocked ? 'locked' : 'damaged' };
  } finally {
    library.destroy();
  }
};

async function stack(
  pages: readonly { readonly width: number; readonly height: number; readonly data: Uint8Array }[],
): Promise<Buffer> {
  let top = 0;
  const placed = pages.map(({ width, height, data }): OverlayOptions => {
    const place = {
      input: Buffer.from(data.buffer, data.byteOffset, data.length),
      raw: { width, height, channels: 4 as const },
      left: 0,
      top,
    };
    top += height + GAP;
    return place;
  });
  const width = Math.max(...pages.map((page) => page.width));
  return sharp({ create: { width, height: top - GAP, channels: 3, background: '#ffffff' } })
    .composite(placed)
    .jpeg({ quality: 80 })
    .toBuffer();
}
