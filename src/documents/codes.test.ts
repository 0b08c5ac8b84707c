import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import { code128, code128Svg } from './code128.ts';
import { qrCode, qrSvg } from './qr.ts';

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
