/** Starting, watching and stopping the PostgreSQL server process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { open, readFile, rename, stat } from 'node:fs/promises';
import os from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { DatabaseAddress } from '../connection.ts';
import {
  type Cluster,
  cleanEnvironment,
  findPostmaster,
  isRunning,
  type Postmaster,
  placement,
  runInCluster,
} from './cluster.ts';
import type { Endpoint } from './endpoint.ts';

const MIB = 1024 * 1024;
const LOG_LIMIT = 10 * MIB;

/**
 * Settings of the server, sized for a small office computer. They are given at every start, not kept in the data
 * folder, so that a new version of the program brings its own.
 */
export function serverSettings(memoryBytes: number): Readonly<Record<string, string>> {
  const roomy = memoryBytes >= 6 * 1024 * MIB;
  return {
    // Acknowledged is durable: never turned off.
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    // Taken as it is used: a check of ten million members reads four hundred pages all over, and each that is not here costs
    // a call into the system.
    shared_buffers: roomy ? `${Math.min(1024, Math.floor(memoryBytes / MIB / 16))}MB` : '128MB',
    effective_cache_size: `${Math.max(256, Math.floor(memoryBytes / MIB / 2))}MB`,
    work_mem: '8MB',
    maintenance_work_mem: '64MB',
    max_connections: '80',
    // No replicas of an embedded database (growth is DATABASE_URL), so the log carries only what recovery needs.
    wal_level: 'minimal',
    max_wal_senders: '0',
    wal_compression: 'on',
    wal_buffers: '16MB',
    min_wal_size: '160MB',
    max_wal_size: '1GB',
    checkpoint_timeout: '15min',
    random_page_cost: '1.1',
    // Compiling short queries costs more than it saves.
    jit: 'off',
    io_method: 'sync',
    timezone: 'UTC',
    log_timezone: 'UTC',
    lc_messages: 'C',
    // Error details and statements contain people's values; the log must not.
    log_error_verbosity: 'terse',
    log_min_error_statement: 'panic',
    log_parameter_max_length_on_error: '0',
    log_line_prefix: '%m [%p] ',
  };
}

/** Changes when a server left running by an earlier program must not be adopted as it is. */
function settingsMark(cluster: Cluster, settings: Readonly<Record<string, string>>): string {
  const text = JSON.stringify([cluster.binaries.version, settings]);
  return `daftar-${createHash('sha256').update(text).digest('hex').slice(0, 12)}`;
}

export interface ServerFailure {
  readonly ok: false;
  readonly reason: 'server-failed';
  /** The last lines of the server's log. */
  readonly detail: string;
}

export interface RunningServer {
  readonly pid: number;
  readonly endpoint: Endpoint;
  /** Resolves when the server process is gone, for whatever reason. */
  readonly gone: Promise<void>;
  /** Fast shutdown: open transactions are rolled back, what was committed is on disk. */
  stop(): Promise<void>;
}

/** Starts the server and waits until it answers. Recovery after a power loss may take its time; it is waited for. */
export async function launchServer(
  cluster: Cluster,
  endpoint: Endpoint,
  adminPassword: string,
  logFile: string,
): Promise<{ readonly ok: true; readonly server: RunningServer } | ServerFailure> {
  for (let attempt = 1; ; attempt += 1) {
    const logStart = await rotateLog(logFile);
    const child = await spawnServer(cluster, endpoint, logFile);
    const gone = childGone(child);
    const ready = await waitUntilReady(adminAddress(endpoint, adminPassword), gone);
    if (ready && child.pid !== undefined) {
      return { ok: true, server: runningServer(cluster, child.pid, endpoint, gone) };
    }
    const detail = await readLog(logFile, logStart);
    // The helpers of a killed server need a moment to notice that it is gone.
    if (attempt < 40 && /pre-existing shared memory block|lock file ".*" already exists/.test(detail)) {
      await sleep(250);
      continue;
    }
    return { ok: false, reason: 'server-failed', detail };
  }
}

/**
 * Takes over a server that a killed program left running; undefined when there is none, or when it had to be stopped
 * because its settings or version are not those of this program.
 */
export async function adoptServer(
  cluster: Cluster,
  adminPassword: string,
): Promise<RunningServer | undefined> {
  const left = await findPostmaster(cluster);
  if (left === undefined) return undefined;
  const endpoint: Endpoint = { host: left.socketDir === '' ? '127.0.0.1' : left.socketDir, port: left.port };
  const gone = pollGone(left.pid);
  const server = runningServer(cluster, left.pid, endpoint, gone);
  if (left.status !== 'stopping' && (await waitUntilReady(adminAddress(endpoint, adminPassword), gone))) {
    const mark = settingsMark(cluster, serverSettings(os.totalmem()));
    if ((await askMark(adminAddress(endpoint, adminPassword))) === mark) return server;
  }
  await server.stop();
  return undefined;
}

/** The server that runs on the files right now, seen from a second program (a command beside the service). */
export function endpointOf(postmaster: Postmaster): Endpoint {
  return { host: postmaster.socketDir === '' ? '127.0.0.1' : postmaster.socketDir, port: postmaster.port };
}

async function spawnServer(cluster: Cluster, endpoint: Endpoint, logFile: string): Promise<ChildProcess> {
  const settings = serverSettings(os.totalmem());
  const socket = endpoint.host.startsWith('/');
  const all: Record<string, string> = {
    ...settings,
    port: String(endpoint.port),
    listen_addresses: socket ? '' : endpoint.host,
    unix_socket_directories: socket ? endpoint.host : '',
    unix_socket_permissions: '0700',
    cluster_name: settingsMark(cluster, settings),
  };
  const place = placement(cluster);
  const args = ['-D', place.dataArgument];
  for (const [name, value] of Object.entries(all)) args.push('-c', `${name}=${value}`);
  const log = await open(logFile, 'a', 0o600);
  try {
    const child =
      process.platform === 'win32'
        ? // postgres.exe refuses to run for an administrator; pg_ctl gives the rights up first.
          spawn(
            cluster.binaries.pgCtl,
            ['start', '-W', '-D', place.dataArgument, '-o', args.slice(2).map(quoteWindows).join(' ')],
            {
              ...place.options,
              env: cleanEnvironment(),
              stdio: ['ignore', log.fd, log.fd],
              windowsHide: true,
            },
          )
        : spawn(cluster.binaries.postgres, args, {
            ...place.options,
            env: cleanEnvironment(),
            // Its own session: Ctrl-C and a closed terminal must not stop the database before the program is done.
            detached: true,
            stdio: ['ignore', log.fd, log.fd],
          });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    child.unref();
    return child;
  } finally {
    await log.close();
  }
}

function quoteWindows(argument: string): string {
  return argument === '-c' ? argument : `"${argument.replaceAll('"', '\\"')}"`;
}

function childGone(child: ChildProcess): Promise<void> {
  // On Windows the child is pg_ctl, which ends once the server is under way.
  if (process.platform === 'win32') return new Promise(() => undefined);
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    if (child.exitCode !== null || child.signalCode !== null) resolve();
  });
}

async function pollGone(pid: number): Promise<void> {
  while (isRunning(pid)) await sleep(250, undefined, { ref: false });
}

function runningServer(
  cluster: Cluster,
  pid: number,
  endpoint: Endpoint,
  gone: Promise<void>,
): RunningServer {
  return {
    pid,
    endpoint,
    gone,
    async stop() {
      if (process.platform === 'win32') {
        await runInCluster(cluster, cluster.binaries.pgCtl, ['stop', '-m', 'fast', '-w']);
        return;
      }
      signal(pid, 'SIGINT');
      if (await within(gone, 60_000)) return;
      // Stuck (a dead disk): immediate shutdown; the next start recovers from the log.
      signal(pid, 'SIGQUIT');
      await within(gone, 10_000);
    },
  };
}

function signal(pid: number, name: 'SIGINT' | 'SIGQUIT'): void {
  try {
    process.kill(pid, name);
  } catch {
    // Already gone.
  }
}

async function within(promise: Promise<void>, ms: number): Promise<boolean> {
  const timer = new AbortController();
  const late = sleep(ms, false, { signal: timer.signal }).catch(() => false);
  const done = await Promise.race([promise.then(() => true), late]);
  timer.abort();
  return done;
}

function adminAddress(endpoint: Endpoint, password: string): DatabaseAddress {
  return { ...endpoint, user: 'daftar_admin', password, database: 'postgres' };
}

/** True once the server takes connections, false when it ended before. */
async function waitUntilReady(address: DatabaseAddress, gone: Promise<void>): Promise<boolean> {
  let ended = false;
  void gone.then(() => {
    ended = true;
  });
  // Usually ready within 60 ms; during a recovery frequent questions would only slow it down.
  for (let pause = 15; ; pause = Math.min(pause * 1.3, 300)) {
    const client = new pg.Client({ ...address, connectionTimeoutMillis: 5_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.end();
      return true;
    } catch (error) {
      if (ended) return false;
      await client.end().catch(() => undefined);
      if (!isNotYet(error)) throw error;
    }
    await sleep(pause);
  }
}

/** No socket yet, or "the database system is starting up" / "in recovery mode". */
function isNotYet(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? error.code : undefined;
  return (
    code === 'ENOENT' ||
    code === 'ECONNREFUSED' ||
    code === 'ECONNRESET' ||
    code === 'EPIPE' ||
    code === '57P03' ||
    /timeout|terminated unexpectedly/i.test(error.message)
  );
}

async function askMark(address: DatabaseAddress): Promise<string | undefined> {
  const client = new pg.Client(address);
  client.on('error', () => undefined);
  try {
    await client.connect();
    const result = await client.query<{ cluster_name: string }>('show cluster_name');
    return result.rows[0]?.cluster_name;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Keeps one older log; returns where this start's lines begin. */
async function rotateLog(file: string): Promise<number> {
  const size = (await stat(file).catch(() => undefined))?.size ?? 0;
  if (size < LOG_LIMIT) return size;
  await rename(file, `${file}.1`).catch(() => undefined);
  return 0;
}

async function readLog(file: string, from: number): Promise<string> {
  const text = await readFile(file).catch(() => Buffer.alloc(0));
  return text.subarray(from).toString('utf8').slice(-2_000).trim();
}
