import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { findProgram } from '../../../tests/support/programs.ts';
import {
  type Box,
  CARD_SIZE,
  type CardDesign,
  type CardElement,
  designProblems,
  SAFE_ZONE,
} from '../../domain/card-design.ts';
import { CARD_DESIGN_NAMES, CARD_DESIGNS } from '../../domain/card-designs.ts';
import { printable } from '../fonts.ts';
import { MM } from '../units.ts';
import { cardFont, measureCardText } from './fonts.ts';
import { type CardGround, type CardHolder, type CardPrintLibrary, elementMarks, isShrunk } from './layout.ts';
import type { Mark } from './marks.ts';
import { samplePortrait } from './sample-portrait.ts';
import { type CardOfFile, cardPdf } from './write-cards.ts';

const ARTEFACTS = fileURLToPath(new URL('../../../artefacts/cards/', import.meta.url));
const usual: CardPrintLibrary = {
  name: 'Perpustakaan Daerah Provinsi Jawa Tengah',
  address: 'Jl. Sriwijaya No. 29A, Semarang, 50242',
  colour: '#7a1f3d',
  rules: [
    'Kartu ini hanya boleh dipakai oleh pemiliknya.',
    'Bawalah kartu ini setiap kali berkunjung dan meminjam buku.',
    'Segera laporkan kehilangan kartu kepada petugas.',
    'Buku dikembalikan paling lambat pada tanggal yang dicatat.',
  ],
  lang: 'id',
};
const regency: CardPrintLibrary = {
  ...usual,
  name: 'Perpustakaan Umum Kabupaten Banyuwangi',
  address: 'Jl. Jaksa Agung Suprapto No. 43, Banyuwangi, 68416',
  colour: '#0f5f57',
};
const long: CardPrintLibrary = {
  name: 'Unit Pelaksana Teknis Perpustakaan Umum, Kearsipan, dan Dokumentasi Kabupaten Penukal Abab Lematang Ilir',
  address:
    'Jl. Merdeka Raya Simpang Empat Talang Ubi Kelurahan Talang Ubi Timur Nomor 1234 Blok C2, Penukal Abab Lematang Ilir, 31214',
  colour: '#0f5f57',
  rules: Array.from(
    { length: 8 },
    (_, at) =>
      `Ketentuan ke-${at + 1}: peminjam wajib menjaga bahan pustaka, tidak mencoret, melipat, atau merobeknya, dan mengganti bahan pustaka yang hilang atau rusak segera.`,
  ),
  lang: 'id',
};
const plain: CardOfFile = {
  number: '250113000017',
  name: 'Siti Contoh Rahmawati',
  memberType: 'Mahasiswa',
  validUntil: '13 Januari 2027',
  verifyUrl: `https://perpustakaan.contoh.example/k/${'CONTOH7'.repeat(19)}`,
  photoFrame: null,
  photo: null,
  ground: 0,
};

interface HardCase {
  readonly name: string;
  readonly library?: CardPrintLibrary;
  readonly holder?: Partial<CardOfFile>;
  readonly photo?: false;
  readonly code39?: true;
}
const CASES: readonly HardCase[] = [
  { name: 'a usual card' },
  { name: 'a usual card of a regency', library: regency },
  { name: 'a name of one word and 60 letters', holder: { name: `Wirjo${'sastroningrat'.repeat(4)}man` } },
  {
    name: 'a name of 100 letters with titles',
    holder: {
      name: 'Prof. Dr. H. Raden Mas Contoh Kusumaningrat Wirjosastro Hadiningrat, S.Sos., M.Si., M.Pd., Ph.D., CA',
    },
  },
  { name: 'a name of one letter', holder: { name: 'O' } },
  {
    name: 'a long member type',
    holder: { memberType: 'Mahasiswa Pascasarjana Perguruan Tinggi Mitra Luar Provinsi Kelas Khusus' },
  },
  { name: 'no photo', photo: false },
  {
    name: 'a number of 20 digits in Code 39',
    holder: { number: '20250113000000000017' },
    code39: true,
  },
  { name: 'for life', holder: { validUntil: null } },
  { name: 'a long library, a long address and eight long rules', library: long },
];

function designOf(name: (typeof CARD_DESIGN_NAMES)[number], one: HardCase): CardDesign {
  const design = CARD_DESIGNS[name];
  if (!one.code39) return design;
  const scanner = (element: CardElement): CardElement =>
    element.kind === 'barcode' ? { ...element, barcode: 'code39' } : element;
  return {
    front: { ...design.front, elements: design.front.elements.map(scanner) },
    back: { ...design.back, elements: design.back.elements.map(scanner) },
  };
}

const groundOf = (design: CardDesign, library: CardPrintLibrary): CardGround => ({
  design,
  library,
  emblem: null,
  picture: null,
  bleed: 0,
});

/** The room that marks take on the card, millimetres; undefined where nothing is drawn. */
function roomOf(marks: readonly Mark[]): Box | undefined {
  const boxes = marks.flatMap((mark): Box[] => {
    if (mark.kind === 'text') {
      const { capHeight, descent, unitsPerEm } = cardFont(mark.font);
      const [above, below] = [capHeight, -descent * 0.8].map(
        (part) => (part / unitsPerEm) * (mark.size / MM),
      );
      const width = (measureCardText(mark.font, mark.text) * mark.size) / MM;
      return [{ x: mark.x, y: mark.y - (above ?? 0), width, height: (above ?? 0) + (below ?? 0) }];
    }
    if (mark.kind !== 'code') return [];
    const right = Math.max(...mark.rectangles.map(([x, , width]) => x + width));
    const bottom = Math.max(...mark.rectangles.map(([, y, , height]) => y + height));
    return [{ x: mark.x, y: mark.y, width: right * mark.moduleWidth, height: bottom * mark.moduleHeight }];
  });
  if (boxes.length === 0) return undefined;
  const x = Math.min(...boxes.map((box) => box.x));
  const y = Math.min(...boxes.map((box) => box.y));
  return {
    x,
    y,
    width: Math.max(...boxes.map((box) => box.x + box.width)) - x,
    height: Math.max(...boxes.map((box) => box.y + box.height)) - y,
  };
}

/** Half of what rounding to dots of a 300 dpi printer moves. */
const NEAR = 0.05;
function isInside(room: Box, box: Box): boolean {
  return (
    room.x >= box.x - NEAR &&
    room.y >= box.y - NEAR &&
    room.x + room.width <= box.x + box.width + NEAR &&
    room.y + room.height <= box.y + box.height + NEAR
  );
}
function overlap(one: Box, other: Box): boolean {
  return (
    one.x + one.width > other.x + NEAR &&
    other.x + other.width > one.x + NEAR &&
    one.y + one.height > other.y + NEAR &&
    other.y + other.height > one.y + NEAR
  );
}
const SAFE: Box = {
  x: SAFE_ZONE,
  y: SAFE_ZONE,
  width: CARD_SIZE.width - 2 * SAFE_ZONE,
  height: CARD_SIZE.height - 2 * SAFE_ZONE,
};

/** A line that is broken between words loses the space there, and nothing else. */
const closed = (text: string) => printable(text).replace(/\s/g, '');
const textOf = (marks: readonly Mark[]) =>
  marks.flatMap((mark) => (mark.kind === 'text' ? [mark.text] : [])).join('');

function boxOf(element: CardElement, hasPhoto: boolean): Box {
  const other = 'boxWithoutPhoto' in element ? element.boxWithoutPhoto : undefined;
  return hasPhoto ? element.box : (other ?? element.box);
}

describe('the designs that come with the service', () => {
  it.each(CARD_DESIGN_NAMES)('%s has nothing that designers are warned of', (name) => {
    expect(designProblems(CARD_DESIGNS[name])).toEqual([]);
  });

  for (const name of CARD_DESIGN_NAMES) {
    it.each(CASES)(`${name}: $name stays in its place, whole, and covers nothing`, (one) => {
      const design = designOf(name, one);
      const library = one.library ?? usual;
      const hasPhoto = one.photo !== false;
      const holder: CardHolder = { ...plain, ...one.holder, hasPhoto };
      for (const side of ['front', 'back'] as const) {
        const marks = elementMarks(groundOf(design, library), side, holder);
        const rooms = design[side].elements.map((element, at) => ({
          what: 'field' in element ? element.field : element.kind,
          element,
          drawn: marks[at] ?? [],
          room: roomOf(marks[at] ?? []),
        }));
        for (const { what, element, room } of rooms) {
          if (!room) continue;
          const box = boxOf(element, hasPhoto);
          expect(isInside(room, box), `${side} ${what}: ${JSON.stringify({ room, box })}`).toBe(true);
          expect(isInside(room, SAFE), `${side} ${what} in the safe zone: ${JSON.stringify(room)}`).toBe(
            true,
          );
        }
        rooms.forEach((first, at) => {
          for (const other of rooms.slice(at + 1)) {
            if (!first.room || !other.room) continue;
            expect(overlap(first.room, other.room), `${side}: ${first.what} and ${other.what}`).toBe(false);
          }
          const face = first.element.kind === 'photo' && hasPhoto ? first.element.box : undefined;
          for (const other of face ? rooms : [])
            if (face && other.room)
              expect(overlap(face, other.room), `${side}: photo and ${other.what}`).toBe(false);
        });
        const said = (field: string) => rooms.find(({ what }) => what === field)?.drawn;
        const wished = { name: holder.name, member_type: holder.memberType, library_name: library.name };
        for (const [field, wish] of Object.entries(wished)) {
          const drawn = said(field);
          const element = design[side].elements.find((each) => 'field' in each && each.field === field);
          if (!drawn || !element || !('style' in element)) continue;
          const whole = element.style.capitals ? wish.toLocaleUpperCase('id') : wish;
          // The label comes first, where there is one.
          expect(closed(textOf(drawn)).endsWith(closed(whole)), field).toBe(true);
        }
        const rules = said('rules');
        if (rules) for (const rule of library.rules) expect(closed(textOf(rules))).toContain(closed(rule));
        const small = marks.flat().filter((mark) => mark.kind === 'text' && mark.size < 3.2);
        expect(small, `${side}: letters too small to be read`).toEqual([]);
      }
    });
  }

  it('have codes whose bars are two dots of a 300 dpi printer at least, and the designer says where they are not', () => {
    const holder = { ...plain, hasPhoto: true };
    const narrow = (design: CardDesign) =>
      (['front', 'back'] as const).flatMap((side) =>
        elementMarks(groundOf(design, usual), side, holder).filter((marks, at) => {
          const element = design[side].elements[at];
          return element && (element.kind === 'barcode' || element.kind === 'qr') && isShrunk(element, marks);
        }),
      );
    for (const name of CARD_DESIGN_NAMES) {
      const design = CARD_DESIGNS[name];
      expect(narrow(design), name).toEqual([]);
      const small = (element: CardElement): CardElement =>
        element.kind === 'barcode' || element.kind === 'qr'
          ? { ...element, box: { ...element.box, width: 9, height: 9 } }
          : element;
      const squeezed = {
        front: { ...design.front, elements: design.front.elements.map(small) },
        back: { ...design.back, elements: design.back.elements.map(small) },
      };
      expect(narrow(squeezed).length, name).toBeGreaterThan(0);
    }
  });

  it('come to an end however small a box is made: an admin who types "0,1" stops nobody', () => {
    const box = { x: 4, y: 4, width: 0.1, height: 0.1 };
    const tiny = (element: CardElement): CardElement => ({ ...element, box });
    const { front, back } = CARD_DESIGNS.shelf;
    const design: CardDesign = {
      front: { ...front, elements: front.elements.map(tiny) },
      back: { ...back, elements: back.elements.map(tiny) },
    };
    for (const side of ['front', 'back'] as const) {
      const marks = elementMarks(groundOf(design, long), side, { ...plain, hasPhoto: true });
      expect(marks.length).toBe(design[side].elements.length);
    }
  }, 60_000);

  it('are drawn on a sheet of hard cases, with codes that a scanner reads at 300 dpi', async (context) => {
    const face = await samplePortrait();
    const all = CARD_DESIGN_NAMES.flatMap((name, column) =>
      CASES.map((one, row) => ({ name, one, column, row, library: one.library ?? usual })),
    );
    // A file a library: starting the tools takes longer than their work.
    const files = await Promise.all(
      [usual, regency, long].map(async (library) => {
        const shown = all.filter((each) => each.library === library);
        const cards = shown.map(({ one }, ground) => ({
          ...plain,
          ...one.holder,
          photo: one.photo === false ? null : face,
          ground,
        }));
        const bytes = await cardPdf({
          library,
          emblem: null,
          designs: shown.map(({ name, one }) => ({ design: designOf(name, one), picture: null })),
          cards,
          layout: 'cr80',
          now: new Date('2025-01-13T03:00:00Z'),
        });
        return { shown, cards, bytes };
      }),
    );
    mkdirSync(ARTEFACTS, { recursive: true });
    const sheet = await cardPdf({
      library: usual,
      emblem: null,
      designs: CARD_DESIGN_NAMES.flatMap((name) =>
        [false, true].map((code39) => ({
          design: designOf(name, code39 ? { name: '', code39 } : { name: '' }),
          picture: null,
        })),
      ),
      cards: CARD_DESIGN_NAMES.flatMap((_, at) =>
        CASES.map((one) => ({
          ...plain,
          ...one.holder,
          photo: one.photo === false ? null : face,
          ground: 2 * at + (one.code39 ? 1 : 0),
        })),
      ),
      layout: 'a4',
      now: new Date('2025-01-13T03:00:00Z'),
    });
    writeFileSync(join(ARTEFACTS, 'contact-sheet.pdf'), sheet);
    const missing = ['pdftoppm', 'zbarimg'].filter((tool) => findProgram(tool) === undefined);
    context.skip(missing.length > 0, `not installed: ${missing.join(', ')}`);
    const folder = mkdtempSync(join(tmpdir(), 'contact-'));
    try {
      const pictures: { input: Buffer; left: number; top: number }[] = [];
      for (const [at, { shown, cards, bytes }] of files.entries()) {
        const file = join(folder, `${at}.pdf`);
        writeFileSync(file, bytes);
        execFileSync('pdftoppm', ['-r', '300', '-png', file, join(folder, `${at}`)]);
        const pages = readdirSync(folder)
          .filter((page) => page.startsWith(`${at}-`) && page.endsWith('.png'))
          .sort()
          .map((page) => join(folder, page));
        const read = execFileSync('zbarimg', ['--quiet', '--nodbus', ...ONLY, ...pages], {
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'ignore'],
        });
        expect(read.trim().split('\n')).toEqual(
          shown.flatMap(({ one }, place) => [
            `${one.code39 ? 'CODE-39' : 'CODE-128'}:${cards[place]?.number}`,
            `QR-Code:${cards[place]?.verifyUrl}`,
          ]),
        );
        for (const [place, page] of pages.entries()) {
          const { column = 0, row = 0 } = shown[Math.floor(place / 2)] ?? {};
          pictures.push({
            input: await sharp(page).resize({ width: WIDE }).png().toBuffer(),
            left: GAP + (column * 2 + (place % 2)) * (WIDE + GAP),
            top: GAP + row * (HIGH + GAP),
          });
        }
      }
      await sharp({
        create: {
          width: GAP + CARD_DESIGN_NAMES.length * 2 * (WIDE + GAP),
          height: GAP + CASES.length * (HIGH + GAP),
          channels: 3,
          background: '#c9ced4',
        },
      })
        .composite(pictures)
        .png()
        .toFile(join(ARTEFACTS, 'contact-sheet.png'));
    } finally {
      rmSync(folder, { recursive: true });
    }
  }, 240_000);
});

/** zbar finds Codabar, which has no check digit, in hair and in rows of letters; scanners of libraries have it off. */
const ONLY = ['-Sdisable', '-Scode128.enable', '-Scode39.enable', '-Sqrcode.enable'];
/** Pixels of a card in the picture of the sheet. */
const WIDE = 640;
const HIGH = Math.ceil((WIDE * CARD_SIZE.height) / CARD_SIZE.width);
const GAP = 24;
