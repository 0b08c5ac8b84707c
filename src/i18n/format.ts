import { wallClockIn } from '../domain/zone-clock.ts';
import type { Lang } from './index.ts';

/**
 * Dates, times, numbers and durations as people write them. Written by hand, not by `Intl`: the same bytes on
 * every Node and ICU, and fast enough for a table of a thousand rows. Only the zone's clock is taken from `Intl`.
 */

const MONTHS: Record<Lang, readonly string[]> = {
  id: [
    'Januari',
    'Februari',
    'Maret',
    'April',
    'Mei',
    'Juni',
    'Juli',
    'Agustus',
    'September',
    'Oktober',
    'November',
    'Desember',
  ],
  en: [
    'January',
    'February',
    'March',
    'April',
    'May',
    'June',
    'July',
    'August',
    'September',
    'October',
    'November',
    'December',
  ],
};
const SHORT_MONTHS: Record<Lang, readonly string[]> = {
  id: ['Jan', 'Feb', 'Mar', 'Apr', 'Mei', 'Jun', 'Jul', 'Agu', 'Sep', 'Okt', 'Nov', 'Des'],
  en: ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'],
};
const DAYS: Record<Lang, readonly string[]> = {
  id: ['Minggu', 'Senin', 'Selasa', 'Rabu', 'Kamis', 'Jumat', 'Sabtu'],
  en: ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'],
};
const UNITS: Record<Lang, Record<'day' | 'hour' | 'minute' | 'second', readonly [string, string]>> = {
  id: {
    day: ['hari', 'hari'],
    hour: ['jam', 'jam'],
    minute: ['menit', 'menit'],
    second: ['detik', 'detik'],
  },
  en: {
    day: ['day', 'days'],
    hour: ['hour', 'hours'],
    minute: ['minute', 'minutes'],
    second: ['second', 'seconds'],
  },
};

/** Month names, January first, for a list of months. */
export function monthNames(lang: Lang): readonly string[] {
  return MONTHS[lang];
}

/** Weekday names, Sunday first, as `Date.getUTCDay` counts. */
export function weekdayNames(lang: Lang): readonly string[] {
  return DAYS[lang];
}

/** `13 Januari 2025` from `2025-01-13`; text that is no date comes back as it is. */
export function formatDate(lang: Lang, date: string): string {
  return dateWith(MONTHS[lang], date);
}

/** `13 Jan 2025`, for tables. */
export function formatShortDate(lang: Lang, date: string): string {
  return dateWith(SHORT_MONTHS[lang], date);
}

/** `Senin, 13 Januari 2025` */
export function formatLongDate(lang: Lang, date: string): string {
  const at = new Date(`${date}T00:00:00Z`);
  if (Number.isNaN(at.getTime())) return date;
  return `${DAYS[lang][at.getUTCDay()] ?? ''}, ${formatDate(lang, date)}`;
}

/** `Januari 2025` from `2025-01` or a date. */
export function formatMonth(lang: Lang, month: string): string {
  const match = /^(\d{4})-(\d{2})/.exec(month);
  if (!match) return month;
  return `${MONTHS[lang][Number(match[2]) - 1] ?? match[2]} ${match[1]}`;
}

function dateWith(months: readonly string[], date: string): string {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(date);
  if (!match) return date;
  return `${Number(match[3])} ${months[Number(match[2]) - 1] ?? match[2]} ${match[1]}`;
}

/** WIB, WITA or WIT of an IANA zone; any other zone as its own name. */
export function zoneName(zone: string): string {
  if (zone === 'Asia/Jakarta' || zone === 'Asia/Pontianak') return 'WIB';
  if (zone === 'Asia/Makassar') return 'WITA';
  if (zone === 'Asia/Jayapura') return 'WIT';
  return zone;
}

/** `14.30 WIB` (Indonesian) or `14:30 WIB` (English). Pass `seconds` for the step clock. */
export function formatTime(lang: Lang, at: Date, zone: string, options: { seconds?: boolean } = {}): string {
  const { hour, minute, second } = wallClockIn(zone, at);
  const parts = options.seconds ? [hour, minute, second] : [hour, minute];
  return `${parts.join(lang === 'id' ? '.' : ':')} ${zoneName(zone)}`;
}

/** `13 Januari 2025 pukul 14.30 WIB` */
export function formatDateTime(lang: Lang, at: Date, zone: string): string {
  const { date } = wallClockIn(zone, at);
  return `${formatDate(lang, date)} ${lang === 'id' ? 'pukul' : 'at'} ${formatTime(lang, at, zone)}`;
}

/** `13 Jan 2025, 14.30`, for tables where the zone stands in the heading. */
export function formatShortDateTime(lang: Lang, at: Date, zone: string): string {
  const { date, hour, minute } = wallClockIn(zone, at);
  return `${formatShortDate(lang, date)}, ${hour}${lang === 'id' ? '.' : ':'}${minute}`;
}

/** `1.234.567,5` (Indonesian) or `1,234,567.5`; `digits` after the decimal mark, none by default. */
export function formatNumber(lang: Lang, value: number, digits = 0): string {
  if (!Number.isFinite(value)) return '–';
  const [whole = '0', fraction] = Math.abs(value).toFixed(digits).split('.');
  const [group, mark] = lang === 'id' ? ['.', ','] : [',', '.'];
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, group);
  const sign = value < 0 && Number(value.toFixed(digits)) !== 0 ? '−' : '';
  return `${sign}${grouped}${fraction === undefined ? '' : `${mark}${fraction}`}`;
}

/** A share from 0 to 1 as `87,5 %`. */
export function formatPercent(lang: Lang, share: number, digits = 1): string {
  return Number.isFinite(share) ? `${formatNumber(lang, share * 100, digits)} %` : '–';
}

/**
 * `2 menit 10 detik`: the two largest units that are not zero, so that 13 minutes 50 seconds stays exact
 * and three days do not end in seconds. Seconds are rounded to whole ones.
 */
export function formatDuration(lang: Lang, seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  let rest = Math.max(0, Math.round(seconds));
  const parts: string[] = [];
  for (const [unit, size] of [
    ['day', 86_400],
    ['hour', 3_600],
    ['minute', 60],
    ['second', 1],
  ] as const) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${UNITS[lang][unit][count === 1 ? 0 : 1]}`);
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.length > 0 ? parts.join(' ') : `0 ${UNITS[lang].second[1]}`;
}

/** Waiting time, coarse: `kurang dari semenit`, `12 menit`, `1 jam 5 menit`. */
export function formatWaiting(lang: Lang, seconds: number): string {
  if (seconds < 60) return lang === 'id' ? 'kurang dari semenit' : 'less than a minute';
  return formatDuration(lang, Math.floor(seconds / 60) * 60);
}

/** A list in a sentence: `KTP, KIA, atau KK`. */
export function formatList(lang: Lang, items: readonly string[], joiner: 'and' | 'or'): string {
  const word = { id: { and: 'dan', or: 'atau' }, en: { and: 'and', or: 'or' } }[lang][joiner];
  const last = items.at(-1);
  if (last === undefined) return '';
  if (items.length === 1) return last;
  if (items.length === 2) return `${items[0]} ${word} ${last}`;
  return `${items.slice(0, -1).join(', ')}, ${word} ${last}`;
}
