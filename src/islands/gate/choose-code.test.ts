import { describe, expect, it } from 'vitest';
import { encodeCardToken } from '../../domain/card-token.ts';
import type { CardId, LibraryId } from '../../domain/ids.ts';
import type { PlainDate } from '../../domain/plain-date.ts';
import { openCodeChoice } from './choose-code.ts';

const SIGNED = encodeCardToken(
  {
    library: 1 as LibraryId,
    card: '01944f3e-7c00-7abc-8def-0123456789ab' as CardId,
    issued: '2025-01-13' as PlainDate,
    validUntil: null,
  },
  { keyId: new Uint8Array([1, 2, 3, 4]), sign: () => new Uint8Array(64) },
);
const BARS = '26010500001';

describe('the camera of a gate', () => {
  it('takes the signed code of a card that shows bars, too, whichever it finds first', () => {
    const choose = openCodeChoice();
    expect(choose([BARS], 0)).toBeUndefined();
    expect(choose([BARS, SIGNED], 100)).toBe(SIGNED);
    // Out of focus again, the card is still there.
    for (const at of [200, 900, 2_000]) expect(choose([BARS], at)).toBeUndefined();
    expect(choose([SIGNED], 2_050)).toBe(SIGNED);
  });

  it('takes bars that stand alone, in pictures of which some show nothing', () => {
    const choose = openCodeChoice();
    expect([0, 100, 200, 300].map((at) => choose(at === 100 ? [] : [BARS], at))).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(choose([BARS], 400)).toBe(BARS);
    // The next card begins anew.
    expect(choose(['26010500002'], 500)).toBeUndefined();
    expect(choose(['', '26010500002'], 900)).toBe('26010500002');
    expect(choose(['26010500002'], 9_000)).toBeUndefined();
  });
});
