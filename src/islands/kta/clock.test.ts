import { describe, expect, it } from 'vitest';
import { learnClock, stillKnown } from './clock.ts';

const NOW = Date.parse('2026-11-22T03:00:00Z');

describe('the clock of the phone', () => {
  it('is put right by the server’s, however wrong it is', () => {
    const clock = learnClock(NOW, NOW + 400, NOW + 3_600_200);
    expect(clock).toEqual({ offset: 3_600_000, error: 200, seen: NOW + 400 });
  });

  it('learns nothing from an answer that took half a minute', () => {
    expect(learnClock(NOW, NOW + 30_000, NOW)).toBeUndefined();
  });

  it('is not trusted after somebody set it back, and is after it slept', () => {
    const clock = learnClock(NOW, NOW, NOW);
    expect(stillKnown(clock, NOW + 86_400_000)).toMatchObject({ offset: 0, seen: NOW + 86_400_000 });
    expect(stillKnown(clock, NOW - 1_000)).toMatchObject({ seen: NOW });
    expect(stillKnown(clock, NOW - 60_000)).toBeUndefined();
    expect(stillKnown(undefined, NOW)).toBeUndefined();
  });
});
