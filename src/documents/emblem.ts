import { openPicture, type Refused } from './picture.ts';

const SIDE = 512;
const LEAST_SIDE = 48;

/**
 * Prepares a library's emblem for pages and cards: PNG of at most 512 × 512 with its transparency, from an
 * uploaded PNG, JPEG or WebP. SVG is refused: it can carry scripts.
 */
export async function prepareEmblem(
  bytes: Uint8Array,
): Promise<{ readonly ok: true; readonly png: Buffer } | Refused> {
  const opened = await openPicture(bytes);
  if (!opened.ok) return opened;
  const { image, width, height } = opened.picture;
  if (Math.min(width, height) < LEAST_SIDE) return { ok: false, reason: 'too-small' };
  try {
    const png = await image
      .resize({ width: SIDE, height: SIDE, fit: 'inside', withoutEnlargement: true })
      .toColourspace('srgb')
      .png({ compressionLevel: 9 })
      .toBuffer();
    return { ok: true, png };
  } catch {
    return { ok: false, reason: 'damaged' };
  }
}
