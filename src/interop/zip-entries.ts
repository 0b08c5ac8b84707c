import { Readable } from 'node:stream';
import { type Entry, fromRandomAccessReader, RandomAccessReader, type ZipFile } from 'yauzl';
import type { ByteSource } from './byte-source.ts';

/** A zip file whose parts are read one at a time, unpacked while they come. */
export interface ZipParts {
  readonly names: readonly string[];
  /** Undefined where there is no such part. */
  open(name: string): Promise<AsyncIterable<Uint8Array> | undefined>;
  close(): void;
}

/** A small file can unpack to more than any disk holds. */
const LARGEST_PART = 8 * 1024 ** 3;
const MOST_PARTS = 10_000;

/** Throws where the bytes are no zip file. */
export async function openZip(source: ByteSource): Promise<ZipParts> {
  const zip = await new Promise<ZipFile>((resolve, reject) => {
    const options = { lazyEntries: true, autoClose: false } as const;
    fromRandomAccessReader(new Reader(source), source.size, options, (error, opened) =>
      error ? reject(error) : resolve(opened),
    );
  });
  const entries = new Map<string, Entry>();
  await new Promise<void>((resolve, reject) => {
    zip.on('entry', (entry: Entry) => {
      entries.set(entry.fileName, entry);
      if (entries.size > MOST_PARTS) reject(new Error('too many parts'));
      else zip.readEntry();
    });
    zip.on('end', () => resolve());
    zip.on('error', reject);
    zip.readEntry();
  });
  return {
    names: [...entries.keys()],
    async open(name) {
      const entry = entries.get(name);
      if (entry === undefined) return undefined;
      if (entry.uncompressedSize > LARGEST_PART) throw new Error('the sheet is too large');
      return new Promise((resolve, reject) => {
        zip.openReadStream(entry, (error, stream) => (error ? reject(error) : resolve(stream)));
      });
    },
    close: () => zip.close(),
  };
}

class Reader extends RandomAccessReader {
  readonly #source: ByteSource;

  constructor(source: ByteSource) {
    super();
    this.#source = source;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(this.#source.read(start, end), { objectMode: false });
  }
}
