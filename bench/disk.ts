import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';

const PAGE = Buffer.alloc(8192, 1);

/**
 * The middle time in microseconds that the disk under `folder` takes to keep one page of 8 kB for good: what every
 * commit waits for at least.
 */
export function fsyncMicroseconds(folder: string, times = 200): number {
  const file = path.join(folder, 'fsync.probe');
  const handle = openSync(file, 'w', 0o600);
  try {
    const taken: number[] = [];
    for (let at = 0; at < times; at++) {
      // Always in the same room, as the database's log does once its files were made.
      writeSync(handle, PAGE, 0, PAGE.length, (at % 64) * PAGE.length);
      const began = performance.now();
      fdatasyncSync(handle);
      taken.push((performance.now() - began) * 1000);
    }
    return taken.sort((a, b) => a - b)[Math.floor(times / 2)] ?? 0;
  } finally {
    closeSync(handle);
    rmSync(file, { force: true });
  }
}
