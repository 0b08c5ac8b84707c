import type { Db } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { CardId, MemberId } from '../domain/ids.ts';
import { allowedMemberActions } from '../domain/member.ts';
import { writeAudit } from './audit.ts';
import { lockMember } from './change-member.ts';
import type { Deps, Scope } from './context.ts';
import { type IssuedCard, issueCard, pickupColumns, writeCardEvent } from './issue-card.ts';

/**
 * The KTA online is handed out again, to somebody who is a member already: the card stays the same one, its signed
 * code too, but it gets a new address and the old address dies. A member without a card gets one.
 * "Ponsel hilang" is not this but `replaceCard`: there the codes on the card die as well.
 */
export async function reissueKta(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: { readonly memberId: MemberId },
): Promise<
  | ({ readonly ok: true } & IssuedCard)
  | { readonly ok: false; readonly reason: 'not-found' | 'not-allowed' | 'no-card-for-type' }
> {
  const { library } = scope;
  const outcome = await inLibrary(db, library.id, async (tx) => {
    const member = await lockMember(tx, input.memberId);
    if (!member) return { ok: false, reason: 'not-found' } as const;
    const roles = scope.actor.kind === 'officer' ? scope.actor.roles : [];
    if (!allowedMemberActions(member.state, roles).has('replace_card'))
      return { ok: false, reason: 'not-allowed' } as const;
    const type = library.settings.memberTypes.find((one) => one.code === member.member_type);
    if (type?.cardAllowed === false) return { ok: false, reason: 'no-card-for-type' } as const;
    await writeAudit(tx, deps, scope, {
      action: 'card.reissue',
      subjectKind: 'member',
      subjectId: member.id,
    });
    const card = await tx
      .selectFrom('card')
      .select(['id', 'access_generation'])
      .where('member_id', '=', member.id)
      .where('revoked_at', 'is', null)
      .orderBy('issued_at', 'desc')
      .executeTakeFirst();
    if (!card) {
      const issued = await issueCard(tx, deps, scope, {
        memberId: member.id,
        validUntil: member.valid_until,
      });
      return { ok: true, ...issued } as const;
    }
    const generation = card.access_generation + 1;
    const token = deps.vault.token(library.id, 'kta', card.id, generation);
    await tx
      .updateTable('card')
      .set({
        access_generation: generation,
        token_hash: deps.vault.hash(library.id, 'token', token),
        ...pickupColumns(deps, scope, token),
      })
      .where('id', '=', card.id)
      .execute();
    await writeCardEvent(tx, deps, scope, card.id, 'replaced', 'kta_address');
    return { ok: true, cardId: card.id as CardId, token } as const;
  });
  if (outcome.ok) deps.wake({ libraryId: library.id, topic: 'card', subjectId: outcome.cardId });
  return outcome;
}
