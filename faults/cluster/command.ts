/** `npm run faults -- cluster`: sets a province's installation up, lets people work, and takes one computer after the other. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openInstallation } from '../../src/db/installation.ts';
import { checkAuditChain } from '../audit-chain.ts';
import type { FaultOptions, Outcome } from '../faults.ts';
import { beginLoad } from '../stage.ts';
import { APPS, type Cluster, openCluster } from './cluster.ts';
import { install, lookAtMachine, type Machine, whyNot } from './requirements.ts';
import { TROUBLES } from './troubles.ts';
import { until } from './unit.ts';

/** The aim: people can write again within this time, whatever broke. */
const AIM_MS = 30_000;
const START_MS = 120_000;

export async function troubleCluster(options: FaultOptions, pauseMs: number): Promise<Outcome | string> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'daftar-gugus-'));
  options.atEnd(() => rmSync(folder, { recursive: true, force: true }));
  // Each server runs under an account of its own and must get at its part.
  chmodSync(folder, 0o755);
  const machine = makeReady(options, folder);
  if (typeof machine === 'string') return machine;
  const namespaces = machine.noNamespaces === undefined;
  if (!namespaces)
    options.say(
      `network namespaces are not allowed here (${machine.noNamespaces}): all computers share one network, and no ` +
        'cable is pulled; what that would show is NOT shown',
    );

  const program = path.join(path.dirname(process.argv[1] ?? ''), 'cli.js');
  const { say, atEnd } = options;
  const cluster = await openCluster({ folder, program, namespaces, say, atEnd });
  await startApps(cluster);
  say('two app processes behind HAProxy, which sends to the primary');
  const dataDir = path.join(options.folder, 'data');
  const databaseUrl = await cluster.databaseUrl();
  const dataKey = cluster.dataKey;
  const common = { dataDir, migrationDatabaseUrl: undefined, dataKey, besideService: true };
  const opened = await openInstallation({ ...common, databaseUrl, log: () => undefined });
  if (!opened.ok) throw new Error(`the database cannot be reached: ${opened.reason}`);
  const load = await beginLoad({
    origin: cluster.origin,
    installation: opened.installation,
    output: APPS.map((node) => cluster.unit(node, 'app').output()).join(''),
    folder: options.folder,
    pauseMs,
  });
  atEnd(() => load.kill());

  const worst = { silenceMs: 0, waitMs: 0 };
  let late = 0;
  const troubles = TROUBLES.filter(({ cable }) => namespaces || !cable).slice(0, options.rounds);
  for (const { what, run } of troubles) {
    await cluster.whole();
    await sleep(500 + options.random() * 1_500);
    const stopWatching = load.watch();
    const at = Date.now();
    const note = await run({
      cluster,
      random: options.random,
      seconds: options.seconds,
      doneAfter: load.doneAfter,
    });
    // Everybody is answered again, and the cluster could stand the next one.
    await load.doneAfter(Date.now());
    await cluster.whole();
    await load.doneAfter(Date.now());
    const { silenceMs, waitMs } = stopWatching();
    worst.silenceMs = Math.max(worst.silenceMs, silenceMs);
    worst.waitMs = Math.max(worst.waitMs, waitMs);
    if (silenceMs > AIM_MS) late++;
    const seconds = (milliseconds: number) => (milliseconds / 1000).toFixed(1);
    say(
      `${what}: nothing done for ${seconds(silenceMs)} s, longest wait ${seconds(waitMs)} s, whole after ` +
        `${seconds(Date.now() - at)} s${note === '' ? '' : `; ${note}`}`,
    );
  }
  say(`people could write again ${late > 0 ? 'NOT ' : ''}within ${AIM_MS / 1000} s each time`);
  const admin = await cluster.admin();
  const stage: Outcome['stage'] = {
    admin,
    auditChain: async () =>
      checkAuditChain(admin, program, {
        ...process.env,
        DATA_DIR: dataDir,
        DATABASE_URL: await cluster.databaseUrl(),
        DATA_KEY: Buffer.from(cluster.dataKey).toString('base64'),
      }),
    endLoad: load.end,
    stop: async () => {
      load.kill();
      await cluster.stop();
    },
  };
  return {
    stage,
    survived: troubles.length,
    worstRecoveryMs: worst.silenceMs,
    late,
    longestWaitMs: worst.waitMs,
  };
}

/** Installs what is missing, where that can be done. @returns the computer, or why the cluster cannot be set up on it */
function makeReady(options: FaultOptions, folder: string): Machine | string {
  const machine = lookAtMachine();
  const refused = whyNot(machine);
  if (refused !== undefined) return refused;
  if (machine.missing.length === 0) return machine;
  options.say(`installing ${machine.missing.join(' ')}`);
  try {
    install(machine.missing, folder);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const now = lookAtMachine();
  return now.missing.length === 0 ? now : `these packages are missing: ${now.missing.join(' ')}`;
}

/** Both at once, as after a power cut: one of them makes the tables and the libraries, the other waits for it. */
async function startApps(cluster: Cluster): Promise<void> {
  for (const node of APPS) cluster.unit(node, 'app').start();
  const output = () => APPS.map((node) => cluster.unit(node, 'app').output());
  await until(
    () => `the apps to start:\n${output().join('\n')}`,
    START_MS,
    () => (output().every((text) => /^ready in /m.test(text)) ? true : undefined),
  );
  await until('the entrance', START_MS, async () => {
    try {
      const response = await fetch(`${cluster.origin}/masuk`, { signal: AbortSignal.timeout(2_000) });
      await response.text();
      return response.ok ? true : undefined;
    } catch {
      return undefined;
    }
  });
}
