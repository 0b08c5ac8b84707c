import { sql } from 'kysely';
import { insertRows } from '../db/bulk-insert.ts';
import type { Db, Tx } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { ApplicationId, CardBatchId, CardId } from '../domain/ids.ts';
import { may } from '../domain/permissions.ts';
import { writeAudit } from './audit.ts';
import { actorColumns, type Deps, newId, type Scope, servicePointOf } from './context.ts';
import { isGone, linesOfBatch } from './read-card-batch.ts';
import { recordPrintedCard } from './record-card.ts';

type Told =
  | { readonly ok: true; readonly printed: number; readonly failed: number }
  | { readonly ok: false; readonly reason: 'not-allowed' | 'not-found' | 'told-before' };

/**
 * Somebody at the printer says what came out. What did not is "belum tercetak": the members are valid all the same.
 * @param input.failed places of the batch, from 1
 */
export async function tellBatch(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: { readonly batchId: CardBatchId; readonly failed: readonly number[] },
): Promise<Told> {
  const { actor, library } = scope;
  if (actor.kind !== 'officer' || !may(actor.roles, 'card.print'))
    return { ok: false, reason: 'not-allowed' };
  const failed = new Set(input.failed);
  const told = await inLibrary(db, library.id, (tx) => tellCards(tx, deps, scope, input.batchId, failed));
  // Cases whose procedure waits for the card. Should the process end before, telling once more does the rest.
  if (told.ok || told.reason === 'told-before')
    for (const applicationId of await waitingCases(db, scope, input.batchId))
      await recordPrintedCard(db, deps, scope, applicationId);
  return told;
}

async function tellCards(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  batchId: CardBatchId,
  failed: ReadonlySet<number>,
): Promise<Told> {
  const { actor, at, library } = scope;
  if (actor.kind !== 'officer') return { ok: false, reason: 'not-allowed' };
  const batch = await tx
    .selectFrom('card_batch')
    .select(['id', 'reason', 'told_at'])
    .where('id', '=', batchId)
    .forUpdate()
    .executeTakeFirst();
  if (!batch) return { ok: false, reason: 'not-found' };
  if (batch.told_at !== null) return { ok: false, reason: 'told-before' };
  const lines = await linesOfBatch(tx, batchId).execute();
  const outcomeOf = (line: (typeof lines)[number]): 'printed' | 'failed' | 'gone' =>
    isGone(line) ? 'gone' : failed.has(line.place) ? 'failed' : 'printed';
  const of = (outcome: string) => lines.filter((line) => outcomeOf(line) === outcome);
  const [printed, wrong] = [of('printed'), of('failed')];
  const ids = (some: typeof lines) => sql<CardId>`any(${some.map((line) => line.card_id)}::uuid[])`;
  await sql`
      update card_batch_row line set outcome = told.outcome
      from unnest(${lines.map((line) => line.place)}::int[], ${lines.map(outcomeOf)}::text[]) as told (place, outcome)
      where line.batch_id = ${batchId} and line.place = told.place`.execute(tx);
  await tx.updateTable('card').set({ printed_at: at }).where('id', '=', ids(printed)).execute();
  await tx.updateTable('card').set({ printed_at: null }).where('id', '=', ids(wrong)).execute();
  const servicePointId = servicePointOf(scope);
  const event = (cardId: CardId, kind: 'printed' | 'print_failed') => ({
    library_id: library.id,
    id: newId(deps, at),
    card_id: cardId,
    kind,
    at,
    effective_at: at,
    ...actorColumns(actor),
    service_point_id: servicePointId,
    detail: batch.reason,
  });
  await insertRows(tx, 'card_event', [
    ...printed.map((line) => event(line.card_id, 'printed')),
    ...wrong.map((line) => event(line.card_id, 'print_failed')),
  ]);
  await tx
    .updateTable('card_batch')
    .set({ told_at: at, told_by: actor.id, failed: wrong.length })
    .where('id', '=', batchId)
    .execute();
  await writeAudit(tx, deps, scope, {
    action: 'card.batch_told',
    subjectKind: 'card',
    subjectId: batchId,
    purpose: batch.reason,
  });
  return { ok: true, printed: printed.length, failed: wrong.length };
}

/** Cases of cards that came out, which still wait for the act of printing. */
async function waitingCases(db: Db, scope: Scope, batchId: CardBatchId): Promise<readonly ApplicationId[]> {
  const rows = await inLibrary(db, scope.library.id, (tx) =>
    tx
      .selectFrom('card_batch_row as line')
      .innerJoin('card', (join) =>
        join.onRef('card.library_id', '=', 'line.library_id').onRef('card.id', '=', 'line.card_id'),
      )
      .innerJoin('application', (join) =>
        join
          .onRef('application.library_id', '=', 'card.library_id')
          .onRef('application.member_id', '=', 'card.member_id'),
      )
      .select('application.id')
      .where('line.batch_id', '=', batchId)
      .where('line.outcome', '=', 'printed')
      .where('card.printed_at', 'is not', null)
      .where('application.state', '=', 'approved')
      .where(sql<boolean>`'print_card' <> all (application.done_acts)`)
      .orderBy('line.place')
      .execute(),
  );
  return rows.map((row) => row.id);
}
