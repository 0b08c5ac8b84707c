import { sql } from 'kysely';
import { insertRows } from '../db/bulk-insert.ts';
import type { Db, Tx } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import {
  type BatchRefusal,
  type CardChoice,
  type CardLayout,
  choiceCode,
  MOST_CARDS,
  REPRINT_REASONS,
  type ReprintReason,
} from '../domain/card-choice.ts';
import type { CardBatchId, CardId, MemberId, ServicePointId } from '../domain/ids.ts';
import { may } from '../domain/permissions.ts';
import { writeAudit } from './audit.ts';
import { actorColumns, type Deps, newId, type Scope, servicePointOf, todayOf } from './context.ts';

/** One line of the list to choose from. */
export interface PrintableCard {
  readonly memberId: MemberId;
  /** Null: the card is made with the batch. */
  readonly cardId: CardId | null;
  readonly number: string;
  readonly name: string;
  readonly memberType: string;
  readonly institution: string | null;
  readonly issuedAt: Date | null;
  readonly printedAt: Date | null;
  readonly hasPhoto: boolean;
  /** Waits in a batch that nobody has told the end of. */
  readonly inBatch: CardBatchId | null;
}

export interface PrintableCards {
  readonly total: number;
  /** Of those, how many wait in no other batch. */
  readonly free: number;
  /** Of those, members without a photo, where the library prints no card without one: they are left out. */
  readonly withoutPhoto: number;
  /** The first of them. */
  readonly cards: readonly PrintableCard[];
}

/** Rows of the list on the page; more are printed, but not picked one by one. */
export const CARDS_LISTED = 200;

export function listPrintable(db: Db, scope: Scope, choice: CardChoice): Promise<PrintableCards> {
  return inLibrary(db, scope.library.id, async (tx) => {
    const needed = needsPhoto(scope);
    const { total, without_photo, free } = await chosen(tx, scope, choice)
      .clearSelect()
      .clearOrderBy()
      .select([
        sql<number>`count(*)::int`.as('total'),
        sql<number>`(count(*) filter (where member.photo_id is null))::int`.as('without_photo'),
        sql<number>`(count(*) filter (where ${isFree} and (member.photo_id is not null or not ${needed})))::int`.as(
          'free',
        ),
      ])
      .executeTakeFirstOrThrow();
    const rows = await withPhoto(chosen(tx, scope, choice), needed)
      .limit(CARDS_LISTED)
      .execute();
    return {
      total: needed ? total - without_photo : total,
      free,
      withoutPhoto: needed ? without_photo : 0,
      cards: rows.map((row) => ({
        memberId: row.member_id,
        cardId: row.card_id,
        number: row.number,
        name: row.name,
        memberType: row.member_type,
        institution: row.institution,
        issuedAt: row.issued_at,
        printedAt: row.printed_at,
        hasPhoto: row.photo_id !== null,
        inBatch: row.in_batch,
      })),
    };
  });
}

export interface NewBatch {
  /** UUID of the page it was asked on: pressed twice, it is one batch. */
  readonly submitKey: string;
  readonly choice: CardChoice;
  /** Members that were ticked; null: all of the choice that wait in no other batch. */
  readonly picked: readonly MemberId[] | null;
  readonly layout: CardLayout;
  /** Place of the first card on a sheet of A4, 0 to 9. */
  readonly startAt: number;
  readonly reason: string;
}

/**
 * Puts cards together for printing, in the order they come out. Members without a card get one. Nothing counts as
 * printed until somebody at the printer says so (`tellBatch`).
 */
export async function makeBatch(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: NewBatch,
): Promise<
  { readonly ok: true; readonly batchId: CardBatchId } | { readonly ok: false; readonly reason: BatchRefusal }
> {
  const { actor, at, library } = scope;
  if (actor.kind !== 'officer' || !may(actor.roles, 'card.print'))
    return { ok: false, reason: 'not-allowed' };
  if (!Number.isInteger(input.startAt) || input.startAt < 0 || input.startAt > 9)
    return { ok: false, reason: 'wrong-place' };
  if (input.choice.state === 'missing' && !may(actor.roles, 'card.replace'))
    return { ok: false, reason: 'not-allowed' };
  const reason: ReprintReason | undefined = REPRINT_REASONS.find((one) => one === input.reason);
  if (input.choice.state === 'printed' && reason === undefined) return { ok: false, reason: 'reason-needed' };
  return inLibrary(db, library.id, async (tx) => {
    const before = await tx
      .selectFrom('card_batch')
      .select('id')
      .where('submit_key', '=', input.submitKey)
      .executeTakeFirst();
    if (before) return { ok: true, batchId: before.id };
    // One after the other: whoever comes second sees what the first has put together.
    await sql`select pg_advisory_xact_lock(${library.id}, ${BATCHES})`.execute(tx);
    const { picked } = input;
    let query = withPhoto(chosen(tx, scope, input.choice), needsPhoto(scope));
    if (picked !== null) query = query.where('member.id', '=', sql<MemberId>`any(${[...picked]}::uuid[])`);
    if (picked === null) query = query.where(isFree);
    const rows = await query.limit(MOST_CARDS + 1).execute();
    if (rows.length === 0) return { ok: false, reason: 'nothing-chosen' };
    if (rows.length > MOST_CARDS) return { ok: false, reason: 'too-many' };
    const made = await issueMissing(tx, deps, scope, rows);
    const batchId = newId<CardBatchId>(deps, at);
    const cards = rows.flatMap((row) => {
      const cardId = row.card_id ?? made.get(row.member_id);
      return cardId ? [{ cardId, reprint: row.printed_at !== null }] : [];
    });
    await tx
      .insertInto('card_batch')
      .values({
        library_id: library.id,
        id: batchId,
        submit_key: input.submitKey,
        made_at: at,
        made_by: actor.id,
        service_point_id: servicePointOf(scope),
        layout: input.layout,
        start_at: input.layout === 'a4' ? input.startAt : 0,
        selection: choiceCode(input.choice, picked !== null),
        reason: input.choice.state === 'printed' ? (reason ?? null) : null,
        cards: cards.length,
        told_at: null,
        told_by: null,
      })
      .execute();
    await insertRows(
      tx,
      'card_batch_row',
      cards.map(({ cardId, reprint }, index) => ({
        library_id: library.id,
        batch_id: batchId,
        place: index + 1,
        card_id: cardId,
        reprint,
      })),
    );
    await writeAudit(tx, deps, scope, {
      action: 'card.batch',
      subjectKind: 'card',
      subjectId: batchId,
      purpose: reason ?? null,
    });
    return { ok: true, batchId };
  });
}

/** Of the advisory lock that batches of a library are made under; any number that is used for nothing else. */
const BATCHES = 1_011;

/** In no batch that nobody has told the end of. */
const isFree = sql<boolean>`not exists (
  select 1 from card_batch_row line
  join card_batch batch on batch.library_id = line.library_id and batch.id = line.batch_id
  where line.library_id = card.library_id and line.card_id = card.id and batch.told_at is null)`;

function needsPhoto({ library }: Scope): boolean {
  return library.settings.card.photoRequired;
}

/** Cards that may be printed now: of members whose membership stands, in the order they leave the printer. */
function chosen(tx: Tx, scope: Scope, choice: CardChoice) {
  const today = todayOf(scope);
  const types = scope.library.settings.memberTypes.filter((type) => type.cardAllowed).map(({ code }) => code);
  let query = tx
    .selectFrom('member')
    .leftJoin('card', (join) =>
      join
        .onRef('card.library_id', '=', 'member.library_id')
        .onRef('card.member_id', '=', 'member.id')
        .on('card.revoked_at', 'is', null),
    )
    .select((eb) => [
      'member.id as member_id',
      'member.number',
      'member.name',
      'member.member_type',
      'member.institution',
      'member.photo_id',
      'member.valid_until',
      'card.id as card_id',
      'card.issued_at',
      'card.printed_at',
      eb
        .selectFrom('card_batch_row as line')
        .innerJoin('card_batch as batch', (join) =>
          join
            .onRef('batch.library_id', '=', 'line.library_id')
            .onRef('batch.id', '=', 'line.batch_id')
            .on('batch.told_at', 'is', null),
        )
        .select('batch.id')
        .whereRef('line.library_id', '=', 'card.library_id')
        .whereRef('line.card_id', '=', 'card.id')
        .orderBy('batch.made_at', 'desc')
        .limit(1)
        .as('in_batch'),
    ])
    .where('member.state', '=', 'active')
    .where('member.merged_into', 'is', null)
    .where('member.member_type', 'in', types.length > 0 ? types : [''])
    .where((eb) => eb.or([eb('member.valid_until', 'is', null), eb('member.valid_until', '>=', today)]));
  if (choice.state === 'missing') query = query.where('card.id', 'is', null);
  else {
    query = query
      .where('card.id', 'is not', null)
      .where('card.printed_at', choice.state === 'printed' ? 'is not' : 'is', null);
  }
  if (choice.memberType !== null) query = query.where('member.member_type', '=', choice.memberType);
  if (choice.servicePointId !== null)
    query = query.where('member.service_point_id', '=', choice.servicePointId as ServicePointId);
  if (choice.institution !== '')
    query = query.where('member.institution', 'ilike', `%${likeText(choice.institution)}%`);
  if (choice.search !== '')
    query = query.where((eb) =>
      eb.or([
        eb('member.name', 'ilike', `%${likeText(choice.search)}%`),
        eb('member.number', 'ilike', `${likeText(choice.search)}%`),
      ]),
    );
  // A class is handed out by name; what waits, by how long it has waited.
  return choice.institution === '' && choice.state !== 'missing'
    ? query.orderBy('card.issued_at').orderBy('card.id')
    : query.orderBy('member.institution').orderBy('member.name').orderBy('member.id');
}

function withPhoto(query: ReturnType<typeof chosen>, needed: boolean): ReturnType<typeof chosen> {
  return needed ? query.where('member.photo_id', 'is not', null) : query;
}

function likeText(text: string): string {
  return text.trim().replace(/[\\%_]/g, (mark) => `\\${mark}`);
}

/** Cards of members who have none, such as those of an import. */
async function issueMissing(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  rows: readonly {
    readonly member_id: MemberId;
    readonly card_id: CardId | null;
    readonly valid_until: string | null;
  }[],
): Promise<ReadonlyMap<MemberId, CardId>> {
  const { library, at } = scope;
  const servicePointId = servicePointOf(scope);
  const made = new Map<MemberId, CardId>();
  const without = rows.filter((row) => row.card_id === null).map((row) => row.member_id);
  if (without.length === 0) return made;
  // Another way to a card (a new KTA, a replacement) locks the member as well: what it made meanwhile is the card.
  const ids = sql<MemberId>`any(${without}::uuid[])`;
  await tx.selectFrom('member').select('id').where('id', '=', ids).orderBy('id').forUpdate().execute();
  const meanwhile = await tx
    .selectFrom('card')
    .select(['id', 'member_id'])
    .where('member_id', '=', ids)
    .where('revoked_at', 'is', null)
    .execute();
  for (const card of meanwhile) made.set(card.member_id, card.id);
  const cards: Record<string, unknown>[] = [];
  const events: Record<string, unknown>[] = [];
  for (const row of rows) {
    if (row.card_id !== null || made.has(row.member_id)) continue;
    const id = newId<CardId>(deps, at);
    made.set(row.member_id, id);
    const token = deps.vault.token(library.id, 'kta', id, 0);
    cards.push({
      library_id: library.id,
      id,
      member_id: row.member_id,
      token_hash: deps.vault.hash(library.id, 'token', token),
      service_point_id: servicePointId,
      issued_at: at,
      valid_until: row.valid_until,
    });
    events.push({
      library_id: library.id,
      id: newId(deps, at),
      card_id: id,
      kind: 'issued',
      at,
      effective_at: at,
      ...actorColumns(scope.actor),
      service_point_id: servicePointId,
      detail: 'batch',
    });
  }
  await insertRows(tx, 'card', cards);
  await insertRows(tx, 'card_event', events);
  return made;
}
