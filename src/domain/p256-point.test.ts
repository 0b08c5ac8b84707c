import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rawPoint, shortPoint } from './p256-point.ts';

function newPoint(): Uint8Array {
  const { x = '', y = '' } = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({
    format: 'jwk',
  });
  return Uint8Array.from([4, ...Buffer.from(x, 'base64url'), ...Buffer.from(y, 'base64url')]);
}

describe('a point of P-256', () => {
  it('comes back from its short form', () => {
    for (let i = 0; i < 20; i++) {
      const raw = newPoint();
      const short = shortPoint(raw);
      expect(short && rawPoint(short)).toEqual(raw);
    }
  });

  it('has a twin with the other sign and the same x', () => {
    const raw = newPoint();
    const short = shortPoint(raw);
    if (!short) throw new Error('a point');
    const twin = rawPoint({ ...short, odd: !short.odd });
    expect(twin).not.toEqual(raw);
    expect(twin && shortPoint(twin)).toEqual({ ...short, odd: !short.odd });
  });

  it('is nothing that is not on the curve', () => {
    const raw = newPoint();
    raw[64] = (raw[64] ?? 0) ^ 1;
    expect(shortPoint(raw)).toBeUndefined();
    expect(shortPoint(raw.subarray(0, 64))).toBeUndefined();
    expect(rawPoint({ x: new Uint8Array(32).fill(255), odd: false })).toBeUndefined();
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.boolean(), (x, odd) => {
        const found = rawPoint({ x, odd });
        if (found) expect(shortPoint(found)).toEqual({ x, odd });
      }),
    );
  });
});
