import { kindOf, LARGEST_UPLOAD, openPicture, type Refused } from './picture.ts';

export type PreparedScan =
  | { readonly ok: true; readonly type: 'image/jpeg' | 'application/pdf'; readonly bytes: Buffer }
  | Refused;

/** Longest side in pixels: the small print of an A4 sheet stays readable. */
const LONGEST_SIDE = 2400;
/** A card photographed smaller than this cannot be read. */
const LEAST_SIDE = 320;

/**
 * Prepares the picture of an identity document: JPEG, PNG or WebP is written anew (upright, no metadata, at
 * most 2400 pixels), a PDF of at most 15 MB is kept as it is. Whoever shows a kept PDF must do so as a download
 * or in a sandbox: what is inside it is the sender's.
 */
export async function prepareScan(bytes: Uint8Array): Promise<PreparedScan> {
  if (bytes.length > LARGEST_UPLOAD) return { ok: false, reason: 'too-large' };
  if (kindOf(bytes) === 'pdf') return preparePdf(bytes);
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

function preparePdf(bytes: Uint8Array): PreparedScan {
  const tail = Buffer.from(bytes.subarray(-2048)).toString('latin1');
  if (!tail.includes('%%EOF')) return { ok: false, reason: 'damaged' };
  return { ok: true, type: 'application/pdf', bytes: Buffer.from(bytes) };
}
