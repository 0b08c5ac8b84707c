import fc from 'fast-check';
import { expect, it } from 'vitest';
import { risingUuids } from './ids.ts';

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
