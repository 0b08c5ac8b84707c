/**
 * Text whatever wrote it. UTF-8 where the bytes are that, every other byte as Latin-1 (as Windows extends it): exports of
 * old databases mix both in one file, and neither may lose a letter. A byte order mark says UTF-16.
 */
export async function* decodeText(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let kept: Uint8Array = new Uint8Array(0);
  let wide: WideDecoder | undefined;
  let first = true;
  for await (const piece of bytes) {
    let joined = kept.length === 0 ? piece : concat(kept, piece);
    if (first) {
      if (joined.length < 3) {
        kept = joined.slice();
        continue;
      }
      first = false;
      wide = wideDecoder(joined);
      if (joined[0] === 0xef && joined[1] === 0xbb && joined[2] === 0xbf) joined = joined.subarray(3);
    }
    if (wide) {
      kept = new Uint8Array(0);
      yield wide.decode(joined, { stream: true });
      continue;
    }
    // A letter may be cut in two between pieces.
    const end = joined.length - unfinishedLength(joined);
    kept = joined.slice(end);
    yield decodeMixed(joined.subarray(0, end));
  }
  if (kept.length > 0) yield decodeMixed(kept);
}

type WideDecoder = InstanceType<typeof TextDecoder>;

function wideDecoder(bytes: Uint8Array): WideDecoder | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le');
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be');
  return undefined;
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** Windows-1252 where it is not Latin-1; not every Node's own decoder knows them. */
const WINDOWS = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008DŽ\u008F\u0090‘’“”•–—˜™š›œ\u009DžŸ';

function singleByte(byte: number): string {
  return byte >= 0x80 && byte <= 0x9f ? (WINDOWS[byte - 0x80] ?? '') : String.fromCharCode(byte);
}

/** UTF-8 and Latin-1 in one text, letter by letter. */
export function decodeMixed(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    let text = '';
    let from = 0;
    for (let at = 0; at < bytes.length; ) {
      const length = sequenceLength(bytes, at);
      if (length > 0) {
        at += length;
        continue;
      }
      text += strict.decode(bytes.subarray(from, at)) + singleByte(bytes[at] ?? 0);
      at += 1;
      from = at;
    }
    return text + strict.decode(bytes.subarray(from));
  }
}

/** Bytes of the well-formed UTF-8 letter at a place; 0 where there is none (RFC 3629, no surrogates, none too long). */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const [a = 0, b = 0, c = 0, d = 0] = bytes.subarray(at, at + 4);
  const follows = (byte: number) => byte >= 0x80 && byte <= 0xbf;
  if (a < 0x80) return 1;
  if (a >= 0xc2 && a <= 0xdf) return follows(b) ? 2 : 0;
  if (a >= 0xe0 && a <= 0xef) {
    const second = (a !== 0xe0 || b >= 0xa0) && (a !== 0xed || b <= 0x9f);
    return follows(b) && second && follows(c) ? 3 : 0;
  }
  if (a >= 0xf0 && a <= 0xf4) {
    const second = (a !== 0xf0 || b >= 0x90) && (a !== 0xf4 || b <= 0x8f);
    return follows(b) && second && follows(c) && follows(d) ? 4 : 0;
  }
  return 0;
}

/** How many bytes at the end begin a letter that the next piece may finish. */
function unfinishedLength(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte >= 0xc2) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0;
  }
  return 0;
}

function concat(one: Uint8Array, other: Uint8Array): Uint8Array {
  const joined = new Uint8Array(one.length + other.length);
  joined.set(one);
  joined.set(other, one.length);
  return joined;
}
