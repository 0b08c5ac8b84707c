import type { Db } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { MemberId } from '../domain/ids.ts';
import { allowedMemberActions } from '../domain/member.ts';
import { writeAudit } from './audit.ts';
import { lockMember } from './change-member.ts';
import type { Deps, Scope } from './context.ts';
import { writeCardEvent } from './issue-card.ts';
import { findCurrentCard } from './record-card.ts';

/** The card of a member came out of the printer, long after the case: a replacement, a reprint after a change. */
export function recordMemberPrint(
  db: Db,
  deps: Deps,
  scope: Scope,
  memberId: MemberId,
): Promise<
  { readonly ok: true } | { readonly ok: false; readonly reason: 'not-found' | 'not-allowed' | 'no-card' }
> {
  return inLibrary(db, scope.library.id, async (tx) => {
    const member = await lockMember(tx, memberId);
    if (!member) return { ok: false, reason: 'not-found' };
    const roles = scope.actor.kind === 'officer' ? scope.actor.roles : [];
    if (!allowedMemberActions(member.state, roles).has('print_card'))
      return { ok: false, reason: 'not-allowed' };
    const cardId = await findCurrentCard(tx, memberId);
    if (!cardId) return { ok: false, reason: 'no-card' };
    await tx.updateTable('card').set({ printed_at: scope.at }).where('id', '=', cardId).execute();
    await writeCardEvent(tx, deps, scope, cardId, 'printed');
    await writeAudit(tx, deps, scope, { action: 'card.print', subjectKind: 'member', subjectId: memberId });
    return { ok: true };
  });
}
