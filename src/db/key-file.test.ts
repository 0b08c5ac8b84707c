import { createHmac, hkdfSync } from 'node:crypto';
import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LibraryId } from '../domain/ids.ts';
import { blockCmac } from './block-cmac.ts';
import { readKey, saveRing } from './key-file.ts';
import {
  activate,
  addKnown,
  addNextRoot,
  complete,
  type KeyRing,
  mergeRings,
  parseEnvRing,
  parseRing,
  ringOfRoot,
  takeNextRoot,
  without,
  withoutFormerRoots,
  wrapLookups,
  writeRing,
} from './key-ring.ts';
import { openVault, UnknownKeyError } from './vault.ts';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(path.join(os.tmpdir(), 'daftar-key-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const master = Buffer.alloc(32, 3).toString('base64');

test('the key of the environment wins over the file', async () => {
  await writeFile(path.join(dataDir, 'keys.json'), JSON.stringify({ master }), { mode: 0o600 });
  const fromFile = await readKey({ dataDir, dataKey: undefined });
  const fromEnv = await readKey({ dataDir, dataKey: new Uint8Array(32).fill(4) });
  expect(fromFile).toMatchObject({ ok: true, source: 'file' });
  expect(fromEnv).toMatchObject({ ok: true, source: 'env' });
  expect(fromFile.ok && fromEnv.ok && fromFile.vault.fingerprint() === fromEnv.vault.fingerprint()).toBe(
    false,
  );
});

test('reading makes no key', async () => {
  expect(await readKey({ dataDir, dataKey: undefined })).toMatchObject({ ok: false, reason: 'key-missing' });
  await expect(stat(path.join(dataDir, 'keys.json'))).rejects.toThrow();
});

test.each(['', '{}', '{"master": "c2hvcnQ="}', 'null'])(
  'a damaged key file is not taken for a key: %s',
  async (text) => {
    await writeFile(path.join(dataDir, 'keys.json'), text, { mode: 0o600 });
    expect(await readKey({ dataDir, dataKey: undefined })).toMatchObject({
      ok: false,
      reason: 'key-unreadable',
    });
  },
);

test.skipIf(process.platform === 'win32').each([0o640, 0o604, 0o660, 0o644])(
  'a key file that others may read is refused: %o',
  async (mode) => {
    const file = path.join(dataDir, 'keys.json');
    await writeFile(file, JSON.stringify({ master }));
    await chmod(file, mode);
    expect(await readKey({ dataDir, dataKey: undefined })).toMatchObject({
      ok: false,
      reason: 'key-open',
      mode: mode.toString(8),
    });
    await chmod(file, 0o400);
    expect(await readKey({ dataDir, dataKey: undefined })).toMatchObject({ ok: true });
  },
);

const library = 1 as LibraryId;
const root = new Uint8Array(32).fill(3);
const at = new Date('2026-03-02T02:00:00Z');

function withKnown(ring: KeyRing, fill: number): KeyRing {
  const made = addKnown(ring, new Uint8Array(32).fill(fill), at);
  if (!made) throw new Error('no number left');
  return made.ring;
}

test('a running service reads with a new key at once and seals with it when it is active', async () => {
  const old = ringOfRoot(root, path.join(dataDir, 'keys.json'));
  await saveRing(old);
  const [first, second] = [
    await readKey({ dataDir, dataKey: undefined }),
    await readKey({ dataDir, dataKey: undefined }),
  ];
  if (!first.ok || !second.ok) throw new Error('unread');
  const before = first.vault.seal(library, 'nik', 'lama');
  expect(before[0]).toBe(1);
  const known = withKnown(old, 4);
  await saveRing(known);
  expect(second.vault.dataKeys()).toMatchObject({
    active: 1,
    names: [expect.stringMatching(/^1:/), expect.stringMatching(/^2:/)],
  });
  await saveRing(activate(known, 2));
  expect(second.vault.dataKeys().active).toBe(2);
  const after = second.vault.seal(library, 'nik', 'baru');
  expect(after[0]).toBe(2);
  // The other one has not looked since: a value of a number that it does not know makes it look.
  expect(first.vault.openText(library, 'nik', after)).toBe('baru');
  expect(second.vault.openText(library, 'nik', before)).toBe('lama');
  await saveRing(without(activate(known, 2), 1));
  expect(second.vault.dataKeys().names).toHaveLength(1);
  expect(() => second.vault.open(library, 'nik', before)).toThrow(UnknownKeyError);
  // Written down and read again, it says the same.
  const again = await readKey({ dataDir, dataKey: undefined });
  expect(again.ok && again.vault.openText(library, 'nik', after)).toBe('baru');
});

test('a file that is away or of another installation for a moment does not stop a running service', async () => {
  const ring = ringOfRoot(root, path.join(dataDir, 'keys.json'));
  await saveRing(ring);
  const read = await readKey({ dataDir, dataKey: undefined });
  if (!read.ok) throw new Error('unread');
  await rm(path.join(dataDir, 'keys.json'));
  expect(read.vault.dataKeys().active).toBe(1);
  await saveRing({ ...withKnown(ringOfRoot(new Uint8Array(32).fill(9)), 5), file: ring.file });
  expect(read.vault.dataKeys().names).toHaveLength(1);
});

test('what is looked up by, and addresses, stay the same whatever seals', () => {
  const one = openVault(root);
  const other = openVault(without(activate(withKnown(ringOfRoot(root), 4), 2), 1));
  expect(other.hash(library, 'nik', 'a')).toEqual(one.hash(library, 'nik', 'a'));
  expect(other.token(library, 'kta', 'card', 0)).toBe(one.token(library, 'kta', 'card', 0));
  expect(other.fingerprint()).toBe(one.fingerprint());
  expect(other.formerSigningSeed()).toEqual(one.formerSigningSeed());
  expect(other.hashBlocks(library, Buffer.alloc(16))).toEqual(one.hashBlocks(library, Buffer.alloc(16)));
  // Of a person's revisions only the wrapper of the key is sealed anew.
  const person = one.newPersonKey(library);
  const both = openVault(activate(withKnown(ringOfRoot(root), 4), 2));
  const wrapped = both.seal(library, 'person_key', both.open(library, 'person_key', person));
  expect(other.openFor(library, wrapped, one.sealFor(library, person, 'kata'))).toBe('kata');
});

test('keys of the environment: the highest number seals, unless it is only known', () => {
  const [two, three] = [4, 5].map((fill) => Buffer.alloc(32, fill).toString('base64'));
  const sealsWith = (text: string) => {
    const ring = parseEnvRing(root, text);
    return ring && openVault(ring).dataKeys().active;
  };
  expect(sealsWith('')).toBe(1);
  expect(sealsWith(`2:${two}`)).toBe(2);
  expect(sealsWith(`3:${three}, 2:${two}`)).toBe(3);
  expect(sealsWith(`2:${two} 3:${three}:known`)).toBe(2);
  for (const text of [`1:${two}`, `256:${two}`, `2:${two} 2:${three}`, '2:c2hvcnQ=', `${two}`])
    expect(parseEnvRing(root, text), text).toBeUndefined();
});

test('of a restored backup and what is here, every key is kept, and two keys of one number are told', () => {
  const first = ringOfRoot(root);
  const second = complete(activate(withKnown(first, 4), 2), at);
  const forgotten = without(second, 1);
  const merged = mergeRings(forgotten, first);
  expect(merged?.keys.map(({ id, state }) => [id, state])).toEqual([
    [1, 'retired'],
    [2, 'active'],
  ]);
  expect(mergeRings(first, forgotten)?.keys.map(({ id, state }) => [id, state])).toEqual([
    [1, 'retired'],
    [2, 'active'],
  ]);
  expect(mergeRings(second, activate(withKnown(first, 6), 2))).toBeUndefined();
  expect(mergeRings(second, ringOfRoot(new Uint8Array(32).fill(8)))).toBeUndefined();
});

function withRoot(ring: KeyRing, fill: number): KeyRing {
  const known = addNextRoot(ring, new Uint8Array(32).fill(fill));
  if (!known) throw new Error('no number left');
  return takeNextRoot(known, at);
}

test('what is looked up by is what the first root always gave, also when that root is gone', () => {
  const derived = (info: string) => Buffer.from(hkdfSync('sha256', root, 'daftar-pustaka', info, 32));
  const text = writeRing(
    withoutFormerRoots(without(activate(withKnown(withRoot(ringOfRoot(root), 8), 4), 2), 1)),
  );
  expect(text).not.toContain(Buffer.from(root).toString('base64'));
  const read = parseRing(text, null);
  const now = openVault(read ?? new Uint8Array());
  expect(now.formerSigningSeed()).toEqual(derived('card'));
  const hash = createHmac('sha256', derived('hash')).update('1|nik|a').digest().subarray(0, 16);
  expect(now.hash(library, 'nik', 'a')).toEqual(hash);
  const token = createHmac('sha256', derived('token')).update('1|kta|card|0').digest().subarray(0, 16);
  expect(now.token(library, 'kta', 'card', 0)).toBe(token.toString('base64url'));
  expect(now.fingerprint()).toBe(openVault(root).fingerprint());
  expect(now.hashBlocks(library, Buffer.alloc(16))).toEqual(blockCmac(derived('cmac|1'))(Buffer.alloc(16)));
  // And the password of the app's role in a database of one's own.
  const password = createHmac('sha256', root).update('daftar_app password').digest();
  expect(Buffer.from(read?.lookups.appRole ?? [])).toEqual(password);
});

test('a running service takes a new root out of the file, reads on, and says that it has it', async () => {
  const file = path.join(dataDir, 'keys.json');
  await saveRing(ringOfRoot(root, file));
  const read = await readKey({ dataDir, dataKey: undefined });
  if (!read.ok) throw new Error(read.reason);
  const sealed = read.vault.seal(library, 'nik', 'lama');
  await saveRing(withRoot(ringOfRoot(root, file), 8));
  expect(read.vault.dataKeys().roots).toEqual([expect.stringMatching(/^root-2:/)]);
  expect(read.vault.openText(library, 'nik', sealed)).toBe('lama');
  const again = await readKey({ dataDir, dataKey: undefined });
  expect(again.ok && again.vault.openText(library, 'nik', sealed)).toBe('lama');
  expect(again.ok && again.ring.formerRoots).toEqual([root]);
});

test('a root that did not wrap the look-up keys is refused, in the file as in the environment', async () => {
  const ring = withRoot(ringOfRoot(root, path.join(dataDir, 'keys.json')), 8);
  const parts: unknown = JSON.parse(writeRing(ring));
  const wrong = { ...(parts as object), master: Buffer.alloc(32, 7).toString('base64') };
  await writeFile(path.join(dataDir, 'keys.json'), JSON.stringify(wrong), { mode: 0o600 });
  expect(await readKey({ dataDir, dataKey: undefined })).toMatchObject({
    ok: false,
    reason: 'key-unreadable',
  });
  const keys = `1:${master}`;
  expect(parseEnvRing(ring.root, keys, wrapLookups(ring))).toMatchObject({ rootNumber: 2 });
  expect(parseEnvRing(new Uint8Array(32).fill(7), keys, wrapLookups(ring))).toBeUndefined();
  // The number is bound to it: an older root cannot pass for a newer one.
  expect(parseEnvRing(ring.root, keys, wrapLookups(ring).replace('2:', '3:'))).toBeUndefined();
  // No root that was replaced is a data key by itself.
  expect(parseEnvRing(ring.root, '', wrapLookups(ring))).toBeUndefined();
});

test('of two roots of one installation the newer goes on and the older opens its backups', () => {
  const old = ringOfRoot(root);
  const newer = withoutFormerRoots(withRoot(old, 8));
  for (const merged of [mergeRings(old, newer), mergeRings(newer, old)])
    expect(merged).toMatchObject({ root: newer.root, rootNumber: 2, formerRoots: [root] });
});

test('numbers are never given twice, and end at 255', () => {
  let ring = ringOfRoot(root);
  for (let id = 2; id <= 255; id++) ring = without(activate(withKnown(ring, id), id), id - 1);
  expect(ring.keys.map(({ id }) => id)).toEqual([255]);
  expect(addKnown(ring, root, at)).toBeUndefined();
});
