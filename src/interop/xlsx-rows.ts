// The tests have a program of their own, which finds these types only so.
/// <reference path="./saxen.d.ts" />
import { Parser } from 'saxen';
import type { ByteSource } from './byte-source.ts';
import type { TableRow } from './csv-rows.ts';
import { decodeText } from './read-text.ts';
import { openZip, type ZipParts } from './zip-entries.ts';

/** Texts that cells share stand in a part of their own and are kept in memory: real lists hold some ten megabytes. */
const MOST_SHARED = 512 * 1024 * 1024;
/** More would be no sheet of members; INLISLite has 49. */
const MOST_COLUMNS = 400;
/** Longer than any real row. */
const LONGEST_ROW = 4 * 1024 * 1024;

/**
 * The rows of the first sheet of an XLSX (ECMA-376), row by row while it is unpacked. Empty rows are left out, cells
 * are texts: a date is its number of days in the system of 1900, whichever the file counts in. Throws where the file is no
 * XLSX.
 */
export async function* xlsxRows(source: ByteSource): AsyncGenerator<TableRow> {
  const zip = await openZip(source);
  try {
    const workbook = await textOf(zip, 'xl/workbook.xml');
    const sheet = await zip.open(await firstSheet(zip, workbook));
    if (sheet === undefined) throw new Error('no sheet');
    const shared = await sharedTexts(zip);
    const read = rowReader(shared, countsFrom1904(workbook) ? await dateStyles(zip) : new Set());
    let counted = 0;
    for await (const xml of elements(decodeText(sheet), 'row')) {
      const { row, cells } = read(xml);
      counted = row ?? counted + 1;
      if (cells === null || cells.some((cell) => cell.trim() !== '')) yield { row: counted, cells };
    }
  } finally {
    zip.close();
  }
}

/** Workbooks that began on an old Macintosh count days from 1904. */
function countsFrom1904(workbook: string): boolean {
  const properties = /<(?:\w+:)?workbookPr\s[^>]*>/.exec(workbook)?.[0] ?? '';
  return /\bdate1904="(?:1|true|on)"/i.test(properties);
}

/** Days from the beginning of the system of 1900 to that of 1904. */
const FOUR_YEARS = 1_462;

/** Formats of dates that every file has without naming them (ECMA-376 part 1, 18.8.30), those of East Asia included. */
function isDateFormat(id: number): boolean {
  return (id >= 14 && id <= 17) || id === 22 || (id >= 27 && id <= 36) || (id >= 50 && id <= 58);
}

/** Numbers of the cell styles that show a date: nothing else tells a date from another number. */
async function dateStyles(zip: ZipParts): Promise<ReadonlySet<string>> {
  const styles = await textOf(zip, 'xl/styles.xml');
  const own = new Map<string, string>();
  for (const [format] of styles.matchAll(/<(?:\w+:)?numFmt\s[^>]*>/g)) {
    const id = /\bnumFmtId="(\d+)"/.exec(format)?.[1];
    // Texts between the parts of a format, and colours, hold any letter.
    const code = /\bformatCode="([^"]*)"/.exec(format)?.[1]?.replace(/&quot;.*?&quot;|\[[^\]]*\]|\\./g, '');
    if (id !== undefined && code !== undefined) own.set(id, code);
  }
  const cells = /<(?:\w+:)?cellXfs\b[^>]*>([\s\S]*?)<\/(?:\w+:)?cellXfs>/.exec(styles)?.[1] ?? '';
  const dates = new Set<string>();
  for (const [at, [style]] of [...cells.matchAll(/<(?:\w+:)?xf\b[^>]*>/g)].entries()) {
    const id = /\bnumFmtId="(\d+)"/.exec(style)?.[1] ?? '0';
    const code = own.get(id);
    if (code === undefined ? isDateFormat(Number(id)) : /[yd]/i.test(code)) dates.add(String(at));
  }
  return dates;
}

async function firstSheet(zip: ZipParts, workbook: string): Promise<string> {
  const relations = await textOf(zip, 'xl/_rels/workbook.xml.rels');
  const id = /<(?:\w+:)?sheet\s[^>]*?\w+:id="([^"]+)"/.exec(workbook)?.[1];
  for (const [relation] of relations.matchAll(/<(?:\w+:)?Relationship\s[^>]*>/g)) {
    if (/\bId="([^"]+)"/.exec(relation)?.[1] !== id) continue;
    const target = /\bTarget="([^"]+)"/.exec(relation)?.[1] ?? '';
    return target.startsWith('/') ? target.slice(1) : `xl/${target}`;
  }
  return 'xl/worksheets/sheet1.xml';
}

async function textOf(zip: ZipParts, name: string): Promise<string> {
  const part = await zip.open(name);
  let text = '';
  if (part === undefined) return text;
  for await (const piece of decodeText(part)) {
    text += piece;
    if (text.length > LONGEST_ROW) throw new Error(`${name} is too large`);
  }
  return text;
}

async function sharedTexts(zip: ZipParts): Promise<readonly string[]> {
  const name = zip.names.find((part) => part.toLowerCase() === 'xl/sharedstrings.xml');
  const part = name === undefined ? undefined : await zip.open(name);
  const texts: string[] = [];
  if (part === undefined) return texts;
  let size = 0;
  const read = textReader();
  for await (const xml of elements(decodeText(part), 'si')) {
    const text = read(xml);
    size += text.length;
    if (size > MOST_SHARED) throw new Error('too many texts');
    texts.push(text);
  }
  return texts;
}

/** Cuts a stream of XML into its elements of one name, which do not nest. */
async function* elements(text: AsyncIterable<string>, name: 'row' | 'si'): AsyncGenerator<string> {
  const pattern = new RegExp(`<(?:\\w+:)?${name}(?:\\s[^>]*)?(?:/>|>[\\s\\S]*?</(?:\\w+:)?${name}>)`, 'g');
  const opening = new RegExp(`<(?:\\w+:)?${name}[\\s>/]`);
  let kept = '';
  for await (const piece of text) {
    kept += piece;
    let end = 0;
    for (const match of kept.matchAll(pattern)) {
      yield match[0];
      end = match.index + match[0].length;
    }
    kept = kept.slice(end);
    const begun = kept.search(opening);
    // What stands between rows is dropped; the beginning of a tag may be cut.
    kept = begun >= 0 ? kept.slice(begun) : kept.slice(Math.max(0, kept.lastIndexOf('<')));
    if (kept.length > LONGEST_ROW) throw new Error('a row is too large');
  }
}

/** The text of a shared or inline string: its runs together, without the reading aids of East Asian scripts. */
function textReader(): (xml: string) => string {
  const parser = new Parser();
  let text = '';
  let inText = 0;
  let inAid = 0;
  parser.on('openTag', (name) => {
    if (local(name) === 'rPh') inAid++;
    if (local(name) === 't') inText++;
  });
  parser.on('closeTag', (name) => {
    if (local(name) === 'rPh') inAid--;
    if (local(name) === 't') inText--;
  });
  parser.on('text', (value, decode) => {
    if (inText > 0 && inAid === 0) text += decode(value);
  });
  parser.on('cdata', (value) => {
    if (inText > 0 && inAid === 0) text += value;
  });
  parser.on('error', () => undefined);
  parser.on('warn', () => undefined);
  return (xml) => {
    text = '';
    inText = 0;
    inAid = 0;
    parser.parse(xml);
    return unescaped(text);
  };
}

/** @param shifted styles whose numbers are days since 1904 */
function rowReader(
  shared: readonly string[],
  shifted: ReadonlySet<string>,
): (xml: string) => { row: number | null; cells: string[] | null } {
  const parser = new Parser();
  let row: number | null = null;
  let cells: string[] = [];
  let broken = false;
  let at = -1;
  let type = '';
  let style = '';
  let value = '';
  let inValue = 0;
  parser.on('openTag', (tag, attributes) => {
    const name = local(tag);
    if (name === 'row') row = Number(attributes().r) || null;
    else if (name === 'c') {
      const { r, t, s } = attributes();
      at = r === undefined ? at + 1 : columnOf(r);
      type = t ?? 'n';
      style = s ?? '0';
      value = '';
    } else if (name === 'v' || name === 't') inValue++;
  });
  parser.on('text', (text, decode) => {
    if (inValue > 0) value += decode(text);
  });
  parser.on('cdata', (text) => {
    if (inValue > 0) value += text;
  });
  parser.on('closeTag', (tag) => {
    const name = local(tag);
    if (name === 'v' || name === 't') inValue--;
    if (name !== 'c' || at < 0 || at >= MOST_COLUMNS) return;
    while (cells.length < at) cells.push('');
    const days = type === 'n' && value !== '' && shifted.has(style) ? Number(value) : Number.NaN;
    cells[at] = cellText(type, Number.isNaN(days) ? value : String(days + FOUR_YEARS), shared);
  });
  parser.on('error', () => {
    broken = true;
  });
  parser.on('warn', () => undefined);
  return (xml) => {
    row = null;
    cells = [];
    broken = false;
    at = -1;
    inValue = 0;
    parser.parse(xml);
    return { row, cells: broken ? null : cells };
  };
}

function cellText(type: string, value: string, shared: readonly string[]): string {
  if (type === 's') return shared[Number(value)] ?? '';
  // An error such as #N/A is no value.
  if (type === 'e') return '';
  if (type !== 'n') return unescaped(value);
  // A number keeps fifteen digits: a NIK typed as one has lost its last, and must not look as if it were whole.
  return /^\d{16,}$/.test(value) ? Number(value).toExponential() : plainNumber(value);
}

/** `1.2345678E10` as the digits it stands for, where none of them is lost. */
function plainNumber(value: string): string {
  const number = Number(value);
  return /e/i.test(value) && Number.isSafeInteger(number) && number < 1e15 ? String(number) : value;
}

/** `AB12` is the column with index 27. */
function columnOf(reference: string): number {
  let column = 0;
  for (const letter of reference) {
    const code = letter.charCodeAt(0) - 64;
    if (code < 1 || code > 26) break;
    column = column * 26 + code;
  }
  return column - 1;
}

/** Characters that XML cannot hold are written as `_x000D_`. */
function unescaped(text: string): string {
  return text.includes('_x')
    ? text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    : text;
}

function local(name: string): string {
  const colon = name.indexOf(':');
  return colon < 0 ? name : name.slice(colon + 1);
}
