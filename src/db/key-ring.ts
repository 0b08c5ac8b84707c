/**
 * The keys of an installation: one root, which all that must stay the same is derived from (hashes, addresses,
 * fingerprint), and data keys with numbers, which values are sealed with (docs/decisions/025).
 */
import { createHash, hkdfSync } from 'node:crypto';
import { z } from 'zod';

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

export interface KeyRing {
  /** 32 bytes. */
  readonly root: Uint8Array;
  /** Rising ids, exactly one active. */
  readonly keys: readonly DataKey[];
  /** Where newer keys will be found; null: the environment, which changes at a start only. */
  readonly file: string | null;
}

/** The ring of an installation whose data key was never changed: the root itself is key 1. */
export function ringOfRoot(root: Uint8Array, file: string | null = null): KeyRing {
  return { root, file, keys: [firstKey(root)] };
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

/** The text of keys.json, also of the older form with one key; undefined for anything else. */
export function parseRing(text: string, file: string | null): KeyRing | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const parsed = fileSchema.safeParse(value);
  if (!parsed.success) return undefined;
  const { master, keys } = parsed.data;
  if (keys === undefined) return ringOfRoot(master, file);
  const sorted = keys.toSorted((one, other) => one.id - other.id);
  const unique = new Set(sorted.map(({ id }) => id)).size === sorted.length;
  const active = sorted.filter(({ state }) => state === 'active').length;
  return unique && active === 1 ? { root: master, file, keys: sorted } : undefined;
}

/** In the older form as long as that says everything, so that an older program can be gone back to. */
export function writeRing({ root, keys }: KeyRing): string {
  const [only] = keys;
  const simple = keys.length === 1 && only?.id === 1 && Buffer.from(only.key).equals(root);
  const content = {
    master: base64(root),
    ...(simple ? {} : { keys: keys.map((one) => ({ ...one, key: base64(one.key) })) }),
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

/**
 * DATA_KEYS: `2:<base64>` and so on, separated by spaces or commas; the highest is active unless `:known` follows it.
 * @param root DATA_KEY, which is also key 1
 */
export function parseEnvRing(root: Uint8Array, text: string): KeyRing | undefined {
  const keys: DataKey[] = [{ ...firstKey(root), state: 'retired' }];
  for (const part of text.split(/[\s,]+/).filter((one) => one !== '')) {
    const found = /^(\d{1,3}):([A-Za-z0-9+/]{43}=)(:known)?$/.exec(part);
    const id = Number(found?.[1]);
    if (!found || id < 2 || id > 255 || keys.some((one) => one.id === id)) return undefined;
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
  return {
    root,
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

/**
 * Both rings in one, for a restored database: what either sealed can be read. Undefined where they are of two
 * installations, or gave one number to two keys.
 */
export function mergeRings(present: KeyRing, brought: KeyRing): KeyRing | undefined {
  if (!Buffer.from(present.root).equals(brought.root)) return undefined;
  const keys = new Map(present.keys.map((one) => [one.id, one]));
  for (const one of brought.keys) {
    const here = keys.get(one.id);
    if (here && !Buffer.from(here.key).equals(one.key)) return undefined;
    if (!here) keys.set(one.id, { ...one, state: 'retired', completeAt: null });
  }
  const merged = { ...present, keys: [...keys.values()].sort((one, other) => one.id - other.id) };
  // Of an older file beside a newer backup: the newer key goes on.
  return activate(merged, Math.max(activeKey(present).id, activeKey(brought).id));
}

/** Tells a key from others of its number, without telling the key: `2:9f86d081884c7d65`. */
export function nameOfKey({ id, key }: Pick<DataKey, 'id' | 'key'>): string {
  const check = Buffer.from(hkdfSync('sha256', key, 'daftar-pustaka', 'fingerprint', 32));
  return `${id}:${createHash('sha256').update(check).digest('hex').slice(0, 16)}`;
}

function base64(key: Uint8Array): string {
  return Buffer.from(key).toString('base64');
}
