import { WEEKDAYS, type Weekday } from '../../domain/library-settings.ts';
import {
  calendarOf,
  isOpenAt,
  nextOpening,
  openSpansBetween,
  weekdayOf,
} from '../../domain/opening-hours.ts';
import { addDays, type PlainDate, plainDateIn } from '../../domain/plain-date.ts';
import { formatDate, formatTime, weekdayNames } from '../../i18n/format.ts';
import type { ServiceTexts } from '../../i18n/id/service.ts';
import type { Lang } from '../../i18n/index.ts';
import type { LibraryContext } from '../../usecases/context.ts';

const DAY_MS = 86_400_000;

/** Whether the library is open now, in a sentence. */
export function openingSentence(library: LibraryContext, at: Date, lang: Lang, words: ServiceTexts): string {
  const calendar = calendarOf(library.settings);
  const { zone } = calendar;
  if (isOpenAt(at, calendar)) {
    const closes = openSpansBetween(at, new Date(at.getTime() + DAY_MS), calendar)[0]?.to ?? at;
    return words.openNow(formatTime(lang, closes, zone));
  }
  const opens = nextOpening(at, calendar);
  if (!opens) return words.closed;
  const day = plainDateIn(zone, opens);
  const time = formatTime(lang, opens, zone);
  return day === plainDateIn(zone, at)
    ? words.opensToday(time)
    : words.opensLater(dayName(day, at, zone, lang), time);
}

function dayName(day: PlainDate, at: Date, zone: string, lang: Lang): string {
  const name = weekdayLabel(weekdayOf(day), lang);
  const near = day <= addDays(plainDateIn(zone, at), 6);
  return near ? name : `${name}, ${formatDate(lang, day)}`;
}

/** Monday first, as a week is read in Indonesia. */
export function openingRows(
  library: LibraryContext,
  at: Date,
  lang: Lang,
): readonly { readonly day: string; readonly hours: string; readonly today: boolean }[] {
  const today = weekdayOf(plainDateIn(library.settings.profile.timezone, at));
  const mark = (time: string) => (lang === 'id' ? time.replace(':', '.') : time);
  return WEEKDAYS.map((weekday) => ({
    day: weekdayLabel(weekday, lang),
    hours: library.settings.openingHours[weekday]
      .map((interval) => `${mark(interval.from)}–${mark(interval.until)}`)
      .join(', '),
    today: weekday === today,
  }));
}

/**
 * Holidays of the coming eight weeks.
 * @returns the days as they are written in `lang`; the names are the library's own, in Indonesian
 */
export function comingHolidays(
  library: LibraryContext,
  at: Date,
  lang: Lang,
): readonly { readonly day: string; readonly name: string }[] {
  const today = plainDateIn(library.settings.profile.timezone, at);
  const last = addDays(today, 56);
  return library.settings.holidays
    .filter((holiday) => holiday.date >= today && holiday.date <= last)
    .sort((one, other) => (one.date < other.date ? -1 : 1))
    .slice(0, 4)
    .map((holiday) => ({ day: formatDate(lang, holiday.date), name: holiday.name }));
}

function weekdayLabel(weekday: Weekday, lang: Lang): string {
  return weekdayNames(lang)[(WEEKDAYS.indexOf(weekday) + 1) % 7] ?? weekday;
}
