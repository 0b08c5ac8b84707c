import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { breachedPasswords } from './breached-passwords.ts';
import { readConfig } from './config.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'daftar-bocor-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = path.join(folder, 'bocor.txt');
const hashOf = (password: string) => createHash('sha1').update(password).digest('hex').toUpperCase();
/** As the downloader writes: sorted lines, each ended by CR and LF. */
const listOf = (passwords: readonly string[], end = '\r\n') =>
  passwords
    .map(hashOf)
    .sort()
    .map((hash, at) => `${hash}:${1 + ((at * 7919) % 60_000_000)}${end}`)
    .join('');

describe('the list of breached passwords', () => {
  const many = Array.from({ length: 600 }, (_, n) => `sandi bocor ${n}`);

  it('holds each of its passwords and no other, the first and the last included', async () => {
    for (const end of ['\r\n', '\n']) {
      writeFileSync(file, listOf(many, end));
      const isBreached = breachedPasswords(file);
      for (const password of many) expect(await isBreached(password), password).toBe(true);
      for (let n = 0; n < 200; n++) expect(await isBreached(`sandi lain ${n}`)).toBe(false);
    }
  });

  it('of whatever length, with or without an end to its last line', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 40 }),
        fc.array(fc.string()),
        fc.boolean(),
        async (listed, others, ended) => {
          const text = listOf(listed);
          writeFileSync(file, ended ? text : text.trimEnd());
          const isBreached = breachedPasswords(file);
          for (const one of [...listed, ...others]) expect(await isBreached(one)).toBe(listed.includes(one));
        },
      ),
      { numRuns: 50 },
    );
  });

  it('is read anew at each look, and one that is gone or broken lets no password pass', async () => {
    writeFileSync(file, listOf(['satu']));
    const isBreached = breachedPasswords(file);
    expect(await isBreached('dua')).toBe(false);
    writeFileSync(file, listOf(['dua']));
    expect(await isBreached('dua')).toBe(true);
    writeFileSync(file, 'rusak\n'.repeat(100));
    await expect(isBreached('dua')).rejects.toThrow();
    rmSync(file);
    await expect(isBreached('dua')).rejects.toThrow();
  });

  it('is looked at when the service starts, which says what is wrong with it', () => {
    const problem = (text: string) => {
      writeFileSync(file, text);
      const read = readConfig({ BREACHED_PASSWORDS: file });
      return read.ok ? '' : read.problems.join();
    };
    expect(problem(listOf(many))).toBe('');
    expect(readConfig({ BREACHED_PASSWORDS: file })).toMatchObject({ config: { breachedPasswords: file } });
    expect(readConfig({})).toMatchObject({ config: { breachedPasswords: undefined } });
    const lines = listOf(many).split('\r\n').slice(0, -1);
    // By the number of times, as another file of theirs is; backwards; two parts one after the other.
    for (const wrong of [
      [...lines].sort((one, other) => Number(other.slice(41)) - Number(one.slice(41))),
      [...lines].reverse(),
      [...lines.slice(300), ...lines.slice(0, 300)],
      [lines[1], lines[0]],
    ])
      expect(problem(wrong.join('\n'))).toMatch(/^BREACHED_PASSWORDS is not in the order of its hashes/);
    // Empty, words, hashes of Windows, a page of the range API, one without counts.
    for (const wrong of [
      '',
      'sandi\n'.repeat(50),
      `${'A'.repeat(32)}:3\n`,
      `${'A'.repeat(35)}:3\n`,
      `${'A'.repeat(40)}\n`,
      'A'.repeat(5_000),
    ])
      expect(problem(wrong)).toMatch(/^BREACHED_PASSWORDS is no list of breached passwords: near byte 0 /);
    const nowhere = readConfig({ BREACHED_PASSWORDS: path.join(folder, 'tidak-ada') });
    expect(nowhere).toMatchObject({ problems: [expect.stringContaining('cannot be read (ENOENT)')] });
    expect(readConfig({ BREACHED_PASSWORDS: folder })).toMatchObject({
      problems: [expect.stringContaining('cannot be read (EISDIR)')],
    });
  });
});
