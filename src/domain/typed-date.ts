import { type PlainDate, parsePlainDate, plainDateOf } from './plain-date.ts';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'mei', 'jun', 'jul', 'agu', 'sep', 'okt', 'nov', 'des'];
/** English months and the usual other shortenings, for those that differ in their first three letters. */
const OTHER_MONTHS: Readonly<Record<string, number>> = {
  may: 5,
  aug: 8,
  ags: 8,
  agt: 8,
  oct: 10,
  nop: 11,
  dec: 12,
  peb: 2,
};

/**
 * Reads a date as people type it: `1990-05-17` (what a date input sends), `17-5-1990`, `17/05/1990`,
 * `17051990`, `17 Mei 1990`. Day before month, as everywhere in Indonesia. Undefined for anything else.
 */
export function readTypedDate(text: string): PlainDate | undefined {
  const typed = text.trim();
  const iso = parsePlainDate(typed);
  if (iso) return iso;
  const match =
    /^(\d{1,2})[-/. ]+(\d{1,2})[-/. ]+(\d{4})$/.exec(typed) ?? /^(\d{2})(\d{2})(\d{4})$/.exec(typed);
  if (match) return plainDateOf({ day: Number(match[1]), month: Number(match[2]), year: Number(match[3]) });
  const worded = /^(\d{1,2})[-/. ]*([A-Za-z]{3,9})\.?[-/. ]*(\d{4})$/.exec(typed);
  if (!worded) return undefined;
  const start = (worded[2] ?? '').slice(0, 3).toLowerCase();
  const month = OTHER_MONTHS[start] ?? MONTHS.indexOf(start) + 1;
  return plainDateOf({ day: Number(worded[1]), month, year: Number(worded[3]) });
}
