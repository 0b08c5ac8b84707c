import type { Db } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { ReprintReason } from '../domain/card-choice.ts';
import type { MemberId } from '../domain/ids.ts';
import { allowedMemberActions } from '../domain/member.ts';
import { writeAudit } from './audit.ts';
import { lockMember } from './change-member.ts';
import type { Deps, Scope } from './context.ts';
import { writeCardEvent } from './issue-card.ts';
import { findCurrentCard } from './record-card.ts';

/**
 * The card of a member came out of the printer, long after the case: a replacement, a reprint after a change.
 * @param input.reason why it was printed once more; a card that was printed before asks for one
 * @param input.shown when it was last printed, as the page said: see `recordPrint`
 */
export function recordMemberPrint(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: {
    readonly memberId: MemberId;
    readonly reason: ReprintReason | null;
    readonly shown?: Date | null | undefined;
  },
): Promise<
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly reason: 'not-found' | 'not-allowed' | 'no-card' | 'already-told' | 'reprint-reason';
    }
> {
  const { memberId, reason, shown } = input;
  return inLibrary(db, scope.library.id, async (tx) => {
    const member = await lockMember(tx, memberId);
    if (!member) return { ok: false, reason: 'not-found' };
    const roles = scope.actor.kind === 'officer' ? scope.actor.roles : [];
    if (!allowedMemberActions(member.state, roles).has('print_card'))
      return { ok: false, reason: 'not-allowed' };
    const cardId = await findCurrentCard(tx, memberId);
    if (!cardId) return { ok: false, reason: 'no-card' };
    const { printed_at } = await tx
      .selectFrom('card')
      .select('printed_at')
      .where('id', '=', cardId)
      .executeTakeFirstOrThrow();
    if (shown !== undefined && shown?.getTime() !== printed_at?.getTime())
      return { ok: false, reason: 'already-told' };
    if (printed_at !== null && reason === null) return { ok: false, reason: 'reprint-reason' };
    await tx.updateTable('card').set({ printed_at: scope.at }).where('id', '=', cardId).execute();
    await writeCardEvent(tx, deps, scope, cardId, 'printed', printed_at === null ? null : reason);
    await writeAudit(tx, deps, scope, { action: 'card.print', subjectKind: 'member', subjectId: memberId });
    return { ok: true };
  });
}
