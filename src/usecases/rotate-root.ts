/** The root of an installation is replaced while the service runs, and the one before forgotten (docs/decisions/048). */
import { keepLeastRoot, leastRoot, neededKeys, readKey, saveRing } from '../db/key-file.ts';
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
import { alone, holdersBehind, type KeyRefusal, type KeyWork, othersEnded } from './key-work.ts';
import { type RotateResult, replaceDataKey } from './rotate-keys.ts';

/** What whoever runs the service puts into the environment of every process, the one after the other. */
export interface RootLines {
  readonly DATA_KEY: string;
  readonly LOOKUP_KEYS: string;
  readonly DATA_KEYS: string;
}

export type RotateRootResult =
  | { readonly ok: true; readonly number: number }
  | KeyRefusal
  /** The root is a data key still, and what it sealed could not all be sealed anew. */
  | {
      readonly ok: false;
      readonly reason: 'data-key';
      readonly refusal: Extract<RotateResult, { ok: false }>;
    }
  /** Keys of the environment: the new root has to be put there. */
  | { readonly ok: false; readonly reason: 'environment-root'; readonly lines: RootLines }
  | { readonly ok: false; readonly reason: 'no-more-roots' };

/**
 * Makes a new root, wraps with it what the one before wrapped, and has every process take it; a work that was stopped goes
 * on instead. Both roots start the service until `forgetRoot`. What is looked up by stays as it is.
 */
export function rotateRoot(work: KeyWork): Promise<RotateRootResult> {
  return alone(work, async (): Promise<RotateRootResult> => {
    const read = await readKey(work);
    if (!read.ok) return read;
    const least = await leastRoot(work.client);
    // Under way, or done and not yet forgotten: there are never three.
    if (read.ring.rootNumber > least) {
      work.tell({ step: 'root-goes-on', number: read.ring.rootNumber });
      return await waitForAll(work, read.ring);
    }
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
    const twice = keysOfRoots(ring, ring.formerRoots);
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
  const unfinished = active.id > 1 && active.completeAt === null && ring.file !== null;
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

/** Of data keys those that values may need; without a rotation in the books, all. */
async function linesOf(work: KeyWork, ring: KeyRing): Promise<RootLines> {
  const root = work.deps.randomBytes(32);
  const needed = new Set(await neededKeys(work.client));
  const keys = ring.keys.filter((key) => needed.size === 0 || needed.has(nameOfKey(key)));
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
  const line = ({ id, key, state }: DataKey): string =>
    `${id}:${base64(key)}${state === 'known' ? ':known' : ''}`;
  return {
    DATA_KEY: base64(root),
    LOOKUP_KEYS: wrapLookups({ ...ring, root, rootNumber: ring.rootNumber + 1 }),
    DATA_KEYS: keys.map(line).join(' '),
  };
}
