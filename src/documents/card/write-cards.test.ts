import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { findProgram } from '../../../tests/support/programs.ts';
import { CARD_DESIGNS } from '../../domain/card-designs.ts';
import { encodeCardToken } from '../../domain/card-token.ts';
import type { CardId, LibraryId } from '../../domain/ids.ts';
import type { PlainDate } from '../../domain/plain-date.ts';
import { fitText } from '../fit-text.ts';
import { FONTS, printable, unprintable } from '../fonts.ts';
import { measureCardText } from './fonts.ts';
import { type CardFile, type CardOfFile, cardPdf, writeCards } from './write-cards.ts';

const library = {
  name: 'Perpustakaan Contoh Kabupaten Contoh',
  address: 'Jl. Contoh No. 1, Contoh 99999',
  colour: '#14532d',
  rules: [
    'Kartu ini hanya boleh dipakai oleh pemiliknya.',
    'Segera laporkan kehilangan kartu kepada petugas.',
  ],
  lang: 'id',
} as const;
const token = encodeCardToken(
  {
    library: 1 as LibraryId,
    card: '01944f3e-7c00-7abc-8def-0123456789ab' as CardId,
    issued: '2025-01-13' as PlainDate,
    validUntil: '2027-01-13' as PlainDate,
  },
  // What is signed is not looked at here, only how long it is.
  { keyId: new Uint8Array(4), sign: () => Uint8Array.from({ length: 64 }, (_, at) => (at * 89) & 255) },
);
const plain: CardOfFile = {
  number: '250113000017',
  name: 'Contoh Anggota',
  memberType: 'Mahasiswa',
  validUntil: '13 Januari 2027',
  verifyUrl: `https://perpustakaan.contoh.example/k/${token}`,
  photoFrame: null,
  photo: null,
  ground: 0,
};
const now = new Date('2025-01-13T03:00:00Z');
/** A file of the first design that ships. */
function fileOf(cards: CardFile['cards'], more: Partial<CardFile> = {}): CardFile {
  return {
    library,
    emblem: null,
    designs: [{ design: CARD_DESIGNS.shelf, picture: null }],
    cards,
    layout: 'cr80',
    now,
    ...more,
  };
}
const photo = () =>
  sharp({ create: { width: 480, height: 640, channels: 3, background: '#b33' } })
    .jpeg()
    .toBuffer();

function tool(name: string, ...args: string[]): string {
  return execFileSync(name, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

const missing = ['pdftoppm', 'pdftotext', 'pdfinfo', 'zbarimg'].filter(
  (name) => findProgram(name) === undefined,
);

function inFolder<T>(bytes: Buffer, look: (file: string, folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'card-'));
  try {
    const file = join(folder, 'card.pdf');
    writeFileSync(file, bytes);
    return look(file, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('the printed card', () => {
  it('has a front and a back of 85.60 by 53.98 mm, whose codes a scanner reads at 300 dpi', async (context) => {
    context.skip(missing.length > 0, `not installed: ${missing.join(', ')}`);
    const numbers = [plain.number, 'JTG-SRI-2025-000001', 'PERPUSDA-CONTOH-2025-00000001-XY'];
    const face = await photo();
    const cards = [...numbers.map((number) => ({ ...plain, number, photo: face })), plain];
    const bytes = await cardPdf(fileOf(cards));
    inFolder(bytes, (file, folder) => {
      const info = tool('pdfinfo', file);
      expect(info).toMatch(/Pages:\s+8\n/);
      const size = /Page size:\s+([\d.]+) x ([\d.]+) pts/.exec(info);
      expect((Number(size?.[1]) / 72) * 25.4).toBeCloseTo(85.6, 1);
      expect((Number(size?.[2]) / 72) * 25.4).toBeCloseTo(53.98, 1);
      tool('pdftoppm', '-r', '300', '-png', file, join(folder, 'page'));
      const pages = readdirSync(folder)
        .filter((name) => name.endsWith('.png'))
        .sort();
      const read = tool('zbarimg', '--quiet', ...pages.map((page) => join(folder, page)))
        .trim()
        .split('\n');
      const expected = cards.flatMap((card) => [`CODE-128:${card.number}`, `QR-Code:${card.verifyUrl}`]);
      expect(read).toEqual(expected);
    });
  });

  it('shows the fields of a card and nothing else', async (context) => {
    context.skip(missing.length > 0, `not installed: ${missing.join(', ')}`);
    const bytes = await cardPdf(fileOf([plain]));
    const text = inFolder(bytes, (file) => tool('pdftotext', '-layout', file, '-'));
    for (const part of [
      library.name,
      plain.name,
      plain.number,
      plain.memberType,
      '13 Januari 2027',
      ...library.rules,
    ])
      expect(text.replace(/\s+/g, ' ')).toContain(part.split(' ').slice(0, 3).join(' '));
    expect(text).not.toMatch(/\d{13,}/);
  });

  it('says for life where a membership does not end', async (context) => {
    context.skip(missing.length > 0, `not installed: ${missing.join(', ')}`);
    const bytes = await cardPdf(fileOf([{ ...plain, validUntil: null }]));
    expect(inFolder(bytes, (file) => tool('pdftotext', file, '-'))).toContain('Seumur hidup');
  });

  it('goes ten to an A4 sheet, with every back behind its front', async (context) => {
    context.skip(missing.length > 0, `not installed: ${missing.join(', ')}`);
    const cards = Array.from({ length: 11 }, (_, index) => ({
      ...plain,
      number: String(250113000000 + index),
    }));
    const bytes = await cardPdf(fileOf(cards, { layout: 'a4' }));
    inFolder(bytes, (file) => {
      expect(tool('pdfinfo', file)).toMatch(/Pages:\s+4\n/);
      const left = (page: string) =>
        tool('pdftotext', '-f', page, '-l', page, '-W', '290', '-H', '842', '-x', '0', '-y', '0', file, '-');
      const right = (page: string) =>
        tool(
          'pdftotext',
          '-f',
          page,
          '-l',
          page,
          '-x',
          '300',
          '-y',
          '0',
          '-W',
          '295',
          '-H',
          '842',
          file,
          '-',
        );
      expect(left('1')).toContain('250113000000');
      expect(right('2')).toContain('250113000000');
      expect(left('2')).toContain('250113000001');
    });
  });

  it('keeps every letter of a name inside its place, whatever the name', () => {
    const names = fc.oneof(
      fc.string({
        minLength: 1,
        maxLength: 90,
        unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz .,-ḥṣāéŠ’WM'),
      }),
      fc.string({ minLength: 60, maxLength: 120, unit: fc.constantFrom('W', 'i', 'ṣ') }),
    );
    fc.assert(
      fc.property(names, fc.double({ min: 40, max: 220, noNaN: true }), (name, width) => {
        const box = { font: FONTS.bold, width, height: 34, max: 13.5, min: 7 };
        const fitted = fitText(measureCardText, name, box);
        expect(fitted.lines.join('').replaceAll(' ', '')).toBe(printable(name).replaceAll(' ', ''));
        expect(fitted.lines.length * fitted.leading).toBeLessThanOrEqual(box.height + 1e-9);
        for (const line of fitted.lines)
          expect(measureCardText(FONTS.bold, line) * fitted.size).toBeLessThanOrEqual(width + 0.01);
      }),
      { numRuns: 150 },
    );
  });

  it('names the letters that it cannot print before anything is printed', () => {
    expect(unprintable('Ḥusnā Ōṣṣǧ d’Contoh ŋ Ž')).toEqual([]);
    expect(unprintable('Contoh ꦗꦮ عمر')).toEqual(['ꦗ', 'ꦮ', 'ع', 'م', 'ر']);
  });

  it('fails, and ends the stream, when a photo is not a picture', async () => {
    const out = new PassThrough().on('error', () => undefined).resume();
    const cards = [{ ...plain, photo: Buffer.from('bukan gambar') }];
    await expect(writeCards(fileOf(cards), out)).rejects.toThrow();
    expect(out.destroyed).toBe(true);
  });

  it('stops drawing when the reader goes away', async () => {
    let drawn = 0;
    const out = new PassThrough().on('error', () => undefined);
    async function* endless() {
      for (;;) {
        drawn++;
        if (drawn === 20) out.destroy();
        yield plain;
      }
    }
    out.resume();
    await expect(writeCards(fileOf(endless()), out)).rejects.toThrow();
    // What was begun is a chunk or two; nobody draws a province for a closed window.
    expect(drawn).toBeLessThan(100);
  });
});
