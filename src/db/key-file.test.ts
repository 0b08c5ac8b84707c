import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readKey } from './key-file.ts';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(path.join(os.tmpdir(), 'daftar-key-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const master = Buffer.alloc(32, 3).toString('base64');

test('the key of the environment wins over the file', async () => {
  await writeFile(path.join(dataDir, 'keys.json'), JSON.stringify({ master }));
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
    await writeFile(path.join(dataDir, 'keys.json'), text);
    expect(await readKey({ dataDir, dataKey: undefined })).toMatchObject({
      ok: false,
      reason: 'key-unreadable',
    });
  },
);
