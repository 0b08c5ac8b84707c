import type { Db, Tx } from '../db/connection.ts';
import type { MemberEventKind } from '../db/schema.ts';
import type { MemberId } from '../domain/ids.ts';
import type { MemberAction } from '../domain/member.ts';
import type { PlainDate } from '../domain/plain-date.ts';
import { changeMember, type MemberRefusal, type MemberRow } from './change-member.ts';
import type { Deps, Scope } from './context.ts';
import { effectiveTime } from './effective-time.ts';
import { MERGE_UNDONE, MERGED } from './merge-members.ts';

/** A change of a membership's state that an officer may date. */
export interface FromDay {
  readonly memberId: MemberId;
  /** The day it took effect; null is today. */
  readonly effectiveOn: PlainDate | null;
  readonly expectedVersion?: number | undefined;
}

export type FromDayOutcome<Reason extends string = never> =
  | { readonly ok: true; readonly version: number }
  | MemberRefusal
  | { readonly ok: false; readonly reason: Reason | 'effective-date' };

/**
 * Changes the state of a membership from a day on: first what the action itself asks, then whether it can have
 * happened on that day, then `also` for what belongs to the same transaction.
 * @param decide the event that the history keeps, or the code of a refusal
 */
export function changeFromDay<Reason extends string>(
  db: Db,
  deps: Deps,
  scope: Scope,
  action: MemberAction,
  input: FromDay,
  decide: (row: MemberRow) => { readonly kind: MemberEventKind; readonly reason?: string } | Reason,
  also?: (tx: Tx, row: MemberRow) => Promise<void>,
): Promise<FromDayOutcome<Reason>> {
  const { memberId, expectedVersion, effectiveOn } = input;
  type Refusal = { readonly ok: false; readonly reason: Reason | 'effective-date' };
  return changeMember<object, Refusal>(
    db,
    deps,
    scope,
    { memberId, expectedVersion, action },
    async (tx, row) => {
      const event = decide(row);
      if (typeof event === 'string') return { ok: false, reason: event };
      const effectiveAt = effectiveTime(
        scope,
        { ...row, state_effective_at: await earliestChange(tx, row) },
        effectiveOn,
      );
      if (!effectiveAt) return { ok: false, reason: 'effective-date' };
      await also?.(tx, row);
      return { ok: true, change: { event: { ...event, effectiveAt } }, result: {} };
    },
  );
}

/** A change dated before a merge or its undoing would come before their events, and count for nothing. */
async function earliestChange(tx: Tx, row: MemberRow): Promise<Date> {
  const merged = await tx
    .selectFrom('member_event')
    .select('effective_at')
    .where('member_id', '=', row.id)
    .where('reason', 'in', [MERGED, MERGE_UNDONE])
    .orderBy('effective_at', 'desc')
    .executeTakeFirst();
  return merged && merged.effective_at > row.state_effective_at
    ? merged.effective_at
    : row.state_effective_at;
}
