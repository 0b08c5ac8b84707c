/**
 * `npm run bench`: starts a service and a database of its own, measures them and prints `name: value unit`, one a line.
 * `register visit` measures parts, `--seconds 5` is the length of one measure, `--rounds 2` how often each is repeated,
 * in turn with its limit, so that what else the computer does meets both alike. `matching` judges the cross-check.
 * A limit is each request's own statements, one request a transaction, over as many connections as there are clients.
 * The service writes together what waits at the same time (docs/decisions/015) and can be faster than that.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type Measured, percentile, perSecond, together } from './closed-loop.ts';
import { CROSSCHECK_USAGE, crosscheck } from './crosscheck/command.ts';
import { loader } from './crosscheck/load.ts';
import { fsyncMicroseconds } from './disk.ts';
import { type Ground, openGround } from './ground.ts';
import { IMPORT_USAGE, importing } from './import/command.ts';
import { line } from './line.ts';
import { load } from './load/client.ts';
import { LOAD_USAGE, loading } from './load/command.ts';
import { serveNothing } from './load/limits.ts';
import { MATCHING_USAGE, matching } from './matching/command.ts';
import { pageBytes } from './page-weight.ts';
import { measureReports } from './reports.ts';
import { type CpuTime, cpuOf, memoryOf, type Service, startService } from './service.ts';
import { echo, SIP2_USAGE, sip2 } from './sip2/command.ts';
import { measureVerify } from './verify/online.ts';
import { serve } from './verify/server.ts';
import { work } from './worker.ts';
import { startWorker, type Worker } from './worker-process.ts';

const PARTS = ['start', 'form', 'register', 'visit', 'verify', 'reports'] as const;
/** Without those that take long or first fill a large library: they are asked for by name. */
const USUAL = PARTS.filter((part) => part !== 'reports' && part !== 'verify');
type Part = (typeof PARTS)[number];

interface Options {
  readonly parts: readonly Part[];
  readonly seconds: number;
  readonly rounds: number;
}

/** A bench with a program of its own: the memory that it measures holds nothing of the others. */
function alone(program: string): number {
  const entry = path.join(path.dirname(process.argv[1] ?? ''), `${program}.js`);
  return spawnSync(process.execPath, [entry, ...process.argv.slice(3)], { stdio: 'inherit' }).status ?? 1;
}

/** Where a measured rate stands against the database's own; for a person, not a figure of its own. */
function share(name: string, measured: number, limit: number): void {
  const percent = Math.round((100 * measured) / limit);
  console.log(`  ${name} is ${percent} % of its limit, which writes each request by itself`);
}

/** Measures, and leaves nothing behind: neither processes nor files, also when told to stop half-way. */
async function bench(options: Options): Promise<void> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'daftar-bench-'));
  const running = new Set<() => Promise<void>>();
  const cleanUp = async (): Promise<void> => {
    for (const stop of running) await stop();
    rmSync(folder, { recursive: true, force: true });
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => void cleanUp().finally(() => process.exit(130)));
  }
  try {
    line('fsync_us', fsyncMicroseconds(folder), 'us');
    await measure(options, path.join(folder, 'data'), running);
  } finally {
    await cleanUp();
  }
}

async function measure(options: Options, dataDir: string, running: Set<() => Promise<void>>): Promise<void> {
  const program = path.join(path.dirname(process.argv[1] ?? ''), 'cli.js');
  const start = async (): Promise<Service> => {
    const service = await startService(program, dataDir);
    running.clear();
    running.add(service.stop);
    return service;
  };
  let service = await start();
  if (options.parts.includes('start')) {
    // The first start makes the database; every later one is what people wait for.
    line('first_start_ms', service.startMs, 'ms');
    await service.stop();
    service = await start();
    line('start_ms', service.startMs, 'ms');
  }
  const ground = await openGround(dataDir);
  const worker = startWorker({ url: service.url, dataDir });
  try {
    if (options.parts.includes('form'))
      line('form_bytes', await pageBytes(`${service.url}/${ground.slug}/daftar`), 'bytes');
    const cpu = () => cpuOf(service, dataDir);
    if (options.parts.includes('register')) await register(options, worker, ground, cpu);
    if (options.parts.includes('visit')) await visit(options, worker, ground, cpu);
    if (options.parts.includes('verify')) await measureVerify({ ...options, dataDir }, ground, running, line);
  } finally {
    worker.stop();
    await ground.close();
  }
  const memory = memoryOf(service, dataDir);
  if (memory) {
    line('rss_app_mb', memory.app, 'MB');
    line('rss_db_mb', memory.database, 'MB');
  }
  if (options.parts.includes('reports')) {
    const { url } = service;
    await measureReports({ url, dataDir, seconds: options.seconds }, (name, value) =>
      line(name, value, 'ms'),
    );
  }
}

/** What the rounds took of the processors: the figure to compare two versions by on a machine that others use as well. */
class CpuMeter {
  #app = 0;
  #database = 0;
  readonly #read: () => CpuTime;

  constructor(read: () => CpuTime) {
    this.#read = read;
  }

  async during(run: () => Promise<Measured>): Promise<Measured> {
    const before = this.#read();
    const measured = await run();
    const after = this.#read();
    this.#app += after.app - before.app;
    this.#database += after.database - before.database;
    return measured;
  }

  print(name: string, count: number): void {
    if (this.#app === 0) return;
    line(`${name}_cpu_app`, (1000 * this.#app) / count, 'us');
    line(`${name}_cpu_db`, (1000 * this.#database) / count, 'us');
  }
}

async function register(options: Options, worker: Worker, ground: Ground, cpu: () => CpuTime): Promise<void> {
  const task = await ground.registering();
  const warm = await worker.run(task, 'service', 32, Math.min(3, options.seconds));
  const few: Measured[] = [];
  const many: Measured[] = [];
  const straight: Measured[] = [];
  const meter = new CpuMeter(cpu);
  for (let round = 0; round < options.rounds; round++) {
    few.push(await worker.run(task, 'service', 8, options.seconds));
    many.push(await meter.during(() => worker.run(task, 'service', 32, options.seconds)));
    straight.push(await worker.run(task, 'database', 32, options.seconds / 2));
  }
  const [c8, c32, limit] = [together(few), together(many), together(straight)];
  const written = await ground.countRegistrations();
  const answered = warm.count + c8.count + c32.count + limit.count;
  if (written !== answered)
    throw new Error(`${answered} registrations were answered, ${written} are complete`);
  line('register_c8', perSecond(c8), 'req/s');
  line('register_c32', perSecond(c32), 'req/s');
  line('register_limit', perSecond(limit), 'tx/s');
  share('register_c32', perSecond(c32), perSecond(limit));
  line('register_p95', percentile(c32, 95), 'ms');
  meter.print('register', c32.count);
}

async function visit(options: Options, worker: Worker, ground: Ground, cpu: () => CpuTime): Promise<void> {
  const task = await ground.visiting();
  const warm = await worker.run(task, 'service', 32, Math.min(2, options.seconds));
  await ground.analyse();
  const asked: Measured[] = [];
  const straight: Measured[] = [];
  const meter = new CpuMeter(cpu);
  for (let round = 0; round < options.rounds; round++) {
    asked.push(await meter.during(() => worker.run(task, 'service', 32, options.seconds)));
    straight.push(await worker.run(task, 'database', 32, options.seconds / 2));
  }
  const [c32, limit] = [together(asked), together(straight)];
  const written = await ground.countVisits();
  const answered = warm.count + c32.count + limit.count;
  if (written !== answered) throw new Error(`${answered} visits were answered, ${written} are complete`);
  line('visit_c32', perSecond(c32), 'req/s');
  line('visit_limit', perSecond(limit), 'tx/s');
  share('visit_c32', perSecond(c32), perSecond(limit));
  meter.print('visit', c32.count);
}

/** The options, or undefined where there are none such. */
function readOptions(args: readonly string[]): Options | undefined {
  const text = { type: 'string' } as const;
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { seconds: text, rounds: text },
      allowPositionals: true,
    });
    const wanted: readonly string[] = positionals.length > 0 ? positionals : USUAL;
    const parts = PARTS.filter((part) => wanted.includes(part));
    const seconds = Number(values.seconds ?? 5);
    const rounds = Number(values.rounds ?? 2);
    return parts.length === wanted.length && seconds > 0 && rounds >= 1
      ? { parts, seconds, rounds }
      : undefined;
  } catch {
    return undefined;
  }
}

if (process.argv[2] === 'worker') work();
else if (process.argv[2] === 'verify-server') await serve(process.argv[3] ?? '');
else if (process.argv[2] === 'sip2-echo') echo();
else if (process.argv[2] === 'sip2') process.exitCode = await sip2(process.argv.slice(3), line);
else if (process.argv[2] === 'crosscheck-loader') loader();
else if (process.argv[2] === 'crosscheck') process.exitCode = await crosscheck(process.argv.slice(3), line);
else if (process.argv[2] === 'load-client') load();
else if (process.argv[2] === 'load-empty') serveNothing();
else if (process.argv[2] === 'load') process.exitCode = await loading(process.argv.slice(3), line);
else if (process.argv[2] === 'import') process.exitCode = await importing(process.argv.slice(3), line);
else if (process.argv[2] === 'cards') process.exitCode = alone('bench-cards');
else if (process.argv[2] === 'codes') process.exitCode = alone('bench-codes');
else if (process.argv[2] === 'matching') process.exitCode = matching(process.argv.slice(3), line);
else {
  const options = readOptions(process.argv.slice(2));
  if (options) await bench(options);
  else {
    console.error(`npm run bench -- [${PARTS.join('] [')}] [--seconds 5] [--rounds 2]`);
    console.error(MATCHING_USAGE);
    console.error(CROSSCHECK_USAGE);
    console.error(IMPORT_USAGE);
    console.error(SIP2_USAGE);
    console.error(LOAD_USAGE);
    process.exitCode = 2;
  }
}
