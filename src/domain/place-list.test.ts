import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readPlaces } from './place-list.ts';

it('places that failed are read as people write them', () => {
  expect(readPlaces('3, 17-20', 20)).toEqual([3, 17, 18, 19, 20]);
  expect(readPlaces(' 5;2 2  7 – 8 ', 10)).toEqual([2, 5, 7, 8]);
  expect(readPlaces('', 10)).toEqual([]);
});

it('what is no place is refused rather than guessed', () => {
  for (const text of ['0', '11', '9-12', '8-3', 'tiga', '1.5', '-2', '1--3', '99999999'])
    expect(readPlaces(text, 10)).toBeUndefined();
});

it('every list of places is read back', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 500 })), (places) => {
      expect(readPlaces(places.join(', '), 500)).toEqual([...places].sort((a, b) => a - b));
    }),
  );
});
