import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePlainDate } from '../plain-date.ts';
import { NIK_BLOCK, nikSlip, nikSlots, nikWindows } from './nik-slots.ts';

/** A hash that is no hash: the tests are about places, and two texts never share it. */
const known = new Map<string, number>();
function hash(blocks: Uint8Array): Uint8Array {
  const hashes = new Uint8Array(blocks.length);
  const view = new DataView(hashes.buffer);
  for (let at = 0; at < blocks.length; at += NIK_BLOCK) {
    const text = String.fromCharCode(...blocks.subarray(at, at + NIK_BLOCK));
    if (!known.has(text)) known.set(text, known.size + 1);
    view.setUint32(at, known.get(text) ?? 0);
  }
  return hashes;
}
const slotsOf = (nik: string) => nikSlots(nik, hash);

const nik = fc.stringMatching(/^\d{16}$/);
const birthDate = fc.constantFrom(
  null,
  ...['1990-01-01', '2003-12-31'].flatMap((text) => parsePlainDate(text) ?? []),
);

describe('a NIK known only by its hashes', () => {
  it('is found with any one digit wrong, and the place is told', () => {
    fc.assert(
      fc.property(nik, fc.nat(15), fc.integer({ min: 1, max: 9 }), (right, at, by) => {
        const digit = (Number(right[at]) + by) % 10;
        const wrong = right.slice(0, at) + digit + right.slice(at + 1);
        const slip = nikSlip(slotsOf(right), slotsOf(wrong));
        expect(slip).toEqual({ kind: 'digit', at });
      }),
    );
  });

  it('shares a key with any number that differs in one digit or in two neighbours swapped', () => {
    fc.assert(
      fc.property(nik, fc.nat(15), fc.integer({ min: 1, max: 9 }), birthDate, (right, at, by, born) => {
        const share = (one: string, other: string) =>
          nikWindows(one, hash, born).some((key) => nikWindows(other, hash, born).includes(key));
        const digit = (Number(right[at]) + by) % 10;
        expect(share(right, right.slice(0, at) + digit + right.slice(at + 1))).toBe(true);
        if (at < 15)
          expect(share(right, right.slice(0, at) + right[at + 1] + right[at] + right.slice(at + 2))).toBe(
            true,
          );
      }),
    );
  });

  it('is found with any two neighbours swapped', () => {
    fc.assert(
      fc.property(nik, fc.nat(14), (right, at) => {
        fc.pre(right[at] !== right[at + 1]);
        const wrong = right.slice(0, at) + right[at + 1] + right[at] + right.slice(at + 2);
        const slip = nikSlip(slotsOf(right), slotsOf(wrong));
        expect(slip?.kind).toBe('swap');
        expect(nikSlip(slotsOf(wrong), slotsOf(right))).toEqual(slip);
      }),
    );
  });

  it('is not taken for one that differs in two places', () => {
    fc.assert(
      fc.property(nik, fc.nat(15), fc.nat(15), (right, one, other) => {
        fc.pre(Math.abs(one - other) > 1);
        const digits = [...right];
        for (const at of [one, other]) digits[at] = String((Number(digits[at]) + 5) % 10);
        expect(nikSlip(slotsOf(right), slotsOf(digits.join('')))).toBeNull();
      }),
    );
  });

  it('is hashed in whole blocks, of which those of slots and windows are never equal', () => {
    const asked: Uint8Array[] = [];
    const listen = (blocks: Uint8Array) => {
      asked.push(Uint8Array.from(blocks));
      return hash(blocks);
    };
    // Also what is no NIK: nobody checks it here.
    fc.assert(
      fc.property(fc.oneof(nik, fc.stringMatching(/^\d{0,20}$/)), nik, birthDate, (any, right, born) => {
        asked.length = 0;
        nikSlots(any, listen);
        nikWindows(any, listen, born);
        expect(asked.map((blocks) => blocks.length)).toEqual([16 * NIK_BLOCK, 5 * NIK_BLOCK]);
        asked.length = 0;
        nikSlots(right, listen);
        nikWindows(right, listen, born);
        const [slots, windows] = asked;
        for (let at = NIK_BLOCK - 1; at < 16 * NIK_BLOCK; at += NIK_BLOCK) expect(slots?.[at]).toBe(0);
        expect(windows?.includes(0)).toBe(false);
      }),
    );
  });

  it('says nothing where the hashes of one side are missing', () => {
    expect(nikSlip(new Uint8Array(), slotsOf('9901010101010001'))).toBeNull();
  });
});
