/**
 * One installation opened: its database (embedded or external) reached, migrated, its key found, and the addresses for
 * the service at hand. Every foreseeable trouble is returned as a reason.
 */
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import pg from 'pg';
import { makeBackup } from './backup.ts';
import type { DatabaseAddress } from './connection.ts';
import { type Connections, type EmbeddedRefusal, findRunning, startEmbedded } from './embedded/start.ts';
import { type ExternalRefusal, prepareOwner, settleAppRole } from './external.ts';
import { type KeyResult, settleKey } from './key-file.ts';
import { type MigrateResult, migrate } from './migrate.ts';
import { migrations } from './migrations/index.ts';
import type { Migration } from './migrations/migration.ts';
import type { Vault } from './vault.ts';

export interface InstallationOptions {
  readonly dataDir: string;
  readonly databaseUrl: string | undefined;
  readonly migrationDatabaseUrl: string | undefined;
  readonly dataKey: Uint8Array | undefined;
  /** One line each, without personal values. */
  readonly log: (line: string) => void;
  /** A command may work beside the running service: then its database is used and left running. */
  readonly besideService?: boolean;
  /** Steps of the schema; default: all that this version has. */
  readonly schema?: readonly Migration[];
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
  /** What the vault was opened with, for threads of this process. */
  readonly masterKey: Uint8Array;
  /** Tells a refused second start where this service listens. */
  announce(address: string): Promise<void>;
  /** Resolves when the embedded database died and could not be started again; never for an external one. */
  readonly lost: Promise<void>;
  /** Stops the embedded database, last of all; the pools must be closed before. */
  stop(): Promise<void>;
}

export type Refusal =
  | EmbeddedRefusal
  | ExternalRefusal
  | Extract<MigrateResult, { ok: false }>
  | Extract<KeyResult, { ok: false }>;

type Opened = Omit<Installation, 'vault' | 'masterKey' | 'app'> & {
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
      lost: new Promise(() => undefined),
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
      lost: embedded.lost,
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
      lost: new Promise(() => undefined),
      stop: () => Promise.resolve(),
    },
  };
}

async function settle(
  options: InstallationOptions,
  base: Opened,
): Promise<{ readonly ok: true; readonly installation: Installation } | Refusal> {
  const { admin, connections, owner } = base;
  const migrated = await migrate(owner, {
    migrations: options.schema ?? migrations,
    log: options.log,
    beforeUpgrade: async () => {
      if (admin === undefined) {
        options.log('upgrading an external database: its backup is its operator’s (pg_dump)');
        return;
      }
      const made = await makeBackup(admin, options.dataDir, 'before-upgrade');
      options.log(`backup before the upgrade: ${made.file}`);
    },
  });
  if (!migrated.ok) return migrated;

  const client = new pg.Client(owner);
  client.on('error', () => undefined);
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
      key.master,
    );
    if (!settled.ok) return settled;
    app = settled.app;
  }
  const { connections: _used, ...rest } = base;
  return { ok: true, installation: { ...rest, app, vault: key.vault, masterKey: key.master } };
}
