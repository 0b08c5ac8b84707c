/** The root of an installation is replaced while the service runs, and the one before forgotten (docs/decisions/048). */
import {
  keepLeastRoot,
  keyFileIn,
  leastRoot,
  neededKeys,
  readKey,
  rootSince,
  saveRing,
} from '../db/key-file.ts';
import type { KeyHolder } from '../db/key-holders.ts';
import {
  activeKey,
  addNextRoot,
  type DataKey,
  type KeyRing,
  keysOfRoots,
  nameOfKey,
  nameOfNextRoot,
  namesOfRoots,
  takeNextRoot,
  withoutFormerRoots,
  wrapLookups,
} from '../db/key-ring.ts';
import { listLibraries } from '../db/library.ts';
import { countSealedBy } from '../db/sealed-columns.ts';
import { alone, holdersBehind, type KeyRefusal, type KeyWork, othersEnded } from './key-work.ts';
import { type RotateResult, replaceDataKey } from './rotate-keys.ts';

/** For so long a repeat goes on with a replacement; after that whoever asks wants another root. */
const GOES_ON_MS = 24 * 3_600_000;

/** What whoever runs the service puts into the environment of every process, the one after the other. */
export interface RootLines {
  readonly DATA_KEY: string;
  readonly LOOKUP_KEYS: string;
  readonly DATA_KEYS: string;
}

export type RotateRootResult =
  | { readonly ok: true; readonly number: number }
  | KeyRefusal
  /** Data keys of before, of which the first root is one, sealed something that could not all be sealed anew. */
  | {
      readonly ok: false;
      readonly reason: 'data-key';
      readonly refusal: Extract<RotateResult, { ok: false }>;
    }
  /** Keys of the environment: the new root has to be put there. */
  | { readonly ok: false; readonly reason: 'environment-root'; readonly lines: RootLines }
  /** The last replacement was not ended by `forgetRoot`; no root was made. */
  | {
      readonly ok: false;
      readonly reason: 'root-not-ended';
      readonly number: number;
      readonly since: Date | undefined;
    }
  | { readonly ok: false; readonly reason: 'no-more-roots' };

/**
 * Makes a new root, wraps with it what the one before wrapped, and has every process take it; a work that was stopped goes
 * on instead, for a day. Both roots start the service until `forgetRoot`. What is looked up by stays as it is.
 */
export function rotateRoot(work: KeyWork): Promise<RotateRootResult> {
  return alone(work, async (): Promise<RotateRootResult> => {
    const read = await readKey(work);
    if (!read.ok) return read;
    const least = await leastRoot(work.client);
    // Under way, or done and not yet forgotten: there are never three.
    if (read.ring.rootNumber > least) return await goOn(work, read.ring);
    const ready = await withoutRootAsDataKey(work, read.ring);
    if (!ready.ok) return ready;
    const { ring } = ready;
    if (ring.file === null)
      return { ok: false, reason: 'environment-root', lines: await linesOf(work, ring) };
    const known = ring.nextRoot === null ? addNextRoot(ring, work.deps.randomBytes(32)) : ring;
    const next = known?.nextRoot;
    if (known === undefined || next === null || next === undefined)
      return { ok: false, reason: 'no-more-roots' };
    const number = ring.rootNumber + 1;
    if (known !== ring) await saveRing(known);
    work.tell({ step: 'root-made', number });
    // A process with a file of its own, or of an older program, is told before anything is changed.
    const name = nameOfNextRoot(number, next);
    const behind = await holdersBehind(work, (holder) => holder.keys.includes(name));
    if (behind.length > 0) return { ok: false, reason: 'holders-behind', holders: behind };
    // One writing of one file: whoever reads it, whenever, has the one or the other, and both open everything.
    const taken = takeNextRoot(known, work.deps.now());
    await saveRing(taken);
    work.tell({ step: 'root-active', number });
    return await waitForAll(work, taken);
  });
}

/** Never says of a root of long ago, or of before a restore, that it was replaced now. */
async function goOn(work: KeyWork, ring: KeyRing): Promise<RotateRootResult> {
  const number = ring.rootNumber;
  const since = await rootSince(work.client, ring);
  const old = since !== undefined && work.deps.now().getTime() - since.getTime() > GOES_ON_MS;
  // Of a restore: one to come was made already when the one before was forgotten.
  if (old || ring.nextRoot !== null) return { ok: false, reason: 'root-not-ended', number, since };
  const lacking = await refuseLacking(work, ring);
  if (lacking !== undefined) return lacking;
  work.tell({ step: 'root-goes-on', number });
  return await waitForAll(work, ring);
}

export type ForgetRootResult =
  | {
      readonly ok: true;
      readonly number: number /** Keys of the environment are ours to refuse only. */;
      readonly inEnvironment: boolean;
    }
  | KeyRefusal
  /** There is but the one root, or the new one is not in use yet. */
  | { readonly ok: false; readonly reason: 'one-root' }
  /** The root before is a data key as well: these have to be forgotten first. */
  | { readonly ok: false; readonly reason: 'still-data-key'; readonly ids: readonly number[] }
  /** A backup began before; it is locked with the root before. */
  | { readonly ok: false; readonly reason: 'busy' };

/** From now on nothing starts with a root of before, and keys.json has it no more. Backups of before open by paper or passphrase. */
export function forgetRoot(work: KeyWork): Promise<ForgetRootResult> {
  return alone(work, async (): Promise<ForgetRootResult> => {
    const read = await readKey(work);
    if (!read.ok) return read;
    const { ring } = read;
    if (ring.rootNumber <= (await leastRoot(work.client)) && ring.formerRoots.length === 0) {
      return { ok: false, reason: 'one-root' };
    }
    const lacking = await refuseLacking(work, ring);
    if (lacking !== undefined) return lacking;
    const twice = await keysOfFormerRoots(work, ring);
    if (twice.length > 0) return { ok: false, reason: 'still-data-key', ids: twice.map(({ id }) => id) };
    const waited = await waitForAll(work, ring);
    if (!waited.ok) return waited;
    if (!(await othersEnded(work))) return { ok: false, reason: 'busy' };
    await keepLeastRoot(work.client, ring.rootNumber);
    if (ring.file !== null) await saveRing(withoutFormerRoots(ring));
    return { ok: true, number: ring.rootNumber, inEnvironment: ring.file === null };
  });
}

/** A first root is data key 1 as well: what it sealed is sealed anew, or it would have to be kept for that. */
async function withoutRootAsDataKey(
  work: KeyWork,
  ring: KeyRing,
): Promise<{ readonly ok: true; readonly ring: KeyRing } | Exclude<RotateRootResult, { ok: true }>> {
  const active = activeKey(ring);
  // Of keys of the environment nothing says whether everything was sealed anew: it is looked at each time.
  const unfinished = active.id > 1 && active.completeAt === null;
  const isRoot = keysOfRoots(ring, [ring.root]).some(({ id }) => id === active.id);
  if (!isRoot && !unfinished) return { ok: true, ring };
  const rotated = await replaceDataKey(work);
  if (!rotated.ok) return { ok: false, reason: 'data-key', refusal: rotated };
  const read = await readKey(work);
  return read.ok ? { ok: true, ring: read.ring } : read;
}

async function waitForAll(
  work: KeyWork,
  ring: KeyRing,
): Promise<
  | { readonly ok: true; readonly number: number }
  | { readonly ok: false; readonly reason: 'holders-behind'; readonly holders: readonly KeyHolder[] }
> {
  const [name = ''] = namesOfRoots(ring);
  const behind = await holdersBehind(work, (holder) => holder.keys.includes(name));
  return behind.length > 0
    ? { ok: false, reason: 'holders-behind', holders: behind }
    : { ok: true, number: ring.rootNumber };
}

/** The environment has no roots of before, but key 1 is always the first one. */
async function keysOfFormerRoots(work: KeyWork, ring: KeyRing): Promise<readonly DataKey[]> {
  if (ring.file !== null) return keysOfRoots(ring, ring.formerRoots);
  const needed = await neededKeys(work.client);
  return ring.keys.filter((key) => key.id === 1 && needed.includes(nameOfKey(key)));
}

/** Whoever puts keys into an environment may leave one out that values are still sealed with. */
async function refuseLacking(
  work: KeyWork,
  ring: KeyRing,
): Promise<Extract<KeyRefusal, { reason: 'key-version-missing' }> | undefined> {
  if (ring.file !== null) return undefined;
  const gone = Array.from({ length: activeKey(ring).id - 1 }, (_, at) => at + 1).filter(
    (id) => !ring.keys.some((key) => key.id === id),
  );
  const ids = await sealing(work, gone);
  return ids.length === 0
    ? undefined
    : { ok: false, reason: 'key-version-missing', source: 'env', file: keyFileIn(work.dataDir), ids };
}

/** Those of these data keys that some value is sealed with. */
async function sealing(work: KeyWork, ids: readonly number[]): Promise<readonly number[]> {
  const found: number[] = [];
  if (ids.length === 0) return found;
  const libraries = (await listLibraries(work.owner)).map(({ id }) => id);
  for (const id of ids) {
    if ((await countSealedBy(work.owner, libraries, id)).size > 0) found.push(id);
  }
  return found;
}

/** With every data key but those that were forgotten, which is believed only where no value is sealed with them. */
async function linesOf(work: KeyWork, ring: KeyRing): Promise<RootLines> {
  const root = work.deps.randomBytes(32);
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
  const line = ({ id, key, state }: DataKey): string =>
    `${id}:${base64(key)}${state === 'known' ? ':known' : ''}`;
  const forgotten = await forgottenKeys(work, ring);
  return {
    DATA_KEY: base64(root),
    LOOKUP_KEYS: wrapLookups({ ...ring, root, rootNumber: ring.rootNumber + 1 }),
    // Commas: a shell, a unit of systemd and an env file read them without quotes.
    DATA_KEYS: ring.keys
      .filter(({ id }) => !forgotten.has(id))
      .map(line)
      .join(','),
  };
}

async function forgottenKeys(work: KeyWork, ring: KeyRing): Promise<ReadonlySet<number>> {
  const needed = await neededKeys(work.client);
  const active = activeKey(ring).id;
  const ids = ring.keys
    .filter((key) => key.id < active && needed.length > 0 && !needed.includes(nameOfKey(key)))
    .map(({ id }) => id);
  // What is being written may carry a value that was read before.
  if (ids.length === 0 || !(await othersEnded(work))) return new Set();
  const used = await sealing(work, ids);
  return new Set(ids.filter((id) => !used.includes(id)));
}
