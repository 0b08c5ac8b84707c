import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { prepareEmblem } from './emblem.ts';
import { preparePhoto } from './photo.ts';
import { prepareScan } from './scan.ts';

/** Left half red, right half blue. */
function halves(width: number, height: number) {
  return sharp({ create: { width, height, channels: 3, background: '#ff0000' } }).composite([
    {
      input: { create: { width: Math.floor(width / 2), height, channels: 3, background: '#0000ff' } },
      left: Math.ceil(width / 2),
      top: 0,
    },
  ]);
}

async function pixel(picture: Buffer, left: number, top: number): Promise<string> {
  const data = await sharp(picture).extract({ left, top, width: 1, height: 1 }).raw().toBuffer();
  return (data[0] ?? 0) > 180 ? 'red' : (data[2] ?? 0) > 180 ? 'blue' : 'other';
}

/** A well-formed PNG of this size that says so in a few hundred bytes. */
function bomb(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const framed = Buffer.alloc(body.length + 8);
    framed.writeUInt32BE(data.length, 0);
    body.copy(framed, 4);
    framed.writeUInt32BE(crc32(body), body.length + 4);
    return framed;
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  const rows = deflateSync(Buffer.alloc(1_000_000));
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', rows),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

describe('the photo of a card', () => {
  it('is 3 by 4, upright and without what the camera wrote beside it', async () => {
    // Stored lying on its side; the camera's note says to turn it by 90 degrees.
    const jpeg = await halves(1600, 1200)
      .withExif({ IFD0: { Make: 'Kamera Contoh' }, IFD3: { GPSLatitude: '7/1 0/1 0/1' } })
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer();
    const result = await preparePhoto(jpeg);
    if (!result.ok) throw new Error(result.reason);
    const meta = await sharp(result.jpeg).metadata();
    expect(meta).toMatchObject({ format: 'jpeg', width: 480, height: 640, space: 'srgb' });
    expect([meta.exif, meta.icc, meta.xmp, meta.orientation]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(await pixel(result.jpeg, 240, 20)).toBe('red');
    expect(await pixel(result.jpeg, 240, 620)).toBe('blue');
    expect(await sharp(result.thumb).metadata()).toMatchObject({ width: 120, height: 160 });
  });

  it('is the part that the person chose', async () => {
    const png = await halves(1000, 800).png().toBuffer();
    const result = await preparePhoto(png, { left: 0.55, top: 0.1, width: 0.3, height: 0.5 });
    if (!result.ok) throw new Error(result.reason);
    expect(await pixel(result.jpeg, 5, 5)).toBe('blue');
  });

  it('is made from JPEG, PNG and WebP, in grey, with transparency and in CMYK', async () => {
    const sources = [
      halves(600, 800).jpeg(),
      halves(600, 800).png(),
      halves(600, 800).webp(),
      halves(600, 800).greyscale().jpeg(),
      sharp({ create: { width: 600, height: 800, channels: 4, background: '#0000' } }).png(),
      halves(600, 800).toColourspace('cmyk').jpeg(),
      halves(600, 800).toColourspace('rgb16').png(),
    ];
    for (const source of sources) {
      const result = await preparePhoto(await source.toBuffer());
      expect(result.ok).toBe(true);
      if (result.ok) expect((await sharp(result.jpeg).metadata()).channels).toBe(3);
    }
  });

  it('is never outside the picture, whatever the crop says', async () => {
    const jpeg = await halves(800, 600).jpeg().toBuffer();
    const number = fc.oneof(fc.double(), fc.double({ min: -2, max: 2 }));
    await fc.assert(
      fc.asyncProperty(number, number, number, number, async (left, top, width, height) => {
        const result = await preparePhoto(jpeg, { left, top, width, height });
        expect(result.ok || result.reason === 'too-small').toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  it('is refused with the reason', async () => {
    const jpeg = await halves(600, 800).jpeg().toBuffer();
    const svg = Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><image href="file:///etc/hostname"/></svg>',
    );
    const heic = Buffer.from('\0\0\0\x18ftypheic\0\0\0\0heicmif1', 'latin1');
    const cases: [Buffer, string][] = [
      [Buffer.alloc(0), 'not-an-image'],
      [Buffer.from('Bukan gambar, hanya tulisan.'), 'not-an-image'],
      [Buffer.from('<!doctype html><script>alert(1)</script>'), 'not-an-image'],
      [svg, 'unsupported'],
      [Buffer.concat([Buffer.from('<?xml version="1.0"?>\n'), svg]), 'unsupported'],
      [heic, 'unsupported'],
      [await halves(600, 800).gif().toBuffer(), 'unsupported'],
      [await halves(600, 800).tiff().toBuffer(), 'unsupported'],
      [Buffer.from('%PDF-1.7\n%%EOF'), 'unsupported'],
      [Buffer.alloc(15 * 1024 * 1024 + 1, 0xff), 'too-large'],
      [bomb(60_000, 60_000), 'too-many-pixels'],
      [bomb(2_000_000_000, 2), 'damaged'],
      [bomb(900, 900_000), 'too-many-pixels'],
      [await halves(120, 160).jpeg().toBuffer(), 'too-small'],
      [await halves(4000, 200).jpeg().toBuffer(), 'too-small'],
      [jpeg.subarray(0, 400), 'damaged'],
      [jpeg.subarray(0, Math.floor(jpeg.length * 0.6)), 'damaged'],
      [Buffer.concat([Buffer.from('ffd8ff', 'hex'), svg]), 'damaged'],
    ];
    for (const [index, [bytes, reason]] of cases.entries())
      expect(await preparePhoto(bytes), `case ${index}`).toEqual({ ok: false, reason });
  });

  it('never throws and carries nothing of a file that hides behind a picture', async () => {
    const jpeg = await halves(600, 800).jpeg().toBuffer();
    const polyglot = Buffer.concat([jpeg, Buffer.from('<script>alert(1)</script>PK\x03\x04')]);
    const result = await preparePhoto(polyglot);
    if (!result.ok) throw new Error(result.reason);
    expect(result.jpeg.includes('script')).toBe(false);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(jpeg.length - 1),
        fc.uint8Array({ minLength: 1, maxLength: 40 }),
        async (at, noise) => {
          const broken = Buffer.from(jpeg);
          broken.set(noise.subarray(0, jpeg.length - at), at);
          expect(typeof (await preparePhoto(broken)).ok).toBe('boolean');
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('a scan of a document', () => {
  it('is written anew as an upright JPEG of at most 2400 pixels', async () => {
    const result = await prepareScan(
      await halves(4000, 3000).withMetadata({ orientation: 6 }).jpeg().toBuffer(),
    );
    if (!result.ok) throw new Error(result.reason);
    expect(result.type).toBe('image/jpeg');
    expect(await sharp(result.bytes).metadata()).toMatchObject({ width: 1800, height: 2400 });
    expect((await sharp(result.bytes).metadata()).exif).toBeUndefined();
  });

  it('may be a whole PDF, and is refused when cut off, unreadably small or something else', async () => {
    const pdf = Buffer.from('%PDF-1.7\n1 0 obj\nendobj\n%%EOF\n');
    expect(await prepareScan(pdf)).toEqual({ ok: true, type: 'application/pdf', bytes: pdf });
    expect(await prepareScan(pdf.subarray(0, 20))).toEqual({ ok: false, reason: 'damaged' });
    expect(await prepareScan(Buffer.concat([Buffer.from('x'), pdf]))).toEqual({
      ok: false,
      reason: 'not-an-image',
    });
    expect(await prepareScan(await halves(200, 100).png().toBuffer())).toEqual({
      ok: false,
      reason: 'too-small',
    });
    expect(await prepareScan(bomb(30_000, 30_000))).toEqual({ ok: false, reason: 'too-many-pixels' });
  });
});

describe('the emblem of a library', () => {
  it('keeps its transparency and fits pages and cards', async () => {
    const source = sharp({ create: { width: 900, height: 1200, channels: 4, background: '#0000' } });
    const result = await prepareEmblem(await source.png().toBuffer());
    if (!result.ok) throw new Error(result.reason);
    expect(await sharp(result.png).metadata()).toMatchObject({
      format: 'png',
      width: 384,
      height: 512,
      hasAlpha: true,
    });
  });
});
