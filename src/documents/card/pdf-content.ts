/** Marks as the content of a PDF page or form. Fast and small: a province prints ten thousand cards at once. */
import type { FontName } from '../fonts.ts';
import { MM } from '../units.ts';
import { shape } from './fonts.ts';
import type { Mark, Path } from './marks.ts';

/** Glyphs that were drawn, by font: what the file has to carry. Glyph to code point. */
export type UsedGlyphs = Map<FontName, Map<number, number>>;

export interface ContentNames {
  readonly font: (name: FontName) => string;
  readonly image: (source: 'photo' | 'emblem' | 'picture') => string;
}

/**
 * @param origin where the card's top left corner stands, in points from the bottom left of the page
 * @param used gets the glyphs
 */
export function contentOf(
  marks: readonly Mark[],
  origin: { readonly x: number; readonly y: number },
  names: ContentNames,
  used: UsedGlyphs,
): string {
  let out = '';
  let colour = '';
  const fillWith = (next: string): string => {
    if (next === colour) return '';
    colour = next;
    return `${rgb(next)} rg\n`;
  };
  for (const mark of marks) {
    switch (mark.kind) {
      case 'fill':
        out += `${fillWith(mark.colour)}${pathOf(mark.path, origin)}f\n`;
        break;
      case 'stroke':
        out += `${rgb(mark.colour)} RG ${number(mark.width * MM)} w ${pathOf(mark.path, origin)}S\n`;
        break;
      case 'text':
        out += fillWith(mark.colour) + textOf(mark, origin, names, used);
        break;
      case 'image': {
        const { box, clip } = mark;
        const cut = clip === null ? '' : `${pathOf(clip, origin)}W n `;
        const [x, y] = [origin.x + box.x * MM, origin.y - (box.y + box.height) * MM];
        out += `q ${cut}${number(box.width * MM)} 0 0 ${number(box.height * MM)} ${number(x)} ${number(y)} cm /${names.image(mark.source)} Do Q\n`;
        break;
      }
      case 'code': {
        const [x, y] = [origin.x + mark.x * MM, origin.y - mark.y * MM];
        out += `q 0 g ${exact(mark.moduleWidth * MM)} 0 0 ${exact(-mark.moduleHeight * MM)} ${exact(x)} ${exact(y)} cm\n`;
        for (const [left, top, width, height] of mark.rectangles)
          out += `${left} ${top} ${width} ${height} re\n`;
        out += 'f Q\n';
        break;
      }
    }
  }
  return out;
}

function textOf(
  mark: Extract<Mark, { kind: 'text' }>,
  origin: { readonly x: number; readonly y: number },
  names: ContentNames,
  used: UsedGlyphs,
): string {
  const { glyphs, kerns } = shape(mark.font, mark.text);
  const known = used.get(mark.font) ?? new Map<number, number>();
  used.set(mark.font, known);
  let shown = '<';
  glyphs.forEach((glyph, index) => {
    known.set(glyph.id, glyph.code);
    const kern = index === 0 ? 0 : (kerns[index - 1] ?? 0);
    if (kern !== 0) shown += `>${number(-kern)}<`;
    shown += glyph.id.toString(16).padStart(4, '0');
  });
  const [x, y] = [origin.x + mark.x * MM, origin.y - mark.y * MM];
  return `BT /${names.font(mark.font)} ${number(mark.size)} Tf ${number(x)} ${number(y)} Td [${shown}>] TJ ET\n`;
}

function pathOf(path: Path, origin: { readonly x: number; readonly y: number }): string {
  const x = (value: number) => number(origin.x + value * MM);
  const y = (value: number) => number(origin.y - value * MM);
  let out = '';
  for (const segment of path) {
    switch (segment[0]) {
      case 'M':
        out += `${x(segment[1])} ${y(segment[2])} m `;
        break;
      case 'L':
        out += `${x(segment[1])} ${y(segment[2])} l `;
        break;
      case 'C':
        out += `${x(segment[1])} ${y(segment[2])} ${x(segment[3])} ${y(segment[4])} ${x(segment[5])} ${y(segment[6])} c `;
        break;
      case 'Z':
        out += 'h ';
        break;
    }
  }
  return out;
}

/** `#rrggbb` as three shares. */
function rgb(colour: string): string {
  return [1, 3, 5].map((at) => number(Number.parseInt(colour.slice(at, at + 2), 16) / 255)).join(' ');
}

/** A thousandth of a point is far below what any printer places. */
export function number(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}

/** Of a code, whose modules are multiplied: a rounding would add up along fifty of them. */
function exact(value: number): string {
  return value.toFixed(6).replace(/\.?0+$/, '');
}
