/** When backups are made, which are kept, and whether a library may rest on them. */
import { addDays, type PlainDate, plainDateIn } from './plain-date.ts';
import { wallClockIn } from './zone-clock.ts';

/** How many days, weeks and months keep their newest backup. */
export interface BackupKeep {
  readonly daily: number;
  readonly weekly: number;
  readonly monthly: number;
}

export interface Dated {
  readonly name: string;
  readonly at: Date;
}

/**
 * The scheduled backups that stay: the newest of each of the last days, weeks (from Monday) and months that have one.
 * Days without a backup do not count: a computer that was off for a month loses nothing by it. The newest always stays.
 * @param zone days are those of the people, not of the server
 */
export function keptBackups(made: readonly Dated[], keep: BackupKeep, zone: string): ReadonlySet<string> {
  const newestFirst = [...made].sort((one, other) => other.at.getTime() - one.at.getTime());
  const kept = new Set(newestFirst.slice(0, 1).map(({ name }) => name));
  for (const [count, periodOf] of [
    [keep.daily, (day: PlainDate): string => day],
    [keep.weekly, mondayOf],
    [keep.monthly, (day: PlainDate): string => day.slice(0, 7)],
  ] as const) {
    const periods = new Set<string>();
    for (const { name, at } of newestFirst) {
      const period = periodOf(plainDateIn(zone, at));
      if (periods.has(period)) continue;
      if (periods.size >= count) break;
      periods.add(period);
      kept.add(name);
    }
  }
  return kept;
}

function mondayOf(day: PlainDate): PlainDate {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return addDays(day, -((weekday + 6) % 7));
}

const HOUR = 3_600_000;
/** After a failure: soon enough to be made the same day, not so often that it is all the service does. */
const AGAIN_AFTER = HOUR;

/**
 * Whether the daily backup is due: its time of day has come since the last good one. A computer that was off at that
 * time makes it when it is on again.
 * @param time 'HH:MM' in `zone`
 */
export function isBackupDue(
  now: Date,
  last: { readonly tried: Date | null; readonly good: Date | null },
  time: string,
  zone: string,
): boolean {
  const sinceTried = last.tried === null ? Infinity : now.getTime() - last.tried.getTime();
  // A time that is yet to come is one of a clock that was put back since: it must not stop the backups.
  if (sinceTried > -HOUR && sinceTried < AGAIN_AFTER) return false;
  if (last.good === null || last.good.getTime() > now.getTime() + HOUR) return true;
  const today = plainDateIn(zone, now);
  const slotDay = clockIn(zone, now) >= time ? today : addDays(today, -1);
  const goodDay = plainDateIn(zone, last.good);
  return goodDay < slotDay || (goodDay === slotDay && clockIn(zone, last.good) < time);
}

function clockIn(zone: string, at: Date): string {
  const { hour, minute } = wallClockIn(zone, at);
  return `${hour}:${minute}`;
}

export interface JudgedRun {
  readonly endedAt: Date;
  readonly failed: boolean;
  /** Restored or read back. */
  readonly checked: boolean;
}

/**
 * `failed`: the newest try failed. `late`: none has come for a day and a half. `unchecked`: nobody knows whether the
 * newest can be restored. `none`: there never was one.
 */
export type BackupHealth = 'good' | 'none' | 'failed' | 'late' | 'unchecked';

/** @param runs newest first */
export function judgeBackups(runs: readonly JudgedRun[], now: Date): BackupHealth {
  const [newest] = runs;
  const good = runs.find((run) => !run.failed);
  if (newest === undefined) return 'none';
  if (newest.failed) return 'failed';
  if (good === undefined || now.getTime() - good.endedAt.getTime() > 36 * HOUR) return 'late';
  return good.checked ? 'good' : 'unchecked';
}
