import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EDUCATIONS, OCCUPATIONS } from './applicant.ts';
import type { RepeatRule } from './library-settings.ts';
import { addDays, type PlainDate } from './plain-date.ts';
import { checkGroupCounts, countsAsVisit, LARGEST_GROUP } from './visit.ts';

describe('the counts of a group', () => {
  it('add up', () => {
    const counts = { total: 30, bySex: { L: 12, P: 18 }, byEducation: { sd: 28, s1: 2 }, byOccupation: {} };
    expect(checkGroupCounts(counts)).toEqual({ ok: true });
  });

  it('name every part that does not', () => {
    const counts = {
      total: 30,
      bySex: { L: 12, P: 17 },
      byEducation: { sd: 31 },
      byOccupation: { pupil: 30 },
    };
    expect(checkGroupCounts(counts)).toEqual({
      ok: false,
      problems: [
        { part: 'sex', code: 'does_not_add_up', expected: 30, actual: 29 },
        { part: 'education', code: 'does_not_add_up', expected: 30, actual: 31 },
      ],
    });
  });

  it('need the sexes, while education and occupation may stay uncounted', () => {
    const counts = { total: 5, bySex: {}, byEducation: {}, byOccupation: {} };
    expect(checkGroupCounts(counts)).toMatchObject({ ok: false, problems: [{ part: 'sex' }] });
  });

  it.each([0, -1, 1.5, Number.NaN, LARGEST_GROUP + 1])('are not a group of %s', (total) => {
    expect(checkGroupCounts({ total, bySex: { L: total }, byEducation: {}, byOccupation: {} })).toMatchObject(
      {
        ok: false,
        problems: [{ part: 'total', code: 'out_of_range' }],
      },
    );
  });

  it('hold no negative number that makes the sum right', () => {
    expect(
      checkGroupCounts({ total: 5, bySex: { L: 10, P: -5 }, byEducation: {}, byOccupation: {} }),
    ).toMatchObject({ ok: false, problems: [{ part: 'sex', code: 'not_a_count' }] });
  });

  it('of any listed group are right', () => {
    const person = fc.record({
      sex: fc.constantFrom('L' as const, 'P' as const),
      education: fc.constantFrom(...EDUCATIONS),
      occupation: fc.constantFrom(...OCCUPATIONS),
    });
    const count = (keys: string[]) =>
      Object.fromEntries([...new Set(keys)].map((key) => [key, keys.filter((each) => each === key).length]));
    fc.assert(
      fc.property(fc.array(person, { minLength: 1, maxLength: 60 }), (people) => {
        const counts = {
          total: people.length,
          bySex: count(people.map((each) => each.sex)),
          byEducation: count(people.map((each) => each.education)),
          byOccupation: count(people.map((each) => each.occupation)),
        };
        expect(checkGroupCounts(counts)).toEqual({ ok: true });
        expect(checkGroupCounts({ ...counts, total: counts.total + 1 })).toMatchObject({ ok: false });
      }),
    );
  });
});

describe('a repeated check-in', () => {
  const day = '2026-11-21' as PlainDate;
  const at = (text: string, on = day) => ({ at: new Date(`2026-11-21T${text}Z`), day: on });

  it('counts the first time under every rule', () => {
    for (const rule of [
      { rule: 'each' },
      { rule: 'once_a_day' },
      { rule: 'after_minutes', minutes: 60 },
    ] as const)
      expect(countsAsVisit(rule, null, at('02:00:00'))).toBe(true);
  });

  it('counts once a day where the library says so, on its own calendar', () => {
    const rule: RepeatRule = { rule: 'once_a_day' };
    expect(countsAsVisit(rule, at('02:00:00'), at('09:00:00'))).toBe(false);
    // 23:30 and 00:30 in Jayapura are the same day in UTC.
    expect(countsAsVisit(rule, at('14:30:00'), at('15:30:00', addDays(day, 1)))).toBe(true);
  });

  it('counts again after the minutes of the rule', () => {
    const rule: RepeatRule = { rule: 'after_minutes', minutes: 60 };
    expect(countsAsVisit(rule, at('02:00:00'), at('02:59:59'))).toBe(false);
    expect(countsAsVisit(rule, at('02:00:00'), at('03:00:00'))).toBe(true);
  });

  it('counts each time where the library wants that', () => {
    expect(countsAsVisit({ rule: 'each' }, at('02:00:00'), at('02:00:01'))).toBe(true);
  });
});
