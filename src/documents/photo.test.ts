import fc from 'fast-check';
import PDFDocument from 'pdfkit';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { pixelBomb } from '../../tests/support/pixel-bomb.ts';
import { prepareEmblem } from './emblem.ts';
import { bytesOf } from './pdf.ts';
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
      [pixelBomb(60_000, 60_000), 'too-many-pixels'],
      [pixelBomb(2_000_000_000, 2), 'damaged'],
      [pixelBomb(900, 900_000), 'too-many-pixels'],
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

/** A PDF with a page of 200 by 100 points for each drawing. */
function pdfOf(
  ...args: readonly (PDFKit.PDFDocumentOptions | ((doc: PDFKit.PDFDocument) => unknown))[]
): Promise<Buffer> {
  const drawings = args.filter((arg) => typeof arg === 'function');
  const options = args.find((arg) => typeof arg !== 'function') ?? {};
  const doc = new PDFDocument({ ...options, autoFirstPage: false, compress: false });
  for (const draw of drawings) draw(doc.addPage({ size: [200, 100], margin: 0 }));
  const bytes = bytesOf(doc);
  doc.end();
  return bytes;
}

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

  it('is refused when it is unreadably small, too large or something else', async () => {
    expect(await prepareScan(Buffer.from('x%PDF-1.7'))).toEqual({ ok: false, reason: 'not-an-image' });
    expect(await prepareScan(await halves(200, 100).png().toBuffer())).toEqual({
      ok: false,
      reason: 'too-small',
    });
    expect(await prepareScan(pixelBomb(30_000, 30_000))).toEqual({ ok: false, reason: 'too-many-pixels' });
  });
});

describe('a document that comes as PDF', () => {
  it('is drawn page below page, and nothing of the file itself is kept', async () => {
    const pdf = await pdfOf(
      (doc) => doc.rect(0, 0, 200, 100).fill('#ff0000').text('app.alert(1)', 5, 5),
      (doc) => doc.rect(0, 0, 200, 100).fill('#0000ff'),
    );
    const result = await prepareScan(pdf);
    if (!result.ok) throw new Error(result.reason);
    expect(result.type).toBe('image/jpeg');
    expect(await sharp(result.bytes).metadata()).toMatchObject({ format: 'jpeg', width: 2400, height: 2424 });
    const colours = await Promise.all(
      [600, 1800].map(async (top) => {
        const area = sharp(result.bytes).extract({ left: 1500, top, width: 20, height: 20 });
        return [...(await area.resize(1, 1).raw().toBuffer())].map((value) => Math.round(value / 64));
      }),
    );
    expect(colours).toEqual([
      [4, 0, 0],
      [0, 0, 4],
    ]);
    expect(result.bytes.includes('alert')).toBe(false);
  });

  it('is refused when it is cut off, has a password, five pages, or is a PDF by name only', async () => {
    const page = (doc: PDFKit.PDFDocument) => doc.text('Contoh');
    const whole = await pdfOf(page);
    const locked = await pdfOf({ userPassword: 'rahasia' }, page);
    const long = await pdfOf(page, page, page, page, page);
    expect(await prepareScan(locked)).toEqual({ ok: false, reason: 'locked' });
    expect(await prepareScan(long)).toEqual({ ok: false, reason: 'too-many-pages' });
    for (const bad of [whole.subarray(0, 60), Buffer.from('%PDF-1.7\n<script>'), Buffer.from('%PDF-')])
      expect(await prepareScan(bad)).toEqual({ ok: false, reason: 'damaged' });
  });

  it('whose page is a kilometre wide becomes no larger a picture', async () => {
    const wide = (await pdfOf((doc) => doc.text('Contoh'))).toString('latin1');
    const kilometre = Buffer.from(
      wide.replace(/\/MediaBox \[0 0 200 100\]/, '/MediaBox [0 0 9e6 90]'),
      'latin1',
    );
    const result = await prepareScan(kilometre);
    if (result.ok) expect((await sharp(result.bytes).metadata()).width).toBeLessThanOrEqual(2400);
    else expect(result.reason).toBe('damaged');
  });

  it('comes to an end whatever its bytes are', async () => {
    const whole = await pdfOf((doc) => doc.text('Contoh').rect(0, 0, 50, 50).fill('#123456'));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(whole.length - 6), fc.nat(255)), { minLength: 1, maxLength: 40 }),
        async (changes) => {
          const bytes = Buffer.from(whole);
          for (const [at, value] of changes) bytes[at + 5] = value;
          const result = await prepareScan(bytes);
          if (result.ok) expect((await sharp(result.bytes).metadata()).format).toBe('jpeg');
          else expect(['damaged', 'locked', 'too-many-pages']).toContain(result.reason);
        },
      ),
      { numRuns: 25 },
    );
  }, 60_000);
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
