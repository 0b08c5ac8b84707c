/** A file that can be read anywhere and more than once: on a disk, or in pieces in the database. */
export interface ByteSource {
  readonly size: number;
  /** Bytes from `start` up to before `end`, in order, in pieces of any length. */
  read(start: number, end: number): AsyncIterable<Uint8Array>;
}

/** Bytes at hand, for small files and tests. */
export function bytesInMemory(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    async *read(start, end) {
      yield bytes.subarray(start, end);
    },
  };
}

/** The first bytes, for recognising what a file is. */
export async function headOf(source: ByteSource, length: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of source.read(0, Math.min(length, source.size))) pieces.push(piece);
  const head = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    head.set(piece, at);
    at += piece.length;
  }
  return head;
}
