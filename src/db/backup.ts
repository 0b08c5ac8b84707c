/**
 * Backup of the embedded database: every table row by row as PostgreSQL's own JSON, in one gzip file. Chosen over a
 * copy of the data folder because it is consistent while the service runs, needs no tool that the embedded package
 * lacks (pg_dump), and can be restored into another major version of PostgreSQL and on another kind of computer.
 *
 * Lines of the file: `#` and a header; per table `#` and its name and columns, followed by its rows; the sequences;
 * an end line with the number of rows and the SHA-256 of everything before it. The encryption key is not in it.
 */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import pg from 'pg';
import type { DatabaseAddress } from './connection.ts';
import { type AppliedMigration, readApplied } from './migrate.ts';

export const FORMAT = 'daftar-pustaka-backup';
const FORMAT_VERSION = 1;
/** Rows are fetched in portions of about this many characters. */
const PORTION = 4_000_000;

export interface BackupHeader {
  readonly format: typeof FORMAT;
  readonly formatVersion: number;
  /** ISO 8601, UTC. */
  readonly madeAt: string;
  readonly server: string;
  /** The schema the rows fit. */
  readonly migrations: readonly AppliedMigration[];
  /** Fingerprint of the key that the sealed values need. */
  readonly keyFingerprint: string | null;
}

export interface MadeBackup {
  readonly file: string;
  readonly bytes: number;
  readonly rows: number;
}

/**
 * Writes `DATA_DIR/backups/<label>-<time>.jsonl.gz`, readable by its owner only, durable when this returns.
 * @param admin superuser: every row of every library is read
 */
export async function makeBackup(
  admin: DatabaseAddress,
  dataDir: string,
  label: string,
  now: Date = new Date(),
): Promise<MadeBackup> {
  const folder = path.join(dataDir, 'backups');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const stamp = now.toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return await writeBackup(admin, path.join(folder, `${label}-${stamp}.jsonl.gz`), now);
}

/** Writes one backup file; it appears under its name only when complete and on disk. */
export async function writeBackup(admin: DatabaseAddress, file: string, now: Date): Promise<MadeBackup> {
  const client = new pg.Client({ ...admin, application_name: 'daftar-pustaka backup' });
  client.on('error', () => undefined);
  await client.connect();
  const part = `${file}.part`;
  const lines = new PassThrough({ highWaterMark: 1_000_000 });
  const written = pipeline(lines, createGzip({ level: 3 }), createWriteStream(part, { mode: 0o600 }));
  // Awaited below; a full disk must not be an unhandled rejection meanwhile.
  written.catch(() => undefined);
  try {
    // One snapshot for all tables.
    await client.query('begin isolation level repeatable read, read only');
    const rows = await copyOut(client, lines, now);
    await client.query('commit');
    lines.end();
    await written;
    await syncFile(part);
    await rename(part, file);
    return { file, bytes: (await stat(file)).size, rows };
  } catch (error) {
    lines.destroy();
    await written.catch(() => undefined);
    await rm(part, { force: true });
    throw error;
  } finally {
    await client.end();
  }
}

async function copyOut(client: pg.Client, out: PassThrough, now: Date): Promise<number> {
  const digest = createHash('sha256');
  const write = async (line: string): Promise<void> => {
    digest.update(line).update('\n');
    if (!out.write(`${line}\n`)) await drained(out);
  };
  const settings = await client.query<{ server: string; fingerprint: string | null }>(
    `select current_setting('server_version') as server,
            (select value from installation where key = 'key_fingerprint') as fingerprint`,
  );
  const header: BackupHeader = {
    format: FORMAT,
    formatVersion: FORMAT_VERSION,
    madeAt: now.toISOString(),
    server: settings.rows[0]?.server ?? '',
    migrations: await readApplied(client),
    keyFingerprint: settings.rows[0]?.fingerprint ?? null,
  };
  await write(`#${JSON.stringify(header)}`);

  let total = 0;
  for (const table of await listTables(client)) {
    await write(`#${JSON.stringify({ table: table.name, columns: table.columns })}`);
    total += await copyTable(client, table, write);
  }
  const sequences = await client.query<{ name: string; value: string | null }>(
    `select sequencename as name, last_value::text as value from pg_sequences where schemaname = 'public'`,
  );
  await write(`#${JSON.stringify({ sequences: sequences.rows })}`);
  const end = { end: true, rows: total, sha256: digest.digest('hex') };
  out.write(`#${JSON.stringify(end)}\n`);
  return total;
}

export interface Table {
  readonly name: string;
  /** Without generated columns, which the database makes itself. */
  readonly columns: readonly string[];
}

/** The tables of the schema, in a stable order; partitions come with their parent. */
export async function listTables(client: pg.ClientBase): Promise<Table[]> {
  const result = await client.query<{ name: string; columns: string[] }>(
    `select c.relname as name, array_agg(a.attname::text order by a.attnum) as columns
       from pg_class c
       join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
        and c.relname <> 'schema_migration'
      group by c.relname order by c.relname`,
  );
  return result.rows;
}

async function copyTable(
  client: pg.Client,
  table: Table,
  write: (line: string) => Promise<void>,
): Promise<number> {
  const columns = table.columns.map((name) => client.escapeIdentifier(name)).join(', ');
  const from = client.escapeIdentifier(table.name);
  await client.query(
    `declare rows no scroll cursor for
       select row_to_json(r)::text as row from (select ${columns} from public.${from}) r`,
  );
  let count = 0;
  let portion = 20;
  for (;;) {
    const result = await client.query<{ row: string }>(`fetch ${portion} from rows`);
    if (result.rows.length === 0) break;
    let size = 0;
    for (const { row } of result.rows) {
      size += row.length;
      // A column of type json may keep line breaks between its parts; within texts they are always escaped.
      await write(row.includes('\n') ? row.replaceAll('\n', ' ') : row);
    }
    count += result.rows.length;
    // Photos make rows of wildly different sizes.
    portion = Math.max(1, Math.min(5_000, Math.floor(PORTION / (size / result.rows.length))));
  }
  await client.query('close rows');
  return count;
}

/** Settles once, and takes both its listeners away with it: a large backup waits here hundreds of times. */
function drained(stream: PassThrough): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      stream.off('drain', settle).off('close', settle);
      if (stream.destroyed) reject(new Error('the backup file could not be written'));
      else resolve();
    };
    stream.on('drain', settle).on('close', settle);
    // A stream that is closed already announces it no more.
    if (stream.closed) settle();
  });
}

async function syncFile(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** What one line of a backup is. */
export type BackupLine =
  | { readonly kind: 'header'; readonly header: BackupHeader }
  | { readonly kind: 'table'; readonly table: Table }
  | { readonly kind: 'row'; readonly json: string }
  | { readonly kind: 'sequences'; readonly sequences: readonly { name: string; value: string | null }[] };

/**
 * Reads a backup line by line; the rows are handed out unparsed. Throws when the file is cut off, changed, or no
 * backup, at the latest after the last line.
 */
export async function* readBackup(file: string): AsyncGenerator<BackupLine> {
  const digest = createHash('sha256');
  let first = true;
  let rows = 0;
  let ended = false;
  for await (const line of readLines(file)) {
    if (ended) throw new Error('the backup goes on after its end');
    if (first) {
      first = false;
      digest.update(line).update('\n');
      yield { kind: 'header', header: parseHeader(line) };
      continue;
    }
    if (!line.startsWith('#')) {
      digest.update(line).update('\n');
      rows += 1;
      yield { kind: 'row', json: line };
      continue;
    }
    const control = JSON.parse(line.slice(1)) as ControlLine;
    if ('end' in control) {
      if (control.sha256 !== digest.digest('hex') || control.rows !== rows) {
        throw new Error('the backup was changed');
      }
      ended = true;
      continue;
    }
    digest.update(line).update('\n');
    if ('table' in control) yield { kind: 'table', table: { name: control.table, columns: control.columns } };
    else yield { kind: 'sequences', sequences: control.sequences };
  }
  if (!ended) throw new Error('the backup is incomplete');
}

type ControlLine =
  | { readonly table: string; readonly columns: string[] }
  | { readonly sequences: { name: string; value: string | null }[] }
  | { readonly end: true; readonly rows: number; readonly sha256: string };

/** Lines end with a line feed only; node:readline would also split at U+2028, which people's texts may contain. */
async function* readLines(file: string): AsyncGenerator<string> {
  const gunzip = createGunzip();
  // An error of the file is passed on by destroying the stream that is read below.
  pipeline(createReadStream(file), gunzip).catch((error: unknown) => gunzip.destroy(asError(error)));
  let pending: Buffer[] = [];
  for await (const chunk of gunzip as AsyncIterable<Buffer>) {
    let from = 0;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
      pending.push(chunk.subarray(from, at));
      yield Buffer.concat(pending).toString('utf8');
      pending = [];
      from = at + 1;
    }
    if (from < chunk.length) pending.push(chunk.subarray(from));
  }
  if (pending.length > 0) throw new Error('the backup is incomplete');
}

function parseHeader(line: string): BackupHeader {
  let value: unknown;
  try {
    value = JSON.parse(line.slice(1));
  } catch {
    value = undefined;
  }
  if (typeof value !== 'object' || value === null || !('format' in value) || value.format !== FORMAT) {
    throw new Error('this is not a backup of Daftar Pustaka');
  }
  const header = value as BackupHeader;
  if (header.formatVersion > FORMAT_VERSION) throw new Error('this backup was made by a newer version');
  return header;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
