/**
 * Passwords of the embedded database's three roles, made once and kept in DATA_DIR, readable by its owner only.
 * They are no defence against someone who can read DATA_DIR; they keep other accounts of the same computer out.
 */
import { randomBytes } from 'node:crypto';
import { open, readFile, rename } from 'node:fs/promises';
import path from 'node:path';

const FILE = 'database.json';

export interface RolePasswords {
  readonly admin: string;
  readonly owner: string;
  readonly app: string;
}

/** The stored passwords, or undefined when there are none yet. */
export async function findPasswords(dataDir: string): Promise<RolePasswords | undefined> {
  const text = await readFile(path.join(dataDir, FILE), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null) return undefined;
  const { admin, owner, app } = value as Partial<Record<keyof RolePasswords, unknown>>;
  if (typeof admin !== 'string' || typeof owner !== 'string' || typeof app !== 'string') return undefined;
  return { admin, owner, app };
}

/** Makes new passwords and stores them durably before they are used. */
export async function createPasswords(dataDir: string): Promise<RolePasswords> {
  const passwords: RolePasswords = { admin: secret(), owner: secret(), app: secret() };
  await writeDurably(path.join(dataDir, FILE), `${JSON.stringify(passwords, null, 2)}\n`);
  return passwords;
}

function secret(): string {
  return randomBytes(24).toString('base64url');
}

/** Writes a small private file so that after a power loss it is there in full or not at all. */
export async function writeDurably(file: string, content: string): Promise<void> {
  const part = `${file}.part`;
  const handle = await open(part, 'w', 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(part, file);
  if (process.platform === 'win32') return;
  const folder = await open(path.dirname(file), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
