import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  copyErasures,
  ERASURE_FILE,
  erasureFile,
  readErasureFile,
  readErasureFiles,
} from './erasure-file.ts';
import { eachErasedOnce } from './restore-erasures.ts';

const entry = (n: number) => ({
  library: 2,
  subject: `0190a000-0000-7000-8000-00000000000${n}`,
  at: '2026-03-02T02:00:00.000Z',
});
const decided = { ...entry(1), mentions: { taken: ['breach/1'], left: [] } };

let folder: string;
let dataDir: string;
let usb: string;
const list = (of: string) => path.join(of, ERASURE_FILE);

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'daftar-erasures-'));
  dataDir = path.join(folder, 'data');
  usb = path.join(folder, 'usb');
  mkdirSync(usb);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('whoever was erased is read from the list beside the database; a line torn off by a power cut is none', async () => {
  expect((await readErasureFile(folder)).entries).toEqual([]);
  writeFileSync(list(folder), `${JSON.stringify(entry(1))}\n${JSON.stringify(decided)}\n{"library":2,"subj`);
  expect(await readErasureFile(folder)).toEqual({ entries: [entry(1), decided], unread: 0, changed: false });
  // Erased again, when nobody was asked.
  expect(eachErasedOnce([decided, entry(1)])).toEqual([decided]);
});

test('who is erased is in the data folder and beside the backups at once, and a disk that is not plugged in is passed over', async () => {
  const unplugged = path.join(folder, 'unplugged');
  const keep = erasureFile([dataDir, dataDir, usb, unplugged]);
  await keep([entry(1)]);
  appendFileSync(list(usb), '{"library":2,"sub');
  await keep([decided]);
  for (const of of [dataDir, usb]) {
    expect((await readErasureFile(of)).entries, of).toEqual([entry(1), decided]);
    expect(statSync(list(of)).mode & 0o077).toBe(0);
  }
  expect(() => statSync(unplugged)).toThrow();
});

test('a backup brings the whole list, with what was there, once each, and never touches the one that is written to', async () => {
  await erasureFile([dataDir])([entry(1)]);
  const before = readFileSync(list(dataDir), 'utf8');
  await copyErasures(dataDir, dataDir, [entry(2)]);
  expect(readFileSync(list(dataDir), 'utf8')).toBe(before);
  await copyErasures(dataDir, usb, []);
  expect(() => statSync(list(usb))).toThrow();
  await copyErasures(dataDir, usb, [entry(1), entry(2)]);
  await erasureFile([dataDir, usb])([entry(3)]);
  await copyErasures(dataDir, usb, [decided]);
  expect(await readErasureFile(usb)).toEqual({
    entries: [decided, entry(2), entry(3)],
    unread: 0,
    changed: false,
  });
  expect(statSync(list(usb)).mode & 0o077).toBe(0);
});

test('a list that a disk changed, one that is no list, and one that cannot be read are told, and the rest of it is used', async () => {
  const told: string[] = [];
  const read = () => readErasureFiles([dataDir, usb, usb], (line) => told.push(line));
  await erasureFile([dataDir])([entry(1)]);
  await copyErasures(dataDir, usb, [entry(2), entry(3)]);
  await erasureFile([dataDir, usb])([entry(4)]);
  expect(await read()).toHaveLength(4);
  expect(told).toEqual([]);
  // A digit of an id: each line still reads as one.
  const whole = readFileSync(list(usb), 'utf8');
  writeFileSync(list(usb), whole.replace('0000002"', '0000007"'));
  expect(await read()).toHaveLength(4);
  expect(told.splice(0)).toEqual([expect.stringContaining(`${list(usb)} is not as it was written`)]);
  writeFileSync(
    list(usb),
    [
      'halo',
      '[]',
      '{"library":"2"}',
      JSON.stringify({ ...entry(5), subject: "'; drop" }),
      JSON.stringify({ ...entry(5), library: -1 }),
      JSON.stringify({ ...entry(5), at: 'kemarin' }),
      JSON.stringify(entry(6)),
      '',
    ].join('\n'),
  );
  expect((await read()).map(({ subject }) => subject.at(-1))).toEqual(['1', '4', '6']);
  expect(told.splice(0)).toEqual([expect.stringContaining(`6 lines of ${list(usb)}`)]);
  rmSync(list(usb));
  mkdirSync(list(usb));
  expect(await read()).toHaveLength(2);
  expect(told).toEqual([expect.stringContaining('cannot be read (EISDIR)')]);
});
