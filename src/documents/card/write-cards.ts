/** Puts a file of cards together: what all share first, then the cards as they are drawn, then the fonts and the index. */
import { once } from 'node:events';
import { PassThrough, type Writable } from 'node:stream';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { CARD_SIZE, CARDS_OF_SHEET, type CardDesign } from '../../domain/card-design.ts';
import { texts } from '../../i18n/index.ts';
import { FONTS, type FontName } from '../fonts.ts';
import { bytesOf } from '../pdf.ts';
import { MM } from '../units.ts';
import {
  type CardOfFile,
  type Chunk,
  type ChunkOrder,
  drawChunk,
  type FileGround,
  objectsOfChunk,
} from './chunk.ts';
import { type CardGround, type CardPrintLibrary, type PictureShape, staticMarks } from './layout.ts';
import { contentOf, number, type UsedGlyphs } from './pdf-content.ts';
import { FONT_OBJECTS, fontObjects } from './pdf-font.ts';
import { Segment } from './segment.ts';

export type { CardOfFile, CardPrintLibrary };

export interface CardFileDesign {
  readonly design: CardDesign;
  /** The background picture that was uploaded for it, PNG or JPEG. */
  readonly picture: Buffer | null;
}

export interface CardFile {
  readonly library: CardPrintLibrary;
  /** The crest, PNG or JPEG; without it a plain book is drawn. */
  readonly emblem: Buffer | null;
  readonly designs: readonly CardFileDesign[];
  /** A list, or cards as they come from the database; `ground` is the place of their design; null leaves a place of a sheet empty. */
  readonly cards: Iterable<CardOfFile | null> | AsyncIterable<CardOfFile | null>;
  /** `cr80`: a page a side, front and back by turns. `a4`: ten a sheet with crop marks, backs mirrored for duplex. */
  readonly layout: 'cr80' | 'a4';
  /** Place of the first card on the first sheet of `a4`, 0 to 9. */
  readonly startAt?: number;
  /** Millimetres of colour over the edge on a page of `cr80`, for printers that cut; 0 unless told. */
  readonly bleed?: number;
  readonly now: Date;
}

/** Draws chunks, each whole; the same thread or others. */
export interface Drawers {
  /** Chunks that are drawn at one time. */
  readonly many: number;
  draw(order: ChunkOrder, grounds: readonly FileGround[]): Promise<Chunk>;
}

/** Drawing in the thread that asks; others get their turn between two chunks. */
export const here: Drawers = {
  many: 1,
  async draw(order, grounds) {
    await new Promise((resolve) => setImmediate(resolve));
    return drawChunk(order, grounds);
  },
};

/** Cards drawn together: small enough that a page waits for nobody, whole sheets. */
const CHUNK = 2 * CARDS_OF_SHEET;
/** A sheet of A4 has two millimetres between its cards. */
const SHEET_BLEED = 1;

const CATALOG = 1;
const PAGES = 2;
const INFO = 3;
const FIRST_FONT = 4;
const FIRST_SHARED = FIRST_FONT + FONT_OBJECTS * Object.keys(FONTS).length;

/**
 * Writes the cards as a PDF into a stream (a response, a file) and ends it; waits where the reader is slow. Memory holds
 * a few chunks, however many cards there are. Rejects when the stream breaks or a photo is not a JPEG.
 * @returns how many cards were written
 */
export async function writeCards(file: CardFile, out: Writable, drawers: Drawers = here): Promise<number> {
  const finished = once(out, 'finish');
  // Awaited at the end only; without a listener now, a stream that breaks meanwhile would end the process.
  finished.catch(() => undefined);
  try {
    const written = await writeFile(file, out, drawers);
    out.end();
    await finished;
    return written;
  } catch (error) {
    out.destroy(error instanceof Error ? error : new Error(String(error)));
    throw error;
  }
}

/** The cards as one PDF in memory: for one card or a few. */
export async function cardPdf(file: CardFile): Promise<Buffer> {
  const through = new PassThrough();
  const [bytes] = await Promise.all([bytesOf(through), writeCards(file, through)]);
  return bytes;
}

async function writeFile(file: CardFile, out: Writable, drawers: Drawers): Promise<number> {
  const offsets: number[] = [];
  let position = 0;
  const put = async (bytes: Uint8Array): Promise<void> => {
    if (out.destroyed) throw new Error('the reader of the cards went away');
    position += bytes.length;
    if (!out.write(bytes)) await drained(out);
  };
  const putSegment = async (
    first: number,
    { bytes, offsets: own }: { readonly bytes: Uint8Array; readonly offsets: readonly number[] },
  ): Promise<void> => {
    own.forEach((offset, index) => {
      if (offset >= 0) offsets[first + index] = position + offset;
    });
    await put(bytes);
  };
  await put(Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n', 'latin1'));
  const glyphs: UsedGlyphs = new Map();
  const fonts = fontNumbers();
  const { grounds, segment, next } = await shared(file, fonts, glyphs);
  await putSegment(FIRST_SHARED, segment);

  let nextObject = next;
  let written = 0;
  let pages = 0;
  const nodes: number[] = [];
  const waiting: { readonly first: number; readonly chunk: Promise<Chunk> }[] = [];
  const take = async (): Promise<void> => {
    const oldest = waiting.shift();
    if (!oldest) return;
    const chunk = await oldest.chunk;
    addGlyphs(glyphs, chunk.glyphs);
    pages += chunk.pages;
    await putSegment(oldest.first, chunk);
  };
  try {
    let startAt = file.layout === 'a4' ? (file.startAt ?? 0) : 0;
    for await (const cards of chunksOf(file.cards, CHUNK - startAt, CHUNK)) {
      const first = nextObject;
      nextObject += objectsOfChunk(cards.length, file.layout, startAt);
      nodes.push(first);
      const order: ChunkOrder = {
        layout: file.layout,
        startAt,
        bleed: file.bleed ?? 0,
        cards,
        firstObject: first,
        pagesObject: PAGES,
        fonts,
      };
      startAt = 0;
      written += cards.filter((card) => card !== null).length;
      const chunk = drawers.draw(order, grounds);
      // Awaited in its turn; one that fails earlier must not end the process.
      chunk.catch(() => undefined);
      waiting.push({ first, chunk });
      if (waiting.length > drawers.many) await take();
    }
    while (waiting.length > 0) await take();
  } finally {
    await Promise.allSettled(waiting.map(({ chunk }) => chunk));
  }
  await putSegment(CATALOG, tail(file, nodes, pages));
  for (const [name, first] of Object.entries(fonts) as [FontName, number][]) {
    const used = glyphs.get(name) ?? new Map<number, number>([[0, 0x20]]);
    const font = new Segment(first);
    for (const { id, dictionary, stream } of fontObjects(first, name, used)) {
      font.reserve();
      font.fill(id, dictionary, stream);
    }
    await putSegment(first, font.end());
  }
  await put(index(offsets, nextObject, position));
  return written;
}

/** The reader caught up, or went away. */
function drained(out: Writable): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      out.off('drain', done).off('close', done);
      resolve();
    };
    out.once('drain', done).once('close', done);
  });
}

function fontNumbers(): Readonly<Record<FontName, number>> {
  return Object.fromEntries(
    Object.values(FONTS).map((name, at) => [name, FIRST_FONT + at * FONT_OBJECTS]),
  ) as Record<FontName, number>;
}

/** What all cards share: crest, pictures, and the drawing of each side of each design. */
async function shared(file: CardFile, fonts: Readonly<Record<FontName, number>>, glyphs: UsedGlyphs) {
  const segment = new Segment(FIRST_SHARED);
  const emblem = file.emblem === null ? null : await embedPicture(segment, file.emblem);
  const bleed = file.layout === 'a4' ? SHEET_BLEED : (file.bleed ?? 0);
  const grounds: FileGround[] = [];
  for (const { design, picture } of file.designs) {
    const embedded = picture === null ? null : await embedPicture(segment, picture);
    const ground: CardGround = {
      design,
      library: file.library,
      emblem: emblem?.shape ?? null,
      picture: embedded?.shape ?? null,
      bleed,
    };
    const form = (side: 'front' | 'back'): number => {
      const names = { font: (name: FontName) => name, image: (source: string) => source };
      const content = contentOf(staticMarks(ground, side), { x: 0, y: CARD_SIZE.height * MM }, names, glyphs);
      const edge = number(bleed * MM);
      const box = `-${edge} -${edge} ${number((CARD_SIZE.width + bleed) * MM)} ${number((CARD_SIZE.height + bleed) * MM)}`;
      const images = [
        ...(emblem ? [`/emblem ${emblem.id} 0 R`] : []),
        ...(embedded ? [`/picture ${embedded.id} 0 R`] : []),
      ].join(' ');
      const named = Object.entries(fonts)
        .map(([name, id]) => `/${name} ${id} 0 R`)
        .join(' ');
      return segment.stream(
        `/Type /XObject /Subtype /Form /BBox [${box}] /Filter /FlateDecode /Resources << /Font << ${named} >> /XObject << ${images} >> >>`,
        deflateSync(content),
      );
    };
    grounds.push({ ground, forms: { front: form('front'), back: form('back') } });
  }
  const ended = segment.end();
  return { grounds, segment: ended, next: FIRST_SHARED + ended.offsets.length };
}

/** A picture as the file keeps it, with its transparency; at most what 300 dpi over a whole card shows. */
async function embedPicture(
  segment: Segment,
  bytes: Buffer,
): Promise<{ readonly id: number; readonly shape: PictureShape }> {
  const picture = sharp(bytes).resize(1100, 1100, { fit: 'inside', withoutEnlargement: true });
  const { data, info } = await picture.ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const colours = Buffer.alloc(width * height * 3);
  const opacity = Buffer.alloc(width * height);
  let opaque = true;
  for (let at = 0; at < width * height; at++) {
    colours[at * 3] = data[at * 4] ?? 0;
    colours[at * 3 + 1] = data[at * 4 + 1] ?? 0;
    colours[at * 3 + 2] = data[at * 4 + 2] ?? 0;
    opacity[at] = data[at * 4 + 3] ?? 255;
    if (opacity[at] !== 255) opaque = false;
  }
  const head = `/Type /XObject /Subtype /Image /Width ${width} /Height ${height} /BitsPerComponent 8`;
  if (opaque) {
    const jpeg = await sharp(colours, { raw: { width, height, channels: 3 } })
      .jpeg({ quality: 88 })
      .toBuffer();
    return { id: segment.jpeg(jpeg), shape: { width, height } };
  }
  const mask = segment.stream(`${head} /ColorSpace /DeviceGray /Filter /FlateDecode`, deflateSync(opacity));
  const id = segment.stream(
    `${head} /ColorSpace /DeviceRGB /SMask ${mask} 0 R /Filter /FlateDecode`,
    deflateSync(colours),
  );
  return { id, shape: { width, height } };
}

async function* chunksOf(
  cards: CardFile['cards'],
  firstSize: number,
  size: number,
): AsyncGenerator<readonly (CardOfFile | null)[]> {
  let chunk: (CardOfFile | null)[] = [];
  let wanted = firstSize;
  for await (const card of cards) {
    chunk.push(card);
    if (chunk.length < wanted) continue;
    yield chunk;
    chunk = [];
    wanted = size;
  }
  if (chunk.length > 0) yield chunk;
}

function addGlyphs(all: UsedGlyphs, some: UsedGlyphs): void {
  for (const [name, glyphs] of some) {
    const known = all.get(name) ?? new Map<number, number>();
    for (const [id, code] of glyphs) known.set(id, code);
    all.set(name, known);
  }
}

/** The objects 1 to 3. */
function tail(file: CardFile, nodes: readonly number[], pages: number) {
  const { library, now } = file;
  const title = `${texts(library.lang).documents.card.file} – ${library.name}`;
  const segment = new Segment(CATALOG);
  segment.object(
    `/Type /Catalog /Pages ${PAGES} 0 R /Lang (${library.lang}) /ViewerPreferences << /DisplayDocTitle true /PrintScaling /None /Duplex /DuplexFlipLongEdge >>`,
  );
  segment.object(`/Type /Pages /Count ${pages} /Kids [${nodes.map((id) => `${id} 0 R`).join(' ')}]`);
  segment.object(
    `/Title ${text(title)} /Author ${text(library.name)} /Creator (Daftar Pustaka) /CreationDate (D:${stamp(now)}Z)`,
  );
  return segment.end();
}

function text(value: string): string {
  return `<feff${Buffer.from(value, 'utf16le').swap16().toString('hex')}>`;
}

function stamp(now: Date): string {
  return now.toISOString().replace(/[-:T]/g, '').slice(0, 14);
}

/** The cross-reference table (ISO 32000-1, 7.5.4) and the trailer. */
function index(offsets: readonly number[], count: number, position: number): Buffer {
  const lines = [`xref\n0 ${count}\n0000000000 65535 f \n`];
  for (let id = 1; id < count; id++) {
    const offset = offsets[id];
    lines.push(
      offset === undefined ? '0000000000 00000 f \n' : `${String(offset).padStart(10, '0')} 00000 n \n`,
    );
  }
  lines.push(
    `trailer\n<< /Size ${count} /Root ${CATALOG} 0 R /Info ${INFO} 0 R >>\nstartxref\n${position}\n%%EOF\n`,
  );
  return Buffer.from(lines.join(''), 'latin1');
}
