import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { newKeysTo, showNewKeys } from './new-keys.ts';

const LINES = ['DATA_KEY=rahasia-akar', 'DATA_KEYS=2:rahasia-data'];

let dataDir: string;
let said: string[];
const say = (line: string) => void said.push(line);
beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'new-keys-'));
  said = [];
});
afterEach(() => rm(dataDir, { recursive: true }));

it('a terminal is shown new keys, and no file is made', async () => {
  await showNewKeys(LINES, { kept: false, dataDir, say });
  for (const line of LINES) expect(said.join('\n')).toContain(`  ${line}`);
  await expect(stat(path.join(dataDir, 'new-keys.txt'))).rejects.toThrow();
});

it('an output that may be kept is told where they are, in a file that nobody else may read', async () => {
  const file = path.join(dataDir, 'new-keys.txt');
  await writeFile(file, 'of an earlier call', { mode: 0o644 });
  await showNewKeys(LINES, { kept: true, dataDir, say });
  await showNewKeys([], { kept: true, dataDir, say });
  expect(said).toHaveLength(1);
  expect(said[0]).toContain(file);
  expect(said[0]).not.toContain('rahasia');
  expect(await readFile(file, 'utf8')).toBe(`${LINES.join('\n')}\n`);
  if (process.platform !== 'win32') expect((await stat(file)).mode & 0o777).toBe(0o600);
});

it('where the file cannot be written, keys are shown nowhere', async () => {
  const nowhere = path.join(dataDir, 'a file');
  await writeFile(nowhere, '');
  await showNewKeys(LINES, { kept: true, dataDir: nowhere, say });
  expect(said).toHaveLength(1);
  expect(said[0]).toContain('could not be written');
  expect(said[0]).not.toContain('rahasia');
});

it('only a terminal is shown keys, whatever is said of first passwords', () => {
  expect(newKeysTo(dataDir, true).kept).toBe(false);
  expect(newKeysTo(dataDir, false).kept).toBe(true);
});
