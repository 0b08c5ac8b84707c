/**
 * The embedded database: a real PostgreSQL in DATA_DIR, started and stopped with the program.
 *
 * DATA_DIR holds `postgres/` (the files), `postgres.log`, `database.json` (passwords), `lock.json` (who runs) and, for
 * an ordinary account, `run/` (the socket).
 */
import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DatabaseAddress } from '../connection.ts';
import { chooseAccount } from './account.ts';
import { type BinariesResult, findBinaries } from './binaries.ts';
import {
  ADMIN_ROLE,
  type Cluster,
  clearStalePid,
  findClusterVersion,
  findLeftSocketDir,
  findPostmaster,
  initCluster,
  takeOver,
} from './cluster.ts';
import { chooseEndpoint, type Endpoint, removeEndpoint } from './endpoint.ts';
import { type Lock, type LockHolder, takeLock } from './lock.ts';
import { DATABASE_NAME, ensureRoles, resetAdminPassword } from './roles.ts';
import { createPasswords, findPasswords, type RolePasswords } from './secrets.ts';
import { adoptServer, endpointOf, launchServer, type RunningServer } from './server.ts';

export interface StartOptions {
  readonly dataDir: string;
  /** Told what happens, one line each, without personal values. */
  readonly log: (line: string) => void;
  /** Folder of the PostgreSQL programs instead of the installed package's. */
  readonly nativeDir?: string;
}

export interface Connections {
  /** Superuser, for backup and for making databases in tests. */
  readonly admin: DatabaseAddress;
  /** Owns the database and its tables; runs migrations. */
  readonly owner: DatabaseAddress;
  /** What the service connects as: neither owner nor superuser, bound by row-level security. */
  readonly app: DatabaseAddress;
}

export interface EmbeddedDatabase {
  readonly connections: Connections;
  readonly started: 'new' | 'existing' | 'adopted';
  /** Version of the programs, for example `18.4`. */
  readonly version: string;
  /** Adds the service's address to what a refused second start is told. */
  announce(address: string): Promise<void>;
  /** Fast shutdown of the server, then the lock is released. */
  stop(): Promise<void>;
}

export type EmbeddedRefusal =
  | { readonly ok: false; readonly reason: 'held'; readonly holder: LockHolder }
  | { readonly ok: false; readonly reason: 'other-major'; readonly found: string; readonly expected: string }
  | { readonly ok: false; readonly reason: 'data-dir-unusable'; readonly detail: string }
  | { readonly ok: false; readonly reason: 'files-of-another-account'; readonly dir: string }
  | { readonly ok: false; readonly reason: 'no-account'; readonly detail: string }
  | { readonly ok: false; readonly reason: 'init-failed'; readonly detail: string }
  | { readonly ok: false; readonly reason: 'server-failed'; readonly detail: string }
  | Extract<BinariesResult, { ok: false }>;

export type EmbeddedResult = { readonly ok: true; readonly embedded: EmbeddedDatabase } | EmbeddedRefusal;

/** Starts (or adopts) the database of `dataDir`. Every foreseeable trouble is returned as a reason. */
export async function startEmbedded(options: StartOptions): Promise<EmbeddedResult> {
  const dataDir = path.resolve(options.dataDir);
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
  } catch (error) {
    return { ok: false, reason: 'data-dir-unusable', detail: messageOf(error) };
  }
  let lock: Lock;
  try {
    const taken = await takeLock(dataDir);
    if (!taken.ok) return taken;
    lock = taken.lock;
  } catch (error) {
    return { ok: false, reason: 'data-dir-unusable', detail: messageOf(error) };
  }
  try {
    const result = await startLocked({ ...options, dataDir }, lock);
    if (!result.ok) await lock.release();
    return result;
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/**
 * Connections to the database that a running service holds on `dataDir`, for a command beside it; undefined when none
 * runs.
 */
export async function findRunning(dataDir: string): Promise<Connections | undefined> {
  const dir = path.join(path.resolve(dataDir), 'postgres');
  const passwords = await findPasswords(path.resolve(dataDir)).catch(() => undefined);
  if (passwords === undefined) return undefined;
  const postmaster = await findPostmaster({ dir });
  return postmaster === undefined ? undefined : connectionsTo(endpointOf(postmaster), passwords);
}

async function startLocked(options: StartOptions, lock: Lock): Promise<EmbeddedResult> {
  const { dataDir, log } = options;
  const dir = path.join(dataDir, 'postgres');

  const account = await chooseAccount(dir);
  if (!account.ok) return account;
  const { runAs } = account;
  if (runAs === undefined && (await isForeign(dir))) {
    return { ok: false, reason: 'files-of-another-account', dir };
  }
  const found = await findBinaries(runAs, options.nativeDir);
  if (!found.ok) return found;
  const cluster: Cluster = { dir, binaries: found.binaries, runAs };

  const present = await findClusterVersion(dir);
  if (present !== undefined && present !== cluster.binaries.major) {
    return { ok: false, reason: 'other-major', found: present, expected: cluster.binaries.major };
  }
  if (present !== undefined) await takeOver(cluster);

  let passwords = await findPasswords(dataDir);
  const forgotten = passwords === undefined;
  passwords ??= await createPasswords(dataDir);
  const logFile = path.join(dataDir, 'postgres.log');

  let server: RunningServer | undefined;
  if (present !== undefined && !forgotten) server = await adoptServer(cluster, passwords.admin);
  const adopted = server !== undefined;
  if (server === undefined) {
    const left = await findLeftSocketDir(cluster);
    await clearStalePid(cluster);
    if (left !== undefined) await removeEndpoint(left);
    const endpoint = await chooseEndpoint(dataDir, runAs);
    if (present === undefined) {
      log(`creating the database in ${dir}`);
      const failure = await initCluster(
        cluster,
        passwords.admin,
        endpoint.host.startsWith('/') ? endpoint.host : dataDir,
      );
      if (failure !== undefined) return { ok: false, reason: 'init-failed', detail: failure };
    } else if (forgotten) {
      log('database.json was missing; new passwords are set');
      const failure = await resetAdminPassword(cluster, passwords.admin);
      if (failure !== undefined) return { ok: false, reason: 'server-failed', detail: failure };
    }
    const launched = await launchServer(cluster, endpoint, passwords.admin, logFile);
    if (!launched.ok) return launched;
    server = launched.server;
  }
  try {
    await ensureRoles(connectionsTo(server.endpoint, passwords).admin, passwords);
  } catch (error) {
    await server.stop();
    throw error;
  }
  const keeper = keepRunning(server, log, async (endpoint) => {
    await clearStalePid(cluster);
    return await launchServer(cluster, endpoint, passwords.admin, logFile);
  });
  return {
    ok: true,
    embedded: {
      connections: connectionsTo(server.endpoint, passwords),
      started: present === undefined ? 'new' : adopted ? 'adopted' : 'existing',
      version: cluster.binaries.version,
      announce: (address) => lock.announce(address),
      async stop() {
        await keeper.stop();
        await removeEndpoint(keeper.endpoint.host);
        await lock.release();
      },
    },
  };
}

/** Between two tries to start a server that does not start, at the most. */
const LONGEST_PAUSE_MS = 10_000;

/**
 * Starts the server again when it dies under the program (killed for memory, a full disk), and tries for as long as it
 * takes: nobody may be there to start the program again, and meanwhile its pages tell people what to do.
 */
function keepRunning(
  first: RunningServer,
  log: (line: string) => void,
  relaunch: (endpoint: Endpoint) => Promise<Awaited<ReturnType<typeof launchServer>>>,
): { readonly endpoint: Endpoint; stop(): Promise<void> } {
  let server = first;
  const stopping = new AbortController();
  let turn: Promise<void> = Promise.resolve();

  const watch = (): void => {
    void server.gone.then(() => {
      if (!stopping.signal.aborted) turn = revive();
    });
  };
  const revive = async (): Promise<void> => {
    log('the database server ended unexpectedly; starting it again');
    for (let pause = 250; !stopping.signal.aborted; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      const result = await relaunch(first.endpoint).catch(() => undefined);
      if (result?.ok === true) {
        server = result.server;
        log('the database server runs again');
        watch();
        return;
      }
      log('the database server does not start (see postgres.log); trying again');
      await sleep(pause, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  watch();
  return {
    endpoint: first.endpoint,
    async stop() {
      stopping.abort();
      await turn;
      await server.stop();
    },
  };
}

function connectionsTo(endpoint: Endpoint, passwords: RolePasswords): Connections {
  return {
    admin: { ...endpoint, user: ADMIN_ROLE, password: passwords.admin, database: DATABASE_NAME },
    owner: { ...endpoint, user: 'daftar_owner', password: passwords.owner, database: DATABASE_NAME },
    app: { ...endpoint, user: 'daftar_app', password: passwords.app, database: DATABASE_NAME },
  };
}

async function isForeign(dir: string): Promise<boolean> {
  const own = process.getuid?.();
  if (own === undefined) return false;
  const info = await stat(dir).catch(() => undefined);
  return info !== undefined && info.uid !== own;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
