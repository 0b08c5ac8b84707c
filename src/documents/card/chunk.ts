/** Draws some of the cards of a file: the unit of work of one thread. */
import { deflateSync } from 'node:zlib';
import { CARD_SIZE, CARDS_OF_SHEET, type CardSideName } from '../../domain/card-design.ts';
import type { FontName } from '../fonts.ts';
import { MM } from '../units.ts';
import { type CardGround, type CardHolder, holderMarks } from './layout.ts';
import { contentOf, number, type UsedGlyphs } from './pdf-content.ts';
import { Segment } from './segment.ts';

export interface CardOfFile extends Omit<CardHolder, 'hasPhoto'> {
  /** JPEG of 3:4. */
  readonly photo: Uint8Array | null;
  /** Which of the file's grounds it is printed on. */
  readonly ground: number;
}

/** A design as the file holds it. */
export interface FileGround {
  readonly ground: CardGround;
  /** Objects with what all cards of it share. */
  readonly forms: Readonly<Record<CardSideName, number>>;
}

/** What a card takes less than, said to zlib: it clears its memory for each stream. */
const FAST = { level: 1, windowBits: 13 } as const;

const COLUMNS = 2;
const ROWS = 5;
/** Gaps keep a neighbour's colour out of a cut that is a little off. */
const GAP = { x: 6, y: 2 } as const;
const A4 = { width: 210, height: 297 } as const;

export interface ChunkOrder {
  readonly layout: 'cr80' | 'a4';
  /** Of the first card on the first sheet, 0 to 9: sheets that were begun are used up. */
  readonly startAt: number;
  /** Millimetres around each page of `cr80`. */
  readonly bleed: number;
  /** Null: its place on a sheet stays empty. */
  readonly cards: readonly (CardOfFile | null)[];
  /** Number of the chunk's first object: its node of the page tree. */
  readonly firstObject: number;
  readonly pagesObject: number;
  readonly fonts: Readonly<Record<FontName, number>>;
}

export interface Chunk {
  readonly bytes: Uint8Array;
  /** Where each object begins, the first being `firstObject`. */
  readonly offsets: readonly number[];
  readonly pages: number;
  readonly glyphs: UsedGlyphs;
}

/** Objects a chunk of so many cards takes at most: the page tree's node, then photos, contents and pages. */
export function objectsOfChunk(cards: number, layout: 'cr80' | 'a4', startAt = 0): number {
  if (layout === 'cr80') return 1 + cards * 5;
  return 1 + cards + Math.ceil((cards + startAt) / CARDS_OF_SHEET) * 4;
}

/** Throws where a photo is no JPEG. */
export function drawChunk(order: ChunkOrder, grounds: readonly FileGround[]): Chunk {
  const segment = new Segment(order.firstObject);
  const node = segment.reserve();
  const glyphs: UsedGlyphs = new Map();
  const pages: number[] = [];
  const photos = order.cards.map((card) =>
    card === null || card.photo === null ? null : segment.jpeg(card.photo),
  );
  const page = (
    size: { readonly width: number; readonly height: number },
    content: string,
    used: readonly number[],
    extra = '',
  ): void => {
    const contents = segment.stream('/Filter /FlateDecode', deflateSync(content, FAST));
    const images = used.map((id) => `/P${id} ${id} 0 R`).join(' ');
    const forms = [...new Set(order.cards.flatMap((card) => (card === null ? [] : [card.ground])))]
      .flatMap((at) => {
        const ground = grounds[at];
        return ground ? [`/F${at}f ${ground.forms.front} 0 R /F${at}b ${ground.forms.back} 0 R`] : [];
      })
      .join(' ');
    const fonts = Object.entries(order.fonts)
      .map(([name, id]) => `/${name} ${id} 0 R`)
      .join(' ');
    pages.push(
      segment.object(
        `/Type /Page /Parent ${node} 0 R /MediaBox [0 0 ${number(size.width)} ${number(size.height)}] ${extra}` +
          `/Contents ${contents} 0 R /Resources << /Font << ${fonts} >> /XObject << ${images} ${forms} >> >>`,
      ),
    );
  };
  const drawn = (
    card: CardOfFile,
    photo: number | null,
    side: CardSideName,
    origin: { readonly x: number; readonly y: number },
  ): string => {
    const ground = grounds[card.ground];
    if (!ground) return '';
    const marks = holderMarks(ground.ground, side, { ...card, hasPhoto: photo !== null });
    const names = { font: (name: FontName) => name, image: () => `P${photo}` };
    const bottom = origin.y - CARD_SIZE.height * MM;
    return (
      `q 1 0 0 1 ${number(origin.x)} ${number(bottom)} cm /F${card.ground}${side === 'front' ? 'f' : 'b'} Do Q\n` +
      contentOf(marks, origin, names, glyphs)
    );
  };

  if (order.layout === 'cr80') {
    const edge = order.bleed * MM;
    const size = { width: CARD_SIZE.width * MM + 2 * edge, height: CARD_SIZE.height * MM + 2 * edge };
    const trim = `/TrimBox [${number(edge)} ${number(edge)} ${number(size.width - edge)} ${number(size.height - edge)}] `;
    order.cards.forEach((card, index) => {
      if (card === null) return;
      const photo = photos[index] ?? null;
      for (const side of ['front', 'back'] as const)
        page(
          size,
          drawn(card, photo, side, { x: edge, y: size.height - edge }),
          photo === null ? [] : [photo],
          order.bleed > 0 ? trim : '',
        );
    });
  } else {
    for (let from = -order.startAt; from < order.cards.length; from += CARDS_OF_SHEET) {
      const places = Array.from({ length: CARDS_OF_SHEET }, (_, place) => from + place);
      for (const side of ['front', 'back'] as const) {
        let content = CROP_MARKS;
        const used: number[] = [];
        places.forEach((at, place) => {
          const card = order.cards[at];
          if (!card) return;
          const photo = photos[at] ?? null;
          if (photo !== null) used.push(photo);
          content += drawn(card, photo, side, placeOf(place, side));
        });
        page({ width: A4.width * MM, height: A4.height * MM }, content, used);
      }
    }
  }
  segment.fill(
    node,
    `/Type /Pages /Parent ${order.pagesObject} 0 R /Count ${pages.length} /Kids [${pages.map((id) => `${id} 0 R`).join(' ')}]`,
  );
  const { bytes, offsets } = segment.end();
  return { bytes, offsets, pages: pages.length, glyphs };
}

const LEFT = (A4.width - COLUMNS * CARD_SIZE.width - (COLUMNS - 1) * GAP.x) / 2;
const TOP = (A4.height - ROWS * CARD_SIZE.height - (ROWS - 1) * GAP.y) / 2;

/** Turned over along its long edge the sheet's left column lies behind the right one. */
function placeOf(place: number, side: CardSideName): { readonly x: number; readonly y: number } {
  const column = side === 'front' ? place % COLUMNS : COLUMNS - 1 - (place % COLUMNS);
  const row = Math.floor(place / COLUMNS);
  return {
    x: (LEFT + column * (CARD_SIZE.width + GAP.x)) * MM,
    y: (A4.height - TOP - row * (CARD_SIZE.height + GAP.y)) * MM,
  };
}

/** Where to cut, outside of the cards. */
const CROP_MARKS = cropMarks();

function cropMarks(): string {
  let out = '0 G 0.25 w\n';
  const line = (x1: number, y1: number, x2: number, y2: number): void => {
    const y = (value: number) => number((A4.height - value) * MM);
    out += `${number(x1 * MM)} ${y(y1)} m ${number(x2 * MM)} ${y(y2)} l S\n`;
  };
  const bottom = TOP + ROWS * CARD_SIZE.height + (ROWS - 1) * GAP.y;
  const right = LEFT + COLUMNS * CARD_SIZE.width + (COLUMNS - 1) * GAP.x;
  for (let column = 0; column < COLUMNS; column++)
    for (const x of [0, CARD_SIZE.width].map((edge) => LEFT + column * (CARD_SIZE.width + GAP.x) + edge)) {
      line(x, TOP - 5, x, TOP - 1.5);
      line(x, bottom + 1.5, x, bottom + 5);
    }
  for (let row = 0; row < ROWS; row++)
    for (const y of [0, CARD_SIZE.height].map((edge) => TOP + row * (CARD_SIZE.height + GAP.y) + edge)) {
      line(LEFT - 6, y, LEFT - 1.5, y);
      line(right + 1.5, y, right + 6, y);
    }
  return out;
}
