import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { findProgram } from '../../tests/support/programs.ts';
import { CARD_DESIGNS } from '../domain/card-designs.ts';
import { type KtaPicture, ktaPicturePdf, ktaPicturePng } from './kta-picture.ts';

const CODE = `HTTPS://PERPUSTAKAAN.EXAMPLE.ID/K/${'QKAF6ZLDN5SS65DF'.repeat(15)}`;

async function sample(design: keyof typeof CARD_DESIGNS): Promise<KtaPicture> {
  const photo = await sharp({
    create: { width: 480, height: 640, channels: 3, background: '#7c93a8' },
  })
    .jpeg()
    .toBuffer();
  return {
    library: {
      name: 'Perpustakaan Contoh Kabupaten Contoh',
      address: 'Jl. Contoh 1, Contoh',
      colour: '#0b5d51',
      rules: [],
      lang: 'id',
    },
    emblem: null,
    design: { design: CARD_DESIGNS[design], picture: null },
    holder: {
      number: '250113000017',
      name: 'Contoh Sri Wahyuningsih Prabandari Kusumaningrum',
      memberType: 'Mahasiswa',
      validUntil: '13 Januari 2027',
      verifyUrl: CODE,
      photoFrame: null,
    },
    photo,
    words: {
      title: 'Kartu anggota',
      notProof: 'Gambar ini bukan bukti keanggotaan. Petugas akan melihat orangnya.',
      about: 'Disimpan 2 Maret 2026. Kode yang sah bergerak di KTA online.',
    },
    now: new Date('2026-03-02T03:00:00Z'),
  };
}

/** What a scanner reads from a picture, without the bars of the card's number. */
function readQr(file: string): string {
  const read = execFileSync('zbarimg', ['--quiet', '--raw', '-Sdisable', '-Sqrcode.enable', file]);
  return read.toString('utf8').trim();
}

describe('a saved KTA', () => {
  for (const design of ['shelf', 'seal', 'page'] as const) {
    it.skipIf(findProgram('zbarimg') === undefined)(
      `is read back from the picture and the page, in the design “${design}”`,
      async () => {
        const folder = mkdtempSync(join(tmpdir(), 'kta-'));
        try {
          const picture = await sample(design);
          const png = await ktaPicturePng(picture);
          expect(await sharp(png).metadata()).toMatchObject({ width: 1260, height: 1776, format: 'png' });
          expect(png.length, 'sent over 3G').toBeLessThan(200_000);
          writeFileSync(join(folder, 'kta.png'), png);
          // The card's own code, where the design shows it in front, is the same one.
          expect(new Set(readQr(join(folder, 'kta.png')).split('\n'))).toEqual(new Set([CODE]));
          if (findProgram('pdftoppm') === undefined) return;
          writeFileSync(join(folder, 'kta.pdf'), await ktaPicturePdf(picture));
          execFileSync('pdftoppm', ['-png', '-r', '200', '-singlefile', 'kta.pdf', 'page'], { cwd: folder });
          expect(new Set(readQr(join(folder, 'page.png')).split('\n'))).toEqual(new Set([CODE]));
          expect(readFileSync(join(folder, 'kta.pdf')).length).toBeLessThan(300_000);
        } finally {
          rmSync(folder, { recursive: true });
        }
      },
    );
  }
});
