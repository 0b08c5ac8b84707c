/**
 * `npm run bench -- load`: a thousand officers, kiosks, gates and phones at once, each going on when it was answered and has
 * thought; then five times as many for a minute, and back. The service is the built one, in a process of its own, as is
 * the load.
 */
import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { openDatabase } from '../../src/db/connection.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { fill, hasRoom, keptFolder, SLUG } from '../crosscheck/command.ts';
import { reach } from '../ground.ts';
import { cpuOf, memoryOf, type Service, startService } from '../service.ts';
import { beginStatements, watchStatements, writeStatements } from '../statements.ts';
import type { LoadOrder, Word } from './client.ts';
import { countWritten, prepareLibrary } from './ground.ts';
import { measureLimits } from './limits.ts';
import { measurePages } from './pages.ts';
import { type Print, printFigures, type Samples } from './report.ts';
import type { Written } from './tally.ts';

export const LOAD_USAGE = `npm run bench -- load [--members 1200000] [--actors 1000] [--minutes 10] [--think 6] [--keep] [--quick] [--no-spike] [--processes 2] [--profile FOLDER] [--pages all]: with
  --keep the members stay in .cache/bench, shared with crosscheck, and each run works on a copy; --quick is small and short; --no-spike
  ends before it; --think: so many seconds on average between two acts of a person;
  --processes: so many serve pages (PAGE_PROCESSES), one unless told; --pages: instead, what each page costs, or queue,case alone`;

const SLUGS = [SLUG, 'jateng'] as const;
/** Made-up people of the limits come before those of the load: no number is anybody's twice. */
const FIRST_PERSON = 1_000_000;
/** What ten minutes of a thousand people leave, their photos and the log among it. */
const BYTES_OF_RUN = 2_500_000_000;
/** Measured on two cores: rows and their indexes. */
const LOADED_PER_SECOND = 3_000;
/** A thousand people who pause that long ask for two hundred acts a second. */
const THINK_S = 6;
/** Cases in the queue while pages are measured. */
const WAITING = 200;
/** Adding up what a dozen processes share takes a tenth of a second of a processor, and holds them up meanwhile. */
const SAMPLE_MS = 10_000;

interface Options {
  readonly members: number;
  readonly actors: number;
  readonly minutes: number;
  /** Between two acts of a person, on average. */
  readonly thinkMs: number;
  readonly keep: boolean;
  readonly quick: boolean;
  readonly spike: boolean;
  /** How many processes serve pages. */
  readonly processes: number;
  /** Folder for a processor profile of the service and the times of the database's statements. */
  readonly profile: string | undefined;
  /** What each page costs, instead of the load. */
  readonly pages: string | undefined;
}

/** @returns the exit code */
export async function loading(args: readonly string[], print: Print): Promise<number> {
  const options = readOptions(args);
  if (options === undefined) {
    console.error(LOAD_USAGE);
    return 2;
  }
  const store = path.resolve('.cache', 'bench');
  if (options.keep) mkdirSync(store, { recursive: true });
  const folder = mkdtempSync(path.join(options.keep ? store : tmpdir(), 'daftar-bench-'));
  const running: { service?: Service; client?: ChildProcess } = {};
  const cleanUp = async (): Promise<void> => {
    running.client?.kill('SIGKILL');
    await running.service?.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => void cleanUp().finally(() => process.exit(130)));
  try {
    const kept = keptFolder(options.members);
    if (!saysWhatItTakes(options, folder, kept)) return 1;
    const dataDir = await membersOnFile(options, folder, kept, running, print);
    return await measure(options, dataDir, running, print);
  } finally {
    await cleanUp();
  }
}

function saysWhatItTakes(options: Options, folder: string, kept: string): boolean {
  const isLoaded = options.keep && existsSync(path.join(kept, 'loaded'));
  const seconds = (isLoaded ? 0 : options.members / LOADED_PER_SECOND) + minutesOf(options) * 60;
  console.log(`  about ${Math.ceil(seconds / 60)} minutes; load average now ${loadavg()[0]?.toFixed(1)}`);
  const copies = options.keep && !isLoaded ? 2 : 1;
  return hasRoom(folder, options.members * copies, options.quick ? 5e8 : BYTES_OF_RUN);
}

/** Warming up, spike and after it, preparing and ending. */
function minutesOf(options: Options): number {
  return options.minutes + (options.quick ? 1 : options.spike ? 4 : 2);
}

/** @returns a data folder with the members in it that may be changed */
async function membersOnFile(
  options: Options,
  folder: string,
  kept: string,
  running: { service?: Service },
  print: Print,
): Promise<string> {
  const source = options.keep ? kept : folder;
  const mark = path.join(source, 'loaded');
  const dataDir = path.join(source, 'data');
  if (!existsSync(mark)) {
    mkdirSync(source, { recursive: true });
    running.service = await start(dataDir, options);
    const installation = await reach(dataDir);
    const { db, close } = openDatabase({ address: installation.app, poolSize: 1, statementTimeoutMs: 0 });
    try {
      const library = await loadLibrary(db, SLUG, new Date());
      if (!library) throw new Error(`there is no library ${SLUG}`);
      await fill(dataDir, library, options.members, mark, print);
    } finally {
      await close();
    }
    await running.service.stop();
    delete running.service;
  }
  if (!options.keep) return dataDir;
  const copy = path.join(folder, 'data');
  // With its owners: the database's files are not root's where root runs it.
  const copied = spawnSync('cp', ['-a', dataDir, copy], { stdio: 'inherit' });
  if (copied.status !== 0) throw new Error(`${dataDir} could not be copied`);
  return copy;
}

function start(
  dataDir: string,
  { processes }: Pick<Options, 'processes'>,
  flags: readonly string[] = [],
): Promise<Service> {
  const settings = { PAGE_PROCESSES: String(processes) };
  return startService(path.join(path.dirname(process.argv[1] ?? ''), 'cli.js'), dataDir, settings, flags);
}

async function measure(
  options: Options,
  dataDir: string,
  running: { service?: Service; client?: ChildProcess },
  print: Print,
): Promise<number> {
  const { profile } = options;
  if (profile !== undefined) watchStatements(dataDir);
  const service = await start(
    dataDir,
    options,
    profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${path.resolve(profile)}`],
  );
  running.service = service;
  const installation = await reach(dataDir);
  // Everybody of a spike has an account and a device of their own, in each library.
  const each = options.actors * 5;
  const libraries = [
    await prepareLibrary(installation, SLUG, each, options.members),
    await prepareLibrary(installation, 'jateng', each, 0),
  ];
  const owner = openDatabase({ address: installation.owner, poolSize: 1, statementTimeoutMs: 0 });
  await owner.pool
    .query('analyze device, member, visit, card, officer, session')
    .finally(() => owner.close());
  if (options.pages !== undefined) {
    const seconds = options.quick ? 1 : 8;
    const given = { seconds, wanted: options.pages, waiting: WAITING, firstPerson: FIRST_PERSON, print };
    await measurePages({ service, dataDir, libraries, ...given });
    return 0;
  }
  const limits = await measureLimits({ url: service.url, dataDir, seconds: options.quick ? 1 : 4 });

  const before = await countWritten(installation, SLUGS);
  const order: LoadOrder = {
    url: service.url,
    libraries,
    actors: options.actors,
    thinkMs: options.thinkMs,
    warmMs: options.quick ? 3_000 : 30_000,
    normalMs: options.minutes * 60_000,
    spikeMs: !options.spike ? 0 : options.quick ? 6_000 : 60_000,
    afterMs: options.quick ? 10_000 : 60_000,
    firstPerson: FIRST_PERSON,
  };
  if (profile !== undefined) await beginStatements(installation, dataDir);
  const { end, samples } = await runLoad(order, service, dataDir, running);
  if (profile !== undefined) await writeStatements(installation, dataDir, path.resolve(profile));
  const after = await countWritten(installation, SLUGS);
  const written = Object.fromEntries(
    Object.entries(after).map(([what, count]) => [what, count - before[what as Written]]),
  ) as Record<Written, number>;
  printFigures({ ...options, ...end, samples, written, limits }, print);
  return 0;
}

/** Lets the load run to its end, and looks at the service every few seconds meanwhile. */
async function runLoad(
  order: LoadOrder,
  service: Service,
  dataDir: string,
  running: { client?: ChildProcess },
): Promise<{ readonly end: Extract<Word, { kind: 'end' }>; readonly samples: Samples }> {
  const client = fork(process.argv[1] ?? '', ['load-client'], { serialization: 'advanced' });
  running.client = client;
  const samples: Samples[number][] = [];
  let phase: Samples[number]['phase'] = 'warm';
  const look = (): void => {
    const memory = memoryOf(service, dataDir);
    const cpu = cpuOf(service, dataDir);
    samples.push({ at: Date.now(), phase, memory, cpu, busy: loadavg()[0] ?? 0 });
  };
  const timer = setInterval(look, SAMPLE_MS);
  try {
    const ended = new Promise<Extract<Word, { kind: 'end' }>>((resolve) => {
      client.on('message', (word: Word) => {
        if (word.kind === 'end') return resolve(word);
        look();
        phase = word.phase;
        look();
        console.log(`  ${word.phase}, load average ${loadavg()[0]?.toFixed(1)}`);
      });
    });
    client.send(order);
    const end = await Promise.race([
      ended,
      once(client, 'exit').then(() => {
        throw new Error('the load ended');
      }),
      service.ended.then(() => {
        throw new Error(`the service ended:\n${service.output().slice(-2_000)}`);
      }),
    ]);
    return { end, samples };
  } finally {
    clearInterval(timer);
    client.disconnect();
  }
}

function readOptions(args: readonly string[]): Options | undefined {
  const [text, flag] = [{ type: 'string' }, { type: 'boolean' }] as const;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        members: text,
        actors: text,
        minutes: text,
        think: text,
        processes: text,
        keep: flag,
        quick: flag,
        'no-spike': flag,
        profile: text,
        pages: text,
      },
    });
    const quick = values.quick === true;
    const number = (given: string | undefined, usual: number, small: number) =>
      Number(given ?? (quick ? small : usual));
    const members = number(values.members, 1_200_000, 2_000);
    const actors = number(values.actors, 1_000, 60);
    const minutes = number(values.minutes, 10, 0.15);
    const thinkMs = number(values.think, THINK_S, 1) * 1000;
    const processes = Number(values.processes ?? 1);
    return Number.isInteger(members) &&
      Number.isInteger(processes) &&
      processes >= 1 &&
      members >= 1_000 &&
      Number.isInteger(actors) &&
      actors >= 10 &&
      minutes > 0 &&
      thinkMs > 0
      ? {
          ...{ members, actors, minutes, thinkMs, processes, quick },
          keep: values.keep === true,
          spike: values['no-spike'] !== true,
          profile: values.profile,
          pages: values.pages,
        }
      : undefined;
  } catch {
    return undefined;
  }
}
