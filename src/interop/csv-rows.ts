import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { type ByteSource, headOf } from './byte-source.ts';
import { decodeText } from './read-text.ts';

/** How a file separates and escapes; told from its first kilobytes. */
export interface CsvDialect {
  readonly separator: ',' | ';' | '\t' | '|';
  /** `backslash`: as MySQL and SLiMS escape, `\"` inside quotes. */
  readonly escape: 'quote' | 'backslash';
}

/** A row of a table with its place in the file: the header is row 1. */
export interface TableRow {
  readonly row: number;
  /** Null where the row could not be read at all. */
  readonly cells: readonly string[] | null;
}

const HEAD_BYTES = 64 * 1024;
/** Longer than any real row; an unclosed quote would otherwise read the whole file as one cell. */
const LONGEST_ROW = 256 * 1024;
const SEPARATORS = [',', ';', '\t', '|'] as const;

export async function csvDialect(source: ByteSource): Promise<CsvDialect> {
  let head = '';
  for await (const text of decodeText(one(await headOf(source, HEAD_BYTES)))) head += text;
  const header = head.split(/\r?\n/, 1)[0] ?? '';
  const outside = header.replace(/"[^"]*"/g, '""');
  const counts = SEPARATORS.map((separator) => outside.split(separator).length);
  const separator = SEPARATORS[counts.indexOf(Math.max(...counts))] ?? ',';
  // A doubled quote that is no empty cell is the other way to escape; both in one file would be neither's.
  const backslash = /\\["'\\]/.test(head) && !/[^,;|\t\r\n"]""[^,;|\t\r\n"]/.test(head);
  return { separator, escape: backslash ? 'backslash' : 'quote' };
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/**
 * The rows of a CSV, streamed: what is in memory does not grow with the file. A row that no rule explains comes as
 * unreadable and the next ones go on.
 */
export async function* csvRows(source: ByteSource, dialect: CsvDialect): AsyncGenerator<TableRow> {
  const text = decodeText(source.read(0, source.size));
  const plain = dialect.escape === 'backslash' ? withoutBackslashes(text) : text;
  const unreadable: number[] = [];
  let counted = 0;
  const parser = parse({
    delimiter: dialect.separator,
    relaxColumnCount: true,
    relaxQuotes: true,
    skipEmptyLines: true,
    skipRecordsWithError: true,
    maxRecordSize: LONGEST_ROW,
    // Both are called in the order of the file, far ahead of who reads here: the place is fixed at once.
    onRecord: (cells: unknown) => ({ row: ++counted, cells }) as never,
    onSkip: () => {
      unreadable.push(++counted);
      return undefined;
    },
  });
  const input = Readable.from(plain, { objectMode: false });
  input.on('error', (error) => parser.destroy(error));
  input.pipe(parser);
  try {
    for await (const next of parser as AsyncIterable<TableRow>) {
      while ((unreadable[0] ?? Number.POSITIVE_INFINITY) < next.row)
        yield { row: unreadable.shift() ?? 0, cells: null };
      yield next;
    }
    for (const row of unreadable) yield { row, cells: null };
  } finally {
    input.destroy();
    parser.destroy();
  }
}

const MEANT: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '0': '', Z: '', '"': '""' };

/** Backslash escapes as MySQL writes them, turned into what RFC 4180 says. */
export async function* withoutBackslashes(text: AsyncIterable<string>): AsyncGenerator<string> {
  let open = false;
  for await (const piece of text) {
    const whole = open ? `\\${piece}` : piece;
    let marks = 0;
    while (whole.at(-1 - marks) === '\\') marks++;
    open = marks % 2 === 1;
    const body = open ? whole.slice(0, -1) : whole;
    yield body.includes('\\')
      ? body.replace(/\\([\s\S])/g, (_, letter: string) => MEANT[letter] ?? letter)
      : body;
  }
  if (open) yield '\\';
}
