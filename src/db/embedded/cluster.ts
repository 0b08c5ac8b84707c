/** The database's files: making them (initdb), their version, and who runs on them (postmaster.pid). */

import { spawn } from 'node:child_process';
import {
  chmod,
  chown,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf } from '../../domain/error-code.ts';
import { giveTo, type RunAs } from './account.ts';
import type { Binaries } from './binaries.ts';

export const ADMIN_ROLE = 'daftar_admin';

/** What every step on the files needs. */
export interface Cluster {
  /** The folder with PG_VERSION; owned by `runAs` when set. */
  readonly dir: string;
  readonly binaries: Binaries;
  readonly runAs: RunAs | undefined;
}

/** Major version of the files in `dir`, undefined when there is no database yet. */
export async function findClusterVersion(dir: string): Promise<string | undefined> {
  const text = await readFile(path.join(dir, 'PG_VERSION'), 'utf8').catch(() => undefined);
  return text?.trim();
}

/**
 * Makes a new database in `cluster.dir`. Works in a folder beside it that is renamed at the end, so that an
 * interrupted start leaves nothing that looks like a database.
 * @returns the failure's output, or undefined when all went well
 */
export async function initCluster(
  cluster: Cluster,
  adminPassword: string,
  privateDir: string,
): Promise<string | undefined> {
  await clearUnfinished(cluster.dir);
  // A name of its own: the initdb of a start that was killed may still be writing into another one.
  const part = await mkdtemp(`${cluster.dir}.new-`);
  if (cluster.runAs !== undefined) await chown(part, cluster.runAs.uid, cluster.runAs.gid);
  const passwordFile = path.join(privateDir, 'initdb.pw');
  await writeFile(passwordFile, adminPassword, { mode: 0o600 });
  if (cluster.runAs !== undefined) await chown(passwordFile, cluster.runAs.uid, cluster.runAs.gid);
  try {
    const result = await runInCluster({ ...cluster, dir: part }, cluster.binaries.initdb, [
      '--encoding=UTF8',
      // The same sorting and case rules on every system, independent of its installed locales.
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      `--username=${ADMIN_ROLE}`,
      '--auth=scram-sha-256',
      `--pwfile=${passwordFile}`,
      '--no-instructions',
    ]);
    if (result.code !== 0) return result.output;
  } finally {
    await rm(passwordFile, { force: true });
  }
  await rename(part, cluster.dir);
  return undefined;
}

/** Removes what interrupted starts left; a folder that a dying initdb still fills is left to the next start. */
async function clearUnfinished(dir: string): Promise<void> {
  const beside = path.dirname(dir);
  for (const name of await readdir(beside)) {
    if (!name.startsWith(`${path.basename(dir)}.new`)) continue;
    await rm(path.join(beside, name), { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
  }
}

/** Corrects owner and mode of files that root copied or restored; PostgreSQL insists on both. */
export async function takeOver(cluster: Cluster): Promise<void> {
  if (process.platform === 'win32') return;
  if (cluster.runAs !== undefined) await giveTo(cluster.dir, cluster.runAs);
  if (((await stat(cluster.dir)).mode & 0o077) !== 0) await chmod(cluster.dir, 0o700);
}

/**
 * How a program is told where the files are. As root the account cannot enter the folders above (for example /root),
 * so the program is started inside the folder, which root can do, and told to stay there.
 */
export function placement(cluster: Cluster): {
  dataArgument: string;
  options: { cwd: string; uid?: number; gid?: number };
} {
  if (cluster.runAs === undefined) return { dataArgument: cluster.dir, options: { cwd: cluster.dir } };
  return {
    dataArgument: process.platform === 'linux' ? '/proc/self/cwd' : cluster.dir,
    options: { cwd: cluster.dir, uid: cluster.runAs.uid, gid: cluster.runAs.gid },
  };
}

/** Environment of database programs: no PG* setting or locale of the person's shell may change what they do. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { LC_ALL: 'C', TZ: 'UTC' };
  // Child processes on Windows do not start without these.
  for (const name of ['PATH', 'SystemRoot', 'TEMP', 'TMP']) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  return env;
}

/**
 * Runs a database program to its end on the files, collecting what it prints. `leading` are arguments that must stand
 * before the folder (`--single`).
 */
export async function runInCluster(
  cluster: Cluster,
  program: string,
  args: readonly string[],
  input?: string,
  leading: readonly string[] = [],
): Promise<{ code: number | null; output: string }> {
  const place = placement(cluster);
  return await new Promise((resolve, reject) => {
    const child = spawn(program, [...leading, '-D', place.dataArgument, ...args], {
      ...place.options,
      env: cleanEnvironment(),
      // Its own process group: Ctrl-C in the terminal goes to the whole group, and half an initdb is of no use.
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    let output = '';
    const collect = (chunk: Buffer): void => {
      output = (output + chunk.toString('utf8')).slice(-8_000);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output: output.trim() }));
    // The program may end before it has read everything; that is its exit code's story.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input ?? '');
  });
}

/** What a running (or killed) server left in postmaster.pid. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly socketDir: string;
  /** `ready`, `starting`, `stopping` or empty. */
  readonly status: string;
}

/** The server that runs on these files, or undefined. A file left by a killed server does not count. */
export async function findPostmaster(cluster: Pick<Cluster, 'dir'>): Promise<Postmaster | undefined> {
  const text = await readFile(path.join(cluster.dir, 'postmaster.pid'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const lines = text.split('\n');
  const pid = Math.abs(Number(lines[0]));
  if (!Number.isInteger(pid) || pid === 0) return undefined;
  if (!(await isOurServer(pid, cluster.dir))) return undefined;
  return {
    pid,
    port: Number(lines[3] ?? 0),
    socketDir: (lines[4] ?? '').trim(),
    status: (lines[7] ?? '').trim(),
  };
}

/** The socket folder named by a dead server's postmaster.pid, to be cleaned up. */
export async function findLeftSocketDir(cluster: Pick<Cluster, 'dir'>): Promise<string | undefined> {
  const text = await readFile(path.join(cluster.dir, 'postmaster.pid'), 'utf8').catch(() => '');
  const dir = text.split('\n')[4]?.trim();
  return dir === undefined || dir === '' ? undefined : dir;
}

/**
 * Waits until the last process of a killed server is gone and removes its postmaster.pid. PostgreSQL does so itself
 * unless the process id was given to another process meanwhile (usual in containers, where ids repeat): then it would
 * refuse to start for ever. Never removed while any server process is left on the files: two servers on the same
 * files destroy them, and the file is what PostgreSQL would notice that by.
 * Only with the folder's lock held and after `findPostmaster` found nothing.
 */
export async function clearStalePid(cluster: Cluster): Promise<void> {
  if (process.platform !== 'linux') return;
  const file = path.join(cluster.dir, 'postmaster.pid');
  if ((await stat(file).catch(() => undefined)) === undefined) return;
  for (let waited = 0; waited < 10_000; waited += 50) {
    if (!(await hasServerProcess(cluster.dir))) {
      await rm(file, { force: true });
      return;
    }
    await sleep(50);
  }
}

/** Whether any PostgreSQL process, the server itself or one of its helpers, works in this folder. */
async function hasServerProcess(dir: string): Promise<boolean> {
  for (const name of await readdir('/proc')) {
    if (/^\d+$/.test(name) && (await worksIn(Number(name), dir)) === true) return true;
  }
  return false;
}

/** Undefined when the process may not be looked at or is gone. */
async function worksIn(pid: number, dir: string): Promise<boolean | undefined> {
  try {
    const [cwd, ours] = await Promise.all([stat(`/proc/${pid}/cwd`), stat(dir)]);
    if (cwd.dev !== ours.dev || cwd.ino !== ours.ino) return false;
    // A person's shell may stand in the folder too. After an update the program's file may be gone: " (deleted)".
    return path.basename(await readlink(`/proc/${pid}/exe`)).startsWith('postgres');
  } catch {
    return undefined;
  }
}

async function isOurServer(pid: number, dir: string): Promise<boolean> {
  if (!isRunning(pid)) return false;
  if (process.platform !== 'linux') return true;
  return (await worksIn(pid, dir)) ?? false;
}

/** Whether a process runs; one of another account counts. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}
