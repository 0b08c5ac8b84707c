/**
 * Age groups of the reports, by full years reached in the year counted: a history keeps the year of birth only, so
 * that it tells nobody's birthday, and so that an erasure changes no closed month.
 */
export const AGE_GROUPS = [
  { code: 'a0', from: 0, to: 5 },
  { code: 'a6', from: 6, to: 12 },
  { code: 'a13', from: 13, to: 17 },
  { code: 'a18', from: 18, to: 24 },
  { code: 'a25', from: 25, to: 44 },
  { code: 'a45', from: 45, to: 59 },
  { code: 'a60', from: 60, to: null },
] as const;
export type AgeGroup = (typeof AGE_GROUPS)[number]['code'] | 'unknown';

/** The group of somebody born in a year, as of another year. */
export function ageGroupOf(birthYear: number | null, year: number): AgeGroup {
  if (birthYear === null || birthYear > year) return 'unknown';
  const age = year - birthYear;
  return AGE_GROUPS.find(({ to }) => to === null || age <= to)?.code ?? 'unknown';
}
