import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sayTo, showFirstSignIns } from './first-sign-ins.ts';

let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'first-'));
});
afterAll(() => rm(dataDir, { recursive: true }));

const created = [
  { slug: 'contoh', signIns: [{ username: 'admin', password: 'kata-pertama', roles: ['admin' as const] }] },
];

it('whoever starts the program reads first passwords there, and nothing is kept', async () => {
  const said: string[] = [];
  await showFirstSignIns(created, { journal: false, dataDir, say: (line) => void said.push(line) });
  expect(said.join('\n')).toContain('kata-pertama');
  await expect(stat(join(dataDir, 'first-sign-ins.txt'))).rejects.toThrow();
});

it('a journal is told where they are, in a file that nobody else may read', async () => {
  await writeFile(join(dataDir, 'first-sign-ins.txt'), '', { mode: 0o644 });
  const said: string[] = [];
  const say = (line: string) => void said.push(line);
  await showFirstSignIns(created, { journal: true, dataDir, say });
  await showFirstSignIns([], { journal: true, dataDir, say });
  expect(said).toHaveLength(1);
  expect(said[0]).toContain('first-sign-ins.txt');
  expect(said[0]).not.toContain('kata-pertama');
  const file = join(dataDir, 'first-sign-ins.txt');
  expect(await readFile(file, 'utf8')).toContain('kata-pertama');
  if (process.platform !== 'win32') expect((await stat(file)).mode & 0o777).toBe(0o600);
});

it('what a service manager started speaks to its journal', () => {
  expect(sayTo(dataDir, { JOURNAL_STREAM: '8:1' }).journal).toBe(process.stdout.isTTY !== true);
  expect(sayTo(dataDir, {}).journal).toBe(false);
});
