/** Fills an empty database with the rows of a backup, all in one transaction. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { Progress } from './backup.ts';
import { type BackupEnd, COPY_HEAD, COPY_TAIL, type Manifest, type Table } from './backup-content.ts';
import type { Secret } from './backup-keys.ts';
import { type BackupPart, readBackup } from './backup-read.ts';
import { BackupTrouble } from './backup-trouble.ts';

export interface FillOptions {
  /** Leaves out what is only for speed: plain indexes and statistics. For the check of a backup. */
  readonly forCheck?: boolean;
  readonly progress?: Progress;
}

/**
 * @param client owner of the tables, which are at the schema that the backup names; need not be a superuser
 * @returns the rows written
 */
export async function fillDatabase(
  client: pg.Client,
  file: string,
  secrets: readonly Secret[],
  options: FillOptions = {},
): Promise<number> {
  await client.query(
    `set statement_timeout = 0; set idle_in_transaction_session_timeout = 0; set maintenance_work_mem = '256MB'`,
  );
  await client.query('begin');
  const parts = readBackup(file, secrets);
  try {
    const manifest = await firstPart(parts);
    await checkTables(client, manifest);
    const restoreRules = await suspendRules(client, options.forCheck === true);
    const rows = await copyIn(client, parts, manifest, options.progress);
    for (const statement of restoreRules) await client.query(statement);
    await client.query('commit');
    if (options.forCheck !== true) await client.query('analyze');
    return rows;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    await parts.return(undefined);
  }
}

async function firstPart(parts: AsyncGenerator<BackupPart>): Promise<Manifest> {
  const first = await parts.next();
  if (first.done === true || first.value.kind !== 'manifest') throw new BackupTrouble('damaged');
  return first.value.manifest;
}

async function checkTables(client: pg.Client, manifest: Manifest): Promise<void> {
  const { rows } = await client.query<{ name: string; columns: string[] }>(
    `select c.relname as name, array_agg(a.attname::text) as columns
       from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') group by 1`,
  );
  const known = new Map(rows.map(({ name, columns }) => [name, new Set(columns)]));
  for (const { name, columns } of manifest.tables) {
    const there = known.get(name);
    if (there === undefined || !columns.every((column) => there.has(column))) {
      throw new BackupTrouble('unexpected', `the schema has no table ${name} like that of the backup`);
    }
  }
}

/**
 * Takes away what stands in the way of many rows: row-level security's hold on the owner, triggers (their effects are in
 * the file), and indexes, which are built at once faster than row by row.
 * @returns the statements that put all of it back, in the same transaction
 */
async function suspendRules(client: pg.Client, forCheck: boolean): Promise<string[]> {
  const tables = await client.query<{ name: string; forced: boolean; triggers: boolean }>(
    `select format('public.%I', relname) as name, relforcerowsecurity as forced,
            exists (select from pg_trigger where tgrelid = c.oid and not tgisinternal) as triggers
       from pg_class c
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and relname <> 'schema_migration'`,
  );
  const again: string[] = [];
  for (const { name, forced, triggers } of tables.rows) {
    if (forced) {
      await client.query(`alter table ${name} no force row level security`);
      again.push(`alter table ${name} force row level security`);
    }
    if (triggers) {
      await client.query(`alter table ${name} disable trigger user`);
      again.push(`alter table ${name} enable trigger user`);
    }
  }
  // Steps of the schema have put rows there. Emptied in this transaction, a table also keeps the order of its new rows.
  if (tables.rows.length > 0)
    await client.query(`truncate ${tables.rows.map(({ name }) => name).join(', ')}`);
  const indexes = await client.query<{ name: string; definition: string; isUnique: boolean }>(
    `select format('public.%I', i.relname) as name, pg_get_indexdef(i.oid) as definition, x.indisunique as "isUnique"
       from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class t on t.oid = x.indrelid
      where t.relnamespace = 'public'::regnamespace and t.relkind = 'r' and t.relname <> 'schema_migration'
        and not exists (select from pg_constraint where conindid = i.oid)`,
  );
  for (const { name, definition, isUnique } of indexes.rows) {
    await client.query(`drop index ${name}`);
    if (isUnique || !forCheck) again.unshift(definition);
  }
  return again;
}

async function copyIn(
  client: pg.Client,
  parts: AsyncGenerator<BackupPart>,
  manifest: Manifest,
  progress: Progress | undefined,
): Promise<number> {
  let total = 0;
  let done = 0;
  for (;;) {
    const part = await parts.next();
    if (part.done === true) throw new BackupTrouble('cut-off');
    if (part.value.kind === 'end') {
      await setSequences(client, part.value.end);
      return total;
    }
    if (part.value.kind !== 'table') throw new BackupTrouble('damaged');
    const { name } = part.value;
    const table = manifest.tables.find((one) => one.name === name);
    if (table === undefined) throw new BackupTrouble('damaged', name);
    total += await copyTable(client, table, parts, (bytes) => {
      done += bytes;
      progress?.(done, manifest.heapBytes);
    });
  }
}

async function copyTable(
  client: pg.Client,
  table: Table,
  parts: AsyncGenerator<BackupPart>,
  told: (bytes: number) => void,
): Promise<number> {
  const columns = table.columns.map((name) => client.escapeIdentifier(name)).join(', ');
  let rows: number | undefined;
  async function* bytes(): AsyncGenerator<Buffer> {
    yield COPY_HEAD;
    for (;;) {
      const part = await parts.next();
      if (part.done === true) throw new BackupTrouble('cut-off');
      if (part.value.kind === 'table-end') {
        rows = part.value.summary.rows;
        yield COPY_TAIL;
        return;
      }
      if (part.value.kind !== 'rows') throw new BackupTrouble('damaged', table.name);
      told(part.value.bytes.length);
      yield part.value.bytes;
    }
  }
  const stream = client.query(
    copyFrom(`copy public.${client.escapeIdentifier(table.name)} (${columns}) from stdin (format binary)`),
  );
  await pipeline(Readable.from(bytes(), { objectMode: true, highWaterMark: 2 }), stream);
  if (stream.rowCount !== rows) throw new BackupTrouble('check-failed', table.name);
  return rows;
}

async function setSequences(client: pg.Client, end: BackupEnd): Promise<void> {
  for (const { name, value } of end.sequences) {
    if (value === null) continue;
    await client.query('select setval($1::regclass, $2)', [`public.${client.escapeIdentifier(name)}`, value]);
  }
}
