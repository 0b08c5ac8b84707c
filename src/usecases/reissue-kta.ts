import type { Db, Tx } from '../db/connection.ts';
import { familyOf } from '../db/member-family.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { CardId, MemberId } from '../domain/ids.ts';
import { allowedMemberActions } from '../domain/member.ts';
import { writeAudit } from './audit.ts';
import { lockMember } from './change-member.ts';
import type { Deps, Scope } from './context.ts';
import { type IssuedCard, issueCard, pickupColumns, writeCardEvent } from './issue-card.ts';
import { addressMark } from './read-card.ts';

/**
 * The KTA online is handed out again, to somebody who is a member already: the card stays the same one, its signed
 * code too, but it gets a new address and the old address dies, as do those of merged memberships. A member without a card gets one.
 * "Ponsel hilang" is not this but `replaceCard`: there the codes on the card die as well.
 * @param input.shown the `addressMark` of the present card as the page with the key said, empty where there was none;
 *   where there is another address since, that one is answered, so that a press sent twice leaves one that works
 */
export async function reissueKta(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: { readonly memberId: MemberId; readonly shown?: string | undefined },
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
    const cards = await tx
      .selectFrom('card')
      .select(['id', 'access_generation'])
      .where('member_id', 'in', familyOf(member.id))
      .where('revoked_at', 'is', null)
      // The present card first, as `findPresentCard` says which it is.
      .orderBy((order) => order('member_id', '=', member.id), 'desc')
      .orderBy('issued_at', 'desc')
      .execute();
    const [present, ...others] = cards;
    if (present && input.shown !== undefined && input.shown !== addressMark(present)) {
      const token = deps.vault.token(library.id, 'kta', present.id, present.access_generation);
      return { ok: true, cardId: present.id, token } as const;
    }
    await writeAudit(tx, deps, scope, {
      action: 'card.reissue',
      subjectKind: 'member',
      subjectId: member.id,
    });
    if (!present) {
      const issued = await issueCard(tx, deps, scope, {
        memberId: member.id,
        validUntil: member.valid_until,
      });
      return { ok: true, ...issued } as const;
    }
    const token = await giveAddress(tx, deps, scope, present, true);
    // Cards of merged memberships: their old addresses and phones die as well, and nobody is given the new ones.
    for (const other of others) await giveAddress(tx, deps, scope, other, false);
    return { ok: true, cardId: present.id, token } as const;
  });
  if (outcome.ok) deps.wake({ libraryId: library.id, topic: 'card', subjectId: outcome.cardId });
  return outcome;
}

/** A new address, of which the old phones and pictures know nothing. @param handedOut with a short code to open it by */
async function giveAddress(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  card: { readonly id: CardId; readonly access_generation: number },
  handedOut: boolean,
): Promise<string> {
  const { library } = scope;
  const generation = card.access_generation + 1;
  const token = deps.vault.token(library.id, 'kta', card.id, generation);
  const pickup = handedOut
    ? pickupColumns(deps, scope, token)
    : { pickup_hash: null, pickup_expires_at: null };
  await tx
    .updateTable('card')
    .set({
      access_generation: generation,
      token_hash: deps.vault.hash(library.id, 'token', token),
      ...pickup,
    })
    .where('id', '=', card.id)
    .execute();
  await writeCardEvent(tx, deps, scope, card.id, 'replaced', 'kta_address');
  return token;
}
