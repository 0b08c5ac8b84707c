import { describe, expect, it } from 'vitest';
import { whenToLook } from './pace.ts';

describe('a page that keeps itself fresh', () => {
  it('shows the first change after a quiet time at once', () => {
    expect(whenToLook({ now: 60_000, lookedAt: 0, tookMs: 80 })).toBe(150);
    expect(whenToLook({ now: 0, lookedAt: Number.NEGATIVE_INFINITY, tookMs: 0 })).toBe(150);
  });

  it('looks every three seconds while changes do not end, and does not wait for their end', () => {
    expect(whenToLook({ now: 10_500, lookedAt: 10_000, tookMs: 80 })).toBe(2_500);
    expect(whenToLook({ now: 12_990, lookedAt: 10_000, tookMs: 80 })).toBe(150);
  });

  it('asks a slow service less often', () => {
    expect(whenToLook({ now: 11_000, lookedAt: 10_000, tookMs: 900 })).toBe(8_000);
  });
});
