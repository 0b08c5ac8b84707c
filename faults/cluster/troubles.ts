/** What happens to a province's computers, one thing after the other, while people work. */

import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { APPS, type Cluster, DATABASES } from './cluster.ts';
import { kill } from './network.ts';
import { until } from './unit.ts';

interface Scene {
  readonly cluster: Cluster;
  readonly random: () => number;
  /** How long what is broken stays so at the least, after people can write again. */
  readonly seconds: number;
  readonly doneAfter: (since: number) => Promise<number>;
}

interface Trouble {
  readonly what: string;
  /** Whether a cable is pulled. */
  readonly cable?: true;
  /** Ends when everything is mended as a person would mend it. @returns what else is to be told */
  run(scene: Scene): Promise<string>;
}

/** Patroni gives its lead up before anybody else takes it: its `ttl`, and a breath. */
const GIVES_UP_MS = 25_000;

export const TROUBLES: readonly Trouble[] = [
  {
    what: 'kill -9 of an app',
    async run({ cluster, random }) {
      cluster.unit(random() < 0.5 ? 'app1' : 'app2', 'app').kill();
      await appsAnswer(cluster);
      return '';
    },
  },
  {
    what: 'kill -9 of the primary’s PostgreSQL',
    async run({ cluster, doneAfter }) {
      const leader = await cluster.leader();
      killPostgres(cluster, leader);
      await doneAfter(Date.now());
      return `${leader}, then ${await cluster.leader()}`;
    },
  },
  {
    what: 'power cut of the primary’s computer',
    async run({ cluster, doneAfter, seconds }) {
      const leader = await cluster.leader();
      await powerOff(cluster, leader);
      await doneAfter(Date.now());
      await sleep(seconds * 1000);
      for (const name of ['etcd', 'patroni']) cluster.unit(leader, name).start();
      return `${leader}, then ${await cluster.leader()}`;
    },
  },
  {
    what: 'kill -9 of etcd’s leader',
    async run({ cluster, doneAfter }) {
      const leader = await cluster.etcdLeader();
      cluster.unit(leader, 'etcd').kill();
      await doneAfter(Date.now());
      return `${leader}, then ${await cluster.etcdLeader()}`;
    },
  },
  {
    what: 'the primary’s cable pulled and put in again',
    cable: true,
    async run({ cluster, doneAfter, seconds }) {
      const leader = await cluster.leader();
      cluster.network.cables?.set(leader, false);
      const read = await staysNoPrimary(cluster, leader);
      await newLeader(cluster, leader);
      await doneAfter(Date.now());
      await sleep(seconds * 1000);
      cluster.network.cables?.set(leader, true);
      return `${leader} ${read}, then ${await cluster.leader()}`;
    },
  },
  {
    what: 'the primary hears nothing of the other databases, but the apps of it',
    cable: true,
    async run({ cluster, doneAfter, seconds }) {
      const leader = await cluster.leader();
      const others = DATABASES.filter((node) => node !== leader);
      for (const other of others) cluster.network.cables?.setBetween(leader, other, false);
      try {
        const read = await staysNoPrimary(cluster, leader);
        await newLeader(cluster, leader);
        await doneAfter(Date.now());
        await sleep(seconds * 1000);
        return `${leader} ${read}, then ${await cluster.leader()}`;
      } finally {
        for (const other of others) cluster.network.cables?.setBetween(leader, other, true);
      }
    },
  },
  {
    what: 'the synchronous standby’s cable pulled and put in again',
    cable: true,
    async run({ cluster, doneAfter, seconds }) {
      const standby = (await cluster.members()).find(({ role }) => role === 'sync_standby')?.name ?? 'db1';
      cluster.network.cables?.set(standby, false);
      await sleep(1_000);
      await doneAfter(Date.now());
      await sleep(seconds * 1000);
      cluster.network.cables?.set(standby, true);
      return standby;
    },
  },
  {
    what: 'the cable of the app computer with the entrance pulled and put in again',
    cable: true,
    async run({ cluster, doneAfter, seconds }) {
      const node = cluster.entrance() ?? 'app1';
      cluster.network.cables?.set(node, false);
      await sleep(1_000);
      await doneAfter(Date.now());
      await sleep(seconds * 1000);
      cluster.network.cables?.set(node, true);
      await appsAnswer(cluster);
      return `${node}, then ${cluster.entrance() ?? 'none'}`;
    },
  },
  {
    what: 'kill -9 of HAProxy at the entrance',
    async run({ cluster }) {
      cluster.unit(cluster.entrance() ?? 'app1', 'haproxy').kill();
      await appsAnswer(cluster);
      return '';
    },
  },
  {
    what: 'the lead handed over on purpose',
    async run({ cluster, doneAfter }) {
      const from = await cluster.leader();
      const to = (await cluster.members()).find(({ role }) => role === 'sync_standby')?.name ?? '';
      await cluster.switchOver(from, to);
      await doneAfter(Date.now());
      return `${from}, then ${await cluster.leader()}`;
    },
  },
  {
    what: 'an upgrade in service: one app after the other stopped and started',
    async run({ cluster, doneAfter }) {
      for (const node of APPS) {
        await cluster.unit(node, 'app').stop();
        await doneAfter(Date.now());
        cluster.unit(node, 'app').start();
        await appsAnswer(cluster);
      }
      return '';
    },
  },
];

function killPostgres(cluster: Cluster, node: string): void {
  const [pid] = cluster.network
    .processesOf(node)
    .filter((each) => commandOf(each).some((part) => part.endsWith('/bin/postgres')));
  if (pid === undefined) throw new Error(`${node} runs no PostgreSQL`);
  kill(pid);
}

/** Its arguments; the postmaster alone still has those it was started with. */
function commandOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

/** Everything on it at once, and nothing starts it again. */
async function powerOff(cluster: Cluster, node: string): Promise<void> {
  const stopping = cluster.unitsOf(node).map((unit) => unit.stop(0));
  cluster.network.processesOf(node).forEach(kill);
  await Promise.all(stopping);
}

/** Waits until somebody else leads. */
async function newLeader(cluster: Cluster, former: string): Promise<void> {
  await until('another leader', 90_000, async () => ((await cluster.leader()) === former ? undefined : true));
}

/** A former primary that nobody can stop must stop by itself: two of them would be two truths. */
async function staysNoPrimary(cluster: Cluster, node: string): Promise<string> {
  const at = Date.now();
  await until(`${node} to take no more writes while it is cut off`, GIVES_UP_MS, () =>
    cluster.onlyReads(node) === false ? undefined : true,
  );
  return `gave up after ${((Date.now() - at) / 1000).toFixed(1)} s`;
}

/** Waits until each app answers for itself and has its database. */
async function appsAnswer(cluster: Cluster): Promise<void> {
  for (const node of APPS) {
    await until(`${node} to be ready`, 90_000, async () => {
      try {
        const response = await fetch(`http://${cluster.network.addressOf(node)}:8080/readyz`, {
          signal: AbortSignal.timeout(2_000),
        });
        return response.ok ? true : undefined;
      } catch {
        return undefined;
      }
    });
  }
}
