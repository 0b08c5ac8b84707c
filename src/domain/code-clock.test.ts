import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CodeClock, judgeCode, MOST_DRIFT, nearestDrift } from './code-clock.ts';

/** The code of a step, for a test: its number. */
const codeOf = (step: number) => (one: number) => one === step;
const AT = 60_000_000;
const fresh: CodeClock = { drift: 0, slip: null, step: 0 };
const drift = fc.integer({ min: -MOST_DRIFT, max: MOST_DRIFT });
const clock = fc.record({
  drift,
  slip: fc.option(drift, { nil: null }),
  step: fc.integer({ min: AT - 30, max: AT + 15 }),
});

describe('a code of an app', () => {
  it('opens in its one step and in no other, where both clocks agree', () => {
    for (let away = -30; away <= 30; away++) {
      const { verdict } = judgeCode(fresh, AT, codeOf(AT + away));
      expect(verdict, String(away)).toBe(
        away === 0 ? 'right' : Math.abs(away) <= MOST_DRIFT ? 'clock' : 'wrong',
      );
    }
  });

  it('opens only in a step later than every code before it, and of an expected difference', () => {
    fc.assert(
      fc.property(clock, fc.integer({ min: -15, max: 15 }), (before, away) => {
        const { verdict, clock: after } = judgeCode(before, AT, codeOf(AT + away));
        expect(after.step).toBeGreaterThanOrEqual(before.step);
        if (verdict !== 'right') return;
        expect(AT + away).toBeGreaterThan(before.step);
        expect([before.drift, before.slip]).toContain(away);
        expect(after).toEqual({ drift: away, slip: null, step: AT + away });
      }),
    );
  });

  it('that was tried once never opens afterwards, whatever came of it', () => {
    fc.assert(
      fc.property(clock, drift, fc.array(fc.nat(3), { maxLength: 12 }), (before, away, waits) => {
        let now = AT;
        let { clock: kept, verdict } = judgeCode(before, now, codeOf(AT + away));
        fc.pre(verdict !== 'wrong');
        for (const wait of waits) {
          now += wait;
          ({ clock: kept, verdict } = judgeCode(kept, now, codeOf(AT + away)));
          expect(verdict).not.toBe('right');
        }
      }),
    );
  });

  it('of a phone whose clock differs opens at the second one, and the third at once', () => {
    fc.assert(
      fc.property(drift, drift, fc.integer({ min: 1, max: 10 }), (known, really, wait) => {
        fc.pre(known !== really);
        const first = judgeCode({ ...fresh, drift: known }, AT, codeOf(AT + really));
        expect(first.verdict).toBe('clock');
        expect(first.clock.drift).toBe(known);
        const second = judgeCode(first.clock, AT + wait, codeOf(AT + wait + really));
        expect(second.verdict).toBe('right');
        expect(second.clock.drift).toBe(really);
        const third = judgeCode(second.clock, AT + wait + 1, codeOf(AT + wait + 1 + really));
        expect(third.verdict).toBe('right');
      }),
    );
  });

  it('typed as it changed does not make the next one wrong', () => {
    const late = judgeCode(fresh, AT, codeOf(AT - 1));
    expect(late.verdict).toBe('clock');
    expect(judgeCode(late.clock, AT, codeOf(AT - 1)).verdict).toBe('clock');
    expect(judgeCode(late.clock, AT, codeOf(AT))).toMatchObject({ verdict: 'right', clock: { drift: 0 } });
  });

  it('confirms a difference only as the very next one, within five minutes, and by the same difference', () => {
    const { clock: noted } = judgeCode(fresh, AT, codeOf(AT + 4));
    const next = (before: CodeClock, now: number, away: number) =>
      judgeCode(before, now, codeOf(now + away)).verdict;
    expect(next(noted, AT + 10, 4)).toBe('right');
    expect(next(noted, AT + 11, 4)).toBe('clock');
    expect(next(noted, AT + 2, 3)).toBe('clock');
    const { clock: after } = judgeCode(noted, AT + 1, () => false);
    expect(next(after, AT + 2, 4)).toBe('clock');
  });

  it('tells the difference when the app is set up', () => {
    for (let away = -MOST_DRIFT; away <= MOST_DRIFT; away++)
      expect(nearestDrift(AT, codeOf(AT + away))).toBe(away);
    expect(nearestDrift(AT, codeOf(AT + MOST_DRIFT + 1))).toBeNull();
    expect(nearestDrift(AT, codeOf(AT - MOST_DRIFT - 1))).toBeNull();
  });
});
