/**
 * PostgreSQL refuses to run as root. Started by root, the database therefore runs under a dedicated account, made here
 * when missing. `nobody` is not used: whatever else runs as `nobody` could then read the database's files.
 */
import { execFile } from 'node:child_process';
import { chown, lstat, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export const ACCOUNT_NAME = 'daftar-pustaka';

export interface RunAs {
  readonly uid: number;
  readonly gid: number;
}

export type AccountResult =
  | { readonly ok: true; readonly runAs: RunAs | undefined }
  | { readonly ok: false; readonly reason: 'no-account'; readonly detail: string };

/**
 * Who shall run the database whose files are (or will be) in `clusterDir`: undefined means "this process's own
 * account"; only root gets another one.
 */
export async function chooseAccount(clusterDir: string): Promise<AccountResult> {
  if (process.getuid?.() !== 0) return { ok: true, runAs: undefined };
  const present = await lstat(clusterDir).catch(() => undefined);
  // A folder made by an ordinary account keeps its owner, so that the same folder works with and without root.
  if (present !== undefined && present.uid !== 0 && (await isKnown(present.uid))) {
    return { ok: true, runAs: { uid: present.uid, gid: present.gid } };
  }
  const found = await lookUp(ACCOUNT_NAME);
  if (found !== undefined) return { ok: true, runAs: found };
  let detail = '';
  for (const [command, args] of ADD_COMMANDS) {
    try {
      await run(command, [...args, ACCOUNT_NAME], { timeout: 20_000 });
    } catch (error) {
      detail = error instanceof Error ? error.message : String(error);
    }
    const made = await lookUp(ACCOUNT_NAME);
    if (made !== undefined) return { ok: true, runAs: made };
  }
  return { ok: false, reason: 'no-account', detail };
}

/** shadow's useradd (Debian, Fedora, …), then busybox's adduser (Alpine). */
const ADD_COMMANDS: readonly (readonly [string, readonly string[]])[] = [
  [
    '/usr/sbin/useradd',
    ['--system', '--user-group', '--no-create-home', '--home-dir', '/nonexistent', '--shell', '/bin/false'],
  ],
  [
    'useradd',
    ['--system', '--user-group', '--no-create-home', '--home-dir', '/nonexistent', '--shell', '/bin/false'],
  ],
  ['adduser', ['-S', '-D', '-H', '-h', '/nonexistent', '-s', '/bin/false']],
];

async function lookUp(name: string): Promise<RunAs | undefined> {
  const line = (await passwdLines()).find((fields) => fields[0] === name);
  return line === undefined ? undefined : { uid: Number(line[2]), gid: Number(line[3]) };
}

async function isKnown(uid: number): Promise<boolean> {
  return (await passwdLines()).some((fields) => fields[2] === String(uid));
}

async function passwdLines(): Promise<string[][]> {
  const text = await readFile('/etc/passwd', 'utf8').catch(() => '');
  return text.split('\n').map((line) => line.split(':'));
}

/** Gives a folder and everything in it to an account (a folder restored or copied by root). */
export async function giveTo(folder: string, runAs: RunAs): Promise<void> {
  const top = await lstat(folder);
  if (top.uid === runAs.uid) return;
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isSymbolicLink()) continue;
    await chown(path.join(entry.parentPath, entry.name), runAs.uid, runAs.gid);
  }
  // Last, so that an interrupted run starts over.
  await chown(folder, runAs.uid, runAs.gid);
}
