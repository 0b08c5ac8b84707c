import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openRateLimit } from './rate-limit.ts';

describe('a limit', () => {
  it('lets so many pass in a window, then says how long to wait, then lets pass again', () => {
    let at = 0;
    const limit = openRateLimit({ points: 2, seconds: 10, now: () => at });
    expect([limit.take('a'), limit.look('a'), limit.take('a'), limit.look('a')]).toEqual([
      null,
      null,
      null,
      10,
    ]);
    at = 4_000;
    expect([limit.take('a'), limit.take('b')]).toEqual([6, null]);
    at = 10_000;
    expect([limit.look('a'), limit.take('a')]).toEqual([null, null]);
  });

  it('never lets more than its points pass in one window, whatever comes when', () => {
    const steps = fc.array(fc.record({ key: fc.constantFrom('a', 'b', 'c'), after: fc.nat(4_000) }));
    fc.assert(
      fc.property(steps, (sent) => {
        let at = 0;
        const limit = openRateLimit({ points: 3, seconds: 5, now: () => at });
        const passed: Record<string, number[]> = {};
        for (const { key, after } of sent) {
          at += after;
          if (limit.take(key) === null) passed[key] = [...(passed[key] ?? []), at];
        }
        // Two windows may touch: of seven in a row the first and the last are a whole window apart.
        for (const times of Object.values(passed))
          for (const [index, time] of times.entries())
            expect((times[index + 6] ?? Number.POSITIVE_INFINITY) - time).toBeGreaterThanOrEqual(5_000);
      }),
    );
  });

  it('of a million addresses remembers no more than it has room for', () => {
    const limit = openRateLimit({ points: 120, seconds: 600 });
    const before = process.memoryUsage().heapUsed;
    for (let one = 0; one < 1_000_000; one++)
      limit.take(`2001:db8:${(one >>> 16).toString(16)}:${(one & 0xffff).toString(16)}`);
    expect(limit.size()).toBeLessThanOrEqual(50_000);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(150 * 1024 * 1024);
  });

  it('full, forgets those who stopped and not those who are counted still', () => {
    const limit = openRateLimit({ points: 5, seconds: 600, mostKeys: 100 });
    for (let one = 0; one < 10_000; one++) {
      limit.take(`address ${one}`);
      if (one % 20 === 0) limit.take('stubborn');
    }
    expect(limit.size()).toBeLessThanOrEqual(100);
    expect(limit.look('stubborn')).not.toBeNull();
    expect(limit.look('address 1')).toBeNull();
  });

  it('forgets what is over although nobody fills it', () => {
    let at = 0;
    const limit = openRateLimit({ points: 1, seconds: 10, now: () => at });
    for (let one = 0; one < 500; one++) limit.take(`address ${one}`);
    for (at = 10_000; at <= 30_000; at += 10_000) limit.take('later');
    expect(limit.size()).toBe(1);
  });

  it('takes a count back, or begins anew, where it was no guess', () => {
    const limit = openRateLimit({ points: 2, seconds: 10 });
    limit.take('a');
    limit.take('a');
    expect(limit.look('a')).not.toBeNull();
    limit.giveBack('a');
    expect(limit.take('a')).toBeNull();
    expect(limit.take('a')).not.toBeNull();
    limit.forget('a');
    expect(limit.take('a')).toBeNull();
  });

  it('keeps no long text that a stranger typed', () => {
    const limit = openRateLimit({ points: 1, seconds: 10 });
    const before = process.memoryUsage().heapUsed;
    for (let one = 0; one < 2_000; one++) limit.take(`${one}${'x'.repeat(50_000)}`);
    expect(limit.size()).toBe(2_000);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(80 * 1024 * 1024);
    expect(limit.take(`7${'x'.repeat(50_000)}`)).not.toBeNull();
  });
});
