/**
 * docs/security.md says of every requirement of ASVS whether it is met, and by what that is shown. Here the list is held
 * against the repository: what it names must be there, and its sums must be those of its rows.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.join(import.meta.dirname, '..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const list = read('docs/security.md');

type State = 'met' | 'not applicable' | 'not met';
interface Row {
  readonly numbers: readonly string[];
  readonly state: State;
  readonly shown: string;
}
const rows = [
  ...list.matchAll(/^\| ([\d., ]+) \| [^|]+ \| \*\*(met|not applicable|not met)\*\* \| (.+) \|$/gm),
].map(
  ([, numbers = '', state, shown = '']): Row => ({
    numbers: numbers.split(', '),
    state: state as State,
    shown,
  }),
);
const met = rows.filter(({ state }) => state === 'met');

const files = ['src', 'tests', 'faults', 'bench', 'scripts'].flatMap((folder) =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((file) => `${folder}/${file.replaceAll(path.sep, '/')}`)
    .filter((file) => /\.(tsx?|mjs)$/.test(file)),
);
const tests = files.filter((file) => /\.test\.tsx?$/.test(file));

/** The test file that a name in back quotes stands for: `sign-in` is tests/integration/sign-in.test.ts. */
function testOf(name: string): string | undefined {
  const ends = [`tests/integration/${name}.test.ts`, `${name}.test.ts`, name];
  return tests.find((file) => ends.includes(file)) ?? tests.find((file) => file.endsWith(`/${name}`));
}
/** What else stands in back quotes, in words of one piece: of standards, of the program, of its log. */
const WORDS = new Set(
  `spawn sandbox autocomplete iss sub openid-client code rotate-data aes-256-ecb no-store time request
  limit-reached request-refused job-failed`.split(/\s+/),
);
const namesIn = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
const testsOf = (row: Row) => namesIn(row.shown).flatMap((name) => testOf(name) ?? []);

/** How GitHub names a heading in an address. */
const anchorOf = (heading: string) =>
  heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
const anchors = (file: string) =>
  [...read(file).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));
const linksIn = (text: string) => [...text.matchAll(/\]\(([^)#]*)(?:#([^)]*))?\)/g)];

describe('docs/security.md', () => {
  it('names each requirement once', () => {
    const all = rows.flatMap(({ numbers }) => numbers);
    expect(new Set(all).size).toBe(all.length);
    // No row was passed over for how it is written.
    expect(list.match(/\*\*(met|not met|not applicable)\*\* \|/g)).toHaveLength(rows.length);
    for (const number of all) expect(number).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it('shows what is met by a test that exists, or by a section of a document that does', () => {
    const unshown = met.filter((row) => {
      const [, documented] = /\bdocumented: (.+)$/.exec(row.shown) ?? [];
      const sections = linksIn(documented ?? '').filter(([, , section]) => section !== undefined);
      return testsOf(row).length === 0 && sections.length === 0;
    });
    expect(unshown.map(({ numbers }) => numbers.join(', '))).toEqual([]);
  });

  it('names no test, file or section that is not there', () => {
    const missing: string[] = [];
    for (const { numbers, shown } of met)
      for (const name of namesIn(shown)) {
        const isTest = /\.test\.tsx?$/.test(name);
        // A file of the source by its name or the end of its path; a bare word is a test of tests/integration.
        const isFile =
          /^[\w/-]+\.(?:tsx?|mjs)$/.test(name) || (/^[a-z\d-]+$|^tests\//.test(name) && !WORDS.has(name));
        const isThere = isTest
          ? testOf(name) !== undefined
          : testOf(name) !== undefined || files.some((file) => `/${file}`.endsWith(`/${name}`));
        if (isFile && !isThere) missing.push(`${numbers.join(', ')}: ${name}`);
      }
    for (const [, file, section] of linksIn(list)) {
      const target = file === '' ? 'docs/security.md' : path.join('docs', file ?? '');
      const isThere = existsSync(path.join(root, target)) && (!section || anchors(target).includes(section));
      if (!isThere && !/^https?:/.test(file ?? '')) missing.push(`${file}#${section ?? ''}`);
    }
    expect(missing).toEqual([]);
  });

  it('quotes its tests as they are called', () => {
    const unknown = met.flatMap((row) => {
      const text = testsOf(row).map(read).join('\n').replaceAll(/['’]/g, '’');
      const quoted = [...row.shown.matchAll(/“([^”]+)”/g)].map(([, words = '']) =>
        words.replaceAll("'", '’'),
      );
      return quoted
        .filter((words) => !words.split('…').every((part) => text.includes(part.trim())))
        .map((words) => `${row.numbers.join(', ')}: ${words}`);
    });
    expect(unknown).toEqual([]);
  });

  it('adds up', () => {
    const count = (state: State, chapter: string) =>
      rows
        .filter((row) => row.state === state)
        .flatMap(({ numbers }) => numbers)
        .filter((number) => chapter === 'all' || number.startsWith(`${chapter.slice(1)}.`)).length;
    const [, head = ''] = /^\| \| (V1 .*) \|$/m.exec(list) ?? [];
    const chapters = head.split(' | ');
    expect(chapters).toHaveLength(18);
    for (const state of ['met', 'not applicable', 'not met'] as const) {
      const [, sums = ''] = new RegExp(`^\\| ${state} \\| ([\\d |]+) \\|$`, 'm').exec(list) ?? [];
      expect(sums.split(' | ').map(Number), state).toEqual(chapters.map((chapter) => count(state, chapter)));
    }
    const all = (state: State) => count(state, 'all');
    const sum = all('met') + all('not applicable') + all('not met');
    expect(list).toContain(
      `${sum} requirements of levels 1 and 2: **${all('met')} met, ${all('not applicable')} not applicable, ${all('not met')} not met**`,
    );
  });

  it('says of all that is not met, and of nothing else, why and until when', () => {
    const [, told = ''] = /## What is not met\n([\s\S]*?)\n## /.exec(list) ?? [];
    const [levelOne = '', levelTwo = ''] = told
      .split('**Level 2**')
      .map((part) => [...part.matchAll(/^\| (\d[\d., ]+) \|/gm)].map(([, numbers]) => numbers).join(', '));
    const unmet = rows.filter(({ state }) => state === 'not met').flatMap(({ numbers }) => numbers);
    expect([levelOne, levelTwo].join(', ').split(', ').sort()).toEqual(unmet.sort());
    expect(list).toContain(`, ${levelOne.split(', ').length} of these of level 1.`);
  });
});
