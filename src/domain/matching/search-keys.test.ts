import fc from 'fast-check';
import { expect, it } from 'vitest';
import { searchKeys, soughtKeys } from './search-keys.ts';

const word = fc.stringMatching(/^[a-c]{1,9}$/);

it('whoever has words with all the typed beginnings has all their keys', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(word, { minLength: 1, maxLength: 4 }),
      fc.infiniteStream(fc.nat(9)),
      (words, cut) => {
        const typed = words.map((each) => each.slice(0, Math.max(1, cut.next().value ?? 1)));
        expect(searchKeys(words)).toEqual(expect.arrayContaining([...soughtKeys(typed)]));
      },
    ),
  );
});

it('one or two letters are no key: too many people share them', () => {
  expect(soughtKeys(['si', 'a'])).toEqual([]);
  expect(soughtKeys(['si', 'aminah'])).toEqual(['q|amina']);
});
