import type { Selectable } from 'kysely';
import { sql } from 'kysely';
import type { Db, Tx } from '../db/connection.ts';
import { isStandingFor } from '../db/member-family.ts';
import type { CardBatchTable } from '../db/schema.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { CardBatchId, CardId, MemberId } from '../domain/ids.ts';
import type { MemberState } from '../domain/member.ts';
import { type Deps, type Scope, todayOf } from './context.ts';
import { type CardFacts, cardFacts, photoGiven } from './read-card.ts';
import { openPicture } from './stored-picture.ts';

export type CardBatch = Selectable<CardBatchTable>;

export interface ListedBatch extends CardBatch {
  readonly maker: string;
}

/** The print log, newest first. */
export function listBatches(db: Db, scope: Scope, limit = 50): Promise<readonly ListedBatch[]> {
  return inLibrary(db, scope.library.id, (tx) =>
    withMaker(tx).orderBy('card_batch.id', 'desc').limit(limit).execute(),
  );
}

function withMaker(tx: Tx) {
  return tx
    .selectFrom('card_batch')
    .leftJoin('officer', (join) =>
      join
        .onRef('officer.library_id', '=', 'card_batch.library_id')
        .onRef('officer.id', '=', 'card_batch.made_by'),
    )
    .selectAll('card_batch')
    .select(sql<string>`coalesce(officer.name, '')`.as('maker'));
}

export function findBatch(db: Db, scope: Scope, id: CardBatchId): Promise<ListedBatch | undefined> {
  return inLibrary(db, scope.library.id, (tx) =>
    withMaker(tx).where('card_batch.id', '=', id).executeTakeFirst(),
  );
}

export interface BatchLine {
  readonly place: number;
  readonly cardId: CardId;
  readonly memberId: MemberId;
  readonly number: string;
  readonly name: string;
  readonly reprint: boolean;
  readonly outcome: 'printed' | 'failed' | 'gone' | null;
  readonly gone: boolean;
}

/** Rows of one page of a batch. */
export const BATCH_PAGE = 100;

/** The cards of a batch in the order they leave the printer. */
export function readBatchLines(
  db: Db,
  scope: Scope,
  id: CardBatchId,
  from: number,
): Promise<readonly BatchLine[]> {
  return inLibrary(db, scope.library.id, async (tx) => {
    const rows = await linesOfBatch(tx, id)
      .select(['line.reprint', 'line.outcome', 'member.id as member_id', 'member.number', 'member.name'])
      .where('line.place', '>=', from)
      .orderBy('line.place')
      .limit(BATCH_PAGE)
      .execute();
    return rows.map((row) => ({
      place: row.place,
      cardId: row.card_id,
      memberId: row.member_id,
      number: row.number,
      name: row.name,
      reprint: row.reprint,
      outcome: row.outcome,
      gone: isGone(row),
    }));
  });
}

/** The lines of a batch with their cards and who holds them: after a merge the member who stands for both. */
export function linesOfBatch(tx: Tx, id: CardBatchId) {
  return tx
    .selectFrom('card_batch_row as line')
    .innerJoin('card', (join) =>
      join.onRef('card.library_id', '=', 'line.library_id').onRef('card.id', '=', 'line.card_id'),
    )
    .innerJoin('member as own', (join) =>
      join.onRef('own.library_id', '=', 'card.library_id').onRef('own.id', '=', 'card.member_id'),
    )
    .innerJoin('member', (join) =>
      join.onRef('member.library_id', '=', 'own.library_id').on(isStandingFor('own')),
    )
    .select(['line.place', 'line.card_id', 'card.revoked_at', 'member.state'])
    .where('line.batch_id', '=', id);
}

/** Revoked since, or its membership does not stand any more: not printed, and told of as that. */
export function isGone(line: { readonly revoked_at: Date | null; readonly state: MemberState }): boolean {
  return line.revoked_at !== null || line.state !== 'active';
}

export interface BatchCard extends CardFacts {
  readonly place: number;
  /** JPEG; null where there is none, or where the holder did not agree to it on the card. */
  readonly photo: Buffer | null;
  /** There is a photo, but what the database holds of it cannot be read: the card is drawn without. */
  readonly photoBroken: boolean;
}

/** Cards read at one time: their photos are in memory together. */
const READ = 60;

/**
 * The cards of a batch with their photos, as they stand now, a few at a time: memory does not grow with the batch. A card
 * that was revoked since, or whose membership does not stand any more, is null: its place stays empty.
 */
export async function* cardsOfBatch(
  db: Db,
  deps: Deps,
  scope: Scope,
  id: CardBatchId,
  many = READ,
): AsyncGenerator<BatchCard | null> {
  let next = readCards(db, deps, scope, id, 1, many);
  for (;;) {
    const { cards, last } = await next;
    if (last === null) return;
    // Read while these are drawn.
    next = readCards(db, deps, scope, id, last + 1, many);
    next.catch(() => undefined);
    yield* cards;
  }
}

async function readCards(
  db: Db,
  deps: Deps,
  scope: Scope,
  id: CardBatchId,
  from: number,
  many: number,
): Promise<{ readonly cards: readonly (BatchCard | null)[]; readonly last: number | null }> {
  const { library } = scope;
  const rows = await inLibrary(db, library.id, (tx) =>
    linesOfBatch(tx, id)
      .leftJoin('file', (join) =>
        join
          .onRef('file.library_id', '=', 'member.library_id')
          .onRef('file.id', '=', 'member.photo_id')
          .on('file.kind', '=', 'photo'),
      )
      .select([
        'card.id',
        'card.issued_at',
        'member.id as holder_id',
        'member.number',
        'member.name',
        'member.member_type',
        'member.valid_until as member_valid_until',
        'member.birth_date',
        'member.photo_id',
        'file.bytes',
        photoGiven.as('photo_given'),
      ])
      .where('line.place', '>=', from)
      .where('line.place', '<', from + many)
      .orderBy('line.place')
      .execute(),
  );
  const last = rows.at(-1)?.place ?? null;
  const cards = rows.map((row): BatchCard | null => {
    if (isGone(row)) return null;
    // Nobody was ever asked, such as for members taken over: the photo they gave for the card is on it.
    const sealed = row.photo_given === false ? null : row.bytes;
    // One damaged photo must not keep the cards of a whole school from being printed; whoever prints it logs the card.
    const photo =
      (sealed && openPicture({ vault: deps.vault }, scope.library.id, { id: row.id, bytes: sealed })) ?? null;
    return {
      ...cardFacts(scope, row, photo !== null),
      place: row.place,
      photo,
      photoBroken: sealed !== null && photo === null,
    };
  });
  return { cards, last };
}

/** Cards that came out of a printer in the present month, of batches and one by one. */
export async function monthOfCards(
  db: Db,
  scope: Scope,
): Promise<{ readonly month: string; readonly printed: number; readonly reprinted: number }> {
  const month = todayOf(scope).slice(0, 7);
  const zone = scope.library.settings.profile.timezone;
  const { printed, reprinted } = await inLibrary(db, scope.library.id, (tx) =>
    tx
      .selectFrom('card_event as event')
      .select([
        sql<number>`count(*)::int`.as('printed'),
        sql<number>`(count(*) filter (where exists (
          select 1 from card_event before
          where before.library_id = event.library_id and before.card_id = event.card_id
            and before.kind = 'printed' and before.id < event.id)))::int`.as('reprinted'),
      ])
      .where('event.kind', '=', 'printed')
      .where('event.at', '>=', sql<Date>`(${`${month}-01`}::date)::timestamp at time zone ${zone}`)
      .executeTakeFirstOrThrow(),
  );
  return { month, printed, reprinted };
}
