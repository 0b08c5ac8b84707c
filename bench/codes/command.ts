/**
 * `npm run bench -- codes`: cards drawn, worn as cards wear, and read by zbar and by the product's own scanner.
 * Shares are of codes read with exactly what was printed.
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import sharp from 'sharp';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import { cardPreview } from '../../src/documents/card/svg.ts';
import { CARD_SIZE, type CardDesign } from '../../src/domain/card-design.ts';
import { CARD_DESIGNS } from '../../src/domain/card-designs.ts';
import { line } from '../line.ts';
import { seededRng } from '../matching/random.ts';
import { DRAWN_DPI, type Picture, WEARS, type Wear } from './wear.ts';

const USAGE =
  'npm run bench -- codes [--count 60] [--seed 1] [--keep folder]: codes of worn cards, and how many are read';

interface Printed {
  readonly front: Picture;
  readonly back: Picture;
  readonly number: string;
  readonly address: string;
}

/** What a reader made of a picture. */
type Reader = (file: string, picture: Picture) => Promise<readonly string[]>;

/** @returns the exit code */
async function codes(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      count: { type: 'string', default: '60' },
      seed: { type: 'string', default: '1' },
      keep: { type: 'string' },
    },
  });
  const count = Number(values.count);
  const seed = Number(values.seed);
  if (!Number.isInteger(count) || count < 1 || !Number.isInteger(seed)) {
    console.error(USAGE);
    return 2;
  }
  const folder = values.keep ?? mkdtempSync(path.join(os.tmpdir(), 'daftar-bench-'));
  mkdirSync(folder, { recursive: true });
  try {
    const readers = await openReaders();
    if (!readers.has('zbar'))
      console.log('  zbarimg is not installed: only the own scanner reads (apt install zbar-tools)');
    const random = seededRng(String(seed));
    const cards = await Promise.all(Array.from({ length: count }, (_, at) => drawn(at, random)));
    const mild = { qr: 0, bars: 0, of: 0 };
    for (const wear of WEARS) {
      const shares = await readAll(cards, wear, random, readers, folder);
      for (const [reader, { qr, bars }] of shares) {
        console.log(
          `  ${wear.name} ${reader}: qr ${(qr / count).toFixed(4)}, bars ${(bars / count).toFixed(4)}`,
        );
        if (!wear.mild) continue;
        mild.qr += qr;
        mild.bars += bars;
        mild.of += count;
      }
    }
    line('qr_read_share', mild.qr / mild.of, 'share');
    line('code128_read_share', mild.bars / mild.of, 'share');
    return 0;
  } finally {
    if (values.keep === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

async function readAll(
  cards: readonly Printed[],
  wear: Wear,
  random: () => number,
  readers: ReadonlyMap<string, Reader>,
  folder: string,
): Promise<ReadonlyMap<string, { readonly qr: number; readonly bars: number }>> {
  const sums = new Map([...readers.keys()].map((name) => [name, { qr: 0, bars: 0 }]));
  for (const [at, card] of cards.entries()) {
    const sides = [await wear.apply(card.front, random), await wear.apply(card.back, random)];
    for (const [name, read] of readers) {
      const found: string[] = [];
      for (const [side, picture] of sides.entries()) {
        const file = path.join(folder, `${wear.name}-${at}-${side}.png`);
        if (name === 'zbar')
          await sharp(picture.data, { raw: { width: picture.width, height: picture.height, channels: 1 } })
            .png({ compressionLevel: 1 })
            .toFile(file);
        found.push(...(await read(file, picture)));
      }
      const sum = sums.get(name);
      if (!sum) continue;
      if (found.includes(card.address)) sum.qr++;
      if (found.includes(card.number)) sum.bars++;
    }
  }
  return sums;
}

/** A card of each shipped design by turns, both sides as they are printed. */
async function drawn(at: number, random: () => number): Promise<Printed> {
  const designs: readonly CardDesign[] = Object.values(CARD_DESIGNS);
  const design = designs[at % designs.length] ?? CARD_DESIGNS.shelf;
  const numbers = [
    `2601${String(at).padStart(8, '0')}`,
    `JTG-01-2026-${String(at).padStart(6, '0')}`,
    `${99_000 + at}L2026`,
  ];
  const number = numbers[at % numbers.length] ?? '';
  // As long as a signed address is, and as random.
  const address = `https://perpustakaan.contoh.example/k/${randomBytes(115).toString('base64url')}`;
  const sides = await cardPreview({
    library: {
      name: 'Perpustakaan Contoh Kabupaten Contoh',
      address: 'Jalan Contoh 1, Contoh 99999',
      colour: ['#0f5f57', '#7a1f3d', '#1f4e79'][Math.floor(random() * 3)] ?? '#0f5f57',
      rules: ['Kartu ini milik perpustakaan.', 'Laporkan segera bila hilang.'],
      lang: 'id',
    },
    emblem: null,
    design: { design, picture: null },
    holder: {
      number,
      name: 'Siti Contoh Rahmawati',
      memberType: 'Umum',
      validUntil: '5 Januari 2028',
      verifyUrl: address,
      photoFrame: null,
    },
    photo: null,
    titles: { front: '', back: '' },
    id: `card${at}`,
  });
  const raster = async (svg: string): Promise<Picture> => {
    const width = Math.round((CARD_SIZE.width / 25.4) * DRAWN_DPI);
    const { data, info } = await sharp(Buffer.from(svg.replace('<svg ', `<svg width="${width}" `)), {
      limitInputPixels: false,
    })
      .resize(width)
      .flatten({ background: '#ffffff' })
      .greyscale()
      .raw()
      .toBuffer({ resolveWithObject: true });
    return { data, width: info.width, height: info.height };
  };
  return { front: await raster(sides.front), back: await raster(sides.back), number, address };
}

async function openReaders(): Promise<ReadonlyMap<string, Reader>> {
  const wasm = readFileSync(createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm'));
  // Left alone, the reader fetches its program from another host.
  prepareZXingModule({ overrides: { wasmBinary: wasm.buffer as ArrayBuffer } });
  const own: Reader = async (_file, { data, width, height }) => {
    const rgba = new Uint8ClampedArray(width * height * 4);
    for (let at = 0; at < data.length; at++)
      rgba.set([data[at] ?? 0, data[at] ?? 0, data[at] ?? 0, 255], at * 4);
    const image = { data: rgba, width, height, colorSpace: 'srgb' } as Parameters<typeof readBarcodes>[0];
    return (await readBarcodes(image, { formats: ['QRCode', 'Code128', 'Code39'] })).map((code) => code.text);
  };
  const readers = new Map<string, Reader>([['own_scanner', own]]);
  const run = promisify(execFile);
  const zbar: Reader = async (file) => {
    try {
      const { stdout } = await run('zbarimg', ['--quiet', '--raw', file]);
      return stdout.trim().split('\n');
    } catch {
      // It ends with 4 where it finds nothing.
      return [];
    }
  };
  try {
    await run('zbarimg', ['--version']);
    readers.set('zbar', zbar);
  } catch {
    // Said by the caller.
  }
  return readers;
}

process.exitCode = await codes(process.argv.slice(2));
