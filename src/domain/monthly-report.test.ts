import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OfficerId } from './ids.ts';
import { canonicalJson, type MonthlyReportState, monthlyReportActions } from './monthly-report.ts';
import { ROLES } from './permissions.ts';
import type { PlainDate } from './plain-date.ts';

const head = 'head' as OfficerId;
const chief = 'chief' as OfficerId;
const after = '2026-02-01' as PlainDate;
const actions = (
  state: MonthlyReportState,
  id: OfficerId,
  roles: readonly (typeof ROLES)[number][],
  today = after,
) => [...monthlyReportActions('2026-01', state, { id, roles }, today)].sort();

describe('the sheet of a month', () => {
  it('is checked by the Kepala Bidang and signed by the Kepala SKPD', () => {
    expect(actions({ kind: 'open' }, head, ['kepala_bidang'])).toEqual(['check']);
    expect(actions({ kind: 'open' }, chief, ['kepala_skpd'])).toEqual([]);
    const checked = { kind: 'checked', checkedBy: head } as const;
    expect(actions(checked, head, ['kepala_bidang'])).toEqual(['return']);
    expect(actions(checked, chief, ['kepala_skpd'])).toEqual(['return', 'sign']);
    expect(actions({ kind: 'signed' }, head, ['kepala_bidang'])).toEqual([]);
    expect(actions({ kind: 'signed' }, chief, ['kepala_skpd'])).toEqual(['reopen']);
  });

  it('is never checked and signed by one person, also when acting for the Kepala SKPD', () => {
    const checked = { kind: 'checked', checkedBy: head } as const;
    expect(actions(checked, head, ['kepala_bidang', 'kepala_skpd'])).toEqual(['return']);
  });

  it('waits until the month is over', () => {
    expect(actions({ kind: 'open' }, head, ['kepala_bidang'], '2026-01-31' as PlainDate)).toEqual([]);
    expect(actions({ kind: 'open' }, head, ['kepala_bidang'], '2025-12-31' as PlainDate)).toEqual([]);
  });

  it('is nothing for a Petugas, a Sub Koordinator or an admin to decide', () => {
    const states: MonthlyReportState[] = [
      { kind: 'open' },
      { kind: 'checked', checkedBy: head },
      { kind: 'signed' },
    ];
    for (const role of ROLES.filter((each) => !each.startsWith('kepala')))
      for (const state of states) expect(actions(state, chief, [role])).toEqual([]);
  });

  it('is of a month, not of anything else that has days', () => {
    for (const text of ['2026', '2026-T1', '2026-13', '2025-01-01..2025-01-31', ''])
      expect(
        monthlyReportActions(text, { kind: 'open' }, { id: head, roles: ['kepala_bidang'] }, after).size,
      ).toBe(0);
  });
});

describe('figures written down', () => {
  it('read the same whatever order a database gives their names back in', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const turned = (each: unknown): unknown => {
          if (Array.isArray(each)) return each.map(turned);
          if (typeof each !== 'object' || each === null) return each;
          return Object.fromEntries(
            Object.entries(each)
              .reverse()
              .map(([key, one]) => [key, turned(one)]),
          );
        };
        expect(canonicalJson(turned(value))).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
