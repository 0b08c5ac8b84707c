import fc from 'fast-check';
import { expect, it } from 'vitest';
import { risingUuids, uuidV7 } from './ids.ts';

it('identifiers rise in the order they were made, also within a millisecond and when the clock is set back', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1_700_000_000_000, max: 1_700_000_000_003 }), { maxLength: 300 }),
      (times) => {
        const uuid = risingUuids((length) => new Uint8Array(length).fill(250));
        const made = times.flatMap((time) => Array.from({ length: 40 }, () => uuid(new Date(time))));
        expect([...made].sort()).toEqual(made);
        expect(new Set(made).size).toBe(made.length);
        expect(
          made.every((id) =>
            /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id),
          ),
        ).toBe(true);
      },
    ),
    { numRuns: 30 },
  );
});

it('an identifier carries its millisecond and its random bits, in the form of RFC 9562', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 2 ** 47 }),
      fc.uint8Array({ minLength: 10, maxLength: 16 }),
      (milliseconds, random) => {
        const id = uuidV7(new Date(milliseconds), random);
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(Number.parseInt(id.replace(/-/g, '').slice(0, 12), 16)).toBe(milliseconds);
        expect(id.slice(-12)).toBe(Buffer.from(random.subarray(4, 10)).toString('hex'));
      },
    ),
  );
  expect(() => uuidV7(new Date(0), new Uint8Array(9))).toThrow(RangeError);
});
