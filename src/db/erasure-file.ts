import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Erasure } from './restore-erasures.ts';

/** Beside the database, never inside it: a restored backup must not take it back. */
export const ERASURE_FILE = 'erasures.jsonl';

/** Appends lines and waits until the disk has them. Ids, times and keys of records only. */
export function erasureFile(dataDir: string): (lines: readonly Erasure[]) => Promise<void> {
  return async (lines) => {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    const file = await open(join(dataDir, ERASURE_FILE), 'a+', 0o600);
    try {
      // A line that a power cut tore off must not swallow the next one.
      const { size } = await file.stat();
      const last = size === 0 ? '\n' : (await file.read(Buffer.alloc(1), 0, 1, size - 1)).buffer.toString();
      const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
      await file.appendFile(last === '\n' ? text : `\n${text}`);
      await file.sync();
    } finally {
      await file.close();
    }
  };
}
