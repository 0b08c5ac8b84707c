/**
 * `erasures.jsonl`: who was erased, outside the database, as a restored backup must not take it back. It is in the data
 * folder and beside the backups, which outlive this computer.
 */
import { createHash } from 'node:crypto';
import { mkdir, open, readFile, realpath, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { codeOf } from '../domain/error-code.ts';
import { within } from '../domain/within.ts';
import { type Erasure, eachErasedOnce, erasuresBeyond, isDecided } from './restore-erasures.ts';

export const ERASURE_FILE = 'erasures.jsonl';

/** The folders that hold a list: the data folder first, then those of the backups. */
export type ErasureFolders = readonly [dataDir: string, ...beside: string[]];

export function erasureFolders(config: {
  readonly dataDir: string;
  readonly backup: { readonly folder: string; readonly second?: string | undefined };
}): ErasureFolders {
  const { folder, second } = config.backup;
  return [config.dataDir, folder, ...(second === undefined ? [] : [second])];
}

/** A disk of another computer may never answer: nobody waits longer for it. */
const PATIENCE_MS = 5_000;

function soon<T>(work: Promise<T>): Promise<T> {
  return within(work, PATIENCE_MS, () =>
    Object.assign(new Error('the folder does not answer'), { code: 'ETIMEDOUT' }),
  );
}

/**
 * Appends lines and waits until the disk has them. Ids, times and keys of records only. A folder of backups that is not
 * there, full or silent is passed over: the next backup brings the whole list.
 */
export function erasureFile([dataDir, ...beside]: ErasureFolders): (
  lines: readonly Erasure[],
) => Promise<void> {
  // One try at a time: each that never ends holds a thread of the process.
  const busy = new Set<string>();
  const appendBeside = async (folder: string, own: string, lines: readonly Erasure[]): Promise<void> => {
    busy.add(folder);
    try {
      const there = await realpath(folder);
      if (there !== own) await append(there, lines);
    } finally {
      busy.delete(folder);
    }
  };
  return async (lines) => {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    await append(dataDir, lines);
    const own = await realpath(dataDir);
    for (const folder of beside)
      if (!busy.has(folder)) await soon(appendBeside(folder, own, lines)).catch(() => undefined);
  };
}

async function append(folder: string, lines: readonly Erasure[]): Promise<void> {
  const file = await open(join(folder, ERASURE_FILE), 'a+', 0o600);
  try {
    // A line that a power cut tore off must not swallow the next one.
    const { size } = await file.stat();
    const last = size === 0 ? '\n' : (await file.read(Buffer.alloc(1), 0, 1, size - 1)).buffer.toString();
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    await file.appendFile(last === '\n' ? text : `\n${text}`);
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * Puts the whole list beside a backup: what is there already and `entries`, with a sum at its end by which a disk that
 * changed it is told. The data folder is left alone, as the service appends to it meanwhile.
 */
export async function copyErasures(
  dataDir: string,
  folder: string,
  entries: readonly Erasure[],
): Promise<void> {
  const [own, target] = await Promise.all([
    realpath(dataDir).catch(() => resolve(dataDir)),
    realpath(folder),
  ]);
  if (own === target) return;
  // One of another account's is replaced: what it says is in the database as well.
  const there = await readErasureFile(target).catch(() => ({ entries: [] }));
  const all = eachErasedOnce([...there.entries, ...entries]);
  if (all.length === 0) return;
  const lines = all.map((entry) => `${JSON.stringify(entry)}\n`).join('');
  const sum: Sum = { lines: all.length, sha256: createHash('sha256').update(lines).digest('hex') };
  const part = join(target, `${ERASURE_FILE}.${process.pid}.part`);
  try {
    const file = await open(part, 'w', 0o600);
    try {
      await file.writeFile(`${lines}${JSON.stringify(sum)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(part, join(target, ERASURE_FILE));
    // Whoever was erased meanwhile stood in the file that was replaced; the data folder has them first.
    const now = await readErasureFile(dataDir);
    const late = erasuresBeyond(all, now.entries);
    if (late.length > 0) await append(target, late);
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** Of all lines before it. */
interface Sum {
  readonly lines: number;
  readonly sha256: string;
}

export interface ErasureFileRead {
  readonly entries: readonly Erasure[];
  /** Lines that are none of an erasure. */
  readonly unread: number;
  /** Lines before a sum are not those that it was made of. */
  readonly changed: boolean;
}

/** The list in a folder, empty where there is none; a last line that a power cut cut off is no line. */
export async function readErasureFile(folder: string): Promise<ErasureFileRead> {
  const text = await readFile(join(folder, ERASURE_FILE), 'utf8').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return '';
    throw error;
  });
  const entries: Erasure[] = [];
  let unread = 0;
  let changed = false;
  const hash = createHash('sha256');
  const lines = text.split('\n');
  for (const [index, line] of lines.entries()) {
    const value = parsed(line);
    if (isErasure(value)) {
      const { library, subject, at, mentions } = value;
      entries.push({ library, subject, at, ...(isDecided(mentions) && { mentions }) });
    } else if (isSum(value)) {
      if (hash.copy().digest('hex') !== value.sha256) changed = true;
    } else if (line !== '' && index < lines.length - 1) unread++;
    hash.update(`${line}\n`);
  }
  return { entries, unread, changed };
}

/** All lists that are in these folders; what of them cannot be read or trusted is told, as those people come back. */
export async function readErasureFiles(
  folders: readonly string[],
  tell: (line: string) => void,
): Promise<readonly Erasure[]> {
  const entries: Erasure[] = [];
  for (const folder of new Set(folders.map((one) => resolve(one)))) {
    const file = join(folder, ERASURE_FILE);
    try {
      const read = await soon(readErasureFile(folder));
      entries.push(...read.entries);
      if (read.changed) tell(`Warning: ${file} is not as it was written. What can be read of it is used.`);
      else if (read.unread > 0) tell(`Warning: ${read.unread} lines of ${file} cannot be read.`);
    } catch (error) {
      const why = codeOf(error, 'unreadable');
      tell(`Warning: ${file} cannot be read (${why}): whoever stands in it alone is not erased again.`);
    }
  }
  return eachErasedOnce(entries);
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

function isErasure(value: unknown): value is Erasure {
  if (typeof value !== 'object' || value === null) return false;
  const { library, subject, at } = value as Partial<Record<keyof Erasure, unknown>>;
  return (
    typeof library === 'number' &&
    Number.isSafeInteger(library) &&
    library > 0 &&
    typeof subject === 'string' &&
    UUID.test(subject) &&
    typeof at === 'string' &&
    !Number.isNaN(Date.parse(at))
  );
}

function isSum(value: unknown): value is Sum {
  return (
    typeof value === 'object' &&
    value !== null &&
    'sha256' in value &&
    typeof value.sha256 === 'string' &&
    'lines' in value
  );
}
