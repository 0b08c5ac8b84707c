/**
 * Brings the schema forward, one transaction a step, one process at a time. Nothing goes backward: an older program
 * refuses a newer schema, and the backup made before is the way back.
 */
import { createHash } from 'node:crypto';
import type pg from 'pg';
import { type DatabaseAddress, startClient } from './connection.ts';
import type { Migration } from './migrations/migration.ts';

/** Held while migrating; any constant, the same in every version of the program. */
const LOCK_KEY = 7_216_441_903;

/** Oldest server whose features the schema uses. */
const OLDEST_SERVER = 15;

export interface AppliedMigration {
  readonly id: number;
  readonly name: string;
  readonly checksum: string;
}

export interface MigrateOptions {
  readonly migrations: readonly Migration[];
  /** Stops after this step; for restoring a backup of an older schema. */
  readonly upTo?: number;
  /** Called once, under the lock, before the first step is applied to a database that is in use. */
  readonly beforeUpgrade?: (applied: readonly AppliedMigration[]) => Promise<void>;
  readonly log?: (line: string) => void;
}

export type MigrateResult =
  | { readonly ok: true; readonly applied: readonly number[]; readonly version: number }
  | { readonly ok: false; readonly reason: 'server-too-old'; readonly found: string; readonly oldest: number }
  /** The database was migrated by a newer program. */
  | { readonly ok: false; readonly reason: 'schema-newer'; readonly found: number; readonly known: number }
  /** A released step was changed: this program is not the one that made this database. */
  | { readonly ok: false; readonly reason: 'migration-changed'; readonly id: number; readonly name: string }
  /** Steps are missing, and the role does not own the tables. */
  | { readonly ok: false; readonly reason: 'not-owner' };

/** Applies the steps that are missing. A failing statement throws; its step is rolled back, earlier ones stay. */
export async function migrate(owner: DatabaseAddress, options: MigrateOptions): Promise<MigrateResult> {
  const client = startClient(owner, 'daftar-pustaka migrate');
  await client.connect();
  try {
    const version = await client.query<{ server_version_num: string; server_version: string }>(
      `select current_setting('server_version_num') as server_version_num,
              current_setting('server_version') as server_version`,
    );
    if (Number(version.rows[0]?.server_version_num) < OLDEST_SERVER * 10_000) {
      const found = version.rows[0]?.server_version ?? '';
      return { ok: false, reason: 'server-too-old', found, oldest: OLDEST_SERVER };
    }
    // Nearly every start finds nothing to do, and then takes no lock.
    const early = compare(await readApplied(client), options);
    if (!early.ok) return early;
    if (early.pending.length === 0) return { ok: true, applied: [], version: early.version };

    if (early.version > 0 && !(await isOwner(client))) return { ok: false, reason: 'not-owner' };
    await client.query('select pg_advisory_lock($1)', [LOCK_KEY]);
    const current = await readApplied(client);
    const plan = compare(current, options);
    if (!plan.ok) return plan;
    if (plan.pending.length > 0 && current.length > 0) await options.beforeUpgrade?.(current);
    for (const step of plan.pending) {
      options.log?.(`schema step ${step.id} (${step.name})`);
      await apply(client, step);
    }
    const applied = plan.pending.map((step) => step.id);
    return { ok: true, applied, version: applied.at(-1) ?? plan.version };
  } finally {
    // Ends the session and with it the lock.
    await client.end();
  }
}

/** The steps a database has had, oldest first; empty for a new one. */
export async function readApplied(client: pg.ClientBase): Promise<AppliedMigration[]> {
  const table = await client.query<{ there: boolean }>(
    `select to_regclass('public.schema_migration') is not null as there`,
  );
  if (table.rows[0]?.there !== true) return [];
  const rows = await client.query<AppliedMigration>(
    'select id, name, checksum from public.schema_migration order by id',
  );
  return rows.rows;
}

/** SHA-256 of the step's SQL. */
export function checksumOf(step: Migration): string {
  return createHash('sha256').update(step.up).digest('hex');
}

type Plan =
  | { readonly ok: true; readonly pending: readonly Migration[]; readonly version: number }
  | Extract<MigrateResult, { ok: false }>;

/** What is missing, or why this program must not touch this database. */
export function compare(
  applied: readonly AppliedMigration[],
  options: Pick<MigrateOptions, 'migrations' | 'upTo'>,
): Plan {
  const known = options.migrations.at(-1)?.id ?? 0;
  const found = applied.at(-1)?.id ?? 0;
  if (found > known) return { ok: false, reason: 'schema-newer', found, known };
  const done = new Map(applied.map((step) => [step.id, step]));
  const pending: Migration[] = [];
  for (const step of options.migrations) {
    const before = done.get(step.id);
    if (before === undefined) {
      if (step.id <= (options.upTo ?? known)) pending.push(step);
    } else if (before.checksum !== checksumOf(step)) {
      return { ok: false, reason: 'migration-changed', id: step.id, name: step.name };
    }
  }
  return { ok: true, pending, version: found };
}

async function isOwner(client: pg.ClientBase): Promise<boolean> {
  const result = await client.query<{ owner: boolean }>(
    `select pg_has_role(current_user, relowner, 'usage') as owner
       from pg_class where oid = to_regclass('public.schema_migration')`,
  );
  return result.rows[0]?.owner === true;
}

async function apply(client: pg.Client, step: Migration): Promise<void> {
  await client.query('begin');
  try {
    await client.query(
      `create table if not exists public.schema_migration (
         id int primary key, name text not null, checksum text not null, applied_at timestamptz not null default now()
       )`,
    );
    await client.query(step.up);
    await client.query('insert into public.schema_migration (id, name, checksum) values ($1, $2, $3)', [
      step.id,
      step.name,
      checksumOf(step),
    ]);
    // The service's role may look, so that a process without the owner's password can check the version.
    await client.query(
      `do $$ begin
         if exists (select from pg_roles where rolname = 'daftar_app') then
           grant select on public.schema_migration to daftar_app;
         end if;
       end $$`,
    );
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw new Error(`schema step ${step.id} (${step.name}) failed and was undone`, { cause: error });
  }
}
