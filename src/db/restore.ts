/** Brings a backup back, into the embedded database or into an empty one on a server; the counterpart of backup.ts. */
import { statfs } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { keyForBackup } from './backup.ts';
import type { Secret } from './backup-keys.ts';
import { inspectBackup, type ReadBackup } from './backup-read.ts';
import { type BackupReason, troubleOf } from './backup-trouble.ts';
import type { DatabaseAddress } from './connection.ts';
import { fillDatabase } from './copy-in.ts';
import { createDatabase, DATABASE_NAME } from './embedded/roles.ts';
import { type Connections, type EmbeddedRefusal, findRunning, startEmbedded } from './embedded/start.ts';
import { erasureFile, readErasureFiles } from './erasure-file.ts';
import { type ExternalRefusal, prepareOwner, settleAppRole } from './external.ts';
import { type KeyPlace, type KeyResult, readKey } from './key-file.ts';
import { compare, type MigrateResult, migrate, readApplied } from './migrate.ts';
import { migrations } from './migrations/index.ts';
import { type Erasure, eachErasedOnce, erasuresBeyond, readErasureTable } from './restore-erasures.ts';
import { compareKey, type RestoredKey } from './restore-key.ts';
import { takeBackup } from './take-backup.ts';
import { withClient } from './with-client.ts';

const NEXT = 'daftar_next';
const OLD = 'daftar_old';
/** The rows, their indexes, and the log they pass through. */
const ROOM = 3;

/** A restored database that is not in use yet. */
export interface RestoredDatabase {
  /** As the service will connect, bound by row-level security. */
  readonly app: DatabaseAddress;
  readonly key: Extract<KeyResult, { ok: true }>;
}

export interface RestoreOptions {
  readonly dataDir: string;
  /** Undefined: the embedded database. */
  readonly databaseUrl: string | undefined;
  readonly migrationDatabaseUrl: string | undefined;
  readonly dataKey: KeyPlace['dataKey'];
  readonly file: string;
  /** Folders besides the data folder and the backup's own where a list of who was erased may be. */
  readonly erasureFolders: readonly string[];
  /** A passphrase or a recovery key; the master key is tried by itself. */
  readonly secrets: readonly Secret[];
  /** Replaces an embedded database that is in use; a backup of it is made first. */
  readonly replace: boolean;
  readonly log: (line: string) => void;
  /**
   * Erases again who was erased after the backup was made, before anybody can see them.
   * @returns how many had come back
   */
  readonly reapplyErasures: (database: RestoredDatabase, entries: readonly Erasure[]) => Promise<number>;
  /** Ends the sessions and tokens that came back, before anybody can use them. @returns what opens a door again, by library */
  readonly endSignIns: (database: RestoredDatabase) => Promise<readonly RestoredDoors[]>;
}

/** What of one library opens a door as at the time of the backup; each may have been withdrawn since. */
export interface RestoredDoors {
  /** Its slug. */
  readonly library: string;
  /** Accounts of machines that are not withdrawn: SIP2, keys of the API, services. */
  readonly accounts: number;
  readonly devices: number;
  readonly officerPasskeys: number;
  /** Officers who are linked to, or expected from, the identity provider. */
  readonly officerLinks: number;
  readonly memberPasskeys: number;
  /** What members let services know. */
  readonly consents: number;
}

export type RestoreRefusal =
  | {
      readonly ok: false;
      readonly reason: 'bad-backup';
      readonly cause: BackupReason;
      readonly detail: string;
    }
  /** The database has libraries already. */
  | { readonly ok: false; readonly reason: 'not-empty'; readonly where: 'embedded' | 'external' }
  /** Another key is here; the service that uses it runs. */
  | { readonly ok: false; readonly reason: 'key-in-use' }
  | { readonly ok: false; readonly reason: 'too-little-disk'; readonly needed: number; readonly free: number }
  /** What was there could not be saved first; it is untouched. */
  | {
      readonly ok: false;
      readonly reason: 'backup-failed';
      readonly cause: BackupReason;
      readonly detail: string;
      readonly folder: string;
    }
  | EmbeddedRefusal
  | ExternalRefusal
  | Extract<MigrateResult, { ok: false }>
  | Extract<KeyResult, { ok: false }>;

export type RestoreResult =
  | {
      readonly ok: true;
      readonly rows: number;
      readonly madeAt: string;
      readonly erasedAgain: number;
      readonly doors: readonly RestoredDoors[];
      /** The running service is on the restored database already. */
      readonly running: boolean;
      /** Whether keys.json was written. */
      readonly newKey: boolean;
    }
  | RestoreRefusal;

/**
 * Reads the whole file first, so that a damaged one changes nothing; then fills a new database, brings it to the present
 * schema, erases again who was erased, ends the sessions that came back, and only then gives up the old one. The service may
 * run meanwhile.
 */
export async function restoreBackup(options: RestoreOptions): Promise<RestoreResult> {
  const present = await readKey(options);
  const secrets: readonly Secret[] = [
    ...(present.ok ? [present.ring.root, ...present.ring.formerRoots] : []).map(
      (master) => ({ kind: 'master', master }) as const,
    ),
    ...options.secrets,
  ];
  let read: ReadBackup;
  let restored: RestoredKey;
  try {
    read = await inspectBackup(options.file, secrets);
    const known = compare(read.manifest.migrations, { migrations });
    if (!known.ok) {
      // As a file of a newer program: the sentence for a database would speak of the wrong one.
      if (known.reason !== 'schema-newer') return known;
      return { ok: false, reason: 'bad-backup', cause: 'newer-format', detail: `schema ${known.found}` };
    }
    const key = await compareKey(read.manifest, options);
    if (!key.ok) return key;
    restored = key.restored;
  } catch (error) {
    const { reason, detail } = troubleOf(error);
    return { ok: false, reason: 'bad-backup', cause: reason, detail };
  }
  const plan: Plan = { ...options, secrets, read, restored };
  return options.databaseUrl === undefined ? await intoEmbedded(plan) : await intoExternal(plan);
}

interface Plan extends RestoreOptions {
  readonly secrets: readonly Secret[];
  readonly read: ReadBackup;
  readonly restored: RestoredKey;
}

async function intoEmbedded(plan: Plan): Promise<RestoreResult> {
  const needed = plan.read.manifest.heapBytes * ROOM;
  const free = await freeBytesAt(plan.dataDir);
  if (free < needed) return { ok: false, reason: 'too-little-disk', needed, free };
  const running = await findRunning(plan.dataDir);
  if (running !== undefined) return await replaceEmbedded(plan, running, true);
  const started = await startEmbedded({ dataDir: plan.dataDir, log: plan.log });
  if (!started.ok) return started;
  try {
    return await replaceEmbedded(plan, started.embedded.connections, false);
  } finally {
    await started.embedded.stop();
  }
}

async function replaceEmbedded(plan: Plan, at: Connections, running: boolean): Promise<RestoreResult> {
  const { restored } = plan;
  const inUse = await withClient(at.admin, isInUse);
  if (inUse) {
    if (!plan.replace) return { ok: false, reason: 'not-empty', where: 'embedded' };
    // A running service would go on sealing with the key it has.
    if (running && restored.here !== 'same') return { ok: false, reason: 'key-in-use' };
    const saved = await saveReplaced(plan, at);
    if (saved !== undefined) return saved;
  }
  const next = addressesIn(at, NEXT);
  await withClient({ ...at.admin, database: 'postgres' }, async (client) => {
    await client.query(`drop database if exists ${NEXT} with (force)`);
    await createDatabase(client, NEXT);
  });
  const filled = await fillNext(plan, next.owner, next.admin);
  if (!filled.ok) return filled;
  const known = [
    ...(await withClient(next.admin, readErasureTable)),
    ...(await withClient(at.admin, readErasureTable)),
    ...(await readErasureFiles(erasureFoldersOf(plan), plan.log)),
  ];
  const erasedAgain = await eraseAgain(plan, next.app, known);
  const doors = await plan.endSignIns({ app: next.app, key: restored.key });
  // What the new database needs and the present one does not mind; the running service finds it by itself.
  if (restored.here !== 'other') await restored.settle();
  const maintenance = { ...at.admin, database: 'postgres' };
  await swap(maintenance);
  try {
    if (restored.here === 'other') await restored.settle();
  } catch (error) {
    throw new ReplacedWithoutKey(error);
  }
  const erasedMeanwhile = await eraseMeanwhile(plan, at, known);
  await withClient(maintenance, (client) => client.query(`drop database ${OLD} with (force)`)).catch(
    (error: unknown) =>
      plan.log(
        `Warning: the replaced database is still there (${OLD}: ${troubleOf(error).detail}). The next restore removes it.`,
      ),
  );
  return {
    ok: true,
    rows: filled.rows,
    madeAt: plan.read.manifest.madeAt,
    erasedAgain: erasedAgain + erasedMeanwhile,
    doors,
    running,
    newKey: restored.here !== 'same',
  };
}

/** The restored database is in place, and what opens it could not be put into the key file. */
export class ReplacedWithoutKey extends Error {
  override readonly name = 'ReplacedWithoutKey';
  constructor(cause: unknown) {
    super(troubleOf(cause).detail, { cause });
  }
}

async function saveReplaced(plan: Plan, at: Connections): Promise<RestoreRefusal | undefined> {
  const folder = path.join(plan.dataDir, 'backups');
  const key = await readKey(plan);
  if (!key.ok) return key;
  const saved = await takeBackup({
    kind: 'replaced',
    source: { address: at.admin, master: key.ring.root, key: () => keyForBackup(plan), recipients: [] },
    dataDir: plan.dataDir,
    folder,
    verify: 'read',
    embedded: undefined,
    now: () => new Date(),
    log: plan.log,
  });
  if (!saved.ok)
    return { ok: false, reason: 'backup-failed', cause: saved.reason, detail: saved.detail, folder };
  plan.log(`backup of the present database: ${saved.made.file}`);
  return undefined;
}

/**
 * An empty database of a server. What is in use there is never replaced: its service runs on while another database is
 * filled, and then DATABASE_URL is changed.
 */
async function intoExternal(plan: Plan): Promise<RestoreResult> {
  const separate = plan.migrationDatabaseUrl !== undefined;
  const owner = { connectionString: plan.migrationDatabaseUrl ?? plan.databaseUrl ?? '' };
  const prepared = await prepareOwner(owner, separate ? 'MIGRATION_DATABASE_URL' : 'DATABASE_URL');
  if (!prepared.ok) return prepared;
  const last = plan.read.manifest.migrations.at(-1)?.id ?? 0;
  const taken = await withClient(owner, async (client) => {
    // Left behind by a try that was cut off: the schema of this very backup, without libraries.
    const applied = await readApplied(client);
    return (await isInUse(client)) || (applied.at(-1)?.id ?? 0) > last;
  });
  if (taken) return { ok: false, reason: 'not-empty', where: 'external' };
  const filled = await fillNext(plan, owner, owner);
  if (!filled.ok) return filled;
  const { key } = plan.restored;
  const settled = await settleAppRole(owner, plan.databaseUrl ?? '', separate, key.ring.lookups.appRole);
  if (!settled.ok) return settled;
  const erasedAgain = await eraseAgain(plan, settled.app, [
    ...(await withClient(owner, readErasureTable)),
    ...(await readErasureFiles(erasureFoldersOf(plan), plan.log)),
  ]);
  const doors = await plan.endSignIns({ app: settled.app, key: plan.restored.key });
  await plan.restored.settle();
  return {
    ok: true,
    rows: filled.rows,
    madeAt: plan.read.manifest.madeAt,
    erasedAgain,
    doors,
    running: false,
    newKey: plan.restored.here !== 'same',
  };
}

async function fillNext(
  plan: Plan,
  owner: DatabaseAddress,
  writer: DatabaseAddress,
): Promise<{ readonly ok: true; readonly rows: number } | Extract<MigrateResult, { ok: false }>> {
  const upTo = plan.read.manifest.migrations.at(-1)?.id ?? 0;
  const made = await migrate(owner, { migrations, upTo });
  if (!made.ok) return made;
  let told = Date.now();
  const rows = await withClient(writer, (client) =>
    fillDatabase(client, plan.file, plan.secrets, {
      progress(done) {
        if (Date.now() - told < 5_000) return;
        told = Date.now();
        plan.log(`restore: ${Math.round(done / 1_048_576)} MiB of rows written`);
      },
    }),
  );
  const brought = await migrate(owner, { migrations, log: plan.log });
  return brought.ok ? { ok: true, rows } : brought;
}

async function eraseAgain(plan: Plan, app: DatabaseAddress, listed: readonly Erasure[]): Promise<number> {
  const entries = eachErasedOnce(listed);
  if (entries.length === 0) {
    plan.log(
      'No list of erasures was found (erasures.jsonl, in the data folder or beside the backup): if you have one, put it there and restore again, or start the service with it; else nobody had been erased.',
    );
    return 0;
  }
  return await plan.reapplyErasures({ app, key: plan.restored.key }, entries);
}

/**
 * Those whom the service erased in the database that was replaced, after its list was read. They come into the file
 * before anything else: should this fail, the next start erases them.
 * @returns how many of them had come back
 */
async function eraseMeanwhile(plan: Plan, at: Connections, known: readonly Erasure[]): Promise<number> {
  try {
    const listed = await withClient({ ...at.admin, database: OLD }, readErasureTable);
    const late = erasuresBeyond(known, listed);
    if (late.length === 0) return 0;
    await erasureFile([plan.dataDir])(late);
    return await eraseAgain(plan, at.app, late);
  } catch (error) {
    // The restored database is in use already, and this is no reason to say otherwise.
    plan.log(
      `Warning: people who were erased during the restore may be back (${troubleOf(error).detail}). Start the service anew: it erases them again.`,
    );
    return 0;
  }
}

function erasureFoldersOf(plan: Plan): readonly string[] {
  return [plan.dataDir, path.dirname(path.resolve(plan.file)), ...plan.erasureFolders];
}

function addressesIn(at: Connections, database: string): Connections {
  return { admin: { ...at.admin, database }, owner: { ...at.owner, database }, app: { ...at.app, database } };
}

async function isInUse(client: pg.Client): Promise<boolean> {
  const table = await client.query<{ there: boolean }>(
    `select to_regclass('public.library') is not null as there`,
  );
  if (table.rows[0]?.there !== true) return false;
  const result = await client.query<{ used: boolean }>('select exists (select from public.library) as used');
  return result.rows[0]?.used === true;
}

/**
 * Puts the new database in the place of the old, which stays beside it. Killed at any point, there is one complete database under the real
 * name. A rename waits for nobody, so whoever is connected is disconnected while it holds the name: those who come back
 * meanwhile wait behind it and find the new one.
 */
async function swap(maintenance: DatabaseAddress): Promise<void> {
  await withClient(maintenance, async (client) => {
    await client.query(`drop database if exists ${OLD} with (force)`);
    await withClient(maintenance, async (ending) => {
      const timer = setInterval(() => {
        void ending
          .query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = any ($1)`, [
            [DATABASE_NAME, NEXT],
          ])
          .catch(() => undefined);
      }, 100);
      try {
        await renameBoth(client);
      } finally {
        clearInterval(timer);
      }
    });
  });
}

async function renameBoth(client: pg.Client): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await client.query('begin');
      await client.query(`alter database ${DATABASE_NAME} rename to ${OLD}`);
      await client.query(`alter database ${NEXT} rename to ${DATABASE_NAME}`);
      await client.query('commit');
      return;
    } catch (error) {
      await client.query('rollback');
      // 55006: somebody was still connected after the five seconds that the server waits.
      const isBusy = error instanceof pg.DatabaseError && error.code === '55006';
      if (!isBusy || attempt === 5) throw error;
    }
  }
}

/** Of the folder, or of the nearest one above it that is there. */
async function freeBytesAt(folder: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    const above = path.dirname(folder);
    return above === folder ? Infinity : await freeBytesAt(above);
  }
}
