import { randomBytes } from 'node:crypto';
import type { Config } from '../config.ts';
import { openClient, openDatabase } from '../db/connection.ts';
import type { Installation } from '../db/installation.ts';
import { readKey } from '../db/key-file.ts';
import type { KeyHolder } from '../db/key-holders.ts';
import { besideService } from '../main.ts';
import type { KeyRefusal, KeyStep, KeyWork } from '../usecases/key-work.ts';
import {
  type ForgetResult,
  forgetDataKey,
  type RotateResult,
  rotateDataKey,
} from '../usecases/rotate-keys.ts';
import {
  type ForgetRootResult,
  forgetRoot,
  type RotateRootResult,
  rotateRoot,
} from '../usecases/rotate-root.ts';
import { reachInstallation } from './beside.ts';
import { dataKeyLines } from './key-lines.ts';
import { newKeysTo, showNewKeys } from './new-keys.ts';
import { explain } from './refusals.ts';

const TELL_EVERY_MS = 5_000;

/** `keys data-keys`: which there are, and which is older than its period. */
export function listDataKeys(): Promise<number> {
  return reachInstallation(async (config, installation) => {
    const read = await readKey(config);
    if (!read.ok) {
      console.error(explain(read, config.dataDir));
      return 1;
    }
    const since = await besideService(installation, async (db) => {
      const oldest = db.selectFrom('library').select('created_at').orderBy('created_at').limit(1);
      return (await oldest.executeTakeFirst())?.created_at;
    });
    for (const line of dataKeyLines(read.ring, since, new Date())) console.log(line);
    return 0;
  });
}

/** `keys rotate-data`: a new data key, and everything sealed with it; beside the running service or without. */
export function rotateData(): Promise<number> {
  return reachInstallation(async (config, installation) => {
    const result = await withWork(config, installation, rotateDataKey);
    if (result.ok) {
      console.log(
        `Everything is sealed with data key ${result.id}; ${result.changed} rows were sealed anew.`,
      );
      for (const id of result.old) {
        console.log(`Nothing needs key ${id} any more. To remove it: npm run keys -- forget-data-key ${id}`);
      }
      console.log(`Now make a backup, and a safe copy of the keys: ${keptIn(config)}`);
      return 0;
    }
    console.error(explainRotation(result, config));
    await showNewKeys(newKeysOf(result), newKeysTo(config.dataDir));
    return 1;
  });
}

/** `keys forget-data-key <number>`: removes an old data key that nothing needs. */
export function forgetKey(id: number): Promise<number> {
  return reachInstallation(async (config, installation) => {
    const result = await withWork(config, installation, (work) => forgetDataKey(work, id));
    if (!result.ok) {
      console.error(explainForgetting(result, id, config));
      return 1;
    }
    console.log(
      result.remove
        ? `No value needs key ${id}. Take it out of DATA_KEYS and start the service again.`
        : `Key ${id} is forgotten.`,
    );
    console.log('Backups made before hold the keys they need themselves: nothing has to be kept for them.');
    if (id === 1 && result.isRoot) {
      console.log('It is the root as well, which stays until npm run keys -- rotate-root and forget-root.');
    }
    return 0;
  });
}

/** `keys rotate-root`: a new root, beside the running service or without. */
export function replaceRoot(): Promise<number> {
  return reachInstallation(async (config, installation) => {
    const result = await withWork(config, installation, rotateRoot);
    if (!result.ok) {
      console.error(explainRootRotation(result, config));
      await showNewKeys(newKeysOf(result), newKeysTo(config.dataDir));
      return 1;
    }
    console.log(
      `Root ${result.number} is in use by every process. The one before still starts the service and opens backups locked with it.`,
    );
    console.log(
      `Now make a safe copy of the keys (${keptIn(config)}) and a backup, then drop the root before:`,
    );
    console.log(
      '  npm run keys -- forget-data-key 1   (where data-keys lists it)\n  npm run keys -- forget-root',
    );
    return 0;
  });
}

/** `keys forget-root`: the root before is accepted no more. */
export function dropRoot(): Promise<number> {
  return reachInstallation(async (config, installation) => {
    const result = await withWork(config, installation, forgetRoot);
    if (!result.ok) {
      console.error(explainRootForgetting(result, config));
      return 1;
    }
    console.log(`Root ${result.number} is the only one now: a start with one before it is refused.`);
    console.log(
      'Backups locked before open with the recovery key or passphrase of then, or with the keys of then in a DATA_DIR of their own; restored here, they go on with the present root. Destroy the copies of the former root with the last such backup.',
    );
    return 0;
  });
}

async function withWork<Result>(
  config: Config,
  installation: Installation,
  act: (work: KeyWork) => Promise<Result>,
): Promise<Result> {
  const stopping = new AbortController();
  // The handlers stay: no signal ends the program before its database, and a batch takes less than a second.
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stopping.abort());
  // A way through a large table takes longer than any page may.
  const owner = openDatabase({ address: installation.owner, poolSize: 2, statementTimeoutMs: 0 });
  const client = openClient(installation.owner);
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await besideService(installation, (_db, deps) =>
      act({
        dataDir: config.dataDir,
        dataKey: config.dataKey,
        owner: owner.db,
        client,
        deps: { ...deps, randomBytes },
        signal: stopping.signal,
        tell: teller(),
      }),
    );
  } finally {
    await client.end().catch(() => undefined);
    await owner.close();
  }
}

function teller(): (step: KeyStep) => void {
  let told = 0;
  return (step) => {
    switch (step.step) {
      case 'made':
        return console.log(`Data key ${step.id} is there; it reads, and seals once every process has it.`);
      case 'goes-on':
        return console.log(`Going on with what is not sealed with data key ${step.id} yet.`);
      case 'root-made':
        return console.log(`Root ${step.number} is there; it is used once every process has read it.`);
      case 'root-goes-on':
        return console.log(
          `No new root is made: root ${step.number} is in use, and not yet ended by forget-root. Looking whether every process has it.`,
        );
      case 'root-active':
        return console.log(
          `Root ${step.number} is in use from now on, the one before is accepted beside it.`,
        );
      case 'active':
        return console.log(`Data key ${step.id} seals from now on. The rest is sealed anew; Ctrl-C stops.`);
      case 'waits':
        return console.log(`Waiting for ${named(step.holders)}`);
      case 'sealed':
        if (Date.now() - told < TELL_EVERY_MS) return;
        told = Date.now();
        return console.log(`${step.changed} rows sealed anew, at present in ${step.table}`);
    }
  };
}

function explainRotation(refusal: Extract<RotateResult, { ok: false }>, config: Config): string {
  switch (refusal.reason) {
    case 'environment':
      return `The keys come from the environment, which is not ours to change. Add data key ${refusal.next} to it for every process, in the line that follows. With several processes first with :known behind it, start them all again, then without it, and start them all again. DATA_KEY stays. Then repeat this command.`;
    case 'no-more-ids':
      return 'All 255 numbers of data keys were used. Restore a backup into a new installation of a later version.';
    case 'stopped':
      return `Stopped; ${refusal.changed} rows were sealed anew. Nothing is lost, the old keys still read the rest: npm run keys -- rotate-data goes on.`;
    case 'unreadable':
      return `${refusal.count} rows could not be opened and stay as they are (damaged, or sealed with a key that is not here); all others are sealed with the new key. Do not forget the old keys. A backup from before the damage has the values.`;
    default:
      return explainShared(refusal, config);
  }
}

function explainForgetting(
  refusal: Extract<ForgetResult, { ok: false }>,
  id: number,
  config: Config,
): string {
  switch (refusal.reason) {
    case 'unknown-key':
      return `There is no data key ${id}. npm run keys -- data-keys lists them.`;
    case 'active-key':
      return `Data key ${id} is in use. Replace it first: npm run keys -- rotate-data`;
    case 'in-use': {
      const counts = [...refusal.counts].map(([table, count]) => `${table} ${count}`).join(', ');
      return `Values are still sealed with key ${id} and would be lost (${counts}). Seal them anew first: npm run keys -- rotate-data. Nothing was changed.`;
    }
    case 'busy':
      return 'A backup or another long transaction is under way and may still need the key. Try again when it has ended. Nothing was changed.';
    default:
      return explainShared(refusal, config);
  }
}

function explainRootRotation(refusal: Extract<RotateRootResult, { ok: false }>, config: Config): string {
  switch (refusal.reason) {
    case 'data-key':
      return `What the root, or another data key of before, sealed is sealed anew first. ${explainRotation(refusal.refusal, config)} Then repeat: npm run keys -- rotate-root`;
    case 'environment-root':
      return 'The keys come from the environment, which is not ours to change. Put the three lines that follow there together, for every process, and start them one after the other; the root before goes on working beside the new one. Then repeat this command. Until then no root is changed, and each call makes another one.';
    case 'root-not-ended': {
      const since = refusal.since === undefined ? '' : ` of ${refusal.since.toISOString().slice(0, 10)}`;
      return `No new root was made: root ${refusal.number}${since} is in use, and its replacement of the one before was not ended. End it first (npm run keys -- forget-root), then repeat: npm run keys -- rotate-root`;
    }
    case 'no-more-roots':
      return 'All 999 numbers of roots were used.';
    default:
      return explainShared(refusal, config);
  }
}

/** What whoever runs the service puts into the environment. */
function newKeysOf(refusal: Extract<RotateResult | RotateRootResult, { ok: false }>): readonly string[] {
  switch (refusal.reason) {
    case 'environment':
      return [`DATA_KEYS=${refusal.next}:${randomBytes(32).toString('base64')}`];
    case 'data-key':
      return newKeysOf(refusal.refusal);
    case 'environment-root':
      return Object.entries(refusal.lines).map(([name, value]) => `${name}=${value}`);
    default:
      return [];
  }
}

function explainRootForgetting(refusal: Extract<ForgetRootResult, { ok: false }>, config: Config): string {
  switch (refusal.reason) {
    case 'one-root':
      return 'There is but the one root. A new one is made by: npm run keys -- rotate-root';
    case 'still-data-key':
      return `The root before is data key ${refusal.ids.join(', ')} as well. Forget that first: npm run keys -- forget-data-key ${refusal.ids.join(', ')}. Nothing was changed.`;
    case 'busy':
      return 'A backup or another long transaction is under way. Try again when it has ended. Nothing was changed.';
    default:
      return explainShared(refusal, config);
  }
}

function explainShared(refusal: KeyRefusal, config: Config): string {
  if (refusal.reason === 'under-way') return 'The data keys are being changed by another command already.';
  if (refusal.reason === 'holders-behind') {
    return `These processes have not taken over the keys: ${named(refusal.holders)}. They read another keys.json or environment: give them the same keys (${keptIn(config)}), then repeat the command. Nothing was lost.`;
  }
  return explain(refusal, config.dataDir);
}

function named(holders: readonly KeyHolder[]): string {
  return holders.map(({ host, pid }) => `process ${pid} on ${host}`).join(', ');
}

function keptIn(config: Config): string {
  return config.dataKey === undefined ? `${config.dataDir}/keys.json` : 'DATA_KEY, DATA_KEYS and LOOKUP_KEYS';
}
