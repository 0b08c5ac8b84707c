import type { Db } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { ApplicationId } from '../domain/ids.ts';
import type { Deps, Scope } from './context.ts';
import { handOverCard } from './record-card.ts';

/**
 * An officer turns to the next person: the cards of the approved cases still in this officer's hands have been
 * given, so nobody presses a key for it; the timeline says that it was told by this. A card whose print failed stays where it is, waiting.
 * @param next the case that is being taken; it is left alone
 */
export async function handOverHeldCases(
  db: Db,
  deps: Deps,
  scope: Scope,
  next: ApplicationId | null,
): Promise<void> {
  const { actor } = scope;
  if (actor.kind !== 'officer') return;
  const held = await inLibrary(db, scope.library.id, async (tx) => {
    const cases = await tx
      .selectFrom('application')
      .select(['id', 'member_id'])
      .where('held_by', '=', actor.id)
      .where('state', '=', 'approved')
      .execute();
    const found: { applicationId: ApplicationId; how: 'card' | 'kta_online' }[] = [];
    for (const { id, member_id } of cases) {
      if (id === next || member_id === null) continue;
      const card = await tx
        .selectFrom('card')
        .select(['id', 'printed_at'])
        .where('member_id', '=', member_id)
        .where('revoked_at', 'is', null)
        .orderBy('issued_at', 'desc')
        .executeTakeFirst();
      if (!card) continue;
      const last = await tx
        .selectFrom('card_event')
        .select('kind')
        .where('card_id', '=', card.id)
        .orderBy('id', 'desc')
        .executeTakeFirst();
      if (last?.kind === 'print_failed') continue;
      found.push({ applicationId: id, how: card.printed_at === null ? 'kta_online' : 'card' });
    }
    return found;
  });
  for (const one of held) await handOverCard(db, deps, scope, { ...one, byNextPerson: true });
}
