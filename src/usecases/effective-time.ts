import { instantOf } from '../domain/opening-hours.ts';
import { type PlainDate, plainDateIn } from '../domain/plain-date.ts';
import type { MemberRow } from './change-member.ts';
import { type Scope, todayOf } from './context.ts';

const NOON = 12 * 60;

/**
 * When a change of a membership takes effect, from the day an officer names: not in the future, not before the
 * membership, not before the state it changes. null: today, which is now.
 * @returns undefined for a day on which it cannot have happened
 */
export function effectiveTime(
  scope: Scope,
  row: Pick<MemberRow, 'member_since' | 'state_effective_at'>,
  day: PlainDate | null,
): Date | undefined {
  const zone = scope.library.settings.profile.timezone;
  const today = todayOf(scope);
  if (day === null || day === today) return scope.at;
  const earliest = plainDateIn(zone, row.state_effective_at);
  if (day > today || day < row.member_since || day < earliest) return undefined;
  // Noon of that day; on the day of the state before, after it.
  return new Date(Math.max(instantOf(day, NOON, zone), row.state_effective_at.getTime() + 1));
}
