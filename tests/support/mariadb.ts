/** A MariaDB server of the test's own: an empty data folder, a socket, nothing on the network. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { type Connection, createConnection } from 'mysql2/promise';
import { findProgram } from './programs.ts';

export interface MariaDb {
  /** `mysql://root@localhost/name?socketPath=…` */
  address(database: string): string;
  connect(): Promise<Connection>;
  /** On the loopback address, for what connects as the service does. */
  readonly port: number;
  stop(): Promise<void>;
}

export const mariadbd = findProgram('mariadbd', 'mysqld') ?? findSystem('/usr/sbin/mariadbd');
const install = findProgram('mariadb-install-db', 'mysql_install_db');

function findSystem(path: string): string | undefined {
  return spawnSync(path, ['--version']).status === 0 ? path : undefined;
}

/** Whether one can be started here; `scripts/test.mjs` installs it where it may. */
export const hasMariaDb = mariadbd !== undefined && install !== undefined;

/** @param tls its certificate and key; without them it speaks no TLS */
export async function startMariaDb(tls?: { readonly cert: string; readonly key: string }): Promise<MariaDb> {
  if (mariadbd === undefined || install === undefined) throw new Error('MariaDB is not installed');
  // Short: the path of a socket may have a hundred characters.
  const folder = mkdtempSync(join(tmpdir(), 'dp-maria-'));
  const socket = join(folder, 's');
  const user = `--user=${userInfo().username}`;
  const made = spawnSync(install, [
    '--no-defaults',
    user,
    `--datadir=${join(folder, 'data')}`,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
  ]);
  if (made.status !== 0) throw new Error(`mariadb-install-db: ${made.stderr.toString()}`);
  const port = await freePort();
  const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  if (tls !== undefined) for (const name of ['cert', 'key'] as const) writeFileSync(files[name], tls[name]);
  const server = spawn(
    mariadbd,
    [
      '--no-defaults',
      user,
      `--datadir=${join(folder, 'data')}`,
      `--socket=${socket}`,
      `--pid-file=${join(folder, 'pid')}`,
      '--bind-address=127.0.0.1',
      `--port=${port}`,
      '--skip-name-resolve',
      '--skip-log-bin',
      '--innodb-flush-log-at-trx-commit=0',
      '--innodb-buffer-pool-size=32M',
      // Newer ones make a certificate by themselves where none is named.
      ...(tls === undefined ? ['--skip-ssl'] : [`--ssl-cert=${files.cert}`, `--ssl-key=${files.key}`]),
    ],
    { stdio: 'ignore' },
  );
  const ended = new Promise<void>((resolve) => void server.once('exit', () => resolve()));
  const connect = () =>
    createConnection({ socketPath: socket, user: 'root', multipleStatements: true, charset: 'utf8mb4' });
  const stop = async (): Promise<void> => {
    server.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  for (let tries = 0; ; tries++) {
    try {
      await (await connect()).end();
      break;
    } catch (error) {
      if (tries > 300 || server.exitCode !== null) {
        await stop();
        throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  return {
    address: (database) => `mysql://root@localhost/${database}?socketPath=${socket}`,
    connect,
    port,
    stop,
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
