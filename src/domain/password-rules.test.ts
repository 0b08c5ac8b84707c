import { expect, it } from 'vitest';
import { passwordProblem } from './password-rules.ts';

const LISTED = new Set(['password', 'rahasia', 'monkey', 'indonesia', 'bismillah', 'passwordpassword']);
const check = (password: string) =>
  passwordProblem(password, ['Perpustakaan Kabupaten Contoh', 'siti.loket'], (word) => LISTED.has(word));

it('length counts, and nothing has to be mixed in', () => {
  expect(check('sebelas kar')).toBe('too-short');
  expect(check('a'.repeat(201))).toBe('too-long');
  expect(check('sampan biru di muara')).toBeUndefined();
  expect(check('kuda jempol pagar tembaga')).toBeUndefined();
  expect(check('ひらがなのながいあいことば')).toBeUndefined();
});

it('what stands in the list is refused, with a few signs around it as well', () => {
  for (const word of ['passwordpassword', 'Rahasia12345', 'P@ssw0rd!2026', 'bismillah-786', 'monkeymonkey99'])
    expect(check(word), word).toBeDefined();
  expect(check('rahasia kambing gunung')).toBeUndefined();
});

it("the library's, the officer's and the product's own words are no password", () => {
  for (const word of [
    'perpustakaan2026',
    'Contoh-Kabupaten-1',
    'siti.loket.2026',
    'daftar pustaka!',
    'adminadmin12',
  ])
    expect(check(word), word).toBeDefined();
});

it('one piece again and again, and runs of the keyboard, are refused', () => {
  for (const word of [
    'aaaaaaaaaaaa',
    '121212121212',
    'abcabcabcabc',
    '1234567890123',
    'qwertyuiop123',
    'zyxwvutsrqponm',
  ])
    expect(check(word), word).toBe('one-pattern');
});
