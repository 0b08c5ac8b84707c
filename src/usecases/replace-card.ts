import type { Db, Tx } from '../db/connection.ts';
import { familyOf } from '../db/member-family.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { CardId, MemberId } from '../domain/ids.ts';
import { allowedMemberActions } from '../domain/member.ts';
import { writeAudit } from './audit.ts';
import type { Deps, Scope } from './context.ts';
import { type IssuedCard, issueCard, writeCardEvent } from './issue-card.ts';
import { writeMemberEvent } from './write-member-event.ts';

/**
 * "Ponsel hilang" and every other replacement: all cards of the member, their KTA addresses and codes, die at once;
 * a new one takes their place. The member number stays.
 * @param input.reason a code of the library's `replacementReasons`
 * @param input.shown a card that was in use, as the form said, null where none was; refused as changed-meanwhile where
 *   that is no more so, as the card that would die is one just handed out
 */
export async function replaceCard(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: {
    readonly memberId: MemberId;
    readonly reason: string;
    readonly shown?: CardId | null | undefined;
  },
): Promise<
  | ({ readonly ok: true } & IssuedCard)
  | { readonly ok: false; readonly reason: 'not-found' | 'not-allowed' | 'changed-meanwhile' }
> {
  const { shown } = input;
  const outcome = await inLibrary(db, scope.library.id, async (tx) => {
    const member = await tx
      .selectFrom('member')
      .selectAll()
      .where('id', '=', input.memberId)
      .forUpdate()
      .executeTakeFirst();
    if (!member) return { ok: false, reason: 'not-found' } as const;
    const roles = scope.actor.kind === 'officer' ? scope.actor.roles : [];
    if (!allowedMemberActions(member.state, roles).has('replace_card'))
      return { ok: false, reason: 'not-allowed' } as const;
    if (shown !== undefined) {
      const inUse = await cardsInUse(tx, member.id);
      if (shown === null ? inUse.length > 0 : !inUse.includes(shown))
        return { ok: false, reason: 'changed-meanwhile' } as const;
    }
    await revokeCards(tx, deps, scope, member.id, input.reason);
    const card = await issueCard(tx, deps, scope, { memberId: member.id, validUntil: member.valid_until });
    await writeMemberEvent(tx, deps, scope, member, {
      kind: 'card_replaced',
      reason: input.reason,
      validUntil: member.valid_until,
    });
    await writeAudit(tx, deps, scope, {
      action: 'card.replace',
      subjectKind: 'member',
      subjectId: member.id,
      purpose: input.reason,
    });
    return { ok: true, ...card } as const;
  });
  if (outcome.ok) deps.wake({ libraryId: scope.library.id, topic: 'card', subjectId: outcome.cardId });
  return outcome;
}

async function cardsInUse(tx: Tx, memberId: MemberId): Promise<readonly CardId[]> {
  const cards = await tx
    .selectFrom('card')
    .select('id')
    .where('member_id', 'in', familyOf(memberId))
    .where('revoked_at', 'is', null)
    .execute();
  return cards.map((card) => card.id);
}

/** Ends every card of a member, those of merged memberships included, with its KTA address and its signed code. */
export async function revokeCards(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  memberId: MemberId,
  reason: string,
): Promise<void> {
  const revoked = await tx
    .updateTable('card')
    .set({ revoked_at: scope.at, revoked_reason: reason })
    .where('member_id', 'in', familyOf(memberId))
    .where('revoked_at', 'is', null)
    .returning('id')
    .execute();
  for (const { id } of revoked) await writeCardEvent(tx, deps, scope, id, 'revoked', reason);
}
