import { sql } from 'kysely';
import type { CardId } from '../domain/ids.ts';
import type { Tx } from './connection.ts';

/** Cards of a library that a gate must not let in by their code alone, each sorted. */
export interface DeadCards {
  readonly revoked: readonly CardId[];
  readonly suspended: readonly CardId[];
  readonly generations: readonly { readonly card: CardId; readonly least: number }[];
}

/**
 * Three looks by an index each: cards that were revoked, cards of memberships that do not admit (of those merged into
 * one, too), and cards whose address was given anew. All revoked ones, as long ago as it may be: nothing says which
 * last day a code of theirs carries.
 */
export async function readDeadCards(tx: Tx): Promise<DeadCards> {
  const { rows: revoked } = await sql<{ id: CardId }>`
    select id from card where revoked_at is not null
    union
    select card.id from member head
      join member own on own.library_id = head.library_id and (own.id = head.id or own.merged_into = head.id)
      join card on card.library_id = own.library_id and card.member_id = own.id
      where head.state = 'ended' and head.merged_into is null
    order by id`.execute(tx);
  const { rows: suspended } = await sql<{ id: CardId }>`
    select card.id from member head
      join member own on own.library_id = head.library_id and (own.id = head.id or own.merged_into = head.id)
      join card on card.library_id = own.library_id and card.member_id = own.id
      where head.state in ('suspended', 'cleared') and head.merged_into is null and card.revoked_at is null
    order by card.id`.execute(tx);
  const { rows: generations } = await sql<{ card: CardId; least: number }>`
    select id as card, access_generation as least from card
      where access_generation > 0 and revoked_at is null
    order by id`.execute(tx);
  return { revoked: revoked.map(({ id }) => id), suspended: suspended.map(({ id }) => id), generations };
}
