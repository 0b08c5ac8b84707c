/** The daily backup: made by the jobs' leader, in a process of its own, so that people at the counter feel nothing. */
import { spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { lastScheduled } from '../db/backup-run.ts';
import type { Db } from '../db/connection.ts';
import { isBackupDue } from '../domain/backup-plan.ts';

/** The morning's first visitors come before the backup that the night missed. */
const AFTER_START_MS = 2 * 60_000;

/** What a run says at its end, for the log. */
export type BackupTold = Readonly<Record<string, string | number | boolean | null>>;

export interface BackupJobPorts {
  /** 'HH:MM' by the clock of the first library. */
  readonly time: string;
  /** Makes one; ends early when the signal is given. */
  readonly run: (stop: AbortSignal) => Promise<BackupTold>;
  readonly log: (entry: BackupTold) => void;
}

export interface BackupJob {
  /** Begins one when it is due, and does not wait for it. */
  look(): Promise<void>;
  /** Waits for the run under way. */
  idle(): Promise<void>;
  /** Ends the run under way; half a file is never taken for one. */
  stop(): Promise<void>;
}

export function openBackupJob(
  db: Db,
  now: () => Date,
  ports: BackupJobPorts,
  afterStartMs = AFTER_START_MS,
): BackupJob {
  const notBefore = now().getTime() + afterStartMs;
  const cut = new AbortController();
  let running: Promise<void> | undefined;
  let looking: Promise<void> | undefined;

  async function run(): Promise<void> {
    try {
      ports.log({ event: 'backup', ...(await ports.run(cut.signal)) });
    } catch (error) {
      ports.log({ event: 'backup', ok: false, reason: error instanceof Error ? error.name : 'unexpected' });
    } finally {
      running = undefined;
    }
  }

  async function look(): Promise<void> {
    if (running !== undefined || cut.signal.aborted || now().getTime() < notBefore) return;
    const library = await db
      .selectFrom('library')
      .select('timezone')
      .orderBy('id')
      .limit(1)
      .executeTakeFirst();
    // Nothing to back up yet.
    if (library === undefined) return;
    if (isBackupDue(now(), await lastScheduled(db), ports.time, library.timezone)) running = run();
  }

  return {
    // Whoever looks meanwhile looks along: what one is about to begin is due to nobody else.
    look() {
      looking ??= look().finally(() => {
        looking = undefined;
      });
      return looking;
    },
    async idle() {
      await running;
    },
    async stop() {
      cut.abort();
      await running;
    },
  };
}

/**
 * Runs `backup --scheduled` of the same program, with the settings of this one and behind everything else the computer
 * has to do.
 * @param program `dist/cli.js`
 */
export function backupProcess(program: string): BackupJobPorts['run'] {
  return (stop) =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [program, 'backup', '--scheduled'], {
        stdio: ['ignore', 'pipe', 'pipe'],
        windowsHide: true,
      });
      let output = '';
      const collect = (chunk: Buffer): void => {
        output = (output + chunk.toString('utf8')).slice(-4_000);
      };
      child.stdout.on('data', collect);
      child.stderr.on('data', collect);
      const end = (): void => void child.kill('SIGKILL');
      stop.addEventListener('abort', end, { once: true });
      child.on('error', reject);
      child.on('close', () => {
        stop.removeEventListener('abort', end);
        resolve(lastWord(output));
      });
      try {
        if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
      } catch {
        // Then at the ordinary priority.
      }
    });
}

/** The last line that is JSON; without one, the last thing that was said. */
function lastWord(output: string): BackupTold {
  const lines = output.trim().split('\n');
  const line = lines.findLast((one) => one.startsWith('{'));
  try {
    if (line !== undefined) return JSON.parse(line) as BackupTold;
  } catch {
    // Cut off by a kill.
  }
  return { ok: false, reason: 'ended', said: (lines.at(-1) ?? '').slice(0, 300) };
}
