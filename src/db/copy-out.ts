/** Reads whole tables by COPY, for a backup and for the check of one. */
import { createHash } from 'node:crypto';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { COPY_HEAD, COPY_TAIL, type Table, type TableSummary } from './backup-content.ts';
import { CHUNK } from './backup-file.ts';
import { BackupTrouble } from './backup-trouble.ts';
import type { DatabaseAddress } from './connection.ts';

/** One moment of a database: all tables are read as they stood when it began. */
export interface Snapshot {
  readonly client: pg.Client;
  readonly tables: readonly Table[];
  /** Hands the rows on in pieces of at most CHUNK bytes. */
  copy(table: Table, take: (rows: Buffer) => Promise<void>): Promise<TableSummary>;
  end(): Promise<void>;
}

/**
 * Begins a snapshot. A superuser reads each table at once. The owner of an external database is bound by row-level
 * security like everyone: it reads library by library, in the same snapshot (decision 021).
 */
export async function openSnapshot(address: DatabaseAddress): Promise<Snapshot> {
  const client = new pg.Client({ ...address, application_name: 'daftar-pustaka backup', keepAlive: true });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(
      `set statement_timeout = 0; set idle_in_transaction_session_timeout = 0;
       -- A second reader of a large table would otherwise begin in its middle; the check needs the order of the rows.
       set synchronize_seqscans = off;
       begin isolation level repeatable read, read only`,
    );
    const tables = await listTables(client);
    const bound = await boundTables(client);
    const libraries = bound.size === 0 ? [] : await listLibraryIds(client);
    let copying = false;
    return {
      client,
      tables,
      async copy(table, take) {
        copying = true;
        const summary = await copyTable(client, table, bound.has(table.name) ? libraries : [null], take);
        copying = false;
        return summary;
      },
      async end() {
        // A connection left in the middle of a COPY answers nothing any more: it is cut, not asked to end.
        if (copying) return void client.connection.stream.destroy();
        await client.query('commit').catch(() => undefined);
        await client.end();
      },
    };
  } catch (error) {
    await client.end();
    throw error;
  }
}

/** The tables of the schema in a stable order, without generated columns; partitions come with their parent. */
async function listTables(client: pg.ClientBase): Promise<Table[]> {
  const result = await client.query<{ name: string; columns: string[] }>(
    `select c.relname as name, array_agg(a.attname::text order by a.attnum) as columns
       from pg_class c
       join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and c.relpersistence = 'p'
        and c.relname <> 'schema_migration'
      group by c.relname order by c.relname`,
  );
  return result.rows;
}

/** The tables of which this role sees one library's rows at a time. */
async function boundTables(client: pg.ClientBase): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ name: string; tenant: boolean }>(
    `select c.relname as name,
            exists (select from pg_policy p where p.polrelid = c.oid and p.polpermissive and p.polcmd = '*'
              and p.polroles = '{0}' and pg_get_expr(p.polqual, c.oid) = '(library_id = app_library())')
              and not exists (select from pg_policy p where p.polrelid = c.oid and not p.polpermissive) as tenant
       from pg_class c
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relrowsecurity
        and row_security_active(c.oid)`,
  );
  // A table closed in another way would be read in part, and nobody would know.
  const unknown = rows.find(({ tenant }) => !tenant);
  if (unknown !== undefined) throw new BackupTrouble('unknown-policy', unknown.name);
  return new Set(rows.map(({ name }) => name));
}

async function listLibraryIds(client: pg.ClientBase): Promise<number[]> {
  const { rows } = await client.query<{ id: number }>('select id from public.library order by id');
  return rows.map(({ id }) => id);
}

async function copyTable(
  client: pg.Client,
  table: Table,
  libraries: readonly (number | null)[],
  take: (rows: Buffer) => Promise<void>,
): Promise<TableSummary> {
  const digest = createHash('sha256');
  const columns = table.columns.map((name) => client.escapeIdentifier(name)).join(', ');
  const from = `public.${client.escapeIdentifier(table.name)}`;
  let rows = 0;
  let bytes = 0;
  let filling = Buffer.allocUnsafe(CHUNK);
  let filled = 0;
  for (const library of libraries) {
    let rowsOf = `${from} (${columns})`;
    if (library !== null) {
      await client.query("select set_config('app.library_id', $1, true)", [String(library)]);
      // Named as well: policies for the search role, of which an owner is a member, show it some tables whole.
      rowsOf = `(select ${columns} from ${from} where library_id = ${Number(library)})`;
    }
    const stream = client.query(copyTo(`copy ${rowsOf} to stdout (format binary)`));
    for await (const piece of rowsAlone(stream as AsyncIterable<Buffer>)) {
      digest.update(piece);
      bytes += piece.length;
      for (let at = 0; at < piece.length; ) {
        const copied = piece.copy(filling, filled, at);
        at += copied;
        filled += copied;
        if (filled < CHUNK) continue;
        await take(filling);
        filling = Buffer.allocUnsafe(CHUNK);
        filled = 0;
      }
    }
    // The stream ends with the last row. How many there were is said behind it, often but not always in the same packet:
    // whatever is answered after that has heard it.
    await client.query('select');
    rows += stream.rowCount;
  }
  if (filled > 0) await take(filling.subarray(0, filled));
  return { name: table.name, rows, bytes, sha256: digest.digest('hex') };
}

/** The rows of one COPY without its signature and its end, so that those of several libraries are one table. */
async function* rowsAlone(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let head = COPY_HEAD.length;
  let held = Buffer.alloc(0);
  for await (let piece of stream) {
    if (head > 0) {
      const cut = Math.min(head, piece.length);
      head -= cut;
      piece = piece.subarray(cut);
    }
    if (piece.length === 0) continue;
    if (held.length > 0) piece = Buffer.concat([held, piece]);
    const keep = Math.min(piece.length, COPY_TAIL.length);
    held = Buffer.from(piece.subarray(piece.length - keep));
    if (piece.length > keep) yield piece.subarray(0, piece.length - keep);
  }
  if (!held.equals(COPY_TAIL)) throw new BackupTrouble('unexpected', 'COPY ended early');
}
