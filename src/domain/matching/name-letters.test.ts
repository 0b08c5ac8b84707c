import { describe, expect, it } from 'vitest';
import { GIVEN_NAMES } from './given-names.ts';
import { nameLikeAs } from './name-letters.ts';

const like = nameLikeAs(GIVEN_NAMES);

describe('a word that nobody on file is called', () => {
  it.each(['sariani', 'rinda', 'nafira', 'melani'])('%s could be a name', (word) => {
    expect(like(word)).toBe(true);
  });
  it.each(['nabkla', 'masnsh', 'herawatkn', 'jwnuar'])('%s is a slip of the fingers', (word) => {
    expect(like(word)).toBe(false);
  });
});
