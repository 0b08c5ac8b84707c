import sharp from 'sharp';
import { openPicture, type Refused } from '../picture.ts';
import type { PictureShape } from './layout.ts';

/** What 300 dpi shows over a whole card, a little more. */
const LONGEST = 1100;
const LEAST_SIDE = 48;

/**
 * Prepares the background picture of a card design: at most 1100 pixels long, re-encoded without metadata, PNG where
 * it is transparent, else JPEG. From an uploaded PNG, JPEG or WebP.
 */
export async function prepareCardPicture(
  bytes: Uint8Array,
): Promise<
  { readonly ok: true; readonly bytes: Buffer; readonly mime: 'image/png' | 'image/jpeg' } | Refused
> {
  const opened = await openPicture(bytes);
  if (!opened.ok) return opened;
  const { image, width, height } = opened.picture;
  if (Math.min(width, height) < LEAST_SIDE) return { ok: false, reason: 'too-small' };
  try {
    const png = await image
      .resize({ width: LONGEST, height: LONGEST, fit: 'inside', withoutEnlargement: true })
      .toColourspace('srgb')
      .png({ compressionLevel: 9 })
      .toBuffer();
    const { isOpaque } = await sharp(png).stats();
    if (!isOpaque) return { ok: true, bytes: png, mime: 'image/png' };
    const jpeg = await sharp(png).flatten().jpeg({ quality: 88 }).toBuffer();
    return { ok: true, bytes: jpeg, mime: 'image/jpeg' };
  } catch {
    return { ok: false, reason: 'damaged' };
  }
}

/** The proportion of a picture that was prepared here or as an emblem. */
export async function pictureShape(bytes: Buffer): Promise<PictureShape> {
  const { width, height } = await sharp(bytes).metadata();
  return { width, height };
}
