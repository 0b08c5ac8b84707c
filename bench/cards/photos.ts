/** Photos for a bench: as large as those that the service keeps, and none like another. */
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';

/** Faces are drawn once; what makes each photo distinct is a comment (ITU-T T.81, B.2.4.5) of random length. */
const FACES = 48;

/** Draws the faces into a folder: in a process of its own, for it takes memory that is not the printing's. */
export async function drawFaces(folder: string): Promise<void> {
  for (let at = 0; at < FACES; at++) writeFileSync(path.join(folder, `${at}.jpg`), await face(at));
}

/** JPEGs of 480 by 640 points and 20 to 40 kB, as `preparePhoto` makes them, by their number. */
export function openPhotos(folder: string): (index: number) => Buffer {
  const faces = readdirSync(folder).map((name) => readFileSync(path.join(folder, name)));
  return (index) => {
    const jpeg = faces[index % faces.length] ?? Buffer.alloc(0);
    const comment = randomBytes(16 + ((index * 2_654_435_761) % 4_096));
    const marker = Buffer.from([0xff, 0xfe, (comment.length + 2) >> 8, (comment.length + 2) & 0xff]);
    return Buffer.concat([jpeg.subarray(0, 2), marker, comment, jpeg.subarray(2)]);
  };
}

/** A head before a wall, with the grain of a webcam: that is what makes a photo large. */
async function face(at: number): Promise<Buffer> {
  const tone = (n: number): number => 60 + ((at * 37 + n * 71) % 160);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="480" height="640">
    <rect width="480" height="640" fill="rgb(${tone(1)},${tone(2)},${tone(3)})"/>
    <ellipse cx="240" cy="640" rx="210" ry="190" fill="rgb(${tone(4)},${tone(5)},${tone(6)})"/>
    <ellipse cx="240" cy="280" rx="${110 + (at % 20)}" ry="150" fill="rgb(${150 + (at % 60)},${110 + (at % 50)},90)"/>
  </svg>`;
  const grain = await sharp({
    create: {
      width: 480,
      height: 640,
      channels: 3,
      background: '#808080',
      noise: { type: 'gaussian', mean: 128, sigma: 12 },
    },
  })
    .png()
    .toBuffer();
  return sharp(Buffer.from(svg))
    .composite([{ input: grain, blend: 'soft-light' }])
    .jpeg({ quality: 78 + (at % 8) })
    .toBuffer();
}
