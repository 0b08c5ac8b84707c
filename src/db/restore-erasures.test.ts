import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { eachErasedOnce, readErasureFile } from './restore-erasures.ts';

test('whoever was erased is read from the list beside the database; a line torn off by a power cut is none', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'daftar-erasures-'));
  try {
    expect(await readErasureFile(folder)).toEqual([]);
    const entry = {
      library: 2,
      subject: '0190a000-0000-7000-8000-000000000001',
      at: '2026-03-02T02:00:00.000Z',
    };
    const decided = { ...entry, mentions: { taken: ['breach/1'], left: [] } };
    writeFileSync(
      path.join(folder, 'erasures.jsonl'),
      `${JSON.stringify(entry)}\n${JSON.stringify(decided)}\n{"library":2,"subj`,
    );
    expect(await readErasureFile(folder)).toEqual([entry, decided]);
    // Erased again, when nobody was asked.
    expect(eachErasedOnce([decided, entry])).toEqual([decided]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
