import { describe, expect, it } from 'vitest';
import type { PlainDate } from '../plain-date.ts';
import { isAnothersNik } from './nik-owner.ts';

const child = { birthDate: '2014-05-12' as PlainDate, sex: 'P' as const };

describe('a NIK', () => {
  it.each([
    ['9901015205140001', 'the own one', false],
    ['9901015205150001', 'a digit of the year wrong', false],
    ['9901014512140001', 'day and month exchanged', false],
    ['9901014808870003', "the mother's", true],
    ['9901011205140001', "a boy's of the same day", true],
  ])('%s on the form of a girl born on 12 May 2014: %s', (nik, _, anothers) => {
    expect(isAnothersNik(nik, child)).toBe(anothers);
  });

  it('is nobody else as far as is known where the form names neither date nor sex', () => {
    expect(isAnothersNik('9901014808870003', { birthDate: null, sex: null })).toBe(false);
  });
});
