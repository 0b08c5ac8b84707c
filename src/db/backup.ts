/**
 * Backup of a whole installation: every table by COPY out of one snapshot, the master key, and the positions of the
 * sequences, in one encrypted file (backup-file.ts). Works beside the running service, on an embedded and on an external
 * database, and holds a few megabytes at a time however large the database is.
 */
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { BackupEnd, Manifest } from './backup-content.ts';
import { type BackupWriter, createBackupFile } from './backup-file.ts';
import type { Recipient } from './backup-keys.ts';
import { BackupTrouble } from './backup-trouble.ts';
import type { DatabaseAddress } from './connection.ts';
import { openSnapshot, type Snapshot } from './copy-out.ts';
import { type KeyPlace, keyFileIn } from './key-file.ts';
import { mergeRings, parseRing, writeRing } from './key-ring.ts';
import { readApplied } from './migrate.ts';

/** How the files are told from others in their folder. */
export const BACKUP_SUFFIX = '.dpbackup';

/** What a file is made for; `scheduled` ones are thinned out by age. */
export type BackupKind = 'scheduled' | 'manual' | 'upgrade' | 'replaced';
const LABELS: Readonly<Record<BackupKind, string>> = {
  scheduled: 'daftar-scheduled',
  manual: 'daftar',
  upgrade: 'before-upgrade',
  replaced: 'before-restore',
};

/** What a backup needs of the installation. */
export interface BackupSource {
  /** Superuser of an embedded database, owner of an external one. */
  readonly address: DatabaseAddress;
  /** 32 bytes. */
  readonly master: Uint8Array;
  /** Read anew at each call, see `keyForBackup`. */
  readonly key: () => Promise<Manifest['key']>;
  readonly recipients: readonly Recipient[];
}

export interface MadeBackup {
  readonly file: string;
  /** Size of the file. */
  readonly bytes: number;
  readonly rows: number;
  readonly manifest: Manifest;
  readonly end: BackupEnd;
}

/** Bytes copied so far and bytes expected; the second is a guess. */
export type Progress = (done: number, expected: number) => void;

export interface BackupProgress {
  /** Told the size of all tables before the first byte is written; what it throws ends the backup. */
  readonly begins?: (expected: number) => Promise<void>;
  readonly copied: Progress;
}

/** `<folder>/<what for>-<time>.dpbackup`; the folder is made, open to this account only. */
export async function nameBackup(folder: string, kind: BackupKind, now: Date): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const stamp = now.toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return path.join(folder, `${LABELS[kind]}-${stamp}${BACKUP_SUFFIX}`);
}

/** When a scheduled backup of this name was made; undefined for any other file. */
export function scheduledAt(name: string): Date | undefined {
  return stampOf('scheduled', name);
}

/** When a backup before an upgrade was made, by its name. */
export function upgradedAt(name: string): Date | undefined {
  return stampOf('upgrade', name);
}

function stampOf(kind: BackupKind, name: string): Date | undefined {
  const found = /^(.+)-(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)\.dpbackup$/.exec(name);
  if (found?.[1] !== LABELS[kind]) return undefined;
  const [, , year, month, day, hour, minute, second] = found;
  return new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

/** The keys as they are put into the file: whoever opens that needs nothing else. */
export async function keyForBackup({ dataDir, dataKey }: KeyPlace): Promise<Manifest['key']> {
  if (dataKey instanceof Uint8Array) return { from: 'env', text: Buffer.from(dataKey).toString('base64') };
  if (dataKey !== undefined) return { from: 'env', text: writeRing(dataKey) };
  return { from: 'file', text: await readFile(keyFileIn(dataDir), 'utf8') };
}

/** Keys of before and after the snapshot was taken: between them one may have been added or forgotten. */
function bothKeys(before: Manifest['key'], after: Manifest['key']): Manifest['key'] {
  if (before.text === after.text) return after;
  const [one, other] = [parseRing(before.text, null), parseRing(after.text, null)];
  const merged = one && other && mergeRings(other, one);
  if (!merged) throw new BackupTrouble('unexpected', 'the keys were replaced meanwhile');
  return { from: after.from, text: writeRing(merged) };
}

/** Writes one backup; it appears under its name only when complete and on disk. Throws, see `troubleOf`. */
export async function writeBackup(
  source: BackupSource,
  file: string,
  now: Date,
  progress?: BackupProgress,
): Promise<MadeBackup> {
  const before = await source.key();
  const snapshot = await openSnapshot(source.address);
  let writer: BackupWriter | undefined;
  try {
    const key = bothKeys(before, await source.key());
    const manifest = await describe(snapshot, key, now);
    await progress?.begins?.(manifest.heapBytes);
    writer = await createBackupFile(file, source, now);
    await putJson(writer, 'manifest', manifest);
    const end = await copyAll(snapshot, writer, (done) => progress?.copied(done, manifest.heapBytes));
    const bytes = await writer.finish(Buffer.from(JSON.stringify(end)));
    const rows = end.tables.reduce((sum, table) => sum + table.rows, 0);
    return { file, bytes, rows, manifest, end };
  } catch (error) {
    await writer?.discard();
    throw error;
  } finally {
    await snapshot.end();
  }
}

async function describe(snapshot: Snapshot, key: Manifest['key'], now: Date): Promise<Manifest> {
  const { client, tables } = snapshot;
  const { rows } = await client.query<{ server: string; fingerprint: string | null; heap: string }>(
    `select current_setting('server_version') as server,
            (select value from public.installation where key = 'key_fingerprint') as fingerprint,
            (select coalesce(sum(pg_table_size(oid)), 0) from pg_class
              where relnamespace = 'public'::regnamespace and relkind = 'r')::text as heap`,
  );
  return {
    madeAt: now.toISOString(),
    server: rows[0]?.server ?? '',
    migrations: await readApplied(client),
    keyFingerprint: rows[0]?.fingerprint ?? null,
    key,
    tables: [...tables],
    heapBytes: Number(rows[0]?.heap ?? 0),
  };
}

async function copyAll(
  snapshot: Snapshot,
  writer: BackupWriter,
  progress: (done: number) => void,
): Promise<BackupEnd> {
  const tables: BackupEnd['tables'] = [];
  let done = 0;
  for (const table of snapshot.tables) {
    await putJson(writer, 'table', { name: table.name });
    const summary = await snapshot.copy(table, async (rows) => {
      await writer.put('rows', rows);
      done += rows.length;
      progress(done);
    });
    await putJson(writer, 'table-end', summary);
    tables.push(summary);
  }
  const sequences = await snapshot.client.query<{ name: string; value: string | null }>(
    `select sequencename as name, last_value::text as value from pg_sequences where schemaname = 'public'`,
  );
  return { tables, sequences: sequences.rows };
}

async function putJson(
  writer: BackupWriter,
  type: 'manifest' | 'table' | 'table-end',
  value: object,
): Promise<void> {
  await writer.put(type, Buffer.from(JSON.stringify(value)));
}
