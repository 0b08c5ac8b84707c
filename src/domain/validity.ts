import type { MemberState } from './member.ts';
import { addMonths, type PlainDate } from './plain-date.ts';

/** How long a membership lasts, by member type. */
export type ValidityRule = { readonly months: number } | { readonly lifetime: true };

/** The last day of a membership that begins on `start` (that day counts); null: for life. */
export function validUntil(start: PlainDate, rule: ValidityRule): PlainDate | null {
  return 'months' in rule ? addMonths(start, rule.months) : null;
}

/**
 * The last day after a renewal: counted from the later of today and the old end, so that renewing early
 * costs nothing and renewing late gives nothing for the time between. A membership for life stays one.
 */
export function renewedUntil(
  oldEnd: PlainDate | null,
  today: PlainDate,
  rule: ValidityRule,
): PlainDate | null {
  if (oldEnd === null) return null;
  return validUntil(oldEnd > today ? oldEnd : today, rule);
}

/** What a member is on a day: the recorded state, or `expired` where an active one is past its last day. */
export type MemberStatus = MemberState | 'expired';

export function memberStatus(state: MemberState, until: PlainDate | null, day: PlainDate): MemberStatus {
  return state === 'active' && until !== null && until < day ? 'expired' : state;
}

/** A card whose last day is nearer than this reminds its holder. */
export const REMIND_DAYS = 30;

/** Days from `today` to the last day, 0 on the last day itself; negative afterwards. */
export function daysLeft(until: PlainDate, today: PlainDate): number {
  return Math.round((Date.parse(until) - Date.parse(today)) / 86_400_000);
}
