import { expect, it } from 'vitest';
import { backlogSeconds, recoverySeconds, type Timed } from './tally.ts';

const END = 1_000_000;

/** @param begunAt seconds after the end of the spike */
function write(begunAt: number, taken: number, waited = 0): Timed {
  const begun = END + begunAt * 1000;
  return {
    ...{ action: 'visit', kind: 'write', phase: 'after', taken },
    begunAt: begun,
    endedAt: begun + taken + waited,
  };
}
const each = (from: number, to: number, taken: number) =>
  Array.from({ length: (to - from) * 10 }, (_, n) => write(from + n / 10, taken));

it('is back when what is begun is quick again, and stays so', () => {
  expect(recoverySeconds([...each(0, 4, 900), ...each(4, 20, 20)], END, 150)).toBe(4);
  expect(recoverySeconds([...each(0, 2, 20), ...each(2, 5, 900), ...each(5, 20, 20)], END, 150)).toBe(5);
  expect(recoverySeconds(each(0, 20, 900), END, 150)).toBeNull();
  expect(recoverySeconds([], END, 150)).toBeNull();
});

it('an act of the spike that was asked to wait is its backlog and no sign of what comes after', () => {
  const late = write(-1, 2_000, 10_000);
  expect(recoverySeconds([late, ...each(0, 20, 20)], END, 150)).toBe(0);
  expect(backlogSeconds([late, ...each(0, 20, 20)], END)).toBe(11);
  expect(backlogSeconds(each(0, 20, 20), END)).toBe(0);
});
