/** The disk fills up under the service and gets room again: on a file system of its own, in memory. */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultOptions, Outcome } from './faults.ts';
import { openStage } from './stage.ts';

const SIZE = '500m';

export async function fillDisk(options: FaultOptions, pauseMs: number): Promise<Outcome | string> {
  const disk = path.join(options.folder, 'disk');
  mkdirSync(disk);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE},mode=0755`, 'tmpfs', disk], { stdio: 'pipe' });
  } catch {
    return 'no file system of a small size can be mounted here';
  }
  let mounted = true;
  const unmount = async (): Promise<void> => {
    for (let tries = 0; mounted && tries < 20; tries++) {
      try {
        execFileSync('umount', [disk], { stdio: 'pipe' });
        mounted = false;
      } catch {
        await sleep(250);
      }
    }
  };
  options.atEnd(unmount);
  const stage = await openStage({ folder: options.folder, dataDir: path.join(disk, 'data'), pauseMs });
  options.atEnd(stage.stop);
  const filler = path.join(disk, 'filler');
  let worst = 0;
  const times = Math.min(options.rounds, 3);
  for (let time = 1; time <= times; time++) {
    await sleep(500 + options.random() * 1_000);
    for (const until = Date.now() + options.seconds * 1000; Date.now() < until; await sleep(100))
      fill(filler);
    rmSync(filler, { force: true });
    const room = Date.now();
    const taken = (await stage.doneAfter(room)) - room;
    worst = Math.max(worst, taken);
    options.say(`full ${time}: done again ${Math.round(taken)} ms after there was room`);
  }
  return { stage, survived: times, worstRecoveryMs: worst, end: unmount };
}

/** Takes what room there is, also what the database gives back meanwhile. */
function fill(file: string): void {
  const handle = openSync(file, 'a');
  try {
    for (const size of [1 << 20, 4096]) {
      const bytes = Buffer.alloc(size, 1);
      try {
        while (writeSync(handle, bytes) === size);
      } catch {
        // No room for so much at once.
      }
    }
  } finally {
    closeSync(handle);
  }
}
