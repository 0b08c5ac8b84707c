/**
 * Computers of a network of their own: each a namespace with its address, all on one bridge. The network between them
 * is cut as a pulled cable cuts it: nobody is told. Where namespaces are not allowed, each has a loopback address only.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export interface Network {
  /** In CIDR form, with the computer that all runs on. */
  readonly range: string;
  readonly bits: number;
  addressOf(node: string): string;
  /** An address that no node has by itself; without cables that of the first app. */
  readonly entrance: string;
  /** What a node calls itself. */
  localOf(node: string): string;
  /** What a command begins with to run on a node. */
  enter(node: string): readonly string[];
  /** Undefined where no cable can be pulled. */
  readonly cables: Cables | undefined;
  /** Ids of all processes on a node that were started there. */
  processesOf(node: string): readonly number[];
  /** Kills what still runs on the nodes and takes everything away. */
  close(): void;
}

export interface Cables {
  /** Which of these nodes has the entrance. */
  whoHasEntrance(nodes: readonly string[]): string | undefined;
  /** Pulls the cable of a node, or puts it in again. */
  set(node: string, there: boolean): void;
  /** The two hear nothing of each other, and everything of the others. */
  setBetween(one: string, other: string, there: boolean): void;
}

const PREFIX = 'daftar-';
/** The name of the device within each node. */
export const DEVICE = 'lan';

/** @param hosts last part of the address by the name of each node */
export function openNetwork(hosts: Readonly<Record<string, number>>): Network {
  takeAwayLeftBehind();
  const base = `10.${freeSecond()}.7`;
  const bridge = `dpb${process.pid}`;
  const namespaceOf = (node: string): string => `${PREFIX}${process.pid}-${node}`;
  const cableOf = (node: string): string => `dp${process.pid}${node}`.slice(0, 15);
  const addressOf = (node: string): string => {
    const host = hosts[node];
    if (host === undefined) throw new Error(`there is no node ${node}`);
    return `${base}.${host}`;
  };
  const close = (): void => {
    for (const node of Object.keys(hosts)) removeNamespace(namespaceOf(node));
    spawnSync('ip', ['link', 'delete', bridge]);
  };
  try {
    ip('link', 'add', bridge, 'type', 'bridge');
    ip('address', 'add', `${base}.1/24`, 'dev', bridge);
    ip('link', 'set', bridge, 'up');
    for (const node of Object.keys(hosts)) {
      const space = namespaceOf(node);
      ip('netns', 'add', space);
      ip('link', 'add', cableOf(node), 'type', 'veth', 'peer', 'name', DEVICE, 'netns', space);
      ip('link', 'set', cableOf(node), 'master', bridge, 'up');
      ip('-n', space, 'link', 'set', 'lo', 'up');
      ip('-n', space, 'address', 'add', `${addressOf(node)}/24`, 'dev', DEVICE);
      ip('-n', space, 'link', 'set', DEVICE, 'up');
    }
  } catch (error) {
    close();
    throw error;
  }
  const entrance = `${base}.100`;
  return {
    range: `${base}.0/24`,
    bits: 24,
    addressOf,
    entrance,
    localOf: () => '127.0.0.1',
    enter: (node) => ['ip', 'netns', 'exec', namespaceOf(node)],
    cables: {
      whoHasEntrance: (nodes) =>
        nodes.find((node) => {
          const show = ['-n', namespaceOf(node), '-4', 'address', 'show', 'dev', DEVICE];
          return spawnSync('ip', show, { encoding: 'utf8' }).stdout.includes(`${entrance}/`);
        }),
      // The far end, so that the node's own card still seems to have its address.
      set: (node, there) => ip('link', 'set', cableOf(node), there ? 'up' : 'down'),
      setBetween(one, other, there) {
        for (const [from, to] of [
          [one, other],
          [other, one],
        ] as const)
          ip(
            ...['-n', namespaceOf(from), 'route', there ? 'delete' : 'add'],
            ...['blackhole', `${addressOf(to)}/32`],
          );
      },
    },
    processesOf: (node) => pidsOf(namespaceOf(node)),
    close,
  };
}

/**
 * The same nodes on one network stack, told apart by address alone.
 * @param folder whose processes are those of the nodes, by the folder of each that they were started with
 */
export function openLoopback(hosts: Readonly<Record<string, number>>, folder: string): Network {
  const addressOf = (node: string): string => `127.0.7.${hosts[node]}`;
  const processesOf = (node: string): readonly number[] => startedWith(path.join(folder, node, path.sep));
  return {
    // What comes over loopback comes from 127.0.0.1, whatever it goes to.
    range: '127.0.0.0/8',
    bits: 8,
    addressOf,
    entrance: addressOf('app1'),
    localOf: (node) => `127.0.8.${hosts[node]}`,
    enter: () => [],
    cables: undefined,
    processesOf,
    close() {
      for (const node of Object.keys(hosts)) processesOf(node).forEach(kill);
    },
  };
}

/** Processes that have the text in their arguments. */
function startedWith(text: string): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text);
      } catch {
        return false;
      }
    });
}

export function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone by itself.
  }
}

function ip(...args: string[]): void {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

/** A second part of the address 10.x that no network of this computer has. */
function freeSecond(): number {
  const { stdout } = spawnSync('ip', ['-4', 'route', 'show', 'table', 'all'], { encoding: 'utf8' });
  for (let second = 213; second > 100; second--) if (!stdout.includes(`10.${second}.`)) return second;
  throw new Error('every network of 10.101 to 10.213 is taken');
}

function pidsOf(namespace: string): readonly number[] {
  const { stdout } = spawnSync('ip', ['netns', 'pids', namespace], { encoding: 'utf8' });
  return (stdout ?? '').split(/\s+/).filter(Boolean).map(Number);
}

function removeNamespace(namespace: string): void {
  if (!existsSync(`/run/netns/${namespace}`)) return;
  pidsOf(namespace).forEach(kill);
  spawnSync('ip', ['netns', 'delete', namespace]);
}

/** A run that was itself killed could take nothing away; its namespaces bear the number of its process. */
function takeAwayLeftBehind(): void {
  if (!existsSync('/run/netns')) return;
  for (const name of readdirSync('/run/netns')) {
    const pid = /^daftar-(\d+)-\w+$/.exec(name)?.[1];
    if (pid === undefined || existsSync(`/proc/${pid}`)) continue;
    removeNamespace(name);
    spawnSync('ip', ['link', 'delete', `dpb${pid}`]);
  }
}
