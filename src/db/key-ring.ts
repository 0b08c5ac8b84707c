/**
 * The keys of an installation: one root, look-up keys that it wraps, which all that must stay the same is derived from
 * (hashes, addresses, fingerprint), and data keys with numbers, which values are sealed with (docs/decisions/025, 048).
 */

import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { partsOf } from '../domain/parts.ts';

/** `known`: for reading only, until every process has it. `retired`: for what has not been sealed anew. */
export type DataKeyState = 'known' | 'active' | 'retired';

export interface DataKey {
  /** 1 to 255: the first byte of each value that it sealed. Never given twice. */
  readonly id: number;
  /** 32 bytes. */
  readonly key: Uint8Array;
  /** ISO 8601; null for a key of before this was kept. */
  readonly madeAt: string | null;
  readonly state: DataKeyState;
  /** When everything of older keys had been sealed with this one; null: not yet. */
  readonly completeAt: string | null;
}

/** What stays when the root is replaced: whatever is looked up by, or stands on paper, hangs on it. */
export interface LookupKeys {
  /** 32 bytes: hashes, secret addresses, fingerprint and the former signing seed are expanded from it (RFC 5869, 2.3). */
  readonly base: Uint8Array;
  /** 32 bytes: the password of the app's role in a database of one's own. */
  readonly appRole: Uint8Array;
}

export interface KeyRing {
  /** 32 bytes: locks backups, wraps the look-up keys. */
  readonly root: Uint8Array;
  /** 1 for the root that the installation began with. */
  readonly rootNumber: number;
  /** ISO 8601; null for the first one, and for those of the environment. */
  readonly rootMadeAt: string | null;
  readonly lookups: LookupKeys;
  /** The root to come, until every process has read it. */
  readonly nextRoot: Uint8Array | null;
  /** Open backups of before, until they are forgotten; the newest first. */
  readonly formerRoots: readonly Uint8Array[];
  /** Rising ids, exactly one active. */
  readonly keys: readonly DataKey[];
  /** Where newer keys will be found; null: the environment, which changes at a start only. */
  readonly file: string | null;
}

/** The ring of an installation whose data key was never changed: the root itself is key 1. */
export function ringOfRoot(root: Uint8Array, file: string | null = null): KeyRing {
  return { ...firstRoot(root), file, keys: [firstKey(root)] };
}

/** Of the first root the look-up keys are what is extracted from it (RFC 5869, 2.2), which does not lead back to it. */
function firstRoot(root: Uint8Array): Omit<KeyRing, 'file' | 'keys'> {
  const lookups = {
    base: createHmac('sha256', SALT).update(root).digest(),
    appRole: createHmac('sha256', root).update('daftar_app password').digest(),
  };
  return { root, rootNumber: 1, rootMadeAt: null, lookups, nextRoot: null, formerRoots: [] };
}

const SALT = 'daftar-pustaka';
const MOST_ROOTS = 999;

/** `<number>:<base64>`: the look-up keys wrapped by the root, as keys.json and LOOKUP_KEYS have them. */
export function wrapLookups({ root, rootNumber, lookups }: KeyRing): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', wrapperOf(root), nonce).setAAD(Buffer.of(rootNumber & 0xff));
  const body = Buffer.concat([cipher.update(lookups.base), cipher.update(lookups.appRole), cipher.final()]);
  return `${rootNumber}:${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64')}`;
}

/** Undefined where they were wrapped by another root, or are not whole. */
function unwrapLookups(root: Uint8Array, text: string): Pick<KeyRing, 'rootNumber' | 'lookups'> | undefined {
  const found = /^([1-9]\d{0,2}):([A-Za-z0-9+/]+={0,2})$/.exec(text);
  const sealed = Buffer.from(found?.[2] ?? '', 'base64');
  const rootNumber = Number(found?.[1]);
  if (sealed.length !== 92 || rootNumber < 2) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', wrapperOf(root), sealed.subarray(0, 12))
    .setAAD(Buffer.of(rootNumber & 0xff))
    .setAuthTag(sealed.subarray(12, 28));
  try {
    const keys = Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]);
    return { rootNumber, lookups: { base: keys.subarray(0, 32), appRole: keys.subarray(32) } };
  } catch {
    return undefined;
  }
}

function wrapperOf(root: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', root, SALT, 'wrap', 32));
}

/** Whether look-up keys of LOOKUP_KEYS are opened by this root. */
export function isWrappedBy(root: Uint8Array, lookups: string): boolean {
  return unwrapLookups(root, lookups) !== undefined;
}

function firstKey(root: Uint8Array): DataKey {
  return { id: 1, key: root, madeAt: null, state: 'active', completeAt: null };
}

const bytes = z
  .string()
  .transform((text) => new Uint8Array(Buffer.from(text, 'base64')))
  .refine((key) => key.length === 32);
const fileSchema = z.object({
  master: bytes,
  next: bytes.optional(),
  former: z.array(bytes).default([]),
  /** None as long as the root is the first one. */
  lookups: z.string().optional(),
  madeAt: z.string().nullable().default(null),
  keys: z
    .array(
      z.object({
        id: z.number().int().min(1).max(255),
        key: bytes,
        madeAt: z.string().nullable().default(null),
        state: z.enum(['known', 'active', 'retired']),
        completeAt: z.string().nullable().default(null),
      }),
    )
    .optional(),
});

/** The text of keys.json, also of the older form with one key; undefined for anything else, or a root that does not fit. */
export function parseRing(text: string, file: string | null): KeyRing | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const parsed = fileSchema.safeParse(value);
  if (!parsed.success) return undefined;
  const { master, keys, next, former, lookups, madeAt } = parsed.data;
  const kept = lookups === undefined ? undefined : unwrapLookups(master, lookups);
  if (lookups !== undefined && kept === undefined) return undefined;
  const root = {
    ...firstRoot(master),
    ...kept,
    rootMadeAt: madeAt,
    nextRoot: next ?? null,
    formerRoots: former,
  };
  // Only the first root is a data key as well.
  if (keys === undefined) return kept === undefined ? { ...root, file, keys: [firstKey(master)] } : undefined;
  const sorted = keys.toSorted((one, other) => one.id - other.id);
  const unique = new Set(sorted.map(({ id }) => id)).size === sorted.length;
  const active = sorted.filter(({ state }) => state === 'active').length;
  return unique && active === 1 ? { ...root, file, keys: sorted } : undefined;
}

/** In the older form as long as that says everything, so that an older program can be gone back to. */
export function writeRing(ring: KeyRing): string {
  const { root, keys, nextRoot, formerRoots } = ring;
  const [only] = keys;
  const simple = keys.length === 1 && only?.id === 1 && Buffer.from(only.key).equals(root);
  const content = {
    master: base64(root),
    ...(nextRoot === null ? {} : { next: base64(nextRoot) }),
    ...(formerRoots.length === 0 ? {} : { former: formerRoots.map(base64) }),
    ...(ring.rootNumber === 1 ? {} : { madeAt: ring.rootMadeAt, lookups: wrapLookups(ring) }),
    ...(simple ? {} : { keys: keys.map((one) => ({ ...one, key: base64(one.key) })) }),
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

/**
 * DATA_KEYS: `2:<base64>` and so on, separated by spaces or commas; the highest is active unless `:known` follows it.
 * @param root DATA_KEY, which is also key 1 as long as it is the first root
 * @param lookups LOOKUP_KEYS, of a root that was replaced
 */
export function parseEnvRing(root: Uint8Array, text: string, lookups?: string): KeyRing | undefined {
  const kept = lookups === undefined ? undefined : unwrapLookups(root, lookups);
  if (lookups !== undefined && kept === undefined) return undefined;
  const keys: DataKey[] = kept === undefined ? [{ ...firstKey(root), state: 'retired' }] : [];
  for (const part of partsOf(text)) {
    const found = /^(\d{1,3}):([A-Za-z0-9+/]{43}=)(:known)?$/.exec(part);
    const id = Number(found?.[1]);
    if (!found || id < 1 || id > 255 || keys.some((one) => one.id === id)) return undefined;
    keys.push({
      id,
      key: new Uint8Array(Buffer.from(found[2] ?? '', 'base64')),
      madeAt: null,
      state: found[3] === undefined ? 'retired' : 'known',
      completeAt: null,
    });
  }
  keys.sort((one, other) => one.id - other.id);
  const active = keys.findLast(({ state }) => state !== 'known')?.id;
  if (active === undefined) return undefined;
  return {
    ...firstRoot(root),
    ...kept,
    file: null,
    keys: keys.map((one) => (one.id === active ? { ...one, state: 'active' } : one)),
  };
}

export function activeKey(ring: KeyRing): DataKey {
  const active = ring.keys.find(({ state }) => state === 'active');
  if (!active) throw new RangeError('a key ring has an active key');
  return active;
}

/** With a further key that only reads; undefined when all 255 numbers were used. */
export function addKnown(
  ring: KeyRing,
  key: Uint8Array,
  at: Date,
): { readonly ring: KeyRing; readonly added: DataKey } | undefined {
  const id = (ring.keys.at(-1)?.id ?? 0) + 1;
  if (id > 255) return undefined;
  const added: DataKey = { id, key, madeAt: at.toISOString(), state: 'known', completeAt: null };
  return { ring: { ...ring, keys: [...ring.keys, added] }, added };
}

export function activate(ring: KeyRing, id: number): KeyRing {
  const keys = ring.keys.map((one): DataKey => {
    if (one.id === id) return { ...one, state: 'active' };
    return one.state === 'active' ? { ...one, state: 'retired' } : one;
  });
  return { ...ring, keys };
}

export function complete(ring: KeyRing, at: Date): KeyRing {
  const keys = ring.keys.map((one) =>
    one.state === 'active' ? { ...one, completeAt: at.toISOString() } : one,
  );
  return { ...ring, keys };
}

export function without(ring: KeyRing, id: number): KeyRing {
  return { ...ring, keys: ring.keys.filter((one) => one.id !== id) };
}

/** With a root to come, which nothing uses before every process has read it; undefined when all numbers were used. */
export function addNextRoot(ring: KeyRing, root: Uint8Array): KeyRing | undefined {
  return ring.rootNumber < MOST_ROOTS ? { ...ring, nextRoot: root } : undefined;
}

/** The root to come takes the place of the present one, which goes on opening what it locked. */
export function takeNextRoot(ring: KeyRing, at: Date): KeyRing {
  if (ring.nextRoot === null) throw new RangeError('there is no root to come');
  return {
    ...ring,
    root: ring.nextRoot,
    rootNumber: ring.rootNumber + 1,
    rootMadeAt: at.toISOString(),
    nextRoot: null,
    formerRoots: [ring.root, ...ring.formerRoots],
  };
}

export function withoutFormerRoots(ring: KeyRing): KeyRing {
  return { ...ring, formerRoots: [] };
}

/** Data keys that are a root as well: they have to go before that root does. */
export function keysOfRoots(ring: KeyRing, roots: readonly Uint8Array[]): readonly DataKey[] {
  return ring.keys.filter(({ key }) => roots.some((root) => Buffer.from(root).equals(key)));
}

/** Whether two rings are of one installation, whatever their roots. */
export function isSameInstallation(one: KeyRing, other: KeyRing): boolean {
  return Buffer.from(one.lookups.base).equals(other.lookups.base);
}

/**
 * Both rings in one, for a restored database: what either sealed can be read. Undefined where they are of two
 * installations, or gave one number to two keys. Of two roots the newer one goes on, the other opens its backups.
 */
export function mergeRings(present: KeyRing, brought: KeyRing): KeyRing | undefined {
  if (!isSameInstallation(present, brought)) return undefined;
  const newer = brought.rootNumber > present.rootNumber ? brought : present;
  const roots = [present, brought].flatMap((ring) => [ring.root, ...ring.formerRoots]);
  const former = new Map(roots.map((root) => [base64(root), root]));
  former.delete(base64(newer.root));
  const keys = new Map(present.keys.map((one) => [one.id, one]));
  for (const one of brought.keys) {
    const here = keys.get(one.id);
    if (here && !Buffer.from(here.key).equals(one.key)) return undefined;
    if (!here) keys.set(one.id, { ...one, state: 'retired', completeAt: null });
  }
  const merged = {
    ...present,
    root: newer.root,
    rootNumber: newer.rootNumber,
    rootMadeAt: newer.rootMadeAt,
    nextRoot: newer.nextRoot,
    formerRoots: [...former.values()],
    keys: [...keys.values()].sort((one, other) => one.id - other.id),
  };
  // Of an older file beside a newer backup: the newer key goes on.
  return activate(merged, Math.max(activeKey(present).id, activeKey(brought).id));
}

/** Tells a key from others of its number, without telling the key: `2:9f86d081884c7d65`. */
export function nameOfKey({ id, key }: Pick<DataKey, 'id' | 'key'>): string {
  const check = Buffer.from(hkdfSync('sha256', key, SALT, 'fingerprint', 32));
  return `${id}:${createHash('sha256').update(check).digest('hex').slice(0, 16)}`;
}

/** The same of a root: `root-2:9f86d081884c7d65`, of one to come `next-3:…`. */
export function namesOfRoots({ root, rootNumber, nextRoot }: KeyRing): readonly string[] {
  const names = [`root-${nameOfKey({ id: rootNumber, key: root })}`];
  return nextRoot === null ? names : [...names, nameOfNextRoot(rootNumber + 1, nextRoot)];
}

export function nameOfNextRoot(rootNumber: number, root: Uint8Array): string {
  return `next-${nameOfKey({ id: rootNumber, key: root })}`;
}

function base64(key: Uint8Array): string {
  return Buffer.from(key).toString('base64');
}
