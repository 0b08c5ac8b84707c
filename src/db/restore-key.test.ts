import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LibraryId } from '../domain/ids.ts';
import { keyForBackup } from './backup.ts';
import type { Manifest } from './backup-content.ts';
import { saveRing } from './key-file.ts';
import {
  activate,
  addKnown,
  type KeyRing,
  parseEnvRing,
  parseRing,
  ringOfRoot,
  without,
} from './key-ring.ts';
import { compareKey } from './restore-key.ts';
import { openVault } from './vault.ts';

let dataDir: string;
let file: string;
beforeEach(async () => {
  dataDir = await mkdtemp(path.join(os.tmpdir(), 'daftar-ring-'));
  file = path.join(dataDir, 'keys.json');
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const library = 1 as LibraryId;
const root = new Uint8Array(32).fill(3);
const first = () => ringOfRoot(root, file);
function rotated(ring: KeyRing, fill: number): KeyRing {
  const made = addKnown(ring, new Uint8Array(32).fill(fill), new Date('2026-03-02T02:00:00Z'));
  if (!made) throw new Error('no number left');
  return activate(made.ring, made.added.id);
}

/** A backup that was made when the ring was this one. */
async function backupOf(ring: KeyRing): Promise<Manifest> {
  await saveRing(ring);
  const key = await keyForBackup({ dataDir, dataKey: undefined });
  await rm(file);
  return { key, keyFingerprint: openVault(ring).fingerprint() } as Manifest;
}

test('a backup brings all keys to a computer that has none', async () => {
  const ring = rotated(first(), 4);
  const compared = await compareKey(await backupOf(ring), { dataDir, dataKey: undefined });
  if (!compared.ok) throw new Error(compared.reason);
  expect(compared.restored.here).toBe('new');
  await compared.restored.settle();
  expect(parseRing(await readFile(file, 'utf8'), file)).toEqual(ring);
});

test('a key that was forgotten since comes back with the backup that needs it, and the newest one seals', async () => {
  const manifest = await backupOf(first());
  const old = openVault(first()).seal(library, 'nik', 'lama');
  await saveRing(without(rotated(first(), 4), 1));
  const compared = await compareKey(manifest, { dataDir, dataKey: undefined });
  if (!compared.ok) throw new Error(compared.reason);
  const { restored } = compared;
  expect(restored.here).toBe('same');
  expect(restored.key.vault.openText(library, 'nik', old)).toBe('lama');
  await restored.settle();
  const ring = parseRing(await readFile(file, 'utf8'), file);
  expect(ring?.keys.map(({ id, state }) => `${id} ${state}`)).toEqual(['1 retired', '2 active']);
});

test('a backup of after a rotation brings the newer key to an older file', async () => {
  const manifest = await backupOf(rotated(first(), 4));
  await saveRing(first());
  const compared = await compareKey(manifest, { dataDir, dataKey: undefined });
  if (!compared.ok) throw new Error(compared.reason);
  await compared.restored.settle();
  const ring = parseRing(await readFile(file, 'utf8'), file);
  expect(ring?.keys.map(({ id, state }) => `${id} ${state}`)).toEqual(['1 retired', '2 active']);
});

test('a ring that gave the same number to another key is kept beside the one that is restored', async () => {
  const manifest = await backupOf(rotated(first(), 4));
  await saveRing(rotated(first(), 5));
  const compared = await compareKey(manifest, { dataDir, dataKey: undefined });
  if (!compared.ok) throw new Error(compared.reason);
  expect(compared.restored.here).toBe('other');
  await compared.restored.settle();
  expect(parseRing(await readFile(file, 'utf8'), file)).toEqual(rotated(first(), 4));
  expect(await readdir(dataDir)).toHaveLength(2);
});

test('keys of the environment are in a backup, and one that is missing there is named', async () => {
  const ring = parseEnvRing(root, `2:${Buffer.alloc(32, 4).toString('base64')}`);
  const key = await keyForBackup({ dataDir, dataKey: ring });
  const manifest = { key, keyFingerprint: openVault(root).fingerprint() } as Manifest;
  expect(await compareKey(manifest, { dataDir, dataKey: ring })).toMatchObject({
    ok: true,
    restored: { here: 'same' },
  });
  expect(await compareKey(manifest, { dataDir, dataKey: root })).toMatchObject({
    ok: false,
    reason: 'key-version-missing',
    source: 'env',
    ids: [2],
  });
  // Onto a computer with a file.
  const compared = await compareKey(manifest, { dataDir, dataKey: undefined });
  if (!compared.ok) throw new Error(compared.reason);
  await compared.restored.settle();
  expect(parseRing(await readFile(file, 'utf8'), null)).toEqual(ring);
});
