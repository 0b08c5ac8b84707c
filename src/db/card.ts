import { CompiledQuery } from 'kysely';
import type { CardId, LibraryId } from '../domain/ids.ts';
import type { MemberState } from '../domain/member.ts';
import type { PlainDate } from '../domain/plain-date.ts';
import { type Db, PREPARED } from './connection.ts';
import { gathering } from './gather.ts';

/** A card as it stands now, with who stands for the membership it was issued for. */
export interface CardNow {
  readonly revoked: boolean;
  readonly generation: number;
  readonly state: MemberState;
  readonly name: string;
  readonly memberType: string;
  readonly validUntil: PlainDate | null;
}

/**
 * One step of the index for each: `limit 1` keeps the planner from looking before the library is set, when row-level
 * security would hide every row, and from reading all members to join them with a handful of cards.
 */
export const CARD_NOW = `${PREPARED} with scope as materialized (
  select set_config('app.library_id', $1::text, true)::int as library_id
)
select n::int, card.revoked_at, card.access_generation, member.state, member.name, member.member_type, member.valid_until
from scope cross join unnest($2::uuid[]) with ordinality as asked (card_id, n)
cross join lateral (
  select member_id, revoked_at, access_generation from card
  where library_id = scope.library_id and id = asked.card_id limit 1
) card
cross join lateral (
  select coalesce(merged_into, id) as standing_id from member
  where library_id = scope.library_id and id = card.member_id limit 1
) own
cross join lateral (
  select state, name, member_type, valid_until from member
  where library_id = scope.library_id and id = own.standing_id limit 1
) member`;

const readTogether = gathering<readonly [LibraryId, CardId], CardNow | undefined>(async (db, items) => {
  const { rows } = await db.executeQuery<{
    n: number;
    revoked_at: Date | null;
    access_generation: number;
    state: MemberState;
    name: string;
    member_type: string;
    valid_until: PlainDate | null;
  }>(CompiledQuery.raw(CARD_NOW, [String(items[0]?.[0]), items.map(([, card]) => card)]));
  const found = new Array<CardNow | undefined>(items.length).fill(undefined);
  for (const row of rows)
    found[row.n - 1] = {
      revoked: row.revoked_at !== null,
      generation: row.access_generation,
      state: row.state,
      name: row.name,
      memberType: row.member_type,
      validUntil: row.valid_until,
    };
  return found;
});

/** How a card of this library stands, asked in one round trip together with what others ask at the same time. */
export function readCardNow(db: Db, libraryId: LibraryId, card: CardId): Promise<CardNow | undefined> {
  return readTogether(db, String(libraryId), [libraryId, card]);
}
