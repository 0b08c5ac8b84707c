/**
 * One installation opened: its database (embedded or external) reached, migrated, its key found, and the addresses for
 * the service at hand. Every foreseeable trouble is returned as a reason.
 */
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { type BackupSource, keyForBackup } from './backup.ts';
import { recipientsWith } from './backup-keys.ts';
import { type BackupReason, troubleOf } from './backup-trouble.ts';
import { type DatabaseAddress, startClient } from './connection.ts';
import { type Connections, type EmbeddedRefusal, findRunning, startEmbedded } from './embedded/start.ts';
import { type ExternalRefusal, prepareOwner, settleAppRole } from './external.ts';
import { type KeyPlace, type KeyResult, readKey, settleKey } from './key-file.ts';
import type { KeyRing } from './key-ring.ts';
import { type MigrateResult, migrate } from './migrate.ts';
import { migrations } from './migrations/index.ts';
import type { Migration } from './migrations/migration.ts';
import { takeBackup } from './take-backup.ts';
import type { Vault } from './vault.ts';

export interface InstallationOptions {
  readonly dataDir: string;
  readonly databaseUrl: string | undefined;
  readonly migrationDatabaseUrl: string | undefined;
  readonly dataKey: KeyPlace['dataKey'];
  /** One line each, without personal values. */
  readonly log: (line: string) => void;
  /** A command may work beside the running service: then its database is used and left running. */
  readonly besideService?: boolean;
  /** Steps of the schema; default: all that this version has. */
  readonly schema?: readonly Migration[];
  /** Where the backup before an upgrade goes; DATA_DIR/backups unless told. */
  readonly backup?: {
    /** Whether an external database is backed up before an upgrade, too; the embedded one always is. */
    readonly scheduled: boolean;
    /** False: whoever runs it has another way back. */
    readonly beforeUpgrade?: boolean;
    readonly folder: string;
    readonly passphrase: string | undefined;
  };
}

export interface Installation {
  readonly database: 'new' | 'existing' | 'adopted' | 'external' | 'running';
  /** Adds libraries; owns the tables. */
  readonly owner: DatabaseAddress;
  /** The service's role, bound by row-level security. */
  readonly app: DatabaseAddress;
  /** Superuser of the embedded database, for backup and restore. */
  readonly admin: DatabaseAddress | undefined;
  readonly vault: Vault;
  /** What the vault was opened with, for threads of this process; its root locks backups. */
  readonly ring: KeyRing;
  /** Tells a refused second start where this service listens. */
  announce(address: string): Promise<void>;
  /** Stops the embedded database, last of all; the pools must be closed before. */
  stop(): Promise<void>;
}

export type Refusal =
  | EmbeddedRefusal
  | ExternalRefusal
  | Extract<MigrateResult, { ok: false }>
  | Extract<KeyResult, { ok: false }>
  /** The upgrade waits: without the way back nothing was changed. */
  | {
      readonly ok: false;
      readonly reason: 'backup-failed';
      readonly cause: BackupReason;
      readonly detail: string;
      readonly folder: string;
    };

type Opened = Omit<Installation, 'vault' | 'ring' | 'app'> & {
  readonly connections: Connections | undefined;
};

/** Opens the installation; stops again whatever it had started when it must refuse. */
export async function openInstallation(
  options: InstallationOptions,
): Promise<{ readonly ok: true; readonly installation: Installation } | Refusal> {
  const opened =
    options.databaseUrl === undefined ? await openEmbedded(options) : await openExternal(options);
  if (!opened.ok) return opened;
  const { base } = opened;
  try {
    const result = await settle(options, base);
    if (!result.ok) await base.stop();
    return result;
  } catch (error) {
    await base.stop();
    throw error;
  }
}

async function openEmbedded(
  options: InstallationOptions,
): Promise<{ readonly ok: true; readonly base: Opened } | EmbeddedRefusal> {
  const running = options.besideService === true ? await findRunning(options.dataDir) : undefined;
  if (running !== undefined) {
    const base: Opened = {
      database: 'running',
      owner: running.owner,
      admin: running.admin,
      connections: running,
      announce: () => Promise.resolve(),
      stop: () => Promise.resolve(),
    };
    return { ok: true, base };
  }
  const result = await startEmbedded({ dataDir: options.dataDir, log: options.log });
  if (!result.ok) return result;
  const { embedded } = result;
  return {
    ok: true,
    base: {
      database: embedded.started,
      owner: embedded.connections.owner,
      admin: embedded.connections.admin,
      connections: embedded.connections,
      announce: embedded.announce,
      stop: embedded.stop,
    },
  };
}

async function openExternal(
  options: InstallationOptions,
): Promise<{ readonly ok: true; readonly base: Opened } | ExternalRefusal | EmbeddedRefusal> {
  const separate = options.migrationDatabaseUrl !== undefined;
  const owner = { connectionString: options.migrationDatabaseUrl ?? options.databaseUrl ?? '' };
  const prepared = await prepareOwner(owner, separate ? 'MIGRATION_DATABASE_URL' : 'DATABASE_URL');
  if (!prepared.ok) return prepared;
  try {
    await mkdir(options.dataDir, { recursive: true, mode: 0o700 });
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { ok: false, reason: 'data-dir-unusable', detail };
  }
  return {
    ok: true,
    base: {
      database: 'external',
      owner,
      admin: undefined,
      connections: undefined,
      announce: () => Promise.resolve(),
      stop: () => Promise.resolve(),
    },
  };
}

async function settle(
  options: InstallationOptions,
  base: Opened,
): Promise<{ readonly ok: true; readonly installation: Installation } | Refusal> {
  const { connections, owner } = base;
  let refused: Refusal | undefined;
  const migrated = await migrate(owner, {
    migrations: options.schema ?? migrations,
    log: options.log,
    beforeUpgrade: async () => {
      refused = await backUpFirst(options, base);
      // Ends the migration before its first step.
      if (refused !== undefined) throw new Error(refused.reason);
    },
  }).catch((error: unknown) => {
    if (refused !== undefined) return refused;
    throw error;
  });
  if (!migrated.ok) return migrated;

  const client = startClient(owner);
  await client.connect();
  let key: KeyResult;
  try {
    key = await settleKey(client, { dataDir: options.dataDir, dataKey: options.dataKey, randomBytes });
  } finally {
    await client.end();
  }
  if (!key.ok) return key;

  let app = connections?.app;
  if (app === undefined) {
    const settled = await settleAppRole(
      owner,
      options.databaseUrl ?? '',
      options.migrationDatabaseUrl !== undefined,
      key.ring.lookups.appRole,
    );
    if (!settled.ok) return settled;
    app = settled.app;
  }
  const { connections: _used, ...rest } = base;
  return { ok: true, installation: { ...rest, app, vault: key.vault, ring: key.ring } };
}

/** The way back from an upgrade. @returns why there can be none, and the upgrade must wait */
async function backUpFirst(options: InstallationOptions, base: Opened): Promise<Refusal | undefined> {
  const { admin, owner } = base;
  if (admin === undefined && options.backup?.scheduled !== true) {
    options.log('upgrading an external database without a backup of our own (BACKUP=on makes one first)');
    return undefined;
  }
  if (options.backup?.beforeUpgrade === false) {
    options.log('upgrading without a backup, as BACKUP_BEFORE_UPGRADE=off says');
    return undefined;
  }
  const key = await readKey(options);
  if (!key.ok) return key;
  const folder = options.backup?.folder ?? path.join(options.dataDir, 'backups');
  try {
    options.log(`backup before the upgrade, into ${folder}; the service starts when it is done`);
    const source: BackupSource = {
      address: admin ?? owner,
      master: key.ring.root,
      key: () => keyForBackup(options),
      recipients: await recipientsWith(options.dataDir, options.backup?.passphrase),
    };
    const result = await takeBackup({
      kind: 'upgrade',
      source,
      dataDir: options.dataDir,
      folder,
      verify: 'read',
      embedded: undefined,
      now: () => new Date(),
      log: options.log,
    });
    if (result.ok) {
      options.log(`backup before the upgrade: ${result.made.file}`);
      return undefined;
    }
    return { ok: false, reason: 'backup-failed', cause: result.reason, detail: result.detail, folder };
  } catch (error) {
    const { reason, detail } = troubleOf(error);
    return { ok: false, reason: 'backup-failed', cause: reason, detail, folder };
  }
}
