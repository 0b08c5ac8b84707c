import { drawPdf, type PdfDrawer, type PdfRefusal } from './pdf-scan.ts';
import { kindOf, LARGEST_UPLOAD, openPicture, type Refused } from './picture.ts';

export type PreparedScan =
  | { readonly ok: true; readonly type: 'image/jpeg'; readonly bytes: Buffer }
  | Refused
  | { readonly ok: false; readonly reason: PdfRefusal };

/** Longest side in pixels: the small print of an A4 sheet stays readable. */
const LONGEST_SIDE = 2400;
/** A card photographed smaller than this cannot be read. */
const LEAST_SIDE = 320;

/**
 * Prepares the picture of an identity document, always a JPEG that was written anew: from JPEG, PNG or WebP upright,
 * without metadata and of at most 2400 pixels; from a PDF its pages as they look. Nothing of the file that was sent is
 * kept.
 */
export async function prepareScan(bytes: Uint8Array, drawer: PdfDrawer = drawPdf): Promise<PreparedScan> {
  if (bytes.length > LARGEST_UPLOAD) return { ok: false, reason: 'too-large' };
  if (kindOf(bytes) === 'pdf') {
    const drawn = await drawer(bytes);
    return drawn.ok ? { ok: true, type: 'image/jpeg', bytes: drawn.jpeg } : drawn;
  }
  const opened = await openPicture(bytes);
  if (!opened.ok) return opened;
  const { image, width, height } = opened.picture;
  if (Math.max(width, height) < LEAST_SIDE) return { ok: false, reason: 'too-small' };
  try {
    const jpeg = await image
      .resize({ width: LONGEST_SIDE, height: LONGEST_SIDE, fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .jpeg({ quality: 80 })
      .toBuffer();
    return { ok: true, type: 'image/jpeg', bytes: jpeg };
  } catch {
    return { ok: false, reason: 'damaged' };
  }
}
