import { execFile } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { build, makeFolder } from './service.ts';

const run = promisify(execFile);
const program = path.join(import.meta.dirname, '..', '..', 'dist', 'bench.js');
/** For the benchmark's own files. */
const folder = makeFolder();

beforeAll(build);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The figures of a run by name. */
async function bench(...args: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const { stdout } = await run(process.execPath, [program, ...args], {
    timeout: 170_000,
    env: { ...process.env, TMPDIR: folder },
  });
  const lines = [...stdout.matchAll(/^(\w+): (\d+(?:\.\d+)?) (\S+)$/gm)];
  return new Map(lines.map(([, name = '', value]) => [name, Number(value)]));
}

// No figure is judged here: what a computer can do while tests run on it says nothing.
it('the benchmark prints every figure and leaves nothing behind', async () => {
  const figures = await bench('--seconds', '1', '--rounds', '1');
  expect([...figures.keys()]).toEqual(
    expect.arrayContaining([
      'fsync_us',
      'start_ms',
      'form_bytes',
      'register_c8',
      'register_c32',
      'register_limit',
      'register_p95',
      'visit_c32',
      'visit_limit',
    ]),
  );
  for (const [name, value] of figures) expect(value, name).toBeGreaterThan(0);
  expect(readdirSync(folder)).toEqual([]);
});

it('the load of many at once prints what they met, and loses nothing', async () => {
  const figures = await bench('load', '--quick', '--members', '1000', '--actors', '20', '--minutes', '0.1');
  expect([...figures.keys()]).toEqual(
    expect.arrayContaining([
      'load_errors',
      'load_actions_per_s',
      'load_read_p95',
      'load_write_p95',
      'load_limit_http_p95',
      'load_limit_write_p95',
      'load_rss_start',
      'load_rss_middle',
      'load_rss_end',
      'load_spike_errors',
      'load_spike_refused',
    ]),
  );
  expect(figures.get('load_lost')).toBe(0);
  expect(figures.get('load_doubled')).toBe(0);
  expect(readdirSync(folder)).toEqual([]);
});

it('a wrong option is refused with what there is to choose', async () => {
  await expect(bench('everything')).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('[start] [form] [register] [visit]'),
  });
});
