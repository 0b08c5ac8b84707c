import { execFile } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { build, makeFolder } from './service.ts';

const run = promisify(execFile);
const program = path.join(import.meta.dirname, '..', '..', 'dist', 'faults.js');
/** For the files of the runs. */
const folder = makeFolder();

beforeAll(build);
/** Starts of the service and its recovery on a computer that does ten other things. */
const PATIENCE_MS = 420_000;
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function faults(...args: readonly string[]): Promise<Readonly<Record<string, number>>> {
  const { stdout } = await run(process.execPath, [program, ...args], {
    timeout: PATIENCE_MS - 5_000,
    env: { ...process.env, TMPDIR: folder },
  });
  const lines = [...stdout.matchAll(/^(\w+): (\d+)(?: ms)?$/gm)];
  return Object.fromEntries(lines.map(([, name = '', value]) => [name, Number(value)]));
}

const WHOLE = {
  lost: 0,
  doubled: 0,
  half_done: 0,
  same_number: 0,
  without_audit: 0,
  audit_chain_breaks: 0,
  unclear_pages: 0,
};

// No time is judged here: what a computer can do while tests run on it says nothing.
it(
  'what people were told survives kill -9 of the service, its database and both, exactly once',
  async () => {
    const figures = await faults('kill', '--rounds', '3', '--seed', '11');
    expect(figures).toMatchObject({ ...WHOLE, faults_survived: 3 });
    expect(figures.acknowledged).toBeGreaterThan(0);
    expect(figures.worst_recovery_ms).toBeGreaterThan(0);
  },
  PATIENCE_MS,
);

it(
  'a cut, slow or silent way to the database and a clock that jumps lose and double nothing',
  async () => {
    const figures = await faults('cut', 'clock', '--seconds', '1', '--seed', '11');
    expect(figures).toMatchObject({ ...WHOLE, faults_survived: 11 });
    expect(figures.outage_pages).toBeGreaterThan(0);
    expect(readdirSync(folder)).toEqual([]);
  },
  PATIENCE_MS,
);

it('a wrong kind of fault is refused with what there is to choose', async () => {
  await expect(faults('everything')).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('[kill] [cut] [restart] [clock] [disk-full] [cluster]'),
  });
});
