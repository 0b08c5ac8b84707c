import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, addMonths, type PlainDate } from './plain-date.ts';
import { daysLeft, memberStatus, renewedUntil, validUntil } from './validity.ts';

const date = (text: string): PlainDate => text as PlainDate;
const anyDate = fc.integer({ min: 0, max: 40_000 }).map((days) => addDays(date('2000-01-01'), days));

describe('validity', () => {
  it('lasts to the same day a year later, or for life', () => {
    expect(validUntil(date('2026-11-21'), { months: 12 })).toBe('2027-11-21');
    expect(validUntil(date('2024-02-29'), { months: 12 })).toBe('2025-02-28');
    expect(validUntil(date('2026-11-21'), { lifetime: true })).toBeNull();
  });

  it('is extended from the old end by one who comes early, from today by one who comes late', () => {
    expect(renewedUntil(date('2026-12-31'), date('2026-11-21'), { months: 12 })).toBe('2027-12-31');
    expect(renewedUntil(date('2025-01-31'), date('2026-11-21'), { months: 12 })).toBe('2027-11-21');
  });

  it('for life stays for life', () => {
    expect(renewedUntil(null, date('2026-11-21'), { months: 12 })).toBeNull();
    expect(renewedUntil(date('2026-12-31'), date('2026-11-21'), { lifetime: true })).toBeNull();
  });

  it('never ends earlier by a renewal, and never lasts longer than the period from the later day', () => {
    fc.assert(
      fc.property(anyDate, anyDate, fc.integer({ min: 1, max: 120 }), (old, today, months) => {
        const end = renewedUntil(old, today, { months });
        const later = [old, today].sort()[1] ?? today;
        expect(end).toBe(addMonths(later, months));
        expect(end !== null && end > old && end > today).toBe(true);
      }),
    );
  });
});

describe('the status of a member', () => {
  it('is valid through its last day and lapsed on the next', () => {
    expect(memberStatus('active', date('2026-11-21'), date('2026-11-21'))).toBe('active');
    expect(memberStatus('active', date('2026-11-21'), date('2026-11-22'))).toBe('expired');
    expect(memberStatus('active', null, date('2126-01-01'))).toBe('active');
  });

  it('says more of a suspended or departed member than that the date has passed', () => {
    for (const state of ['suspended', 'cleared', 'ended'] as const)
      expect(memberStatus(state, date('2020-01-01'), date('2026-11-21'))).toBe(state);
  });

  it('is counted down in days, of which the last one is the day itself', () => {
    expect(daysLeft(date('2026-03-02'), date('2026-03-02'))).toBe(0);
    expect(daysLeft(date('2026-03-01'), date('2026-02-27'))).toBe(2);
    fc.assert(
      fc.property(anyDate, fc.integer({ min: -400, max: 400 }), (today, days) => {
        expect(daysLeft(addDays(today, days), today)).toBe(days);
      }),
    );
  });
});
