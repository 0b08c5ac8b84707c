/** The one file of a posted form, piece by piece: a form read as a whole would stand in memory as a whole. */
export interface UploadedFile {
  readonly name: string;
  readonly bytes: AsyncIterable<Uint8Array>;
}

const LONGEST_HEAD = 8 * 1024;

/**
 * Reads `multipart/form-data` (RFC 7578) up to its first file. Fields before it are passed over.
 * @returns undefined where there is no file in it
 */
export async function firstFile(
  contentType: string,
  body: AsyncIterable<Uint8Array>,
): Promise<UploadedFile | undefined> {
  const boundary = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType)?.slice(1).find((part) => part !== undefined);
  if (boundary === undefined) return undefined;
  const mark = Buffer.from(`\r\n--${boundary}`);
  const input = body[Symbol.asyncIterator]();
  // The first mark has no line before it.
  let kept = Buffer.from('\r\n');
  const more = async (): Promise<boolean> => {
    const next = await input.next();
    if (next.done === true) return false;
    kept = Buffer.concat([kept, next.value]);
    return true;
  };

  for (;;) {
    let at = kept.indexOf(mark);
    while (at < 0) {
      kept = kept.subarray(Math.max(0, kept.length - mark.length));
      if (!(await more())) return undefined;
      at = kept.indexOf(mark);
    }
    kept = kept.subarray(at + mark.length);
    let end = kept.indexOf('\r\n\r\n');
    while (end < 0) {
      if (kept.length > LONGEST_HEAD || kept.subarray(0, 2).toString() === '--' || !(await more())) return undefined;
      end = kept.indexOf('\r\n\r\n');
    }
    const head = kept.subarray(0, end).toString('utf8');
    kept = kept.subarray(end + 4);
    const name = /filename="([^"]*)"/i.exec(head)?.[1];
    if (name !== undefined) return { name: name.split(/[\\/]/).at(-1) ?? '', bytes: content() };
  }

  /** What stands up to the next mark; a body that ends before it was cut off. */
  async function* content(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const at = kept.indexOf(mark);
      if (at >= 0) {
        if (at > 0) yield kept.subarray(0, at);
        // The rest of the form is read, or the browser would see its connection break.
        while (!(await input.next()).done);
        return;
      }
      // The end of a piece may be the beginning of the mark.
      const sure = kept.length - mark.length;
      if (sure > 0) {
        yield kept.subarray(0, sure);
        kept = kept.subarray(sure);
      }
      if (!(await more())) throw new Error('the upload was cut off');
    }
  }
}
