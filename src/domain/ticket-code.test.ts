import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatTicketCode,
  isTicketCode,
  newHandOverCode,
  newTicketCode,
  normaliseTicketCode,
  readHandOverCode,
} from './ticket-code.ts';

const bytes = fc.uint8Array({ minLength: 7, maxLength: 16 });

describe('a ticket code', () => {
  it('has seven characters, none of them easily confused', () => {
    fc.assert(
      fc.property(bytes, (random) => {
        const code = newTicketCode(random);
        expect(code).toMatch(/^[ABCDEFGHJKMNPQRSTVWXYZ][0-9ABCDEFGHJKMNPQRSTVWXYZ]{6}$/);
        expect(isTicketCode(code)).toBe(true);
      }),
    );
  });

  it('is found again however it is typed', () => {
    fc.assert(
      fc.property(bytes, fc.boolean(), (random, small) => {
        const code = newTicketCode(random);
        const typed = formatTicketCode(code).replace(/0/g, 'O').replace(/1/g, 'l').replace('-', ' - ');
        expect(normaliseTicketCode(small ? typed.toLowerCase() : typed)).toBe(code);
      }),
    );
  });

  it('is not taken for a number of digits', () => {
    expect(isTicketCode('2600001')).toBe(false);
    expect(isTicketCode('K7F2M9')).toBe(false);
    expect(isTicketCode('K7F2M9UU')).toBe(false);
  });

  it('differs for different random bytes', () => {
    const codes = new Set(
      Array.from({ length: 256 }, (_, i) => newTicketCode(Uint8Array.of(1, 2, 3, 4, 5, 6 + (i >> 5), i))),
    );
    expect(codes.size).toBe(256);
  });
});

describe('a hand-over code', () => {
  it('is six digits that are read back however they are grouped', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 4, maxLength: 8 }), (random) => {
        const code = newHandOverCode(random);
        expect(code).toMatch(/^\d{6}$/);
        expect(readHandOverCode(` ${code.slice(0, 3)} ${code.slice(3)}`)).toBe(code);
      }),
    );
  });

  it('is nothing else', () => {
    expect(readHandOverCode('12345')).toBeUndefined();
    expect(readHandOverCode('12345a')).toBeUndefined();
  });
});
