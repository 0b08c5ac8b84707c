import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
// The named export `raw` is another function than its typings say.
import bwip from 'bwip-js/node';
import fc from 'fast-check';
import sharp from 'sharp';
import { encode } from 'uqr';
import { describe, expect, it } from 'vitest';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import { barsOf, code128, code128Svg } from './code128.ts';
import { qrCode, qrSvg } from './qr.ts';
import { MASK, qrOfBytes } from './qr-bytes.ts';

const wasm = readFileSync(createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm'));
// Left alone, the reader fetches its program from another host.
prepareZXingModule({ overrides: { wasmBinary: wasm.buffer as ArrayBuffer } });

async function readSvg(svg: string, width: number, height: number): Promise<string[]> {
  const { data, info } = await sharp(Buffer.from(svg), { density: 300 })
    .resize(width, height, { fit: 'fill', kernel: 'nearest' })
    .flatten({ background: '#fff' })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const image = {
    data: new Uint8ClampedArray(data),
    width: info.width,
    height: info.height,
    colorSpace: 'srgb',
  } as Parameters<typeof readBarcodes>[0];
  return (await readBarcodes(image, { formats: ['QRCode', 'Code128'] })).map((code) => code.text);
}

describe('codes on screen and paper', () => {
  it('a QR is read back as the text it was made of', async () => {
    const ascii = fc.string({ minLength: 1, maxLength: 200, unit: 'grapheme-ascii' });
    await fc.assert(
      fc.asyncProperty(ascii, async (text) => {
        const side = (qrCode(text).size + 8) * 4;
        expect(await readSvg(qrSvg(text, 'Kode'), side, side)).toEqual([text]);
      }),
      { numRuns: 25 },
    );
  });

  it('a QR is the same to the module as one drawn by a library that knows nothing of ours', () => {
    const anything = fc.uint8Array({ minLength: 1, maxLength: 660 });
    fc.assert(
      fc.property(anything, (bytes) => {
        const { size, data } = encode([...bytes], { ecc: 'M', boostEcc: true, maskPattern: MASK, border: 0 });
        const own = qrOfBytes(bytes);
        expect(own?.size).toBe(size);
        expect(Buffer.from(own?.modules ?? []).equals(Buffer.from(data.flat().map(Number)))).toBe(true);
      }),
      { numRuns: 60 },
    );
    // Every length once: that is where a code has room left, or none.
    for (let length = 1; length <= 660; length += 1) {
      const bytes = Uint8Array.from({ length }, (_, at) => (at * 89 + length) & 0xff);
      const { data } = encode([...bytes], { ecc: 'M', boostEcc: true, maskPattern: MASK, border: 0 });
      const own = qrOfBytes(bytes);
      if (!Buffer.from(own?.modules ?? []).equals(Buffer.from(data.flat().map(Number))))
        throw new Error(`a code of ${length} bytes differs`);
    }
  });

  it('a bar code is read back as the member number it was made of', async () => {
    const numbers = fc.stringMatching(/^[A-Z0-9][A-Z0-9./-]{2,22}$/);
    await fc.assert(
      fc.asyncProperty(numbers, async (text) => {
        const width = (code128(text).modules + 20) * 3;
        expect(await readSvg(code128Svg(text, text), width, 120)).toEqual([text]);
      }),
      { numRuns: 25 },
    );
  });

  it('bars are those that a library of bar codes draws, Code 39 and Code 128', () => {
    const drawn = (kind: string, text: string): readonly number[] => {
      const [symbol] = bwip.raw(kind, text, '');
      return symbol && 'sbs' in symbol ? symbol.sbs : [];
    };
    const own = (kind: 'code39' | 'code128', text: string) => {
      const { bars, modules } = barsOf(kind, text);
      return bars.flatMap((bar, at) => {
        const next = bars[at + 1];
        return next ? [bar.width, next.x - bar.x - bar.width] : [modules - bar.x];
      });
    };
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9A-Z\-. $/+%]{1,30}$/), (text) => {
        // Theirs ends with the gap to a letter that does not follow.
        expect([...own('code39', text), 1]).toEqual(drawn('code39', text));
      }),
    );
    fc.assert(
      fc.property(fc.stringMatching(/^([A-Za-z./-]{0,4}\d{0,9}){1,4}$/), (text) => {
        fc.pre(text !== '');
        // There may be two shortest ways to write a text: as long as the library's, and read back as the same above.
        expect(code128(text).modules).toBeLessThanOrEqual(drawn('code128', text).reduce((a, b) => a + b, 0));
      }),
    );
    for (const text of ['250113000017', '0', 'JTG'])
      expect(own('code128', text)).toEqual(drawn('code128', text));
  });

  it('a bar code refuses what it cannot hold instead of printing another number', () => {
    for (const text of ['', '０１２', 'nomor\n1', 'x'.repeat(81)])
      expect(() => code128(text)).toThrow(RangeError);
  });

  it('pictures carry a name for screen readers and nothing that a strict CSP blocks', () => {
    for (const svg of [qrSvg('x', '<b>"Kode" & kartu'), code128Svg('123', '<b>"Kode" & kartu')]) {
      expect(svg).toContain('<title>&lt;b&gt;&quot;Kode&quot; &amp; kartu</title>');
      expect(svg).not.toMatch(/style|<script|href|\son/);
    }
  });
});
