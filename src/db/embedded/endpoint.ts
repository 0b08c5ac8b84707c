/** Where the embedded database listens: a Unix socket in a private folder, or else the loopback address. */
import { createHash } from 'node:crypto';
import { chown, mkdir, mkdtemp, rm, rmdir } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { RunAs } from './account.ts';

const SOCKET_NAME = '.s.PGSQL.5432';
/** sun_path is 108 bytes on Linux, 104 on macOS, with a closing zero. */
const LONGEST_PATH = 103;
const PREFIX = 'daftar-pustaka-';

export interface Endpoint {
  /** A folder (Unix socket) or an address. */
  readonly host: string;
  readonly port: number;
}

/**
 * Chooses and prepares the endpoint. The private folder is reachable for the database's account and for this process:
 * in the data folder for an ordinary account; under /run for root, as the account may be unable to enter the data
 * folder's parents.
 */
export async function chooseEndpoint(dataDir: string, runAs: RunAs | undefined): Promise<Endpoint> {
  if (process.platform !== 'win32') {
    for (const make of runAs === undefined ? [inDataDir, inTemp] : [inRun, inTemp]) {
      const dir = await make(dataDir, runAs).catch(() => undefined);
      if (dir !== undefined && (await canListen(dir))) return { host: dir, port: 5432 };
    }
  }
  return { host: '127.0.0.1', port: await freePort() };
}

/** Removes the endpoint's folder when it is one of ours outside the data folder. */
export async function removeEndpoint(host: string): Promise<void> {
  if (!path.basename(host).startsWith(PREFIX)) return;
  await rm(path.join(host, SOCKET_NAME), { force: true }).catch(() => undefined);
  await rm(path.join(host, `${SOCKET_NAME}.lock`), { force: true }).catch(() => undefined);
  await rmdir(host).catch(() => undefined);
}

async function inDataDir(dataDir: string): Promise<string> {
  const dir = path.join(dataDir, 'run');
  await mkdir(dir, { recursive: true, mode: 0o700 });
  return dir;
}

async function inRun(dataDir: string, runAs: RunAs | undefined): Promise<string> {
  // One folder per data folder, so that a killed program leaves at most one.
  const mark = createHash('sha256').update(path.resolve(dataDir)).digest('hex').slice(0, 12);
  const dir = path.join('/run', `${PREFIX}${mark}`);
  await mkdir(dir, { recursive: true, mode: 0o700 });
  if (runAs !== undefined) await chown(dir, runAs.uid, runAs.gid);
  return dir;
}

async function inTemp(_dataDir: string, runAs: RunAs | undefined): Promise<string> {
  // A random name made by the system: nobody can have prepared the folder.
  const dir = await mkdtemp(path.join(os.tmpdir(), PREFIX));
  if (runAs !== undefined) await chown(dir, runAs.uid, runAs.gid);
  return dir;
}

/** Some file systems (shared folders of virtual machines, exFAT) have no sockets; some paths are too long. */
async function canListen(dir: string): Promise<boolean> {
  if (Buffer.byteLength(path.join(dir, SOCKET_NAME)) > LONGEST_PATH) return false;
  const probe = path.join(dir, '.probe');
  await rm(probe, { force: true });
  return await new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen(probe, () => server.close(() => resolve(true)));
  });
}

async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address !== null
          ? resolve(address.port)
          : reject(new Error('no port')),
      );
    });
  });
}
