import type { Db, Tx } from '../db/connection.ts';
import { familyOf } from '../db/member-family.ts';
import { END_REASONS, type EndReason } from '../domain/member.ts';
import { changeFromDay, type FromDay, type FromDayOutcome } from './change-from-day.ts';
import type { MemberRow } from './change-member.ts';
import type { Deps, Scope } from './context.ts';
import { stopQueuedMessages } from './outbox.ts';
import { leaveServices } from './service-member.ts';

/** Written into rows of the outbox that must never be sent. */
export const STOPPED = 'member-ended';

/**
 * Ends a membership ("berhenti"). Nothing is sent any more, messages already waiting included; for a death the consent
 * to messages ends as well, so that undoing a mistake in the date does not start them again.
 */
export function endMember(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: FromDay & { readonly reason: string },
): Promise<FromDayOutcome<'unknown-reason'>> {
  const reason = END_REASONS.find((one) => one === input.reason);
  return changeFromDay<'unknown-reason'>(
    db,
    deps,
    scope,
    'end',
    input,
    () => (reason ? { kind: 'ended', reason } : 'unknown-reason'),
    async (tx, row) => {
      await stopMessages(tx, scope, row, reason);
      await leaveServices(tx, scope, row.id);
    },
  );
}

async function stopMessages(
  tx: Tx,
  scope: Scope,
  row: MemberRow,
  reason: EndReason | undefined,
): Promise<void> {
  await stopQueuedMessages(tx, { memberId: row.id, applicationId: row.application_id }, STOPPED);
  if (reason !== 'deceased') return;
  await tx
    .updateTable('consent')
    .set({ withdrawn_at: scope.at })
    .where('member_id', 'in', familyOf(row.id))
    .where('purpose', '=', 'messages')
    .where('withdrawn_at', 'is', null)
    .execute();
}
