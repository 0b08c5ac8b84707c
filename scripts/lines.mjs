/** Work that is done in two lines, one for each core of a small machine. */
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Runs jobs two at a time, in their order; put the long ones first. What a job prints is shown when it has ended, so
 * that two outputs are not mixed.
 * @param {readonly { name: string, work: (into: number) => Promise<void> }[]} jobs `into`: the open file that takes the
 *   output of what the job runs
 */
export async function inTwoLines(jobs) {
  const folder = mkdtempSync(join(tmpdir(), 'daftar-lines-'));
  const waiting = [...jobs.entries()];
  const line = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [place, { name, work }] = next;
      const log = join(folder, `${place}.log`);
      const into = openSync(log, 'w');
      try {
        await work(into);
      } finally {
        closeSync(into);
        console.log(`\n— ${name}\n${readFileSync(log, 'utf8').trimEnd()}`);
      }
    }
  };
  try {
    await Promise.all([line(), line()]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
