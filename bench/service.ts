/** The service under measure: the built program as a process of its own, on a data folder of its own. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

export interface Service {
  readonly pid: number;
  readonly url: string;
  /** From the start of the process to the line that says so. */
  readonly startMs: number;
  /** Everything printed until now, cut off where it grows long. */
  output(): string;
  /** Resolves when the process is gone, for whatever reason. */
  readonly ended: Promise<void>;
  /** Ends service and database; waits for both. */
  stop(): Promise<void>;
}

/**
 * As `npm start` has it: pages leave much behind that dies at once, and more room for it halves the time to clear it; what lives
 * on is looked through when it has grown by half, not when it has grown manyfold (docs/decisions/059).
 */
const AS_STARTED = ['--max-semi-space-size=64', '--heap-growing-percent=50'];

/**
 * Starts the built program and waits until it is ready; throws with its output when it refuses.
 * @param program the bundle, `dist/cli.js`
 * @param settings further ones of its environment
 * @param flags of node itself
 */
export async function startService(
  program: string,
  dataDir: string,
  settings: Readonly<Record<string, string>> = {},
  flags: readonly string[] = [],
): Promise<Service> {
  const began = performance.now();
  const child = spawn(process.execPath, [...AS_STARTED, ...flags, program, 'start'], {
    env: {
      ...cleanEnvironment(),
      DATA_DIR: dataDir,
      PORT: '0',
      HOST: '127.0.0.1',
      // The forwarded addresses of the benchmark's people are believed, so that the limits count each apart.
      TRUSTED_PROXIES: '127.0.0.1',
      // A backup in the middle of a measure would be measured with it.
      BACKUP: 'off',
      // Whoever runs this reads the first passwords from the output.
      PRINT_FIRST_PASSWORDS: '1',
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let output = '';
  const ready = new Promise<void>((resolve, reject) => {
    const collect = (chunk: Buffer): void => {
      // What a service says later, a line for every trouble, is its own affair.
      if (output.length < 100_000) output += chunk.toString('utf8');
      if (/^ready in /m.test(output)) resolve();
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    void ended.then(() => reject(new Error(`the service did not start:\n${output}`)));
  });
  try {
    await ready;
  } catch (error) {
    child.kill('SIGTERM');
    throw error;
  }
  const startMs = performance.now() - began;
  const url = /(http:\/\/127\.0\.0\.1:\d+)\/masuk/.exec(output)?.[1];
  const { pid } = child;
  if (url === undefined || pid === undefined) throw new Error(`the service named no address:\n${output}`);
  return {
    pid,
    url,
    startMs,
    output: () => output,
    ended,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Without the settings of whoever runs the benchmark: it measures this program's own. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const own = ['DATABASE_URL', 'MIGRATION_DATABASE_URL', 'DATA_KEY', 'PUBLIC_URL', 'TLS_CERT', 'TLS_KEY'];
  const env = { ...process.env };
  const sms = Object.keys(env).filter((name) => name.startsWith('SMS_'));
  for (const name of [...own, ...sms, 'SMTP_URL', 'SMTP_FROM', 'DAFTAR_STARTED_AT', 'NODE_OPTIONS'])
    delete env[name];
  return env;
}

const MIB = 1024 * 1024;

/**
 * Memory in MiB of the service and of its database; undefined where the system does not tell. Pages that the
 * database's processes share are counted once.
 */
export function memoryOf(service: Service, dataDir: string): { app: number; database: number } | undefined {
  const app = processesOf(service).reduce((sum, pid) => sum + proportionalBytes(pid), 0);
  if (app === 0) return undefined;
  const server = serverOf(dataDir);
  const database = [server, ...childrenOf(server)].reduce((sum, pid) => sum + proportionalBytes(pid), 0);
  return { app: app / MIB, database: database / MIB };
}

export interface CpuTime {
  readonly app: number;
  readonly database: number;
}

/** Processor time in milliseconds that the service and its database have taken so far; 0 where the system does not tell. */
export function cpuOf(service: Pick<Service, 'pid'>, dataDir: string): CpuTime {
  const server = serverOf(dataDir);
  return {
    app: processesOf(service).reduce((sum, pid) => sum + cpuMilliseconds(pid), 0),
    database: [server, ...childrenOf(server)].reduce((sum, pid) => sum + cpuMilliseconds(pid), 0),
  };
}

/** The service's own and those that serve pages beside it. */
function processesOf({ pid }: Pick<Service, 'pid'>): readonly number[] {
  return [pid, ...childrenOf(pid).filter((child) => /page-process\.js/.test(commandOf(child)))];
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

/** Own time and that of ended children, in ticks of a hundredth of a second (proc(5), fields 14 to 17). */
function cpuMilliseconds(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks) * 10, 0);
  } catch {
    return 0;
  }
}

function serverOf(dataDir: string): number {
  const [line = ''] = readFileSync(path.join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n');
  return Number(line);
}

/** 0 for a process that has ended, or where there is no /proc. */
function proportionalBytes(pid: number): number {
  try {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

function childrenOf(pid: number): readonly number[] {
  try {
    const list = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return list === '' ? [] : list.split(' ').map(Number);
  } catch {
    return [];
  }
}
