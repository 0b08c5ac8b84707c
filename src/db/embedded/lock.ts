/**
 * One running service per data folder. The lock is a file that names its holder; it is taken over when the holder is
 * gone (`kill -9`, power loss). PostgreSQL's own postmaster.pid guards the data a second time.
 */

import { randomBytes } from 'node:crypto';
import { link, open, readFile, readlink, rename, stat, unlink, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf } from '../../domain/error-code.ts';

const LOCK_NAME = 'lock.json';
const BEAT_MS = 4_000;

/** Who holds a data folder; shown to the person whose second start is refused. */
export interface LockHolder {
  readonly pid: number;
  /** ISO 8601, UTC. */
  readonly since: string;
  readonly host: string;
  /** Where the holder listens, once it does, for example `http://127.0.0.1:8080`. */
  readonly address: string | undefined;
}

interface LockRecord extends LockHolder {
  readonly token: string;
  /** Kernel boot and process namespace: within the same ones a process id means the same process. */
  readonly scope: string;
  /** Start time of the process in clock ticks: tells a reused process id from the holder. */
  readonly started: string;
}

export interface Lock {
  /** Adds the listening address to what a refused second start is told. */
  announce(address: string): Promise<void>;
  release(): Promise<void>;
}

export type LockResult =
  | { readonly ok: true; readonly lock: Lock }
  | { readonly ok: false; readonly reason: 'held'; readonly holder: LockHolder };

/** Takes the lock of `dataDir` (which must exist), or says who holds it. */
export async function takeLock(dataDir: string): Promise<LockResult> {
  const file = path.join(dataDir, LOCK_NAME);
  const mine: LockRecord = {
    pid: process.pid,
    since: new Date().toISOString(),
    host: os.hostname(),
    address: undefined,
    token: randomBytes(12).toString('hex'),
    scope: await processScope(),
    started: await startTicks(process.pid),
  };
  for (;;) {
    if (await createExclusive(file, mine)) return { ok: true, lock: held(file, mine) };
    const text = await readIfThere(file);
    if (text === undefined) continue;
    const other = parseRecord(text);
    if (other !== undefined && (await isAlive(file, other)))
      return { ok: false, reason: 'held', holder: other };
    await displace(file, text);
  }
}

/** The live holder of `dataDir`, if any. */
export async function findLockHolder(dataDir: string): Promise<LockHolder | undefined> {
  const file = path.join(dataDir, LOCK_NAME);
  const text = await readFile(file, 'utf8').catch(() => undefined);
  const record = text === undefined ? undefined : parseRecord(text);
  return record !== undefined && (await isAlive(file, record)) ? record : undefined;
}

function held(file: string, record: LockRecord): Lock {
  // The beat serves holders whose process cannot be looked up: another container or machine, or no /proc.
  const beat = setInterval(() => {
    const now = new Date();
    void utimes(file, now, now).catch(() => undefined);
  }, BEAT_MS);
  beat.unref();
  return {
    async announce(address) {
      const part = `${file}.${record.token}`;
      await writeFile(part, JSON.stringify({ ...record, address }), { mode: 0o600 });
      await rename(part, file);
    },
    async release() {
      clearInterval(beat);
      const text = await readFile(file, 'utf8').catch(() => undefined);
      if (text !== undefined && parseRecord(text)?.token === record.token) {
        await unlink(file).catch(() => undefined);
      }
    },
  };
}

/** Undefined when the lock was just released; throws when it belongs to another account and may not be read. */
async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

async function createExclusive(file: string, record: LockRecord): Promise<boolean> {
  // Written aside and linked, so that nobody ever reads a half-written lock.
  const part = `${file}.${record.token}`;
  await writeFile(part, JSON.stringify(record), { mode: 0o600 });
  try {
    await link(part, file);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    // File systems without hard links (exFAT, some network shares).
    return await createPlain(file, record);
  } finally {
    await unlink(part).catch(() => undefined);
  }
}

async function createPlain(file: string, record: LockRecord): Promise<boolean> {
  try {
    const handle = await open(file, 'wx', 0o600);
    await handle.writeFile(JSON.stringify(record));
    await handle.close();
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/** Moves a dead holder's lock away; if a new holder was faster, its lock is put back. */
async function displace(file: string, expected: string): Promise<void> {
  const aside = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    await rename(file, aside);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    throw error;
  }
  if ((await readFile(aside, 'utf8')) !== expected) await link(aside, file).catch(() => undefined);
  await unlink(aside).catch(() => undefined);
}

async function isAlive(file: string, record: LockRecord): Promise<boolean> {
  const here = await processScope();
  if (record.scope === here && here !== '') {
    return (await startTicks(record.pid)) === record.started;
  }
  if (record.host === os.hostname() && here === '' && !processExists(record.pid)) return false;
  // Elsewhere: a living holder touches its lock.
  const before = await mtime(file);
  const patience = BEAT_MS * 3;
  if (before === undefined || Date.now() - before > 24 * 3_600_000) return false;
  for (let waited = 0; waited < patience; waited += 500) {
    await sleep(500);
    const now = await mtime(file);
    if (now === undefined) return false;
    if (now !== before) return true;
  }
  return false;
}

async function mtime(file: string): Promise<number | undefined> {
  return (await stat(file).catch(() => undefined))?.mtimeMs;
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}

/** Identifies "same kernel boot and same process namespace"; empty where the system cannot say. */
async function processScope(): Promise<string> {
  if (process.platform !== 'linux') return '';
  try {
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    return `${boot.trim()} ${await readlink('/proc/self/ns/pid')}`;
  } catch {
    return '';
  }
}

/** Field 22 of /proc/<pid>/stat; empty when there is no such process or no /proc. */
async function startTicks(pid: number): Promise<string> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The second field may itself contain spaces and brackets.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  // A zombie (killed, not yet reaped) holds nothing any more.
  return fields[0] === 'Z' ? 'zombie' : (fields[19] ?? '');
}

function parseRecord(text: string): LockRecord | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    const record = value as Partial<Record<keyof LockRecord, unknown>>;
    if (typeof record.pid !== 'number') return undefined;
    return {
      pid: record.pid,
      since: String(record.since ?? ''),
      host: String(record.host ?? ''),
      address: typeof record.address === 'string' ? record.address : undefined,
      token: String(record.token ?? ''),
      scope: String(record.scope ?? ''),
      started: String(record.started ?? ''),
    };
  } catch {
    return undefined;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return codeOf(error) === code;
}
