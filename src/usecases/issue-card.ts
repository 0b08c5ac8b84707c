import type { Tx } from '../db/connection.ts';
import { later } from '../db/later.ts';
import type { CardId, MemberId } from '../domain/ids.ts';
import type { PlainDate } from '../domain/plain-date.ts';
import { actorColumns, type Deps, newId, type Scope, servicePointOf } from './context.ts';
import { codeOfToken, hashOfCode } from './short-code-hash.ts';

export interface IssuedCard {
  readonly cardId: CardId;
  /** Secret part of the KTA's address. */
  readonly token: string;
}

/** A new card of a member, with its KTA address; earlier cards are the caller's to revoke. */
export async function issueCard(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  input: { readonly memberId: MemberId; readonly validUntil: PlainDate | null },
): Promise<IssuedCard> {
  const { library, at } = scope;
  const cardId = newId<CardId>(deps, at);
  const token = deps.vault.token(library.id, 'kta', cardId, 0);
  const servicePointId = servicePointOf(scope);
  const card = later(
    tx,
    tx.insertInto('card').values({
      library_id: library.id,
      id: cardId,
      member_id: input.memberId,
      token_hash: deps.vault.hash(library.id, 'token', token),
      service_point_id: servicePointId,
      issued_at: at,
      valid_until: input.validUntil,
      printed_at: null,
      handed_over_at: null,
      revoked_at: null,
      revoked_reason: null,
      ...pickupColumns(deps, scope, token),
    }),
  );
  await Promise.all([card, writeCardEvent(tx, deps, scope, cardId, 'issued')]);
  return { cardId, token };
}

/** How long the short code of a new KTA address works: the holder stands at the counter. */
const PICKUP_MINUTES = 30;

/** The columns that let the holder open the KTA by typing its short code instead of scanning. */
export function pickupColumns(deps: Deps, scope: Scope, token: string) {
  return {
    pickup_hash: hashOfCode(deps, scope, 'kta', codeOfToken(deps, scope, token)),
    pickup_expires_at: new Date(scope.at.getTime() + PICKUP_MINUTES * 60_000),
  };
}

/** Adds to a card's history; `effectiveAt` differs from now where something is recorded later. */
export async function writeCardEvent(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  cardId: CardId,
  kind: 'issued' | 'printed' | 'print_failed' | 'handed_over' | 'revoked' | 'replaced',
  detail: string | null = null,
): Promise<void> {
  await later(
    tx,
    tx.insertInto('card_event').values({
      library_id: scope.library.id,
      id: newId(deps, scope.at),
      card_id: cardId,
      kind,
      at: scope.at,
      effective_at: scope.at,
      ...actorColumns(scope.actor),
      service_point_id: servicePointOf(scope),
      detail,
    }),
  );
}
