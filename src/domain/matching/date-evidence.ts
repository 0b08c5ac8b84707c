import { datePartsOf, type PlainDate } from '../plain-date.ts';

export type BirthOutcome =
  | 'same'
  | 'same_new_year'
  | 'swapped'
  | 'slip'
  | 'day_unknown'
  | 'year_differs'
  | 'differs'
  | 'far';

/** How two birth dates compare; slips are those of a pen: day and month exchanged, one digit wrong, two swapped. */
export function compareBirthDates(one: PlainDate, other: PlainDate): BirthOutcome {
  const a = datePartsOf(one);
  const b = datePartsOf(other);
  const newYear = (date: typeof a) => date.day === 1 && date.month === 1;
  if (one === other) return newYear(a) ? 'same_new_year' : 'same';
  const sameYear = a.year === b.year;
  if (sameYear && a.day === b.month && a.month === b.day) return 'swapped';
  if (sameYear && (newYear(a) || newYear(b))) return 'day_unknown';
  if (isSlip(digitsOf(one), digitsOf(other))) return 'slip';
  if (a.day === b.day && a.month === b.month) return Math.abs(a.year - b.year) > 12 ? 'far' : 'year_differs';
  return Math.abs(a.year - b.year) > 12 ? 'far' : 'differs';
}

function digitsOf(date: PlainDate): string {
  return date.replaceAll('-', '');
}

/** One digit wrong, or two neighbours swapped. */
function isSlip(one: string, other: string): boolean {
  const wrong: number[] = [];
  for (let at = 0; at < one.length; at++) if (one[at] !== other[at]) wrong.push(at);
  const [first = 0, second = 0] = wrong;
  return (
    wrong.length === 1 ||
    (wrong.length === 2 &&
      second === first + 1 &&
      one[first] === other[second] &&
      one[second] === other[first])
  );
}
