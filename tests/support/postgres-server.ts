/**
 * One PostgreSQL for a test run: the embedded 18 that the product starts, or, with TEST_POSTGRES_BIN, an installed one
 * such as Debian's 15. The cluster that Debian's package makes by itself is left alone.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { chooseAccount, type RunAs } from '../../src/db/embedded/account.ts';
import { chooseEndpoint, removeEndpoint } from '../../src/db/embedded/endpoint.ts';
import { DATABASE_NAME, ensureRoles } from '../../src/db/embedded/roles.ts';
import { type Connections, startEmbedded } from '../../src/db/embedded/start.ts';

/** The three roles on one server; the database is to be named by whoever connects. */
export type ServerAddresses = Record<keyof Connections, RoleAddress>;

export interface RoleAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

export interface TestServer {
  readonly addresses: ServerAddresses;
  /** For example `18.4`. */
  readonly version: string;
  stop(): Promise<void>;
}

/**
 * Starts the server in a temporary folder, with `synchronous_commit` off for every role: these tests ask whether the
 * answers are right. Whether they survive a power cut is asked by tests/faults, on servers of their own.
 */
export async function startTestServer(): Promise<TestServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'daftar-test-'));
  const bin = process.env.TEST_POSTGRES_BIN;
  const server =
    bin === undefined || bin === '' ? await startShipped(dataDir) : await startInstalled(bin, dataDir);
  const stop = async (): Promise<void> => {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    const client = new pg.Client(server.addresses.admin);
    await client.connect();
    for (const { user } of Object.values(server.addresses)) {
      await client.query(`alter role ${client.escapeIdentifier(user)} set synchronous_commit = off`);
    }
    const version = await client.query<{ server_version: string }>('show server_version');
    await client.end();
    return { ...server, version: version.rows[0]?.server_version ?? '', stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

type StartedServer = Omit<TestServer, 'version'>;

async function startShipped(dataDir: string): Promise<StartedServer> {
  const result = await startEmbedded({ dataDir, log: () => undefined });
  if (!result.ok) throw new Error(`the embedded database did not start: ${JSON.stringify(result)}`);
  const { connections } = result.embedded;
  return {
    addresses: {
      admin: roleAddress(connections.admin),
      owner: roleAddress(connections.owner),
      app: roleAddress(connections.app),
    },
    stop: () => result.embedded.stop(),
  };
}

function roleAddress(address: Connections['admin']): RoleAddress {
  if ('connectionString' in address) throw new Error('the embedded database is named by host and port');
  return address;
}

async function startInstalled(bin: string, dataDir: string): Promise<StartedServer> {
  const dir = join(dataDir, 'postgres');
  const account = await chooseAccount(dir);
  if (!account.ok) throw new Error(`no account to run the database: ${account.detail}`);
  const { runAs } = account;
  await mkdir(dir, { mode: 0o700 });
  if (runAs !== undefined) {
    await chown(dataDir, runAs.uid, runAs.gid);
    await chown(dir, runAs.uid, runAs.gid);
  }
  const as = { cwd: dir, env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' }, ...runAs };
  const passwords = { admin: 'admin-of-a-test', owner: 'owner-of-a-test', app: 'app-of-a-test' };
  const passwordFile = await writePassword(dataDir, passwords.admin, runAs);
  await promisify(execFile)(
    join(bin, 'initdb'),
    [
      '-D',
      dir,
      '--encoding=UTF8',
      '--locale=C.UTF-8',
      '--username=daftar_admin',
      '--auth=scram-sha-256',
      `--pwfile=${passwordFile}`,
      '--no-sync',
    ],
    as,
  );
  const endpoint = await chooseEndpoint(dataDir, runAs);
  const settings = {
    port: String(endpoint.port),
    listen_addresses: endpoint.host.startsWith('/') ? '' : endpoint.host,
    unix_socket_directories: endpoint.host.startsWith('/') ? endpoint.host : '',
    max_connections: '60',
    fsync: 'off',
    full_page_writes: 'off',
    timezone: 'UTC',
  };
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(join(bin, 'postgres'), ['-D', dir, ...args], {
    ...as,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const stop = async (): Promise<void> => {
    await endOf(child);
    await removeEndpoint(endpoint.host);
  };
  try {
    const admin = { ...endpoint, user: 'daftar_admin', password: passwords.admin, database: 'postgres' };
    await waitUntilReady(admin, child);
    await ensureRoles(admin, passwords);
    const database = DATABASE_NAME;
    return {
      addresses: {
        admin: { ...admin, database },
        owner: { ...endpoint, user: 'daftar_owner', password: passwords.owner, database },
        app: { ...endpoint, user: 'daftar_app', password: passwords.app, database },
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function writePassword(dataDir: string, password: string, runAs: RunAs | undefined): Promise<string> {
  const file = join(dataDir, 'password');
  await writeFile(file, password, { mode: 0o600 });
  if (runAs !== undefined) await chown(file, runAs.uid, runAs.gid);
  return file;
}

async function waitUntilReady(admin: RoleAddress, child: ChildProcess): Promise<void> {
  let log = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    log = (log + chunk.toString('utf8')).slice(-2_000);
  });
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; ) {
    if (child.exitCode !== null) break;
    const client = new pg.Client(admin);
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.end();
      return;
    } catch {
      await sleep(50);
    }
  }
  throw new Error(`the installed PostgreSQL did not start: ${log}`);
}

/** Immediate shutdown: the folder is removed anyway. */
async function endOf(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGQUIT');
  await gone;
}
