/** What the computer must have and allow: Linux, root, network namespaces, Debian's packages. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** A program and the package of Debian that brings it. */
const PROGRAMS: readonly (readonly [program: string, debianPackage: string])[] = [
  ['ip', 'iproute2'],
  ['etcd', 'etcd-server'],
  ['patroni', 'patroni'],
  ['haproxy', 'haproxy'],
  ['keepalived', 'keepalived'],
  ['psql', 'postgresql-client'],
  ['postgres', 'postgresql'],
  ['setpriv', 'util-linux'],
];
/** What Patroni speaks to etcd with; recommended by its package, not required. */
const ETCD_OF_PYTHON = '/usr/lib/python3/dist-packages/etcd';
const POSTGRES = '/usr/lib/postgresql';
const OLDEST_POSTGRES = 15;

export interface Machine {
  readonly platform: string;
  readonly root: boolean;
  /** Packages that are not there. */
  readonly missing: readonly string[];
  readonly apt: boolean;
  /** What the system said when a network namespace was tried; undefined where it works. */
  readonly noNamespaces: string | undefined;
}

/** Why the cluster cannot be set up on this computer, in a sentence; undefined where it can, perhaps after installing. */
export function whyNot(machine: Machine): string | undefined {
  if (machine.platform !== 'linux')
    return 'the cluster needs Linux: each of its computers is a network namespace here';
  if (!machine.root)
    return 'the cluster needs root: it makes network namespaces and runs each server under its own account';
  if (machine.missing.length > 0 && !machine.apt)
    return `these packages are missing and there is no apt-get to install them: ${machine.missing.join(' ')}`;
  return undefined;
}

export function lookAtMachine(): Machine {
  const root = process.getuid?.() === 0;
  return {
    platform: process.platform,
    root,
    missing: missingPackages(),
    apt: findProgram('apt-get') !== undefined,
    noNamespaces: root && process.platform === 'linux' ? tryNamespace() : undefined,
  };
}

function missingPackages(): readonly string[] {
  const missing = PROGRAMS.filter(([program]) => !isThere(program)).map(([, name]) => name);
  return existsSync(ETCD_OF_PYTHON) ? missing : [...missing, 'python3-etcd'];
}

function isThere(program: string): boolean {
  return program === 'postgres' ? postgresPrograms() !== undefined : findProgram(program) !== undefined;
}

/** The folder of the newest PostgreSQL's programs. */
export function postgresPrograms(): string | undefined {
  if (!existsSync(POSTGRES)) return undefined;
  const versions = readdirSync(POSTGRES)
    .map(Number)
    .filter((version) => version >= OLDEST_POSTGRES && existsSync(programsOf(version, 'postgres')))
    .sort((one, other) => other - one);
  return versions[0] === undefined ? undefined : programsOf(versions[0]);
}

const programsOf = (version: number, ...rest: string[]): string =>
  path.join(POSTGRES, String(version), 'bin', ...rest);

/** Where a program is; those of administrators are not on everybody's path. */
function findProgram(program: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin', '/usr/bin', '/bin'];
  return folders.map((folder) => path.join(folder, program)).find((file) => existsSync(file));
}

/** One namespace, made and taken away again. */
function tryNamespace(): string | undefined {
  const ip = findProgram('ip');
  if (ip === undefined) return 'there is no ip';
  const name = `daftar-${process.pid}-try`;
  const made = spawnSync(ip, ['netns', 'add', name], { encoding: 'utf8' });
  if (made.status !== 0) return made.stderr.trim();
  const used = spawnSync(ip, ['netns', 'exec', name, ip, 'link', 'set', 'lo', 'up'], { encoding: 'utf8' });
  spawnSync(ip, ['netns', 'delete', name]);
  return used.status === 0 ? undefined : used.stderr.trim();
}

/** Installs packages; what they bring is not started, as each node of the cluster has its own. @throws */
export function install(packages: readonly string[], folder: string): void {
  const policy = '/usr/sbin/policy-rc.d';
  const ours = !existsSync(policy);
  if (ours) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  const scratch = mkdtempSync(path.join(folder, 'apt-'));
  try {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', TMPDIR: scratch };
    const apt = (...args: string[]) => spawnSync('apt-get', ['-q', ...args], { env, encoding: 'utf8' });
    apt('update');
    const { status, stderr } = apt('install', '-y', '--no-install-recommends', ...packages);
    if (status !== 0) throw new Error(`apt-get could not install ${packages.join(' ')}: ${stderr.trim()}`);
  } finally {
    if (ours) rmSync(policy, { force: true });
    rmSync(scratch, { recursive: true, force: true });
  }
}

export function patroniVersion(): string {
  return /[\d.]+/.exec(spawnSync('patroni', ['--version'], { encoding: 'utf8' }).stdout ?? '')?.[0] ?? '';
}

/**
 * How a version of Patroni speaks to etcd: before 3.0.3 its way by the newer API overwrites the lead of another member
 * after a network partition (patroni/patroni#2689).
 */
export function etcdApi(version: string): { readonly etcd_api: 'etcd' | 'etcd3'; readonly etcd_v2: string } {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  const mended = major > 3 || (major === 3 && (minor > 0 || patch >= 3));
  return mended ? { etcd_api: 'etcd3', etcd_v2: 'false' } : { etcd_api: 'etcd', etcd_v2: 'true' };
}
