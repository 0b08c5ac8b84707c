import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import type { ByteSource } from '../../interop/byte-source.ts';

/** A file on this computer, read in pieces; throws where it cannot be read. */
export function fileBytes(path: string): ByteSource {
  return {
    size: statSync(path).size,
    async *read(start, end) {
      if (end <= start) return;
      for await (const piece of createReadStream(path, { start, end: end - 1 })) yield piece as Uint8Array;
    },
  };
}

/** SHA-256 of all of it, hexadecimal: by this a stopped import of the same file is found. */
export async function digestOf(source: ByteSource): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of source.read(0, source.size)) hash.update(piece);
  return hash.digest('hex');
}
