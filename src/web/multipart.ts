import { HTTPException } from 'hono/http-exception';

/** One part of a posted form, to be read before the next one is asked for. */
export interface FormPart {
  readonly name: string;
  /** What a file was called where it came from, without its folders; undefined for a field that was typed. */
  readonly fileName: string | undefined;
  readonly bytes: AsyncIterable<Uint8Array>;
}

const LONGEST_HEAD = 8 * 1024;
/**
 * More than any form of this service has: a card design of two full sides comes to half of it. What stands in a part is
 * bounded elsewhere, but a million empty ones would fill memory and page as well.
 */
export const MOST_FIELDS = 5000;

/**
 * What stands between the parts of a form, as its Content-Type says; undefined where it says none. Without quotes and
 * backslashes, which no boundary has: within quotes it means the same to every parser.
 */
export function boundaryOf(contentType: string): string | undefined {
  return /boundary=(?:"([^"\\]+)"|([^;\s"\\]+))/i
    .exec(contentType)
    ?.slice(1)
    .find((part) => part !== undefined);
}

/**
 * Reads `multipart/form-data` (RFC 7578) part by part, piece by piece: a form read as a whole would stand in memory as a
 * whole. What is no such form, has more than `MOST_FIELDS` parts, or ends before its end, is the sender's mistake:
 * status 400.
 */
export async function* partsOf(
  contentType: string,
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<FormPart, void, void> {
  const boundary = boundaryOf(contentType);
  if (boundary === undefined) throw new HTTPException(400, { message: 'no boundary' });
  const mark = Buffer.from(`\r\n--${boundary}`);
  const input = body[Symbol.asyncIterator]();
  // The first mark has no line before it.
  let kept = Buffer.from('\r\n');
  const more = async (): Promise<void> => {
    const next = await input.next();
    if (next.done === true) throw new HTTPException(400, { message: 'cut off' });
    kept = Buffer.concat([kept, next.value]);
  };

  try {
    for await (const _ of content());
    for (let parts = 0; ; parts++) {
      while (kept.length < 2) await more();
      if (kept.subarray(0, 2).toString() === '--') break;
      if (parts >= MOST_FIELDS) throw new HTTPException(400, { message: 'too many parts' });
      let end = kept.indexOf('\r\n\r\n');
      while (end < 0) {
        if (kept.length > LONGEST_HEAD) throw new HTTPException(400, { message: 'head too long' });
        await more();
        end = kept.indexOf('\r\n\r\n');
      }
      const head = kept.subarray(0, end).toString('utf8');
      kept = kept.subarray(end + 4);
      const name = /[;\s]name="([^"]*)"/i.exec(head)?.[1] ?? '';
      const fileName = /[;\s]filename="([^"]*)"/i.exec(head)?.[1]?.split(/[\\/]/).at(-1);
      const bytes = content();
      yield { name, fileName, bytes };
      // What nobody wanted is passed over.
      for await (const _ of bytes);
    }
    // Read to its end, or the browser would see its connection break.
    while (!(await input.next()).done);
  } finally {
    await input.return?.();
  }

  /** What stands up to the next mark, which is taken away. */
  async function* content(): AsyncGenerator<Uint8Array, void, void> {
    for (;;) {
      const at = kept.indexOf(mark);
      if (at >= 0) {
        const last = kept.subarray(0, at);
        kept = kept.subarray(at + mark.length);
        if (last.length > 0) yield last;
        return;
      }
      // The end of a piece may be the beginning of the mark.
      const sure = kept.length - mark.length;
      if (sure > 0) {
        const piece = kept.subarray(0, sure);
        kept = kept.subarray(sure);
        yield piece;
      }
      await more();
    }
  }
}

/** The one file of a posted form. */
export interface UploadedFile {
  readonly name: string;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** The first file of such a form; undefined where there is none in it. */
export async function firstFile(
  contentType: string,
  body: AsyncIterable<Uint8Array>,
): Promise<UploadedFile | undefined> {
  const parts = partsOf(contentType, body);
  for (;;) {
    const next = await parts.next();
    if (next.done === true) return undefined;
    const { fileName, bytes } = next.value;
    if (fileName !== undefined) return { name: fileName, bytes: thenRest(bytes, parts) };
  }
}

async function* thenRest(bytes: AsyncIterable<Uint8Array>, parts: AsyncGenerator<FormPart, void, void>) {
  try {
    yield* bytes;
    for await (const _ of parts);
  } finally {
    await parts.return();
  }
}

/** A body that goes on for longer is given up: status 413. Only programs send one without saying how long it is. */
export async function* upTo(
  most: number,
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, void> {
  let length = 0;
  for await (const piece of body) {
    length += piece.length;
    if (length > most) throw new HTTPException(413);
    yield piece;
  }
}
