/** The real program as a process of its own, to be stopped, killed and started again. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const root = path.join(import.meta.dirname, '..', '..');

/** What opens the backups of these tests. */
export const WITH_PASSPHRASE = { BACKUP_PASSPHRASE: 'empat kata yang panjang' } as const;

/** Builds the program when its sources changed. */
export function build(): void {
  execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: root });
}

export interface RunningService {
  readonly pid: number;
  readonly url: string;
  /** Everything printed so far. */
  output(): string;
  signal(name: NodeJS.Signals): void;
  /** Waits for the end; the exit code, or the signal's name. */
  ended(): Promise<number | string>;
}

export interface StartOptions {
  /** Default: the built program. */
  readonly command?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** A process group of its own, for a Ctrl-C that goes to the whole group. */
  readonly ownGroup?: boolean;
  readonly cwd?: string;
}

const processes: ChildProcess[] = [];

/** Starts the service on a data folder and waits until it is ready; throws with its output when it refuses. */
export async function startService(dataDir: string, options: StartOptions = {}): Promise<RunningService> {
  const run = launch(dataDir, ['start'], options);
  const ended = run.ended();
  for (;;) {
    const ready = /ready in \d+ ms/.exec(run.output());
    if (ready !== null) break;
    const over = await Promise.race([ended, sleep(50, undefined)]);
    if (over !== undefined) throw new Error(run.output());
  }
  const url = /(http:\/\/127\.0\.0\.1:\d+)\/masuk/.exec(run.output())?.[1];
  if (url === undefined) throw new Error(`no address in: ${run.output()}`);
  return { ...run, url };
}

/** Begins a command of the program, to be killed on the way. */
export function startCommand(dataDir: string, args: readonly string[]): Omit<RunningService, 'url'> {
  return launch(dataDir, args, {});
}

/** Runs a command of the program to its end. */
export async function runCommand(
  dataDir: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number | string; readonly output: string }> {
  const run = launch(dataDir, args, { env });
  const code = await run.ended();
  return { code, output: run.output() };
}

function launch(
  dataDir: string,
  args: readonly string[],
  options: StartOptions,
): Omit<RunningService, 'url'> {
  const [program = process.execPath, ...rest] = options.command ?? [
    process.execPath,
    path.join(root, 'dist', 'cli.js'),
    ...args,
  ];
  const child = spawn(program, rest, {
    cwd: options.cwd ?? root,
    detached: options.ownGroup === true,
    // The daily backup would work beside whatever is tested; its own tests ask for it.
    env: {
      ...process.env,
      DATA_DIR: dataDir,
      PORT: '0',
      BACKUP: 'off',
      PRINT_FIRST_PASSWORDS: '1',
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  processes.push(child);
  let output = '';
  const collect = (chunk: Buffer): void => {
    output += chunk.toString('utf8');
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const end = new Promise<number | string>((resolve) => {
    child.on('close', (code, signal) => resolve(code ?? signal ?? 'unknown'));
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`cannot start ${program}`);
  return {
    pid,
    output: () => output,
    signal(name) {
      process.kill(options.ownGroup === true ? -pid : pid, name);
    },
    ended: () => end,
  };
}

/** Process id of the database server of a data folder, from the file it keeps. */
export function databasePid(dataDir: string): number {
  return Number(readFileSync(path.join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // A zombie is gone in every sense that matters here.
  const state = /^State:\s+(\w)/m.exec(statusOf(pid))?.[1];
  return state !== 'Z' && state !== undefined;
}

function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}

export async function waitUntil(condition: () => boolean | Promise<boolean>, ms = 90_000): Promise<void> {
  const until = Date.now() + ms;
  while (Date.now() < until) {
    if (await condition()) return;
    await sleep(50);
  }
  throw new Error('it did not come true in time');
}

/** A folder for one test, under `parent`. */
export function makeFolder(parent: string = os.tmpdir()): string {
  return mkdtempSync(path.join(parent, 'daftar-faults-'));
}

/** Ends what a failed test left running, the program first and then its database, and removes its folder. */
export async function cleanUp(folder: string): Promise<void> {
  for (const child of processes.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  }
  try {
    const pid = databasePid(path.join(folder, 'data'));
    process.kill(pid, 'SIGQUIT');
    await waitUntil(() => !isRunning(pid));
  } catch {
    // None runs.
  }
  rmSync(folder, { recursive: true, force: true });
}
