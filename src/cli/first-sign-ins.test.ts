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
  await showFirstSignIns(created, { kept: false, dataDir, say: (line) => void said.push(line) });
  expect(said.join('\n')).toContain('kata-pertama');
  await expect(stat(join(dataDir, 'first-sign-ins.txt'))).rejects.toThrow();
});

it('an output that may be kept is told where they are, in a file that nobody else may read', async () => {
  await writeFile(join(dataDir, 'first-sign-ins.txt'), '', { mode: 0o644 });
  const said: string[] = [];
  const say = (line: string) => void said.push(line);
  await showFirstSignIns(created, { kept: true, dataDir, say });
  await showFirstSignIns([], { kept: true, dataDir, say });
  expect(said).toHaveLength(1);
  expect(said[0]).toContain('first-sign-ins.txt');
  expect(said[0]).toContain('PRINT_FIRST_PASSWORDS=1');
  expect(said[0]).not.toContain('kata-pertama');
  const file = join(dataDir, 'first-sign-ins.txt');
  expect(await readFile(file, 'utf8')).toContain('kata-pertama');
  if (process.platform !== 'win32') expect((await stat(file)).mode & 0o777).toBe(0o600);
});

it('only a terminal, or whoever says so, is shown first passwords', () => {
  expect(sayTo(dataDir, {}, true).kept).toBe(false);
  expect(sayTo(dataDir, {}, false).kept).toBe(true);
  expect(sayTo(dataDir, { JOURNAL_STREAM: '8:1' }, false).kept).toBe(true);
  expect(sayTo(dataDir, { PRINT_FIRST_PASSWORDS: '1' }, false).kept).toBe(false);
  expect(sayTo(dataDir, { PRINT_FIRST_PASSWORDS: '' }, false).kept).toBe(true);
});
