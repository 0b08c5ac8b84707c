/**
 * `npm run bench -- crosscheck --members 1200000`: how long a full check, an officer's search and a registration take
 * with that many on file.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { sql } from 'kysely';
import { openDatabase } from '../../src/db/connection.ts';
import { inLibrary } from '../../src/db/tenancy.ts';
import type { LibraryContext } from '../../src/usecases/context.ts';
import { loadLibrary } from '../../src/usecases/get-library.ts';
import { percentile } from '../closed-loop.ts';
import { openGround, reach } from '../ground.ts';
import { type Service, startService } from '../service.ts';
import { startWorker } from '../worker-process.ts';
import { questionsFor } from './ask.ts';
import { chunkOf, type Place } from './chunk.ts';
import { loadMembers } from './load.ts';
import { measureChecks, measureSearches, type Print } from './measure.ts';

export const CROSSCHECK_USAGE = `npm run bench -- crosscheck [--members 1200000] [--seconds 10] [--keep]: with --keep the loaded members stay in
  .cache/bench and are used again`;

/** The library that has all of them. */
export const SLUG = 'banyuwangi';
/** Measured: a row with its indexes, and as much again in the log while they are made. */
const BYTES_PER_MEMBER = 3_200;
const REGISTERED_PER_SECOND = 200;

/** @returns the exit code */
export async function crosscheck(args: readonly string[], print: Print): Promise<number> {
  const options = readOptions(args);
  if (options === undefined) {
    console.error(CROSSCHECK_USAGE);
    return 2;
  }
  const folder = options.keep
    ? keptFolder(options.members)
    : mkdtempSync(path.join(os.tmpdir(), 'daftar-bench-'));
  mkdirSync(folder, { recursive: true });
  const loaded = path.join(folder, 'loaded');
  if (!existsSync(loaded) && !hasRoom(folder, options.members)) return 1;
  const dataDir = path.join(folder, 'data');
  const running: { service?: Service } = {};
  const cleanUp = async (): Promise<void> => {
    await running.service?.stop();
    if (!options.keep) rmSync(folder, { recursive: true, force: true });
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => void cleanUp().finally(() => process.exit(130)));
  try {
    const program = path.join(path.dirname(process.argv[1] ?? ''), 'cli.js');
    const service = await startService(program, dataDir);
    running.service = service;
    await measure(options, service, dataDir, loaded, print);
    return 0;
  } finally {
    await cleanUp();
  }
}

async function measure(
  options: Options,
  service: Service,
  dataDir: string,
  loaded: string,
  print: Print,
): Promise<void> {
  const installation = await reach(dataDir);
  const { db, close } = openDatabase({ address: installation.app, poolSize: 2, statementTimeoutMs: 0 });
  try {
    const library = await loadLibrary(db, SLUG, new Date());
    if (!library) throw new Error(`there is no library ${SLUG}`);
    const place = placeOf(library);
    if (!existsSync(loaded)) await fill(dataDir, library, options.members, loaded, print);
    await inLibrary(db, library.id, async (tx) => {
      const { rows } = await sql<{ name: string; bytes: string }>`
        select 'table' as name, pg_relation_size('member') as bytes union all
        select 'indexes', pg_indexes_size('member') union all
        select 'match_index', pg_relation_size('member_match')`.execute(tx);
      for (const { name, bytes } of rows) print(`member_${name}_mb`, Number(bytes) / 1024 / 1024, 'MB');
    });
    const questions = questionsFor(options.members);
    await measureChecks({ db, vault: installation.vault, library, place }, questions, print);
    await measureSearches({ db, vault: installation.vault, library, place }, questions, print);
  } finally {
    await close();
  }
  await measureRegistering(options, service, dataDir, print);
}

/** Where so many members are kept, by who they are: asked for people of another generator, those on file would be nobody. */
export function keptFolder(members: number): string {
  const people = createHash('sha256')
    .update(JSON.stringify(chunkOf(0, 500)))
    .digest('hex');
  return path.resolve('.cache', 'bench', `crosscheck-${members}-${people.slice(0, 8)}`);
}

/** Loads the members and leaves a mark that they are there. */
export async function fill(
  dataDir: string,
  library: LibraryContext,
  members: number,
  mark: string,
  print: Print,
): Promise<void> {
  const taken = await loadMembers(dataDir, placeOf(library), members, (text) => console.log(`  ${text}`));
  writeFileSync(mark, '');
  print('load_s', taken.rows, 's');
  print('load_indexes_s', taken.indexes, 's');
}

async function measureRegistering(options: Options, service: Service, dataDir: string, print: Print) {
  const ground = await openGround(dataDir);
  const worker = startWorker({ url: service.url, dataDir });
  try {
    const task = await ground.registering();
    await worker.run(task, 'service', 8, 3);
    const paced = await worker.run(task, 'service', 32, options.seconds, REGISTERED_PER_SECOND);
    print('register_per_s', paced.count / paced.seconds, 'req/s');
    print('register_p95', percentile(paced, 95), 'ms');
  } finally {
    worker.stop();
    await ground.close();
  }
}

/** Where the loaded members belong. */
function placeOf(library: LibraryContext): Place {
  const [point] = library.servicePoints;
  if (!point) throw new Error('the library has no service point');
  return { libraryId: library.id, servicePointId: point.id };
}

/** Says what it takes before it begins. @param more bytes besides the members */
export function hasRoom(folder: string, members: number, more = 0): boolean {
  const { bavail, bsize } = statfsSync(folder);
  const [needed, free] = [members * BYTES_PER_MEMBER + more, bavail * bsize].map((bytes) => bytes / 1e9);
  console.log(`  ${needed?.toFixed(1)} GB of disk are needed, ${free?.toFixed(1)} GB are free`);
  if ((needed ?? 0) < (free ?? 0) * 0.9) return true;
  console.error('That is too little: choose fewer members, or a folder with more room by TMPDIR.');
  return false;
}

interface Options {
  readonly members: number;
  readonly seconds: number;
  readonly keep: boolean;
}

function readOptions(args: readonly string[]): Options | undefined {
  const text = { type: 'string' } as const;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { members: text, seconds: text, keep: { type: 'boolean' } },
    });
    const [members, seconds] = [Number(values.members ?? 1_200_000), Number(values.seconds ?? 10)];
    return Number.isInteger(members) && members > 0 && seconds > 0
      ? { members, seconds, keep: values.keep === true }
      : undefined;
  } catch {
    return undefined;
  }
}
