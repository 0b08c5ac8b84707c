import { mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findLockHolder, takeLock } from './lock.ts';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'daftar-lock-'));
  file = path.join(folder, 'lock.json');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function take() {
  const result = await takeLock(folder);
  if (!result.ok) throw new Error('held');
  return result.lock;
}

/** As if the holder ran in another container or on another computer, where its process cannot be looked up. */
async function moveElsewhere(): Promise<void> {
  const record = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  await writeFile(file, JSON.stringify({ ...record, scope: 'elsewhere', host: 'elsewhere' }));
}

test('whoever comes second is told who holds the folder and where it serves', async () => {
  const lock = await take();
  await lock.announce('http://127.0.0.1:8080');
  expect(await takeLock(folder)).toMatchObject({
    ok: false,
    holder: { pid: process.pid, host: os.hostname(), address: 'http://127.0.0.1:8080' },
  });
  await lock.release();
  expect(await findLockHolder(folder)).toBeUndefined();
  await (await take()).release();
});

test('of many that come at once exactly one gets the folder', async () => {
  const results = await Promise.all(Array.from({ length: 20 }, () => takeLock(folder)));
  const taken = results.filter((result) => result.ok);
  expect(taken).toHaveLength(1);
  for (const result of taken) await result.lock.release();
});

test('a holder on another computer is believed while it gives signs of life', async () => {
  const lock = await take();
  await moveElsewhere();
  const beat = setInterval(() => void utimes(file, new Date(), new Date()), 300);
  try {
    expect(await takeLock(folder)).toMatchObject({ ok: false, holder: { host: 'elsewhere' } });
  } finally {
    clearInterval(beat);
    await lock.release();
  }
});

test('a holder elsewhere that has been silent for days is gone', async () => {
  await take();
  await moveElsewhere();
  const days = new Date(Date.now() - 3 * 86_400_000);
  await utimes(file, days, days);
  const lock = await take();
  await lock.release();
});

test('a lock file cut off by a full disk does not stand in the way', async () => {
  await writeFile(file, '{"pid": 1');
  await (await take()).release();
});
