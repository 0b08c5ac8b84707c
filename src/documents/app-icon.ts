import sharp from 'sharp';
import { libraryColours } from '../domain/theme.ts';
import { hexColour } from './colour.ts';

export interface AppIcon {
  /** `#rrggbb` of the library. */
  readonly colour: string;
  /** PNG or JPEG; a plain open book without it. */
  readonly emblem?: Buffer | undefined;
  readonly size: 180 | 192 | 512;
}

/** The share of an icon that every phone leaves after cutting it round (maskable icons, W3C): a circle of 80 %. */
const SAFE = 0.6;

/** The icon of the KTA on a phone's home screen: square PNG, the library's colour to the edges. */
export async function appIcon({ colour, emblem, size }: AppIcon): Promise<Buffer> {
  const { fill } = libraryColours(hexColour(colour));
  const side = Math.round(size * SAFE);
  const inner = emblem ? await onPlate(emblem, side) : book(side);
  const background = { width: size, height: size, channels: 3, background: fill } as const;
  return sharp({ create: background })
    .composite([{ input: inner, gravity: 'centre' }])
    .png({ compressionLevel: 9, palette: emblem === undefined })
    .toBuffer();
}

/** Uploaded emblems have any colour: they stand on white, as on the card. */
async function onPlate(emblem: Buffer, side: number): Promise<Buffer> {
  const inset = Math.round(side * 0.1);
  const mark = await sharp(emblem)
    .resize({ width: side - 2 * inset, height: side - 2 * inset, fit: 'contain', background: '#ffffff00' })
    .png()
    .toBuffer();
  const plate = Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}"><rect width="${side}" height="${side}" rx="${side * 0.16}" fill="#fff"/></svg>`,
  );
  return sharp(plate)
    .composite([{ input: mark, gravity: 'centre' }])
    .png()
    .toBuffer();
}

/** The same open book that a card without an emblem carries. */
function book(side: number): Buffer {
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="${side}" height="${side}"><path fill="#fff" d="M11.3 6.4C9 4.7 5.8 4 1.5 4.2v14.4c4.3-.2 7.5.4 9.8 2.2zM12.7 6.4c2.3-1.7 5.5-2.4 9.8-2.2v14.4c-4.3-.2-7.5.4-9.8 2.2z"/></svg>`,
  );
}
