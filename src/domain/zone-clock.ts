/** The clock on the wall of an IANA zone such as `Asia/Jakarta`. A zone that there is not throws `RangeError`. */

export interface WallClock {
  /** `YYYY-MM-DD` */
  readonly date: string;
  /** Two digits each. */
  readonly hour: string;
  readonly minute: string;
  readonly second: string;
}

const QUARTER_MS = 15 * 60_000;
/**
 * The three clocks of Indonesia have not changed since. Others change at a quarter of an hour of UTC, but for Newfoundland,
 * Labrador and Gaza until 2011, whose time may be minutes on the wrong side of such a change (IANA, tz database).
 */
const SINCE_1973 = Date.UTC(1973, 0, 1);
/** Quarters of an hour that are remembered of a zone: two months of them. */
const MOST = 6_000;

interface Zone {
  readonly format: Intl.DateTimeFormat;
  /** By quarter of an hour since 1970. Asking `Intl` costs a hundred times as much as looking here. */
  readonly offsets: Map<number, number>;
}

const zones = new Map<string, Zone>();

/** How far the clock of a zone is ahead of UTC, in milliseconds. @param at milliseconds since 1970 */
export function zoneOffset(name: string, at: number): number {
  let zone = zones.get(name);
  if (!zone) {
    zone = { format: formatOf(name), offsets: new Map() };
    zones.set(name, zone);
  }
  if (!(at >= SINCE_1973)) return askedOffset(zone.format, at);
  const quarter = Math.floor(at / QUARTER_MS);
  let offset = zone.offsets.get(quarter);
  if (offset === undefined) {
    offset = askedOffset(zone.format, at);
    if (zone.offsets.size >= MOST) zone.offsets.clear();
    zone.offsets.set(quarter, offset);
  }
  return offset;
}

/** What the clock shows. */
export function wallClockIn(zone: string, at: Date): WallClock {
  const text = new Date(at.getTime() + zoneOffset(zone, at.getTime())).toISOString();
  return {
    date: text.slice(0, 10),
    hour: text.slice(11, 13),
    minute: text.slice(14, 16),
    second: text.slice(17, 19),
  };
}

function formatOf(zone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'gregory',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
}

function askedOffset(format: Intl.DateTimeFormat, at: number): number {
  const parts = new Map(format.formatToParts(at).map((part) => [part.type, Number(part.value)]));
  const of = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  const wall = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
  return wall - Math.floor(at / 1000) * 1000;
}
