import type { Education, Occupation, Sex } from './applicant.ts';
import type { RepeatRule } from './library-settings.ts';
import type { PlainDate } from './plain-date.ts';

/** Anggota, Non Anggota, Rombongan. */
export const VISIT_KINDS = ['member', 'non_member', 'group'] as const;
export type VisitKind = (typeof VISIT_KINDS)[number];

/** Larger than any hall; catches a member number typed into a count. */
export const LARGEST_GROUP = 2000;

/** Persons of a group. Sex is always counted; a part that nobody counted is empty. */
export interface GroupCounts {
  readonly total: number;
  readonly bySex: Readonly<Partial<Record<Sex, number>>>;
  readonly byEducation: Readonly<Partial<Record<Education, number>>>;
  readonly byOccupation: Readonly<Partial<Record<Occupation, number>>>;
}

export type GroupPart = 'total' | 'sex' | 'education' | 'occupation';

export interface GroupProblem {
  readonly part: GroupPart;
  /** `not_a_count`: a negative or broken number; `out_of_range`: nobody or more than `LARGEST_GROUP`. */
  readonly code: 'not_a_count' | 'out_of_range' | 'does_not_add_up';
  /** The total, and what the part adds up to. */
  readonly expected: number;
  readonly actual: number;
}

export type GroupResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly problems: readonly GroupProblem[] };

/** Checks that the parts of a group add up to its total; names every part that does not. */
export function checkGroupCounts(counts: GroupCounts): GroupResult {
  const { total } = counts;
  if (!isCount(total) || total < 1 || total > LARGEST_GROUP)
    return {
      ok: false,
      problems: [{ part: 'total', code: 'out_of_range', expected: LARGEST_GROUP, actual: total }],
    };
  const problems = [
    partProblem('sex', counts.bySex, total, true),
    partProblem('education', counts.byEducation, total, false),
    partProblem('occupation', counts.byOccupation, total, false),
  ].filter((problem) => problem !== undefined);
  return problems.length === 0 ? { ok: true } : { ok: false, problems };
}

function partProblem(
  part: GroupPart,
  numbers: Readonly<Partial<Record<string, number>>>,
  expected: number,
  required: boolean,
): GroupProblem | undefined {
  const values = Object.values(numbers).filter((value) => value !== undefined);
  const actual = values.reduce((sum, value) => sum + value, 0);
  if (!values.every(isCount)) return { part, code: 'not_a_count', expected, actual };
  if (actual === expected || (actual === 0 && !required)) return undefined;
  return { part, code: 'does_not_add_up', expected, actual };
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

/** The moment of a check-in: the instant, and its day on the library's wall calendar. */
export interface CheckInMoment {
  readonly at: Date;
  readonly day: PlainDate;
}

/**
 * Whether a check-in of the same member counts as another visit, by the library's rule.
 * @param lastCounted the latest check-in that counted; null where there is none
 */
export function countsAsVisit(
  rule: RepeatRule,
  lastCounted: CheckInMoment | null,
  now: CheckInMoment,
): boolean {
  if (lastCounted === null) return true;
  switch (rule.rule) {
    case 'each':
      return true;
    case 'once_a_day':
      return lastCounted.day !== now.day;
    case 'after_minutes':
      return now.at.getTime() - lastCounted.at.getTime() >= rule.minutes * 60_000;
  }
}
