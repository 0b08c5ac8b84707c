import type { Selectable } from 'kysely';
import { sql } from 'kysely';
import type { Db, Tx } from '../db/connection.ts';
import type { CardBatchTable } from '../db/schema.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { CardBatchId, CardId, FileId, MemberId } from '../domain/ids.ts';
import { plainDateIn } from '../domain/plain-date.ts';
import { memberStatus } from '../domain/validity.ts';
import { type Deps, type Scope, todayOf } from './context.ts';
import type { CardFacts } from './read-card.ts';

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
    const rows = await tx
      .selectFrom('card_batch_row as line')
      .innerJoin('card', (join) =>
        join.onRef('card.library_id', '=', 'line.library_id').onRef('card.id', '=', 'line.card_id'),
      )
      .innerJoin('member', (join) =>
        join.onRef('member.library_id', '=', 'card.library_id').onRef('member.id', '=', 'card.member_id'),
      )
      .select([
        'line.place',
        'line.card_id',
        'line.reprint',
        'line.outcome',
        'card.revoked_at',
        'member.state',
        'member.id as member_id',
        'member.number',
        'member.name',
      ])
      .where('line.batch_id', '=', id)
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
      gone: row.revoked_at !== null || row.state !== 'active',
    }));
  });
}

export interface BatchCard extends CardFacts {
  readonly place: number;
  /** JPEG; null where there is none, or where the holder did not agree to it on the card. */
  readonly photo: Buffer | null;
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
  const rows = await inLibrary(db, library.id, async (tx) => {
    const { rows } = await sql<{
      place: number;
      card_id: CardId;
      issued_at: Date;
      revoked_at: Date | null;
      member_id: MemberId;
      number: string;
      name: string;
      state: Parameters<typeof memberStatus>[0];
      member_type: string;
      valid_until: CardFacts['validUntil'];
      birth_date: string | null;
      photo_id: FileId | null;
      bytes: Buffer | null;
      photo_given: boolean | null;
    }>`
      select line.place, card.id as card_id, card.issued_at, card.revoked_at, member.id as member_id, member.number,
        member.name, member.state, member.member_type, member.valid_until, member.birth_date, member.photo_id,
        file.bytes, word.given and word.withdrawn_at is null as photo_given
      from card_batch_row line
      join card on card.library_id = line.library_id and card.id = line.card_id
      join member own on own.library_id = card.library_id and own.id = card.member_id
      join member on member.library_id = own.library_id and member.id = coalesce(own.merged_into, own.id)
      left join file on file.library_id = member.library_id and file.id = member.photo_id and file.kind = 'photo'
      left join lateral (
        -- The latest word on a photo on the card, of the membership and of those merged into it.
        select consent.given, consent.withdrawn_at from consent
        where consent.member_id in (select member_id from member_family(member.id))
          and consent.purpose = 'photo_on_card'
        order by consent.recorded_at desc, consent.id desc limit 1
      ) word on true
      where line.batch_id = ${id} and line.place between ${from} and ${from + many - 1}
      order by line.place`.execute(tx);
    return rows;
  });
  const last = rows.at(-1)?.place ?? null;
  const cards = rows.map((row): BatchCard | null => {
    if (row.revoked_at !== null || row.state !== 'active') return null;
    // Nobody was ever asked, such as for members taken over: the photo they gave for the card is on it.
    const shown = row.photo_given !== false && row.photo_id !== null && row.bytes !== null;
    return {
      place: row.place,
      cardId: row.card_id,
      memberId: row.member_id,
      number: row.number,
      name: row.name,
      memberType: row.member_type,
      validUntil: row.valid_until,
      issuedOn: plainDateIn(library.settings.profile.timezone, row.issued_at),
      status: memberStatus(row.state, row.valid_until, todayOf(scope)),
      photoId: shown ? row.photo_id : null,
      birthYear: row.birth_date === null ? null : Number(row.birth_date.slice(0, 4)),
      photo: shown && row.bytes !== null ? deps.vault.open(library.id, 'file', row.bytes) : null,
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
