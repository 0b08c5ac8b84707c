import type { Tx } from '../db/connection.ts';
import { familyOf } from '../db/member-family.ts';
import type { MemberId } from '../domain/ids.ts';
import type { PlainDate } from '../domain/plain-date.ts';

/**
 * The cards in use now show something else than was printed: they are "belum tercetak" again, with the new end of
 * validity. Cards that nobody printed (KTA online) show the new data by themselves.
 * @returns whether a printed card is out there
 */
export async function outdateCards(
  tx: Tx,
  memberId: MemberId,
  validUntil: PlainDate | null,
): Promise<boolean> {
  const printed = await tx
    .selectFrom('card')
    .select('id')
    .where('member_id', '=', memberId)
    .where('revoked_at', 'is', null)
    .where('printed_at', 'is not', null)
    .executeTakeFirst();
  await tx
    .updateTable('card')
    .set({ valid_until: validUntil, printed_at: null })
    .where('member_id', '=', memberId)
    .where('revoked_at', 'is', null)
    .execute();
  return printed !== undefined;
}

/** The same of all cards that show a member's name, those of memberships merged into it among them; each ends when it did. */
export async function outdateFamilyCards(tx: Tx, memberId: MemberId): Promise<void> {
  await tx
    .updateTable('card')
    .set({ printed_at: null })
    .where('member_id', 'in', familyOf(memberId))
    .where('revoked_at', 'is', null)
    .execute();
}
