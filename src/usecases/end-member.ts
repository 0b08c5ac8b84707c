import type { Db, Tx } from '../db/connection.ts';
import type { MemberId } from '../domain/ids.ts';
import { END_REASONS, type EndReason } from '../domain/member.ts';
import type { PlainDate } from '../domain/plain-date.ts';
import { changeMember, type MemberRefusal, type MemberRow } from './change-member.ts';
import type { Deps, Scope } from './context.ts';
import { effectiveTime } from './effective-time.ts';
import { stopQueuedMessages } from './outbox.ts';

/** Written into rows of the outbox that must never be sent. */
export const STOPPED = 'member-ended';

/**
 * Ends a membership ("berhenti"). Nothing is sent any more, messages already waiting included; for a death the consent
 * to messages ends as well, so that undoing a mistake in the date does not start them again.
 * @param input.effectiveOn the day it took effect, such as the day of death; null is today
 */
export function endMember(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: {
    readonly memberId: MemberId;
    readonly reason: string;
    readonly effectiveOn: PlainDate | null;
    readonly expectedVersion?: number | undefined;
  },
): Promise<
  | { readonly ok: true; readonly version: number }
  | MemberRefusal
  | { readonly ok: false; readonly reason: 'unknown-reason' | 'effective-date' }
> {
  type Refusal = { readonly ok: false; readonly reason: 'unknown-reason' | 'effective-date' };
  const { memberId, expectedVersion } = input;
  return changeMember<object, Refusal>(
    db,
    deps,
    scope,
    { memberId, expectedVersion, action: 'end' },
    async (tx, row) => {
      const reason = END_REASONS.find((one) => one === input.reason);
      if (!reason) return { ok: false, reason: 'unknown-reason' };
      const effectiveAt = effectiveTime(scope, row, input.effectiveOn);
      if (!effectiveAt) return { ok: false, reason: 'effective-date' };
      await stopMessages(tx, scope, row, reason);
      return { ok: true, change: { event: { kind: 'ended', reason, effectiveAt } }, result: {} };
    },
  );
}

async function stopMessages(tx: Tx, scope: Scope, row: MemberRow, reason: EndReason): Promise<void> {
  await stopQueuedMessages(tx, { memberId: row.id, applicationId: row.application_id }, STOPPED);
  if (reason !== 'deceased') return;
  await tx
    .updateTable('consent')
    .set({ withdrawn_at: scope.at })
    .where('member_id', '=', row.id)
    .where('purpose', '=', 'messages')
    .where('withdrawn_at', 'is', null)
    .execute();
}
