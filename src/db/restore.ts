/** Brings a backup back into the embedded database; the counterpart of backup.ts. */
import pg from 'pg';
import { type BackupHeader, makeBackup, readBackup, type Table } from './backup.ts';
import type { DatabaseAddress } from './connection.ts';
import { createDatabase, DATABASE_NAME } from './embedded/roles.ts';
import { type EmbeddedRefusal, startEmbedded } from './embedded/start.ts';
import { type KeyResult, readKey } from './key-file.ts';
import { compare, type MigrateResult, migrate } from './migrate.ts';
import { migrations } from './migrations/index.ts';

/** Rows are inserted in portions of about this many characters. */
const PORTION = 4_000_000;
const NEXT = 'daftar_next';
const OLD = 'daftar_old';

export interface RestoreOptions {
  readonly dataDir: string;
  readonly file: string;
  readonly dataKey: Uint8Array | undefined;
  /** Replaces a database that is in use; a backup of it is made first. */
  readonly replace: boolean;
  readonly log: (line: string) => void;
}

export type RestoreResult =
  | { readonly ok: true; readonly rows: number; readonly madeAt: string }
  | { readonly ok: false; readonly reason: 'bad-backup'; readonly detail: string }
  /** There is a database with libraries already. */
  | { readonly ok: false; readonly reason: 'not-empty' }
  | EmbeddedRefusal
  | Extract<MigrateResult, { ok: false }>
  | Extract<KeyResult, { ok: false }>;

/**
 * Reads the whole file first, so that a damaged one changes nothing; then fills a new database, and only then gives up
 * the old one. The service must not run; its next start brings an older schema forward.
 */
export async function restoreBackup(options: RestoreOptions): Promise<RestoreResult> {
  let header: BackupHeader;
  try {
    header = await verify(options.file);
  } catch (error) {
    return {
      ok: false,
      reason: 'bad-backup',
      detail: error instanceof Error ? error.message : String(error),
    };
  }
  const known = compare(header.migrations, { migrations });
  if (!known.ok) return known;
  if (header.keyFingerprint !== null) {
    const key = await readKey(options);
    if (!key.ok) return key;
    if (key.vault.fingerprint() !== header.keyFingerprint) {
      const source = key.source === 'env' ? 'env' : 'file';
      return { ok: false, reason: 'key-wrong', source, file: `${options.dataDir}/keys.json` };
    }
  }

  const started = await startEmbedded({ dataDir: options.dataDir, log: options.log });
  if (!started.ok) return started;
  const { admin, owner } = started.embedded.connections;
  try {
    if (await isInUse(admin)) {
      if (!options.replace) return { ok: false, reason: 'not-empty' };
      const made = await makeBackup(admin, options.dataDir, 'before-restore');
      options.log(`backup of the present database: ${made.file}`);
    }
    const next = { admin: { ...admin, database: NEXT }, owner: { ...owner, database: NEXT } };
    await inMaintenance(admin, async (client) => {
      await client.query(`drop database if exists ${NEXT} with (force)`);
      await createDatabase(client, NEXT);
    });
    const migrated = await migrate(next.owner, { migrations, upTo: header.migrations.at(-1)?.id ?? 0 });
    if (!migrated.ok) return migrated;
    const rows = await fill(next.admin, options.file);
    await inMaintenance(admin, swap);
    return { ok: true, rows, madeAt: header.madeAt };
  } finally {
    await started.embedded.stop();
  }
}

/** Reads to the end, which checks the digest. */
async function verify(file: string): Promise<BackupHeader> {
  let header: BackupHeader | undefined;
  for await (const line of readBackup(file)) {
    if (line.kind === 'header') header = line.header;
  }
  if (header === undefined) throw new Error('the backup is empty');
  return header;
}

async function isInUse(admin: DatabaseAddress): Promise<boolean> {
  return await withClient(admin, async (client) => {
    const table = await client.query<{ there: boolean }>(
      `select to_regclass('public.library') is not null as there`,
    );
    if (table.rows[0]?.there !== true) return false;
    const result = await client.query<{ used: boolean }>(
      'select exists (select from public.library) as used',
    );
    return result.rows[0]?.used === true;
  });
}

/** Killed at any point, there is one complete database under the real name: the old one or the new one. */
async function swap(client: pg.Client): Promise<void> {
  await client.query(`drop database if exists ${OLD} with (force)`);
  await client.query('begin');
  await client.query(`alter database ${DATABASE_NAME} rename to ${OLD}`);
  await client.query(`alter database ${NEXT} rename to ${DATABASE_NAME}`);
  await client.query('commit');
  await client.query(`drop database ${OLD} with (force)`);
}

/** All rows in one transaction, without triggers, in whatever order the file has them. */
async function fill(admin: DatabaseAddress, file: string): Promise<number> {
  return await withClient(admin, async (client) => {
    await client.query('begin');
    await client.query('set local session_replication_role = replica');
    let table: Table | undefined;
    let portion: string[] = [];
    let size = 0;
    let rows = 0;
    const flush = async (): Promise<void> => {
      if (table !== undefined && portion.length > 0) await insert(client, table, portion);
      rows += portion.length;
      portion = [];
      size = 0;
    };
    for await (const line of readBackup(file)) {
      if (line.kind === 'row') {
        portion.push(line.json);
        size += line.json.length;
        if (size >= PORTION) await flush();
        continue;
      }
      await flush();
      if (line.kind === 'table') {
        table = line.table;
        // Steps of the schema may have put rows there.
        await client.query(`delete from public.${client.escapeIdentifier(table.name)}`);
      } else if (line.kind === 'sequences') {
        for (const sequence of line.sequences) {
          if (sequence.value === null) continue;
          const name = `public.${client.escapeIdentifier(sequence.name)}`;
          await client.query('select setval($1::regclass, $2)', [name, sequence.value]);
        }
      }
    }
    await client.query('commit');
    await client.query('analyze');
    return rows;
  });
}

async function insert(client: pg.Client, table: Table, rows: readonly string[]): Promise<void> {
  const name = `public.${client.escapeIdentifier(table.name)}`;
  const columns = table.columns.map((column) => client.escapeIdentifier(column)).join(', ');
  await client.query(
    `insert into ${name} (${columns}) overriding system value
       select ${columns} from json_populate_recordset(null::${name}, $1::json)`,
    [`[${rows.join(',')}]`],
  );
}

async function inMaintenance<T>(admin: DatabaseAddress, work: (client: pg.Client) => Promise<T>): Promise<T> {
  return await withClient({ ...admin, database: 'postgres' }, work);
}

async function withClient<T>(address: DatabaseAddress, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(address);
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
