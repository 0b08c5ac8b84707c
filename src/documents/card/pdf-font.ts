/** A font inside a PDF: only the glyphs that were drawn, under the numbers they have in the whole font. */
import { deflateSync } from 'node:zlib';
import type { FontName } from '../fonts.ts';
import { cardFont } from './fonts.ts';
import { number } from './pdf-content.ts';

/** Objects a font takes. */
export const FONT_OBJECTS = 6;

/** A dictionary, or a dictionary and its stream. */
export interface PdfObject {
  readonly id: number;
  readonly dictionary: string;
  readonly stream?: Uint8Array;
}

/**
 * The objects `first` to `first + 5` of a font; `first` is what pages name.
 * Pages are written long before it is known which glyphs there are: they use the font's own glyph numbers, and a table
 * leads from those to the places in the part that is embedded.
 */
export function fontObjects(
  first: number,
  name: FontName,
  used: ReadonlyMap<number, number>,
): readonly PdfObject[] {
  const font = cardFont(name);
  const scale = 1000 / font.unitsPerEm;
  const subset = font.createSubset();
  const ids = [...used.keys()].sort((a, b) => a - b);
  const places = new Uint8Array((Math.max(0, ...ids) + 1) * 2);
  for (const id of ids) {
    const place = subset.includeGlyph(id);
    places[id * 2] = place >> 8;
    places[id * 2 + 1] = place & 0xff;
  }
  const file = subset.encode();
  const tag = `${tagOf(ids)}+${font.postscriptName}`;
  const widths = ids
    .map((id) => `${id} [${number(font.glyphForCodePoint(used.get(id) ?? 0x20).advanceWidth * scale)}]`)
    .join(' ');
  const { bbox } = font;
  const box = [bbox.minX, bbox.minY, bbox.maxX, bbox.maxY].map((value) => number(value * scale)).join(' ');
  const compressed = deflateSync(file);
  const table = deflateSync(places);
  const names = deflateSync(Buffer.from(toUnicode(used), 'latin1'));
  return [
    {
      id: first,
      dictionary: `/Type /Font /Subtype /Type0 /BaseFont /${tag} /Encoding /Identity-H /DescendantFonts [${first + 1} 0 R] /ToUnicode ${first + 5} 0 R`,
    },
    {
      id: first + 1,
      dictionary: `/Type /Font /Subtype /CIDFontType2 /BaseFont /${tag} /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor ${first + 2} 0 R /CIDToGIDMap ${first + 4} 0 R /DW 500 /W [${widths}]`,
    },
    {
      id: first + 2,
      dictionary: `/Type /FontDescriptor /FontName /${tag} /Flags 4 /FontBBox [${box}] /ItalicAngle ${number(font.italicAngle)} /Ascent ${number(font.ascent * scale)} /Descent ${number(font.descent * scale)} /CapHeight ${number(font.capHeight * scale)} /StemV 80 /FontFile2 ${first + 3} 0 R`,
    },
    {
      id: first + 3,
      dictionary: `/Filter /FlateDecode /Length1 ${file.length}`,
      stream: compressed,
    },
    { id: first + 4, dictionary: '/Filter /FlateDecode', stream: table },
    { id: first + 5, dictionary: '/Filter /FlateDecode', stream: names },
  ];
}

/** Six letters that differ where the glyphs differ: two parts of one font must not be taken for each other. */
function tagOf(ids: readonly number[]): string {
  let hash = 0x811c9dc5;
  for (const id of ids) hash = Math.imul(hash ^ id, 0x01000193) >>> 0;
  let tag = '';
  for (let n = 0; n < 6; n++) {
    tag += String.fromCharCode(65 + (hash % 26));
    hash = Math.floor(hash / 26);
  }
  return tag;
}

/** What a reader copies, and a screen reader says. */
function toUnicode(used: ReadonlyMap<number, number>): string {
  const hex = (value: number, digits = 4) => value.toString(16).padStart(digits, '0');
  const utf16 = (code: number) =>
    [...Buffer.from(String.fromCodePoint(code), 'utf16le').swap16()].map((byte) => hex(byte, 2)).join('');
  const entries = [...used].map(([id, code]) => `<${hex(id)}> <${utf16(code)}>`);
  const parts: string[] = [];
  for (let at = 0; at < entries.length; at += 100) {
    const some = entries.slice(at, at + 100);
    parts.push(`${some.length} beginbfchar\n${some.join('\n')}\nendbfchar`);
  }
  return `/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <ffff>
endcodespacerange
${parts.join('\n')}
endcmap
CMapName currentdict /CMap defineresource pop
end
end`;
}
