import sharp from 'sharp';
import type { CardDesign } from '../../domain/card-design.ts';
import { fittedPng, type Refused } from '../picture.ts';
import type { CardGround, CardPrintLibrary, PictureShape } from './layout.ts';
import type { CardPictures } from './marks.ts';

/** What 300 dpi shows over a whole card, a little more. */
const LONGEST = 1100;

/**
 * Prepares the background picture of a card design: at most 1100 pixels long, re-encoded without metadata, PNG where
 * it is transparent, else JPEG. From an uploaded PNG, JPEG or WebP.
 */
export async function prepareCardPicture(
  bytes: Uint8Array,
): Promise<
  { readonly ok: true; readonly bytes: Buffer; readonly mime: 'image/png' | 'image/jpeg' } | Refused
> {
  const fitted = await fittedPng(bytes, LONGEST);
  if (!fitted.ok) return fitted;
  const { isOpaque } = await sharp(fitted.png).stats();
  if (!isOpaque) return { ok: true, bytes: fitted.png, mime: 'image/png' };
  const jpeg = await sharp(fitted.png).flatten().jpeg({ quality: 88 }).toBuffer();
  return { ok: true, bytes: jpeg, mime: 'image/jpeg' };
}

/** What a card shows besides its words, as prepared: PNG or JPEG. */
export interface CardLook {
  readonly library: CardPrintLibrary;
  readonly design: CardDesign;
  readonly emblem: Buffer | null;
  readonly picture: Buffer | null;
}

/** What a card that is not cut is drawn on. */
export async function cardGround({ library, design, emblem, picture }: CardLook): Promise<CardGround> {
  return {
    design,
    library,
    emblem: emblem && (await shapeOf(emblem)),
    picture: picture && (await shapeOf(picture)),
    bleed: 0,
  };
}

/** The pictures of a card within its file, which then stands alone. */
export function picturesInside({
  emblem,
  picture,
  photo,
}: Pick<CardLook, 'emblem' | 'picture'> & { readonly photo: Buffer | null }): CardPictures {
  return {
    ...(photo && { photo: dataAddress(photo) }),
    ...(emblem && { emblem: dataAddress(emblem) }),
    ...(picture && { picture: dataAddress(picture) }),
  };
}

async function shapeOf(bytes: Buffer): Promise<PictureShape> {
  const { width, height } = await sharp(bytes).metadata();
  return { width, height };
}

function dataAddress(bytes: Buffer): string {
  return `data:image/${bytes[0] === 0xff ? 'jpeg' : 'png'};base64,${bytes.toString('base64')}`;
}
