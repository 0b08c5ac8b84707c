import { type PlainDate, parsePlainDate, plainDateOf } from '../plain-date.ts';
import { readTypedDate } from '../typed-date.ts';

/** Day 1 of a spreadsheet is 1 January 1900, with the leap day of that year that never was. */
const SPREADSHEET_EPOCH = Date.UTC(1899, 11, 30);
const DAY_MS = 86_400_000;

/**
 * A date of another system: as people type it, with a time behind it, year first with strokes, or the number of days
 * that a spreadsheet makes of it. Two digits of a year are no date: they could be either century.
 */
export function readIncomingDate(text: string): PlainDate | undefined {
  const written = text.trim().replace(/[T ]\d{1,2}:\d{2}.*$/, '');
  if (/^\d{5}(?:\.\d+)?$/.test(written)) {
    const day = new Date(SPREADSHEET_EPOCH + Math.floor(Number(written)) * DAY_MS);
    return parsePlainDate(day.toISOString().slice(0, 10));
  }
  const yearFirst = /^(\d{4})[/. ](\d{1,2})[/. ](\d{1,2})$/.exec(written);
  if (yearFirst)
    return plainDateOf({
      year: Number(yearFirst[1]),
      month: Number(yearFirst[2]),
      day: Number(yearFirst[3]),
    });
  return readTypedDate(written);
}
