/**
 * The master key: in DATA_KEY or in DATA_DIR/keys.json, never in the database. Whoever loses it loses every encrypted
 * number for good, so a database that belongs to another key is refused before anything is written with a wrong one.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type pg from 'pg';
import { writeDurably } from './embedded/secrets.ts';
import { openVault, type Vault } from './vault.ts';

const FILE = 'keys.json';
const ROW = 'key_fingerprint';

export type KeyResult =
  | {
      readonly ok: true;
      /** 32 bytes. */
      readonly master: Uint8Array;
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
  | { readonly ok: false; readonly reason: 'key-unreadable'; readonly file: string };

export interface KeyOptions {
  readonly dataDir: string;
  /** From DATA_KEY; wins over the file. */
  readonly dataKey: Uint8Array | undefined;
  /** Makes 32 random bytes for a new installation. */
  readonly randomBytes: (length: number) => Uint8Array;
}

/**
 * The key of this installation, checked against the fingerprint that the migrated database keeps; a new database gets
 * one, and a new key when there is none.
 * @param client connected as the owner of the database
 */
export async function settleKey(client: pg.ClientBase, options: KeyOptions): Promise<KeyResult> {
  const stored = await client.query<{ value: string }>('select value from installation where key = $1', [
    ROW,
  ]);
  const expected = stored.rows[0]?.value;
  const key = await readKey(options);
  if (!key.ok && (key.reason !== 'key-missing' || expected !== undefined)) return key;
  if (key.ok && expected !== undefined) {
    if (key.vault.fingerprint() === expected) return key;
    return {
      ok: false,
      reason: 'key-wrong',
      source: key.source === 'env' ? 'env' : 'file',
      file: fileOf(options),
    };
  }
  const settled = key.ok ? key : await createKey(options);
  // Another process may be starting on the same new database: the first one's key counts.
  await client.query('insert into installation (key, value) values ($1, $2) on conflict do nothing', [
    ROW,
    settled.vault.fingerprint(),
  ]);
  const now = await client.query<{ value: string }>('select value from installation where key = $1', [ROW]);
  if (now.rows[0]?.value === settled.vault.fingerprint()) return settled;
  return {
    ok: false,
    reason: 'key-wrong',
    source: settled.source === 'env' ? 'env' : 'file',
    file: fileOf(options),
  };
}

/** The key that is here, without asking a database. */
export async function readKey(options: Omit<KeyOptions, 'randomBytes'>): Promise<KeyResult> {
  if (options.dataKey !== undefined) {
    return { ok: true, master: options.dataKey, vault: openVault(options.dataKey), source: 'env' };
  }
  const file = fileOf(options);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return { ok: false, reason: missing ? 'key-missing' : 'key-unreadable', file };
  }
  const master = parseKey(text);
  if (master === undefined) return { ok: false, reason: 'key-unreadable', file };
  return { ok: true, master, vault: openVault(master), source: 'file' };
}

async function createKey(options: KeyOptions): Promise<Extract<KeyResult, { ok: true }>> {
  const master = options.randomBytes(32);
  await writeDurably(
    fileOf(options),
    `${JSON.stringify({ master: Buffer.from(master).toString('base64') }, null, 2)}\n`,
  );
  return { ok: true, master, vault: openVault(master), source: 'new' };
}

function fileOf(options: { readonly dataDir: string }): string {
  return path.join(options.dataDir, FILE);
}

function parseKey(text: string): Uint8Array | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('master' in value)) return undefined;
    const master = new Uint8Array(Buffer.from(String(value.master), 'base64'));
    return master.length === 32 ? master : undefined;
  } catch {
    return undefined;
  }
}
