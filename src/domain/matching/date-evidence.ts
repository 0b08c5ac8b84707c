import { datePartsOf, type PlainDate } from '../plain-date.ts';

export type BirthOutcome =
  | 'same'
  | 'same_new_year'
  | 'swapped'
  | 'slip'
  | 'day_unknown'
  | 'next_day'
  | 'part'
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
  if (isNextDay(one, other)) return 'next_day';
  if (sameYear && (a.day === b.day || a.month === b.month)) return 'part';
  if (a.day === b.day && a.month === b.month) return Math.abs(a.year - b.year) > 12 ? 'far' : 'year_differs';
  return Math.abs(a.year - b.year) > 12 ? 'far' : 'differs';
}

/** A day apart: programs that take a date for a moment lose one on the way to another time zone. */
function isNextDay(one: PlainDate, other: PlainDate): boolean {
  return Math.abs(Date.parse(one) - Date.parse(other)) === 86_400_000;
}

/** Where the digits of `YYYYMMDD` stand in a NIK (PPRRKK DDMMYY SSSS); the century is not in it. */
const PLACES_IN_NIK = [null, null, 10, 11, 8, 9, 6, 7] as const;

/** The first place of a NIK in which two differ because two birth dates do by a slip; null where no slip is in it. */
export function nikPlaceOfSlip(one: PlainDate, other: PlainDate): number | null {
  const [a, b] = [digitsOf(one), digitsOf(other)];
  const places = PLACES_IN_NIK.filter((_, at) => a[at] !== b[at]);
  const known = places.filter((place) => place !== null);
  return places.length > 0 && known.length === places.length ? Math.min(...known) : null;
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
