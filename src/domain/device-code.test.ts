import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatDeviceCode, newDeviceCode, readDeviceCode } from './device-code.ts';

it('a code is read back however it is typed', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 8, maxLength: 16 }), (random) => {
      const code = newDeviceCode(random);
      expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{8}$/);
      expect(readDeviceCode(formatDeviceCode(code).toLowerCase())).toBe(code);
      expect(
        readDeviceCode(` ${code.slice(0, 3)} ${code.slice(3)}`.replace(/0/g, 'o').replace(/1/g, 'l')),
      ).toBe(code);
    }),
  );
});

it('anything else is no code', () => {
  for (const text of ['', '1234567', '123456789', 'ABCD-EFGU', 'ABCDEFG!'])
    expect(readDeviceCode(text)).toBeUndefined();
});
