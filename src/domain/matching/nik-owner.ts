import type { Sex } from '../applicant.ts';
import type { Nik } from '../ids.ts';
import { readNik } from '../nik.ts';
import type { PlainDate } from '../plain-date.ts';
import { type BirthOutcome, compareBirthDates } from './date-evidence.ts';

const OTHER_DATES: ReadonlySet<BirthOutcome> = new Set(['differs', 'far', 'part', 'year_differs']);

/**
 * Whether a NIK is likely another's than who wrote it down: a parent's on a child's form. Its date or its sex is another, and
 * no slip of the pen explains it. That such a number is not the one on file says nothing.
 */
export function isAnothersNik(
  nik: string,
  { birthDate, sex }: { readonly birthDate: PlainDate | null; readonly sex: Sex | null },
): boolean {
  const said = readNik(nik as Nik);
  if (sex !== null && said.sex !== null && said.sex !== sex) return true;
  return (
    birthDate !== null &&
    said.birthDates.length > 0 &&
    said.birthDates.every((date) => OTHER_DATES.has(compareBirthDates(date, birthDate)))
  );
}
