/** A side of a card as a picture for screens: the same marks as the printed page, letters as outlines. */
import { CARD_SIZE, type CardDesign, type CardSideName } from '../../domain/card-design.ts';
import { CARD_DESIGNS } from '../../domain/card-designs.ts';
import type { FontName } from '../fonts.ts';
import { escapeXml } from '../svg.ts';
import { MM } from '../units.ts';
import { cardGround, picturesInside } from './card-picture.ts';
import { outlineOf, shape } from './fonts.ts';
import { type CardGround, type CardHolder, holderMarks, staticMarks } from './layout.ts';
import type { CardPictures, Mark, Path } from './marks.ts';

export interface CardSvgOptions {
  /** Spoken by screen readers in place of the picture. */
  readonly title: string;
  readonly pictures: CardPictures;
  /** Shows what cards are cut to: the corners are round. */
  readonly round?: boolean;
  /** Unique on its page: clips are named by it. */
  readonly id: string;
}

/** The SVG element as text, its viewBox in millimetres; no style, no script, fit for a page under a strict CSP. */
export function cardSvg(
  ground: CardGround,
  side: CardSideName,
  holder: CardHolder,
  options: CardSvgOptions,
): string {
  const { width, height, radius } = CARD_SIZE;
  const marks = [...staticMarks(ground, side), ...holderMarks(ground, side, holder)];
  const clips: string[] = [];
  const body = marks.map((mark) => markOf(mark, options, clips)).join('');
  const whole = `${options.id}-card`;
  const round =
    options.round === false
      ? ''
      : `<clipPath id="${whole}"><rect width="${width}" height="${height}" rx="${radius}"/></clipPath>`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img">` +
    `<title>${escapeXml(options.title)}</title><defs>${round}${clips.join('')}</defs>` +
    `<g${round === '' ? '' : ` clip-path="url(#${whole})"`}>${body}</g></svg>`
  );
}

/** One mark; clips are added to `clips`. */
export function markOf(mark: Mark, options: CardSvgOptions, clips: string[]): string {
  switch (mark.kind) {
    case 'fill':
      return `<path fill="${mark.colour}" d="${pathOf(mark.path)}"/>`;
    case 'stroke':
      return `<path fill="none" stroke="${mark.colour}" stroke-width="${short(mark.width)}" d="${pathOf(mark.path)}"/>`;
    case 'text':
      return `<path fill="${mark.colour}" d="${lettersOf(mark)}"/>`;
    case 'image': {
      const address = options.pictures[mark.source];
      if (address === undefined) return '';
      const { x, y, width, height } = mark.box;
      const image = `<image href="${escapeXml(address)}" x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}" preserveAspectRatio="none"/>`;
      if (mark.clip === null) return image;
      const name = `${options.id}-${clips.length}`;
      clips.push(`<clipPath id="${name}"><path d="${pathOf(mark.clip)}"/></clipPath>`);
      return `<g clip-path="url(#${name})">${image}</g>`;
    }
    case 'code': {
      const bars = mark.rectangles
        .map(([x, y, width, height]) => `M${x} ${y}h${width}v${height}h-${width}z`)
        .join('');
      const scale = `${short(mark.moduleWidth, 5)} ${short(mark.moduleHeight, 5)}`;
      return `<path shape-rendering="crispEdges" transform="translate(${short(mark.x)} ${short(mark.y)}) scale(${scale})" d="${bars}"/>`;
    }
  }
}

function lettersOf(mark: Extract<Mark, { kind: 'text' }>): string {
  const { glyphs, kerns } = shape(mark.font as FontName, mark.text);
  const scale = mark.size / MM;
  let x = mark.x;
  let path = '';
  glyphs.forEach((glyph, index) => {
    x += ((index === 0 ? 0 : (kerns[index - 1] ?? 0)) / 1000) * scale;
    for (const { command, points } of outlineOf(mark.font, glyph)) {
      path += command;
      path += points
        .map((value, at) => short(at % 2 === 0 ? x + value * scale : mark.y - value * scale))
        .join(' ');
    }
    x += (glyph.advance / 1000) * scale;
  });
  return path;
}

function pathOf(path: Path): string {
  return path.map(([command, ...points]) => command + points.map((value) => short(value)).join(' ')).join('');
}

function short(value: number, digits = 3): string {
  return String(Number(value.toFixed(digits)));
}

/** One card on screen: both sides, with the pictures inside. */
export interface CardPreview {
  readonly library: CardGround['library'];
  readonly emblem: Buffer | null;
  readonly design: { readonly design: CardDesign; readonly picture: Buffer | null } | undefined;
  readonly holder: Omit<CardHolder, 'hasPhoto'>;
  /** JPEG of 3:4. */
  readonly photo: Buffer | null;
  readonly titles: Readonly<Record<CardSideName, string>>;
  /** Unique on its page. */
  readonly id: string;
}

/** Both sides of a card as SVG. */
export async function cardPreview(card: CardPreview): Promise<Readonly<Record<CardSideName, string>>> {
  const {
    library,
    emblem,
    photo,
    design: { design, picture } = { design: CARD_DESIGNS.shelf, picture: null },
  } = card;
  const ground = await cardGround({ library, design, emblem, picture });
  const pictures = picturesInside({ emblem, picture, photo });
  const holder = { ...card.holder, hasPhoto: photo !== null };
  const side = (name: CardSideName): string =>
    cardSvg(ground, name, holder, { title: card.titles[name], pictures, id: `${card.id}-${name}` });
  return { front: side('front'), back: side('back') };
}
