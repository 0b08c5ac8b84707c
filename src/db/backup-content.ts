/** What stands in the chunks of a backup besides the rows. */
import { z } from 'zod';

const table = z.object({ name: z.string(), columns: z.array(z.string()) });
/** A table and those of its columns that the database does not make itself. */
export type Table = z.infer<typeof table>;

export const manifestSchema = z.object({
  /** ISO 8601, UTC. */
  madeAt: z.string(),
  /** Version of the server that was read, for whoever looks at the file later. */
  server: z.string(),
  /** The schema the rows fit. */
  migrations: z.array(z.object({ id: z.number(), name: z.string(), checksum: z.string() })),
  /** Of the key that the sealed values need. */
  keyFingerprint: z.string().nullable(),
  /** The keys: the text of keys.json, or DATA_KEY in base64 (with DATA_KEYS, as keys.json would say it). */
  key: z.object({ from: z.enum(['file', 'env']), text: z.string() }),
  tables: z.array(table),
  /** Size of the tables on disk, without indexes. */
  heapBytes: z.number(),
});
export type Manifest = z.infer<typeof manifestSchema>;

const summary = z.object({
  name: z.string(),
  rows: z.number(),
  /** Of the rows as COPY gives them. */
  bytes: z.number(),
  sha256: z.string(),
});
export type TableSummary = z.infer<typeof summary>;

export const endSchema = z.object({
  tables: z.array(summary),
  sequences: z.array(z.object({ name: z.string(), value: z.string().nullable() })),
});
export type BackupEnd = z.infer<typeof endSchema>;

/** The binary form of COPY: a signature of 19 bytes, the rows, and two bytes that say there are no more. */
export const COPY_HEAD = Buffer.from('5047434f50590aff0d0a00 00000000 00000000'.replaceAll(' ', ''), 'hex');
export const COPY_TAIL = Buffer.from('ffff', 'hex');
