import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatShortCode, readShortCode, shortCodeOf } from './short-code.ts';

const bytes = fc.uint8Array({ minLength: 8, maxLength: 16 });

it('a short code is read back however a person types it', () => {
  fc.assert(
    fc.property(bytes, (random) => {
      const code = shortCodeOf(random);
      expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{8}$/);
      expect(readShortCode(` ${formatShortCode(code).toLowerCase()} `)).toBe(code);
      expect(readShortCode(code.replaceAll('0', 'o').replaceAll('1', 'l'))).toBe(code);
    }),
  );
});

it('what is too short, too long or holds another letter is no short code', () => {
  for (const typed of ['', 'K7F2M9Q', 'K7F2M9QXX', 'K7F2M9Q!', 'UUUUUUUU']) {
    expect(readShortCode(typed)).toBeUndefined();
  }
});
