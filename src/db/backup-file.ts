/**
 * The file of a backup, written and read as a stream of chunks of at most a mebibyte.
 *
 *     "DPBACKUP"  length of the header (4 bytes, big endian)  header (JSON)  SHA-256 of all before
 *     then chunks: length of the sealed part (4)  type (1)  packed (1)  sealed part with its tag (16)
 *
 * Each chunk is packed (raw deflate, unless that does not help) and sealed with AES-256-GCM. Its number is the nonce, so
 * none can be moved, doubled or left out; the digest of the header, the type and the way of packing are authenticated
 * with it. A chunk of the type END is the last: a file without one was cut off.
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { deflateRaw, deflateRawSync, inflateRaw } from 'node:zlib';
import { z } from 'zod';
import { lockKey, lockSchema, type Recipient, type Secret, unlockKey } from './backup-keys.ts';
import { BackupTrouble } from './backup-trouble.ts';

const MAGIC = Buffer.from('DPBACKUP');
const FORMAT_VERSION = 2;
export const CHUNK = 1_048_576;
/** Chunks that are packed at the same time; the system's threads do it. */
const AHEAD = 4;
const LONGEST_HEADER = 65_536;
const TAG = 16;

export type ChunkType = 'manifest' | 'table' | 'rows' | 'table-end' | 'end';
const CODES: Readonly<Record<ChunkType, number>> = {
  manifest: 1,
  table: 2,
  rows: 3,
  'table-end': 4,
  end: 9,
};
const TYPES = new Map(Object.entries(CODES).map(([type, code]) => [code, type as ChunkType]));

const headerSchema = z.object({
  format: z.literal('daftar-pustaka-backup'),
  version: z.number(),
  madeAt: z.string(),
  locks: z.array(lockSchema).min(1).max(8),
});

export interface Chunk {
  readonly type: ChunkType;
  readonly bytes: Buffer;
}

export interface BackupWriter {
  /** Takes at most CHUNK bytes, which must not be changed afterwards. Waits while too many are under way. */
  put(type: ChunkType, bytes: Buffer): Promise<void>;
  /** Writes the end, brings all to the disk and gives the file its name. @returns the size in bytes */
  finish(end: Buffer): Promise<number>;
  /** Leaves nothing behind. */
  discard(): Promise<void>;
}

/** Opens `<file>.part`; nothing stands under the file's own name before all of it is on the disk. */
export async function createBackupFile(
  file: string,
  keys: { readonly master: Uint8Array; readonly recipients: readonly Recipient[] },
  madeAt: Date,
): Promise<BackupWriter> {
  const key = randomBytes(32);
  const header = Buffer.from(
    JSON.stringify({
      format: 'daftar-pustaka-backup',
      version: FORMAT_VERSION,
      madeAt: madeAt.toISOString(),
      locks: lockKey(key, keys.master, keys.recipients),
    }),
  );
  const front = Buffer.concat([MAGIC, uint32(header.length), header]);
  const digest = createHash('sha256').update(front).digest();

  const part = `${file}.part`;
  const handle = await open(part, 'w', 0o600);
  let at = 0;
  let count = 0n;
  const append = async (bytes: Buffer): Promise<void> => {
    for (let from = 0; from < bytes.length; ) {
      const { bytesWritten } = await handle.write(bytes, from, bytes.length - from, at);
      from += bytesWritten;
      at += bytesWritten;
    }
  };
  let tail: Promise<void> = append(Buffer.concat([front, digest]));
  const underWay: Promise<void>[] = [];

  const put = async (type: ChunkType, bytes: Buffer): Promise<void> => {
    const packing = pack(bytes);
    // Whoever waits for the chunk before may fail first.
    packing.catch(() => undefined);
    tail = tail.then(async () => {
      const { packed, sealing } = await packing;
      const about = Buffer.of(CODES[type], packed ? 1 : 0);
      const cipher = createCipheriv('aes-256-gcm', key, nonceOf(count++)).setAAD(
        Buffer.concat([digest, about]),
      );
      const sealed = Buffer.concat([cipher.update(sealing), cipher.final(), cipher.getAuthTag()]);
      await append(Buffer.concat([uint32(sealed.length), about, sealed]));
    });
    tail.catch(() => undefined);
    underWay.push(tail);
    if (underWay.length >= AHEAD) await underWay.shift();
  };
  return {
    put,
    async finish(end) {
      await put('end', end);
      await tail;
      await handle.sync();
      await handle.close();
      await rename(part, file);
      await syncFolder(path.dirname(file));
      return at;
    },
    async discard() {
      await tail.catch(() => undefined);
      await handle.close().catch(() => undefined);
      await rm(part, { force: true });
    },
  };
}

const deflate = promisify<Buffer, { level: number }, Buffer>(deflateRaw);
const inflate = promisify<Buffer, { maxOutputLength: number }, Buffer>(inflateRaw);
const SAMPLE = 16_384;

async function pack(bytes: Buffer): Promise<{ readonly packed: boolean; readonly sealing: Buffer }> {
  if (bytes.length > 4 * SAMPLE) {
    // Photos and scans are sealed, nothing packs them: a sixty-fourth tells it for next to nothing.
    const middle = bytes.length >> 1;
    const sample = bytes.subarray(middle, middle + SAMPLE);
    if (deflateRawSync(sample, { level: 1 }).length > SAMPLE * 0.95) return { packed: false, sealing: bytes };
  }
  const sealing = await deflate(bytes, { level: 1 });
  return sealing.length < bytes.length ? { packed: true, sealing } : { packed: false, sealing: bytes };
}

/**
 * The chunks of a backup, each authenticated before it is handed out. Throws BackupTrouble.
 * @param secrets tried in order
 */
export async function* readBackupFile(file: string, secrets: readonly Secret[]): AsyncGenerator<Chunk> {
  const handle = await open(file, 'r');
  try {
    const { locks, digest } = await readHeader(handle);
    const key = await unlockKey(locks, secrets);
    let ended = false;
    for (let count = 0n; !ended; count++) {
      const about = await take(handle, 6);
      const length = about.readUInt32BE(0);
      const type = TYPES.get(about.readUInt8(4));
      if (type === undefined || length < TAG || length > CHUNK + TAG) throw new BackupTrouble('damaged');
      const sealed = await take(handle, length);
      const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(count))
        .setAAD(Buffer.concat([digest, about.subarray(4)]))
        .setAuthTag(sealed.subarray(length - TAG));
      const opened = decipher.update(sealed.subarray(0, length - TAG));
      try {
        decipher.final();
      } catch {
        throw new BackupTrouble('damaged');
      }
      ended = type === 'end';
      yield { type, bytes: about[5] === 1 ? await inflate(opened, { maxOutputLength: CHUNK }) : opened };
    }
    if ((await handle.read(Buffer.alloc(1), 0, 1)).bytesRead > 0) throw new BackupTrouble('damaged');
  } finally {
    await handle.close();
  }
}

async function readHeader(
  handle: FileHandle,
): Promise<{ readonly locks: z.infer<typeof headerSchema>['locks']; readonly digest: Buffer }> {
  const begin = Buffer.alloc(12);
  const { bytesRead } = await handle.read(begin, 0, 12);
  if (begin[0] === 0x1f && begin[1] === 0x8b) throw new BackupTrouble('older-format');
  if (bytesRead < 12 || !begin.subarray(0, 8).equals(MAGIC)) throw new BackupTrouble('not-a-backup');
  const length = begin.readUInt32BE(8);
  if (length > LONGEST_HEADER) throw new BackupTrouble('damaged');
  const header = await take(handle, length);
  const digest = createHash('sha256').update(begin).update(header).digest();
  if (!digest.equals(await take(handle, 32))) throw new BackupTrouble('damaged');
  const value: unknown = JSON.parse(header.toString('utf8'));
  // A later format may look otherwise: its number is asked first.
  const version = z.object({ version: z.number() }).safeParse(value);
  if (version.success && version.data.version > FORMAT_VERSION) throw new BackupTrouble('newer-format');
  const parsed = headerSchema.safeParse(value);
  if (!parsed.success) throw new BackupTrouble('damaged');
  return { locks: parsed.data.locks, digest };
}

async function take(handle: FileHandle, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  for (let have = 0; have < length; ) {
    const { bytesRead } = await handle.read(bytes, have, length - have);
    if (bytesRead === 0) throw new BackupTrouble('cut-off');
    have += bytesRead;
  }
  return bytes;
}

function nonceOf(count: bigint): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeBigUInt64BE(count, 4);
  return nonce;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

async function syncFolder(folder: string): Promise<void> {
  // Windows opens no folders.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
