import sharp, { type Sharp } from 'sharp';

/**
 * Why an uploaded picture is refused: no picture at all; a kind not read here (HEIC, TIFF, GIF, SVG); cut off or
 * broken on the way; more bytes, more or fewer pixels than allowed.
 */
export type PictureRefusal =
  | 'not-an-image'
  | 'unsupported'
  | 'damaged'
  | 'too-large'
  | 'too-many-pixels'
  | 'too-small';

export type Refused = { readonly ok: false; readonly reason: PictureRefusal };

/** Bytes accepted, as the photo of an old phone without script may be sent as it is. */
export const LARGEST_UPLOAD = 15 * 1024 * 1024;
/** Width times height: a small file can unpack to gigabytes. */
const MOST_PIXELS = 64_000_000;
const SECONDS = 20;

/** Too small to be anything on a card. */
const LEAST_SIDE = 48;

export interface Picture {
  /** Upright, in sRGB when written; carries no metadata into its output. */
  readonly image: Sharp;
  readonly width: number;
  readonly height: number;
}

/** What the first bytes say a file is; names and declared types are not asked, they are the sender's. */
export function kindOf(bytes: Uint8Array): 'jpeg' | 'png' | 'webp' | 'pdf' | 'other-picture' | undefined {
  const ascii = (from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to));
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return 'jpeg';
  if (ascii(0, 8) === '\x89PNG\r\n\x1a\n') return 'png';
  if (ascii(0, 4) === 'RIFF' && ascii(8, 12) === 'WEBP') return 'webp';
  if (ascii(0, 5) === '%PDF-') return 'pdf';
  if (ascii(4, 8) === 'ftyp' && /^(hei|hev|mif1|msf1|avi)/.test(ascii(8, 12))) return 'other-picture';
  if (/^(GIF8|BM|II\*\0|MM\0\*)/.test(ascii(0, 4))) return 'other-picture';
  if (/<svg[\s>]/i.test(ascii(0, 1024))) return 'other-picture';
  return undefined;
}

/** Opens an uploaded JPEG, PNG or WebP without decoding it yet. */
export async function openPicture(bytes: Uint8Array): Promise<{ ok: true; picture: Picture } | Refused> {
  if (bytes.length > LARGEST_UPLOAD) return { ok: false, reason: 'too-large' };
  const kind = kindOf(bytes);
  if (kind === undefined) return { ok: false, reason: 'not-an-image' };
  if (kind === 'pdf' || kind === 'other-picture') return { ok: false, reason: 'unsupported' };
  try {
    // The limit of sharp itself is lifted only for reading the header, to tell the reason apart.
    const header = await sharp(bytes, { limitInputPixels: false }).metadata();
    if (header.format !== kind) return { ok: false, reason: 'not-an-image' };
    const { width, height } = header.autoOrient;
    if (width * height > MOST_PIXELS) return { ok: false, reason: 'too-many-pixels' };
    const image = sharp(bytes, {
      limitInputPixels: MOST_PIXELS,
      failOn: 'error',
      pages: 1,
      sequentialRead: true,
      autoOrient: true,
    }).timeout({ seconds: SECONDS });
    return { ok: true, picture: { image, width, height } };
  } catch {
    return { ok: false, reason: 'damaged' };
  }
}

/**
 * Re-encodes an uploaded JPEG, PNG or WebP as PNG without metadata, with its transparency.
 * @param longest pixels of the longer side, at most
 */
export async function fittedPng(
  bytes: Uint8Array,
  longest: number,
): Promise<{ readonly ok: true; readonly png: Buffer } | Refused> {
  const opened = await openPicture(bytes);
  if (!opened.ok) return opened;
  const { image, width, height } = opened.picture;
  if (Math.min(width, height) < LEAST_SIDE) return { ok: false, reason: 'too-small' };
  try {
    const png = await image
      .resize({ width: longest, height: longest, fit: 'inside', withoutEnlargement: true })
      .toColourspace('srgb')
      .png({ compressionLevel: 9 })
      .toBuffer();
    return { ok: true, png };
  } catch {
    return { ok: false, reason: 'damaged' };
  }
}
