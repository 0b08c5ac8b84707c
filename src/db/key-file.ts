/**
 * The key ring: in DATA_KEY (and DATA_KEYS) or in DATA_DIR/keys.json, never in the database. Whoever loses it loses every
 * encrypted number for good, so a database that belongs to another key is refused before anything is written with a wrong
 * one, and so is a ring that lacks a key which values are sealed with.
 */

import { readFileSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import type pg from 'pg';
import { codeOf } from '../domain/error-code.ts';
import { writeDurably } from './embedded/secrets.ts';
import {
  activeKey,
  type KeyRing,
  nameOfKey,
  namesOfRoots,
  parseRing,
  ringOfRoot,
  writeRing,
} from './key-ring.ts';
import { openVault, type RingSource, type Vault } from './vault.ts';

const FILE = 'keys.json';
const ROW = 'key_fingerprint';
/** Number of the oldest root that may still start; none before one was forgotten. */
const ROOT_ROW = 'root_least';
/** Name of a root that has no date of its own (DATA_KEY), and when a start first had it. */
const ROOT_SEEN_ROW = 'root_seen';
/** Names of the data keys that values may be sealed with, separated by spaces; none before the first rotation. */
const NEEDED_ROW = 'data_keys';

export type KeyResult =
  | {
      readonly ok: true;
      readonly ring: KeyRing;
      readonly vault: Vault;
      readonly source: 'env' | 'file' | 'new';
    }
  /** The database has data, its key is not here. */
  | { readonly ok: false; readonly reason: 'key-missing'; readonly file: string }
  | {
      readonly ok: false;
      readonly reason: 'key-wrong';
      readonly source: 'env' | 'file';
      readonly file: string;
    }
  /** Values are sealed with these data keys, too; the ring is older than the last rotation. */
  | {
      readonly ok: false;
      readonly reason: 'key-version-missing';
      readonly source: 'env' | 'file';
      readonly file: string;
      readonly ids: readonly number[];
    }
  /** The root was replaced, and this one was forgotten. */
  | {
      readonly ok: false;
      readonly reason: 'root-replaced';
      readonly source: 'env' | 'file';
      readonly file: string;
    }
  /** Other accounts of the computer may read the file. */
  | { readonly ok: false; readonly reason: 'key-open'; readonly file: string; readonly mode: string }
  | { readonly ok: false; readonly reason: 'key-unreadable'; readonly file: string };

export interface KeyPlace {
  readonly dataDir: string;
  /** From DATA_KEY, with DATA_KEYS as a ring; wins over the file. */
  readonly dataKey: Uint8Array | KeyRing | undefined;
}
export interface KeyOptions extends KeyPlace {
  /** Makes 32 random bytes for a new installation. */
  readonly randomBytes: (length: number) => Uint8Array;
}

/**
 * The key of this installation, checked against the fingerprint that the migrated database keeps; a new database gets
 * one, and a new key when there is none.
 * @param client connected as the owner of the database
 */
export async function settleKey(client: pg.ClientBase, options: KeyOptions): Promise<KeyResult> {
  const expected = await storedValue(client, ROW);
  const key = await readKey(options);
  if (!key.ok && (key.reason !== 'key-missing' || expected !== undefined)) return key;
  if (key.ok && expected !== undefined) return await checkKey(client, key, expected, options);
  const settled = key.ok ? key : await createKey(options);
  // Another process may be starting on the same new database: the first one's key counts.
  await client.query('insert into installation (key, value) values ($1, $2) on conflict do nothing', [
    ROW,
    settled.vault.fingerprint(),
  ]);
  return await checkKey(client, settled, await storedValue(client, ROW), options);
}

async function checkKey(
  client: pg.ClientBase,
  key: Extract<KeyResult, { ok: true }>,
  expected: string | undefined,
  options: KeyOptions,
): Promise<KeyResult> {
  const at = { source: key.source === 'env' ? 'env' : 'file', file: keyFileIn(options.dataDir) } as const;
  if (key.vault.fingerprint() !== expected) return { ok: false, reason: 'key-wrong', ...at };
  if (key.ring.rootNumber < (await leastRoot(client))) return { ok: false, reason: 'root-replaced', ...at };
  const here = new Set(key.ring.keys.map(nameOfKey));
  const needed = await neededKeys(client);
  const ids = needed.filter((name) => !here.has(name)).map((name) => Number.parseInt(name, 10));
  if (ids.length > 0) return { ok: false, reason: 'key-version-missing', ...at, ids };
  const active = nameOfKey(activeKey(key.ring));
  // After a restore, or where the environment brought a new key. Without a row, every key here may have sealed something.
  if (key.ring.keys.length > 1 && !needed.includes(active)) {
    const used = key.ring.keys.filter(({ state }) => state !== 'known').map(nameOfKey);
    await keepNeeded(client, needed.length === 0 ? used : [...needed, active]);
  }
  await keepRootSeen(client, key.ring);
  return key;
}

/** Writes down which keys values may be sealed with: an older ring is refused from now on. As the owner. */
export async function keepNeeded(client: pg.ClientBase, names: readonly string[]): Promise<void> {
  await storeValue(client, NEEDED_ROW, names.join(' '));
}

/** Names of the data keys that values may be sealed with; empty before the first rotation. */
export async function neededKeys(client: pg.ClientBase): Promise<readonly string[]> {
  return (await storedValue(client, NEEDED_ROW))?.split(' ') ?? [];
}

/** Number of the oldest root that a start is allowed with. */
export async function leastRoot(client: pg.ClientBase): Promise<number> {
  return Number((await storedValue(client, ROOT_ROW)) ?? 1);
}

/** From now on a start with an older root is refused. As the owner. */
export async function keepLeastRoot(client: pg.ClientBase, least: number): Promise<void> {
  await storeValue(client, ROOT_ROW, String(least));
}

/** Since when the root is in use; undefined for a first one, and for one of the environment that no start has had yet. */
export async function rootSince(client: pg.ClientBase, ring: KeyRing): Promise<Date | undefined> {
  if (ring.rootMadeAt !== null) return new Date(ring.rootMadeAt);
  const [name, at] = (await storedValue(client, ROOT_SEEN_ROW))?.split(' ') ?? [];
  return at !== undefined && name === namesOfRoots(ring)[0] ? new Date(at) : undefined;
}

async function keepRootSeen(client: pg.ClientBase, ring: KeyRing): Promise<void> {
  if (ring.rootNumber === 1 || ring.rootMadeAt !== null) return;
  const [name = ''] = namesOfRoots(ring);
  const [seen = ''] = (await storedValue(client, ROOT_SEEN_ROW))?.split(' ') ?? [];
  // Beside a newer root, a process with the one before may start.
  const newest = Number(/^root-(\d+):/.exec(seen)?.[1] ?? 0);
  if (seen === name || newest > ring.rootNumber) return;
  await storeValue(client, ROOT_SEEN_ROW, `${name} ${new Date().toISOString()}`);
}

async function storeValue(client: pg.ClientBase, key: string, value: string): Promise<void> {
  await client.query(
    `insert into installation (key, value) values ($1, $2)
     on conflict (key) do update set value = excluded.value`,
    [key, value],
  );
}

async function storedValue(client: pg.ClientBase, key: string): Promise<string | undefined> {
  const { rows } = await client.query<{ value: string }>('select value from installation where key = $1', [
    key,
  ]);
  return rows[0]?.value;
}

/** The key that is here, without asking a database. */
export async function readKey(options: KeyPlace): Promise<KeyResult> {
  const { dataKey } = options;
  if (dataKey !== undefined) {
    return opened(dataKey instanceof Uint8Array ? ringOfRoot(dataKey) : dataKey, 'env');
  }
  const file = keyFileIn(options.dataDir);
  let text: string;
  try {
    const handle = await open(file, 'r');
    try {
      // Of the file that is open, so that it cannot be another one when it is read.
      const { mode } = await handle.stat();
      if (process.platform !== 'win32' && (mode & 0o077) !== 0)
        return { ok: false, reason: 'key-open', file, mode: (mode & 0o777).toString(8).padStart(3, '0') };
      text = await handle.readFile('utf8');
    } finally {
      await handle.close();
    }
  } catch (error) {
    const missing = codeOf(error) === 'ENOENT';
    return { ok: false, reason: missing ? 'key-missing' : 'key-unreadable', file };
  }
  const ring = parseRing(text, file);
  return ring === undefined ? { ok: false, reason: 'key-unreadable', file } : opened(ring, 'file');
}

/** The vault of a ring, which finds newer keys by itself where the ring came out of a file. */
export function vaultOf(ring: KeyRing): Vault {
  return openVault(ring, ring.file === null ? undefined : ringSource(ring.file));
}

/**
 * Looks at the file's date, which costs microseconds, and reads it when that has changed. Without waiting: who opens a
 * value cannot. A file that is away or cannot be read changes nothing; it will be looked at again.
 */
function ringSource(file: string): RingSource {
  let seen = '';
  return () => {
    try {
      const { mtimeMs, size, ino } = statSync(file);
      const now = `${mtimeMs} ${size} ${ino}`;
      if (now === seen) return undefined;
      const ring = parseRing(readFileSync(file, 'utf8'), file);
      if (ring !== undefined) seen = now;
      return ring;
    } catch {
      return undefined;
    }
  };
}

/** Puts a changed ring where every process finds it; after a power loss it is the old one or the new one. */
export async function saveRing(ring: KeyRing): Promise<void> {
  if (ring.file === null) throw new RangeError('keys of the environment are not ours to change');
  await writeDurably(ring.file, writeRing(ring));
}

async function createKey(options: KeyOptions): Promise<Extract<KeyResult, { ok: true }>> {
  const ring = ringOfRoot(options.randomBytes(32), keyFileIn(options.dataDir));
  await saveRing(ring);
  return opened(ring, 'new');
}

function opened(ring: KeyRing, source: 'env' | 'file' | 'new'): Extract<KeyResult, { ok: true }> {
  return { ok: true, ring, vault: vaultOf(ring), source };
}

export function keyFileIn(dataDir: string): string {
  return path.join(dataDir, FILE);
}
