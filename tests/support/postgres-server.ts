/**
 * One PostgreSQL for a test run: the 18 that the product ships, or, with TEST_POSTGRES_BIN, an installed one such as
 * Debian's 15. The cluster that Debian's package makes by itself is left alone.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { chooseAccount } from '../../src/db/embedded/account.ts';
import { findBinaries } from '../../src/db/embedded/binaries.ts';
import {
  ADMIN_ROLE,
  type Cluster,
  cleanEnvironment,
  placement,
  runInCluster,
} from '../../src/db/embedded/cluster.ts';
import { chooseEndpoint, removeEndpoint } from '../../src/db/embedded/endpoint.ts';
import { DATABASE_NAME, ensureRoles } from '../../src/db/embedded/roles.ts';

export interface RoleAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** The three roles of an installation, see `Connections`. */
export interface ServerAddresses {
  readonly admin: RoleAddress;
  readonly owner: RoleAddress;
  readonly app: RoleAddress;
}

export interface TestServer {
  readonly addresses: ServerAddresses;
  /** For example `18.4`. */
  readonly version: string;
  stop(): Promise<void>;
}

const passwords = { admin: 'admin-of-a-test', owner: 'owner-of-a-test', app: 'app-of-a-test' };

/**
 * Starts the server in a temporary folder, with fsync off: these tests ask whether the answers are right. Whether they
 * survive a power cut is asked by tests/faults, on servers that the product starts itself.
 */
export async function startTestServer(): Promise<TestServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'daftar-test-'));
  const cluster = await makeCluster(dataDir);
  const { host, port } = await chooseEndpoint(dataDir, cluster.runAs);
  const child = launch(cluster, host, port);
  const stop = async (): Promise<void> => {
    await end(child);
    await removeEndpoint(host);
    await rm(dataDir, { recursive: true, force: true });
  };
  const addressOf = (user: string, password: string): RoleAddress => ({
    host,
    port,
    user,
    password,
    database: DATABASE_NAME,
  });
  const admin = addressOf(ADMIN_ROLE, passwords.admin);
  try {
    await waitUntilReady({ ...admin, database: 'postgres' }, child);
    await ensureRoles(admin, passwords);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    addresses: {
      admin,
      owner: addressOf('daftar_owner', passwords.owner),
      app: addressOf('daftar_app', passwords.app),
    },
    version: cluster.binaries.version,
    stop,
  };
}

async function makeCluster(dataDir: string): Promise<Cluster> {
  const dir = join(dataDir, 'postgres');
  const account = await chooseAccount(dir);
  if (!account.ok) throw new Error(`no account to run the database: ${account.detail}`);
  const { runAs } = account;
  const bin = process.env.TEST_POSTGRES_BIN;
  const found = await findBinaries(runAs, bin === undefined || bin === '' ? undefined : dirname(bin));
  if (!found.ok) throw new Error(`no usable PostgreSQL: ${JSON.stringify(found)}`);
  const { binaries } = found;
  const passwordFile = join(dataDir, 'password');
  await mkdir(dir, { mode: 0o700 });
  await writeFile(passwordFile, passwords.admin, { mode: 0o600 });
  if (runAs !== undefined) {
    for (const path of [dataDir, dir, passwordFile]) await chown(path, runAs.uid, runAs.gid);
  }
  const cluster = { dir, binaries, runAs };
  // The builtin locale provider came with 17; before it, the system's C.UTF-8 sorts alike.
  const locale =
    Number(binaries.major) >= 17
      ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C']
      : ['--locale=C.UTF-8'];
  const made = await runInCluster(cluster, binaries.initdb, [
    '--encoding=UTF8',
    ...locale,
    `--username=${ADMIN_ROLE}`,
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
    '--no-sync',
  ]);
  if (made.code !== 0) throw new Error(`initdb failed: ${made.output}`);
  return cluster;
}

function launch(cluster: Cluster, host: string, port: number): ChildProcess {
  const settings = {
    port: String(port),
    listen_addresses: host.startsWith('/') ? '' : host,
    unix_socket_directories: host.startsWith('/') ? host : '',
    unix_socket_permissions: '0700',
    max_connections: '100',
    fsync: 'off',
    full_page_writes: 'off',
    jit: 'off',
    timezone: 'UTC',
  };
  const { dataArgument, options } = placement(cluster);
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return spawn(cluster.binaries.postgres, ['-D', dataArgument, ...args], {
    ...options,
    env: cleanEnvironment(),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
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
  throw new Error(`PostgreSQL did not start: ${log}`);
}

/** Immediate shutdown: the folder is removed anyway. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGQUIT');
  await gone;
}
