import { expect, it } from 'vitest';
import { coverIdentityNumbers, holdsIdentityNumber, identityNumbersIn } from './identity-in-text.ts';

it.each([
  '9901011705900011',
  'Jl. Contoh 1 NIK 9901011705900011',
  'Jl. Contoh 1, 990101 170590 0011',
  '9901 0117 0590 0011',
  '9901.0117.0590.0011, RT 3',
  '9901/0117/0590/0011',
  '99-01-01-57-05-90-0011',
  '9901_0117_0590_0011',
  'KK:9901011005150014',
  'contoh.9901011705900011@surel.example',
  '99010117059000111',
  '９９０１０１１７０５９０００１１',
  '990101 999999 0011',
])('an identity number is found in a text: %s', (text) => {
  expect(holdsIdentityNumber(text)).toBe(true);
  expect(coverIdentityNumbers(text).normalize('NFKC')).not.toMatch(/\d{5}|0011/);
});

it.each([
  '',
  'Jl. Contoh No. 12 RT 003/RW 012, 53211',
  'Jl. Contoh 12, 53211, 081234567890',
  '0812-3456-7890 / 0813-4567-8901',
  '0812-3456-7890 0813',
  'Gang 5 No. 1234 081234567890',
  '2026-03-02 08:15:22',
  'SMA Negeri 99, angkatan 2019/2020',
  '+62 812 3456 7890',
])('what is none is let through: %s', (text) => {
  expect(holdsIdentityNumber(text)).toBe(false);
});

it('covers the number and nothing else, wherever it stands and however often', () => {
  expect(coverIdentityNumbers('a 9901011705900011, b 9901 0117 0590 0012. 0812 3456 7890')).toBe(
    'a •••, b •••. 0812 3456 7890',
  );
  expect(identityNumbersIn('x 9901/0117/0590/0011 y 9901011705900012')).toEqual([
    '9901011705900011',
    '9901011705900012',
  ]);
});
