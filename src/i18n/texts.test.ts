import { expect, test } from 'vitest';
import { APPLICATION_STATES } from '../domain/application.ts';
import { LANGS, langOf, texts } from './index.ts';

/** Paths of all texts, functions called with plain arguments. */
function leaves(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value === 'function') return [[path, String(value('1', '2', '3', '4', '5'))]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, `${path}/${key}`));
}

test('every text exists in both languages and none is empty', () => {
  const paths = LANGS.map((lang) => leaves(texts(lang)).map(([path]) => path));
  expect(paths[1]).toEqual(paths[0]);
  for (const lang of LANGS) {
    for (const [path, text] of leaves(texts(lang))) {
      expect(text.trim(), `${lang}${path}`).not.toBe('');
      expect(text, `${lang}${path}`).not.toMatch(/undefined|\[object|NaN/);
    }
  }
});

test('every state of a case has a name in both languages', () => {
  for (const lang of LANGS)
    expect(Object.keys(texts(lang).common.state).sort()).toEqual([...APPLICATION_STATES].sort());
});

test('an unknown language falls back to Indonesian', () => {
  expect(langOf('en-GB,en;q=0.9')).toBe('en');
  expect(langOf('enggano')).toBe('id');
  expect(langOf(undefined)).toBe('id');
});
