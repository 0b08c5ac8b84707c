/**
 * A province's installation on one computer: three database machines (etcd, Patroni, PostgreSQL), two app machines
 * (the service, HAProxy, keepalived), each with its own network, set up from the files of `deploy/cluster`.
 */
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { DatabaseAddress } from '../../src/db/connection.ts';
import { leaderOf, type Member, membersOf, newestOf, whatIsMissing } from './members.ts';
import { type Network, openLoopback, openNetwork } from './network.ts';
import { appUnits, databaseUnits, PUBLIC_PORT, readGiven, settingOf } from './nodes.ts';
import { postgresPrograms } from './requirements.ts';
import { fill } from './template.ts';
import { type Unit, until } from './unit.ts';

export const DATABASES = ['db1', 'db2', 'db3'] as const;
export const APPS = ['app1', 'app2'] as const;
const HOSTS = { db1: 11, db2: 12, db3: 13, app1: 21, app2: 22 };
/** A busy computer with two cores sets up three databases in this time. */
const SET_UP_MS = 180_000;

export interface Cluster {
  readonly network: Network;
  /** What people type. */
  readonly origin: string;
  readonly dataKey: Uint8Array;
  unit(node: string, name: string): Unit;
  unitsOf(node: string): readonly Unit[];
  /** What any member that answers says; empty where none does. */
  members(): Promise<readonly Member[]>;
  /** The node that leads now. @throws when there is none for long */
  leader(): Promise<string>;
  /** The member that leads etcd. */
  etcdLeader(): Promise<string>;
  /** Waits until three members run and one is the synchronous standby. */
  whole(): Promise<void>;
  /** The superuser, on the node that leads now. */
  admin(): Promise<DatabaseAddress>;
  /** The service's own address of the database, on the node that leads now. */
  databaseUrl(): Promise<string>;
  /** Whether the server of a node only reads, asked on that node itself; undefined where it does not answer. */
  onlyReads(node: string): boolean | undefined;
  /** Hands the lead over as an administrator does it. */
  switchOver(from: string, to: string): Promise<void>;
  /** Which app machine has the entrance. */
  entrance(): string | undefined;
  stop(): Promise<void>;
}

export interface ClusterOptions {
  /** Everybody may look into it: each server runs under an account of its own. */
  readonly folder: string;
  /** The built command line of the service. */
  readonly program: string;
  /** Whether each node gets a network of its own. */
  readonly namespaces: boolean;
  readonly say: (line: string) => void;
  readonly atEnd: (end: () => Promise<void> | void) => void;
}

/** Starts everything but the apps. */
export async function openCluster(options: ClusterOptions): Promise<Cluster> {
  const { folder, program } = options;
  const bin = postgresPrograms();
  if (bin === undefined) throw new Error('there is no PostgreSQL');
  const network = options.namespaces ? openNetwork(HOSTS) : openLoopback(HOSTS, folder);
  options.atEnd(() => network.close());
  const dataKey = randomBytes(32);
  const origin = `http://${network.entrance}:${PUBLIC_PORT}`;
  const setting = settingOf(network, HOSTS, origin, dataKey, bin);
  const units = new Map<string, Unit>();
  const add = (node: string, unit: Unit) => units.set(`${node}/${unit.name}`, unit);
  const logs = path.join(folder, 'logs');
  mkdirSync(logs);
  const stop = async (): Promise<void> => {
    const all = [...units.values()];
    const named = (name: string) => all.filter((unit) => unit.name === name).map((unit) => unit.stop());
    await Promise.all([...named('app'), ...named('keepalived'), ...named('haproxy')]);
    await Promise.all(named('patroni'));
    await Promise.all(named('etcd'));
  };
  options.atEnd(stop);

  for (const node of DATABASES)
    for (const each of databaseUnits({ node, network, setting, folder, logs })) add(node, each);
  for (const [at, node] of APPS.entries())
    for (const each of appUnits({ node, network, setting, folder, logs }, 100 - at, program)) add(node, each);

  const unit = (node: string, name: string): Unit => {
    const found = units.get(`${node}/${name}`);
    if (!found) throw new Error(`there is no ${name} on ${node}`);
    return found;
  };
  const members = async (): Promise<readonly Member[]> =>
    newestOf(
      await Promise.all(
        DATABASES.map(async (node) => membersOf(await ask(`http://${network.addressOf(node)}:8008/cluster`))),
      ),
    );
  const leader = (): Promise<string> =>
    until('a leader', 60_000, async () => leaderOf(await members())?.name);
  const whole = async (): Promise<void> => {
    let missing: string | undefined = 'everything';
    await until(
      () => `a whole cluster: ${missing}`,
      SET_UP_MS,
      async () => {
        missing = whatIsMissing(await members(), DATABASES.length);
        return missing === undefined ? true : undefined;
      },
    );
  };

  for (const node of DATABASES) unit(node, 'etcd').start();
  options.say('etcd of three members');
  for (const node of DATABASES) unit(node, 'patroni').start();
  await whole();
  const first = await leader();
  options.say(`PostgreSQL of three nodes, ${first} leads, one is the synchronous standby`);
  asPostgres(first, ['-d', 'postgres', '-f', '-'], fill(readGiven('database.sql'), setting));
  for (const node of APPS) {
    unit(node, 'haproxy').start();
    if (network.cables !== undefined) unit(node, 'keepalived').start();
  }

  function asPostgres(node: string, args: readonly string[], input = ''): string {
    const { superuser_password: password } = setting;
    const [command = '', ...rest] = [
      ...[...network.enter(node), 'psql', '-XAtq', '-v', 'ON_ERROR_STOP=1'],
      ...['-h', network.addressOf(node), '-U', 'postgres', ...args],
    ];
    const { status, stdout, stderr } = spawnSync(command, rest, {
      input,
      encoding: 'utf8',
      timeout: 10_000,
      env: { ...process.env, PGPASSWORD: password, PGCONNECT_TIMEOUT: '3' },
    });
    if (status !== 0) throw new Error(`psql on ${node}: ${stderr.trim()}`);
    return stdout.trim();
  }

  return {
    network,
    origin,
    dataKey,
    unit,
    unitsOf: (node) => [...units].filter(([key]) => key.startsWith(`${node}/`)).map(([, each]) => each),
    members,
    leader,
    etcdLeader: () =>
      until('a leader of etcd', 30_000, async () => {
        for (const node of DATABASES) {
          const said = await ask(`http://${network.addressOf(node)}:2379/v3/maintenance/status`, '{}');
          if (leadsEtcd(said)) return node;
        }
        return undefined;
      }),
    whole,
    admin: async () => ({
      host: network.addressOf(await leader()),
      port: 5432,
      user: 'postgres',
      password: setting.superuser_password,
      database: 'daftar',
    }),
    databaseUrl: async () =>
      `postgres://daftar:${setting.app_password}@${network.addressOf(await leader())}:5432/daftar`,
    onlyReads(node) {
      try {
        return asPostgres(node, ['-d', 'postgres', '-c', 'select pg_is_in_recovery()']) === 't';
      } catch {
        return undefined;
      }
    },
    async switchOver(from, to) {
      const file = path.join(folder, from, 'patroni.yml');
      const args = ['-c', file, 'switchover', '--leader', from, '--candidate', to, '--force', 'daftar'];
      await new Promise<void>((resolve, reject) => {
        const child = spawn('patronictl', args, {
          stdio: ['ignore', 'ignore', 'pipe'],
          env: { ...process.env, LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8' },
        });
        let trouble = '';
        child.stderr.on('data', (chunk: Buffer) => {
          trouble += chunk.toString('utf8');
        });
        child.once('error', reject);
        child.once('exit', (code) =>
          code === 0 ? resolve() : reject(new Error(`patronictl switchover: ${trouble.trim().slice(-500)}`)),
        );
      });
    },
    entrance: () => (network.cables === undefined ? APPS[0] : network.cables.whoHasEntrance(APPS)),
    stop,
  };
}

/** The JSON of an answer; undefined where there is none. */
async function ask(url: string, body?: string): Promise<unknown> {
  try {
    const response = await fetch(url, {
      signal: AbortSignal.timeout(1_500),
      ...(body === undefined ? {} : { method: 'POST', body }),
    });
    return await response.json();
  } catch {
    return undefined;
  }
}

/** An etcd member says which one leads and which one it is itself. */
function leadsEtcd(answer: unknown): boolean {
  if (typeof answer !== 'object' || answer === null || !('leader' in answer) || !('header' in answer))
    return false;
  const { leader, header } = answer;
  return (
    typeof header === 'object' && header !== null && 'member_id' in header && header.member_id === leader
  );
}
