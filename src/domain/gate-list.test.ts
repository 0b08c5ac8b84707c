import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeGateList, encodeGateList } from './gate-list.ts';
import { type CardId, type LibraryId, uuidV7 } from './ids.ts';

const cardIds = fc.uniqueArray(
  fc.uuid().map((id) => id.toLowerCase() as CardId),
  { maxLength: 60 },
);
const library = 3 as LibraryId;
const uints = fc.nat(4_294_967_295);
const CLEAR = { revoked: false, suspended: false, leastGeneration: 0 };

function newCards(count: number): CardId[] {
  const random = randomBytes(count * 10);
  return Array.from({ length: count }, (_, at) => {
    const issued = new Date(1_700_000_000_000 + at * 997);
    return uuidV7(issued, random.subarray(at * 10, at * 10 + 10)) as CardId;
  });
}

describe('the list of a gate', () => {
  it('says of every card in it what it says, and nothing of a card that is not', () => {
    fc.assert(
      fc.property(cardIds, cardIds, cardIds, cardIds, uints, (revoked, suspended, renewed, others, salt) => {
        const generations = renewed.map((card, at) => ({ card, least: at + 1 }));
        const entries = { library, asOf: 1_800_000_000, version: 42, salt, revoked, suspended, generations };
        const list = decodeGateList(encodeGateList(entries));
        expect(list).toMatchObject({ library, asOf: 1_800_000_000, version: 42 });
        for (const card of [...revoked, ...suspended, ...renewed, ...others]) {
          expect(list?.standing(card)).toEqual({
            revoked: revoked.includes(card),
            suspended: suspended.includes(card),
            leastGeneration: renewed.indexOf(card) + 1,
          });
        }
      }),
    );
  });

  it('holds a hundred thousand revoked cards in a few hundred kB and is wrong about no other of a hundred thousand', () => {
    const cards = newCards(200_000);
    const revoked = cards.filter((_, at) => at % 2 === 0);
    const bytes = encodeGateList({
      library,
      asOf: 0,
      version: 0,
      salt: 0x9e3779b9,
      revoked,
      suspended: [],
      generations: [],
    });
    expect(bytes.length).toBeLessThan(420_000);
    const list = decodeGateList(bytes);
    expect(revoked.every((card) => list?.standing(card).revoked)).toBe(true);
    const wrong = cards.filter((card, at) => at % 2 === 1 && list?.standing(card).revoked);
    // Once in 67 million: one among these would already be luck of 1 in 670.
    expect(wrong.length).toBeLessThanOrEqual(1);
    expect(list?.count).toBeGreaterThanOrEqual(99_999);
  });

  it('is read whole or not at all', () => {
    const [card = '' as CardId, other = '' as CardId] = newCards(2);
    const bytes = encodeGateList({
      library,
      asOf: 1,
      version: 2,
      salt: 3,
      revoked: [card],
      suspended: [other],
      generations: [{ card, least: 300 }],
    });
    for (let end = 0; end < bytes.length; end++)
      expect(decodeGateList(bytes.subarray(0, end))).toBeUndefined();
    expect(decodeGateList(Uint8Array.from([...bytes, 0]))).toBeUndefined();
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (any) => void decodeGateList(any)));
  });

  it('may be empty', () => {
    const list = decodeGateList(
      encodeGateList({ library, asOf: 1, version: 0, salt: 0, revoked: [], suspended: [], generations: [] }),
    );
    expect(list?.standing('01944f3e-7c00-7abc-8def-0123456789ab' as CardId)).toEqual(CLEAR);
  });
});
