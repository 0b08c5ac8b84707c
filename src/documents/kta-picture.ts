/**
 * The KTA as its holder saves it: the card's front above the code of a picture, which moves for nobody and therefore
 * proves nothing by itself, and under it the words that say so. One layout, as a picture (PNG) and as a page (PDF).
 */
import sharp from 'sharp';
import type { CardDesign } from '../domain/card-design.ts';
import { cardGround, picturesInside } from './card/card-picture.ts';
import { measureCardText } from './card/fonts.ts';
import type { CardHolder, CardPrintLibrary } from './card/layout.ts';
import { rounded } from './card/marks.ts';
import { cardSvg, markOf } from './card/svg.ts';
import { hexColour, INK, MUTED, mix } from './colour.ts';
import { drawLines, type FittedText, fitText } from './fit-text.ts';
import { FONTS, type FontName } from './fonts.ts';
import { bytesOf, newPdf } from './pdf.ts';
import { drawQr, QR_QUIET, qrCode } from './qr.ts';
import { MM } from './units.ts';

export interface KtaPicture {
  readonly library: CardPrintLibrary;
  /** The crest, PNG or JPEG. */
  readonly emblem: Buffer | null;
  readonly design: { readonly design: CardDesign; readonly picture: Buffer | null };
  /** `verifyUrl`: the address of the picture's code; a print code never comes here. */
  readonly holder: Omit<CardHolder, 'hasPhoto'>;
  /** JPEG. */
  readonly photo: Buffer | null;
  readonly words: {
    /** Names the file: spoken in place of the picture, shown as the window's title. */
    readonly title: string;
    readonly notProof: string;
    readonly about: string;
  };
  readonly now: Date;
}

/** A6, which every copy shop prints and every phone shows in one piece; millimetres. */
const PAGE = { width: 105, height: 148 } as const;
const CARD = { x: 9.7, y: 9, width: 85.6, height: 53.98 } as const;
const PLATE = { x: 9.7, y: 67, width: 85.6, height: 60 } as const;
/** With its quiet zone. */
const CODE = { x: 23.5, y: 68, side: 58 } as const;
const WORDS = { x: 9.7, width: 85.6 } as const;
const PIXELS_PER_MM = 12;
/** Of the card within the PDF: as fine as a card printer. */
const CARD_PIXELS = 1600;

/** PNG, 1,260 by 1,776 pixels. */
export async function ktaPicturePng(picture: KtaPicture): Promise<Buffer> {
  const { ground, words } = layOut(picture);
  const clips: string[] = [];
  const code = qrCode(picture.holder.verifyUrl);
  const module = CODE.side / (code.size + 2 * QR_QUIET);
  const bars = code.runs.map(({ x, y, length }) => `M${x} ${y}h${length}v1h-${length}z`).join('');
  const options = { title: picture.words.title, pictures: {}, id: 'kta' };
  const plate = markOf({ kind: 'fill', path: rounded(PLATE, 3), colour: '#ffffff' }, options, clips);
  const lines = words.flatMap(({ fitted, colour, y }) =>
    fitted.lines.map((text, at) => {
      const x = WORDS.x + (WORDS.width - (measureCardText(fitted.font, text) * fitted.size) / MM) / 2;
      const base = y + (fitted.size * 0.8 + at * fitted.leading) / MM;
      return markOf(
        { kind: 'text', font: fitted.font, size: fitted.size, x, y: base, text, colour },
        options,
        clips,
      );
    }),
  );
  const [width, height] = [PAGE.width * PIXELS_PER_MM, PAGE.height * PIXELS_PER_MM];
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 ${PAGE.width} ${PAGE.height}" width="${width}" height="${height}">` +
    `<path fill="${ground}" d="M0 0h${PAGE.width}v${PAGE.height}H0z"/>${plate}` +
    `<path transform="translate(${CODE.x + QR_QUIET * module} ${CODE.y + QR_QUIET * module}) scale(${module})" shape-rendering="crispEdges" d="${bars}"/>` +
    `${lines.join('')}</svg>`;
  const card = await drawCard(picture, Math.round(CARD.width * PIXELS_PER_MM));
  return sharp(Buffer.from(svg))
    .composite([
      { input: card, left: Math.round(CARD.x * PIXELS_PER_MM), top: Math.round(CARD.y * PIXELS_PER_MM) },
    ])
    .flatten({ background: ground })
    .png({ palette: true, colours: 256, compressionLevel: 9, effort: 7 })
    .toBuffer();
}

/** PDF, one page of A6; the words and the code are text and lines, the card a picture of 475 dpi. */
export async function ktaPicturePdf(picture: KtaPicture): Promise<Buffer> {
  const { ground, words } = layOut(picture);
  const card = await sharp(await drawCard(picture, CARD_PIXELS))
    .flatten({ background: ground })
    .jpeg({ quality: 90, chromaSubsampling: '4:4:4' })
    .toBuffer();
  const { library, now } = picture;
  const doc = newPdf({ title: picture.words.title, author: library.name, lang: library.lang, now });
  doc.addPage({ size: [PAGE.width * MM, PAGE.height * MM], margin: 0 });
  doc.rect(0, 0, PAGE.width * MM, PAGE.height * MM).fill(ground);
  doc.image(card, CARD.x * MM, CARD.y * MM, { width: CARD.width * MM, height: CARD.height * MM });
  doc.roundedRect(PLATE.x * MM, PLATE.y * MM, PLATE.width * MM, PLATE.height * MM, 3 * MM).fill('#ffffff');
  const code = qrCode(picture.holder.verifyUrl);
  const quiet = (QR_QUIET * CODE.side) / (code.size + 2 * QR_QUIET);
  drawQr(doc, code, (CODE.x + quiet) * MM, (CODE.y + quiet) * MM, (CODE.side - 2 * quiet) * MM);
  for (const { fitted, colour, y } of words) {
    doc.fillColor(colour);
    drawLines(doc, fitted, { x: WORDS.x * MM, y: y * MM, width: WORDS.width * MM, align: 'center' });
  }
  const bytes = bytesOf(doc);
  doc.end();
  return bytes;
}

interface Words {
  readonly fitted: FittedText;
  readonly colour: string;
  /** Top of the first line, millimetres. */
  readonly y: number;
}

function layOut({ library, words }: KtaPicture): {
  readonly ground: string;
  readonly words: readonly Words[];
} {
  const box = (font: FontName, height: number, max: number) => {
    return { font, width: WORDS.width * MM, height: height * MM, max, min: 7, leading: 1.25 };
  };
  return {
    ground: mix(hexColour(library.colour), '#ffffff', 0.9),
    words: [
      { fitted: fitText(measureCardText, words.notProof, box(FONTS.bold, 6.5, 12)), colour: INK, y: 129.5 },
      {
        fitted: fitText(measureCardText, words.about, box(FONTS.regular, 4.5, 8.5)),
        colour: MUTED,
        y: 135.5,
      },
    ],
  };
}

/** The card's front with its pictures, PNG with round corners. @param width in pixels */
async function drawCard(
  { library, emblem, design, holder, photo }: KtaPicture,
  width: number,
): Promise<Buffer> {
  const { picture } = design;
  const ground = await cardGround({ library, design: design.design, emblem, picture });
  const pictures = picturesInside({ emblem, picture, photo });
  const svg = cardSvg(
    ground,
    'front',
    { ...holder, hasPhoto: photo !== null },
    { title: '', pictures, id: 'kta' },
  );
  const height = Math.round((width * CARD.height) / CARD.width);
  const sized = svg.replace('<svg ', `<svg width="${width}" height="${height}" `);
  return sharp(Buffer.from(sized)).png().toBuffer();
}
