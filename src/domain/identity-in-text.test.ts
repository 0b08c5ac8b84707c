import { expect, it } from 'vitest';
import {
  coveredRecord,
  coverIdentityNumbers,
  holdsIdentityNumber,
  identityNumbersIn,
} from './identity-in-text.ts';

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
  '9901–0117–0590–0011',
  '9901\u20110117\u20110590\u20110011',
  '9901 - 0117 - 0590 - 0011',
  '9901|0117|0590|0011',
  'RT 3, 9901  0117 0590\n0011',
  '9901-0117-\n0590-0011',
  '990101-170590 -0011',
  '990101 170590-0011',
  '9901-0117-0590-0011-9901-0117-0590-0011',
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
  '2026-03-02 08:15 - 09:30',
  '2026-03-02 08.15 - 09.30',
  '02/03/2026 08.15-09.30',
  '17/08/2024 - 10/09/2024',
  '0812-1010-0590 / 0813-4567-8901',
  '0812-1010-0590-0813',
  'Km 5.200, 53211, 0811 2345',
  'SK 421.3/1205/2010/0812/2024',
  'anggota-20260302081522.csv',
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

it('covers a number of which a digit is missing, in words that others read', () => {
  expect(coverIdentityNumbers('NIK 990101170590001')).toBe('NIK •••');
  expect(coverIdentityNumbers('NIK 990101 170590 001, 12')).toBe('NIK •••, 12');
});

it('in a record of before, covers what reads as a whole number and leaves whatever else is long', () => {
  const others =
    'surat 421301234291012, rekening 0023 0101 2345 678, kartu 4111111111111111, NIP 199005172015011001';
  expect(coveredRecord(others)).toBe(others);
  expect(coveredRecord(`NIK 990101 170590 0011 dan 9901011705900012; ${others}`)).toBe(
    `NIK ••• dan •••; ${others}`,
  );
  expect(coveredRecord('KK ９９０１０１０１０１０１００１３')).toBe('KK •••');
});

it('comes to an end with a text of nothing but pieces', () => {
  // A form of this length took a minute when each piece was looked at with all behind it.
  expect(holdsIdentityNumber('3 '.repeat(400_000))).toBe(false);
});
