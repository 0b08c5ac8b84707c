/** A process of a node, kept running as systemd keeps a service: started again when it ends, until it is stopped. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface UnitOptions {
  readonly name: string;
  /** What the command begins with to run on its node. */
  readonly enter: readonly string[];
  /** The account it runs under; root where there is none. */
  readonly account?: string;
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Where it works: a folder that its account may enter. */
  readonly folder: string;
  /** Everything it prints. */
  readonly logFile: string;
  readonly restartMs: number;
}

export interface Unit {
  readonly name: string;
  start(): void;
  /** Id of the process; undefined while there is none. */
  pid(): number | undefined;
  /** `kill -9` by somebody else: it is started again. */
  kill(): void;
  /** Asks it to end and starts it no more; kills it after the time. */
  stop(graceMs?: number): Promise<void>;
  /** What it printed, from all its starts. */
  output(): string;
}

export function openUnit(options: UnitOptions): Unit {
  let child: ChildProcess | undefined;
  let wanted = false;
  let again: NodeJS.Timeout | undefined;
  const { enter, account, command, logFile } = options;
  const as =
    account === undefined ? [] : ['setpriv', '--reuid', account, '--regid', account, '--init-groups'];

  function start(): void {
    wanted = true;
    if (child !== undefined) return;
    clearTimeout(again);
    // A session of its own: Ctrl-C at the terminal is for the command, which ends everything in its order.
    const [program = '', ...args] = [...enter, ...as, ...command];
    const started = spawn(program, args, {
      env: { ...serverEnvironment(), ...options.environment },
      cwd: options.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    child = started;
    const keep = (chunk: Buffer): void => appendFileSync(logFile, chunk);
    started.stdout.on('data', keep);
    started.stderr.on('data', keep);
    started.on('error', (error) => appendFileSync(logFile, `${error.message}\n`));
    started.once('exit', (code, signal) => {
      appendFileSync(logFile, `-- ended: ${signal ?? code}\n`);
      child = undefined;
      if (wanted) again = setTimeout(start, options.restartMs);
    });
  }

  return {
    name: options.name,
    start,
    pid: () => child?.pid,
    kill: () => void child?.kill('SIGKILL'),
    async stop(graceMs = 20_000) {
      wanted = false;
      clearTimeout(again);
      const ending = child;
      if (ending === undefined) return;
      const ended = once(ending, 'exit');
      ending.kill('SIGTERM');
      const killing = setTimeout(() => ending.kill('SIGKILL'), graceMs);
      await ended;
      clearTimeout(killing);
    },
    output() {
      try {
        return readFileSync(logFile, 'utf8');
      } catch {
        return '';
      }
    },
  };
}

/** Nothing of whoever runs the faults but where programs are. */
function serverEnvironment(): NodeJS.ProcessEnv {
  const { PATH = '' } = process.env;
  return { PATH: `${PATH}:/usr/sbin:/usr/bin:/sbin:/bin`, LANG: 'C.UTF-8' };
}

/** Waits for a state, asking again and again. @throws with `what` where it does not come in time */
export async function until<T>(
  what: string | (() => string),
  patienceMs: number,
  look: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  for (const end = performance.now() + patienceMs; ; await sleep(250)) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > end)
      throw new Error(`waited ${patienceMs / 1000} s for ${typeof what === 'string' ? what : what()}`);
  }
}
