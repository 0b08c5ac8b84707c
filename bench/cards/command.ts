/**
 * `npm run bench -- cards --count 10000`: so many cards with photos, signed codes and bars written into a file as a
 * province prints them, beside the same photos copied into a file with nothing drawn.
 */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Transform, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { cardThreads } from '../../src/card-threads.ts';
import { signingKeyFromSeed } from '../../src/db/signing-key.ts';
import { type CardOfFile, writeCards } from '../../src/documents/card/write-cards.ts';
import { CARD_DESIGNS } from '../../src/domain/card-designs.ts';
import { encodeCardToken } from '../../src/domain/card-token.ts';
import { type CardId, type LibraryId, risingUuids } from '../../src/domain/ids.ts';
import type { PlainDate } from '../../src/domain/plain-date.ts';
import { line } from '../line.ts';
import { drawFaces, openPhotos } from './photos.ts';

const USAGE = 'npm run bench -- cards [--count 10000] [--layout cr80|a4]: so many cards written into a file';

/** Names of all lengths, none of anybody. */
const NAMES = [
  'Ny',
  'Contoh',
  'Siti Contoh',
  'Muhammad Contoh Pratama',
  'Ni Luh Putu Contoh Dewi Lestari, S.Pd.',
  'Raden Ajeng Contoh Kusumaningrum Prawirodirdjo Hadiningrat van Contoh',
  'Contohpanjangsekalitanpajedahinggaenampuluhhurufdalamsatukata',
];

/** @returns the exit code */
async function cards(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      count: { type: 'string', default: '10000' },
      layout: { type: 'string', default: 'cr80' },
      faces: { type: 'string' },
    },
  });
  if (values.faces !== undefined) {
    await drawFaces(values.faces);
    return 0;
  }
  const count = Number(values.count);
  const { layout } = values;
  if (!Number.isInteger(count) || count < 1 || (layout !== 'cr80' && layout !== 'a4')) {
    console.error(USAGE);
    return 2;
  }
  const folder = mkdtempSync(path.join(os.tmpdir(), 'daftar-bench-'));
  try {
    const faces = path.join(folder, 'faces');
    mkdirSync(faces);
    execFileSync(process.execPath, [process.argv[1] ?? '', '--faces', faces]);
    const photo = openPhotos(faces);
    const copied = await copy(path.join(folder, 'photos'), count, photo);
    const file = path.join(folder, 'cards.pdf');
    // The threads and what they have learned are those of a service that has printed before.
    const drawers = cardThreads();
    const write = async (many: number, out: Writable) =>
      writeCards(
        {
          library: {
            name: 'Perpustakaan Contoh Kabupaten Contoh',
            address: 'Jalan Contoh 1, Contoh 99999',
            colour: '#0f5f57',
            rules: [
              'Kartu ini milik perpustakaan dan tidak dapat dipindahtangankan.',
              'Tunjukkan kartu ini setiap kali menggunakan layanan perpustakaan.',
              'Laporkan segera kepada petugas jika kartu hilang atau data berubah.',
            ],
            lang: 'id',
          },
          emblem: null,
          designs: Object.values(CARD_DESIGNS).map((design) => ({ design, picture: null })),
          cards: people(many, photo),
          layout,
          now: new Date(),
        },
        out,
        drawers,
      );
    await write(Math.min(count, 200), createWriteStream('/dev/null'));
    let first: number | undefined;
    let seen = 0;
    const memory = watchMemory();
    const began = performance.now();
    const watch = new Transform({
      transform(bytes: Buffer, _encoding, done) {
        seen += bytes.length;
        // More than what all cards share: the first cards are on their way.
        if (seen > 200_000) first ??= performance.now() - began;
        done(null, bytes);
      },
    });
    const [, seconds] = await Promise.all([
      pipeline(watch, createWriteStream(file)),
      write(count, watch).then(() => (performance.now() - began) / 1000),
    ]);
    line('cards_per_s', count / seconds, 'cards/s');
    line('cards_limit_per_s', copied, 'cards/s');
    line('cards_first_page_ms', first ?? seconds * 1000, 'ms');
    line('cards_rss_mb', memory.most(), 'MB');
    line('cards_bytes_per_card', statSync(file).size / count, 'bytes');
    return 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function* people(count: number, photo: (index: number) => Buffer): Generator<CardOfFile> {
  const key = signingKeyFromSeed(randomBytes(32));
  const uuid = risingUuids(randomBytes);
  const now = new Date();
  for (let index = 0; index < count; index++) {
    const token = encodeCardToken(
      {
        library: 1 as LibraryId,
        card: uuid(now) as CardId,
        issued: '2026-01-05' as PlainDate,
        validUntil: '2028-01-05' as PlainDate,
      },
      key,
    );
    yield {
      number: `2601${String(index).padStart(8, '0')}`,
      name: NAMES[index % NAMES.length] ?? '',
      memberType: index % 3 === 0 ? 'Mahasiswa' : 'Umum',
      validUntil: index % 5 === 0 ? null : '5 Januari 2028',
      verifyUrl: `https://perpustakaan.contoh.example/k/${token}`,
      photoFrame: null,
      photo: photo(index),
      ground: index % 3,
    };
  }
}

/** The same photos into a file, nothing drawn; a second. */
async function copy(file: string, count: number, photo: (index: number) => Buffer): Promise<number> {
  const out = createWriteStream(file);
  const began = performance.now();
  for (let index = 0; index < count; index++) if (!out.write(photo(index))) await once(out, 'drain');
  out.end();
  await once(out, 'finish');
  return (count * 1000) / (performance.now() - began);
}

/** Megabytes that this process and its threads hold at most from now on. */
function watchMemory(): { most(): number } {
  let most = 0;
  const look = (): void => {
    most = Math.max(most, process.memoryUsage.rss() / 1e6);
  };
  const timer = setInterval(look, 20);
  return {
    most() {
      clearInterval(timer);
      look();
      return most;
    },
  };
}

process.exitCode = await cards(process.argv.slice(2));
