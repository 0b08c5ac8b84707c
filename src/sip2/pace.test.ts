import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClientId } from '../domain/ids.ts';
import type { CountOf, SharedCounts } from '../usecases/shared-counts.ts';
import { openPace, type Pace } from './pace.ts';

const DEVICE = 'device' as ClientId;

/** The table in which processes meet, as `exchangeCounts` adds to it. */
function openTable(wall: () => number) {
  const rows = new Map<string, CountOf>();
  return (counts: SharedCounts) => {
    const { counts: told } = counts.tell();
    const heard = told.map(({ key, count, endsAt }): CountOf => {
      const old = rows.get(key);
      const row =
        old && old.endsAt > wall()
          ? { key, count: old.count + count, endsAt: old.endsAt }
          : { key, count, endsAt };
      rows.set(key, row);
      return row;
    });
    counts.hear(heard);
  };
}

/** Processes whose devices wait as they are told to, each asking as soon as it may. @returns answers in `seconds` */
function answered(processes: number, perMinute: number, seconds: number, shares: boolean): number {
  let at = 0;
  const wall = () => 1_700_000_000_000 + at;
  const meet = openTable(wall);
  const joined: SharedCounts[] = [];
  const exchange = { join: (_: string, counts: SharedCounts) => void joined.push(counts) };
  const all = Array.from({ length: processes }, () => ({
    pace: openPace({ now: () => at, wall, exchange: shares ? exchange : undefined }),
    freeAt: 0,
  }));
  let answers = 0;
  for (; at < seconds * 1_000; at += 10) {
    if (at % 1_000 === 0) joined.forEach(meet);
    for (const one of all)
      while (one.freeAt <= at) {
        const wait = one.pace.take(DEVICE, perMinute, 1);
        one.freeAt = at + wait;
        if (one.freeAt < seconds * 1_000) answers++;
        if (wait > 0) break;
      }
  }
  return answers;
}

describe('the pace of a device', () => {
  it('lets a tenth of a minute’s messages pass at once, and then so many a minute', () => {
    const answers = answered(1, 600, 60, false);
    expect(answers).toBeGreaterThanOrEqual(655);
    expect(answers).toBeLessThanOrEqual(665);
  });

  it('is the same for one process whether it shares or not', () => {
    const steps = fc.array(
      fc.record({ after: fc.nat(3_000), cost: fc.constantFrom(1, 9), meets: fc.boolean() }),
    );
    fc.assert(
      fc.property(steps, (sent) => {
        let at = 0;
        const wall = () => 1_700_000_000_000 + at;
        const meet = openTable(wall);
        const joined: SharedCounts[] = [];
        const exchange = { join: (_: string, counts: SharedCounts) => void joined.push(counts) };
        const [alone, sharing]: readonly Pace[] = [
          openPace({ now: () => at }),
          openPace({ now: () => at, wall, exchange }),
        ];
        for (const { after, cost, meets } of sent) {
          at += after;
          if (meets) joined.forEach(meet);
          expect(sharing?.take(DEVICE, 600, cost)).toBe(alone?.take(DEVICE, 600, cost));
        }
      }),
    );
  });

  it('is one pace in three processes: the device gets hardly more answers than of one', () => {
    const one = answered(1, 600, 300, true);
    const three = answered(3, 600, 300, true);
    // Each begins with its own burst, and hears of the others a second later.
    expect(three).toBeGreaterThan(one * 0.9);
    expect(three).toBeLessThan(one * 1.15);
    expect(answered(3, 600, 300, false)).toBeGreaterThan(one * 2.8);
  });

  it('sends nobody away for what was asked of another process', () => {
    const at = 0;
    const wall = () => 1_700_000_000_000 + at;
    const joined: SharedCounts[] = [];
    const exchange = { join: (_: string, counts: SharedCounts) => void joined.push(counts) };
    const pace = openPace({ now: () => at, wall, exchange });
    pace.take(DEVICE, 600, 1);
    for (const counts of joined) {
      counts.tell();
      counts.hear([{ key: DEVICE, count: 100_000, endsAt: wall() + 60_000 }]);
    }
    const wait = pace.take(DEVICE, 600, 1);
    expect(wait).toBeGreaterThan(1_000);
    expect(wait).toBeLessThan(3_000);
  });

  it('tells again what did not arrive', () => {
    const joined: SharedCounts[] = [];
    const pace = openPace({ exchange: { join: (_, counts) => void joined.push(counts) } });
    pace.take(DEVICE, 600, 3);
    const [counts] = joined;
    const { counts: lost = [] } = counts?.tell() ?? {};
    counts?.keep(lost, []);
    pace.take(DEVICE, 600, 1);
    expect(counts?.tell().counts).toMatchObject([{ key: DEVICE, count: 4 }]);
  });
});
