import { sql } from 'kysely';
import { insertRows } from '../db/bulk-insert.ts';
import type { Db } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { ApplicationId, CardBatchId, CardId } from '../domain/ids.ts';
import { may } from '../domain/permissions.ts';
import { writeAudit } from './audit.ts';
import { actorColumns, type Deps, newId, type Scope, servicePointOf } from './context.ts';
import { recordPrint } from './record-card.ts';

/**
 * Somebody at the printer says what came out. What did not is "belum tercetak": the members are valid all the same.
 * @param input.failed places of the batch, from 1
 */
export async function tellBatch(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: { readonly batchId: CardBatchId; readonly failed: readonly number[] },
): Promise<
  | { readonly ok: true; readonly printed: number; readonly failed: number }
  | { readonly ok: false; readonly reason: 'not-allowed' | 'not-found' | 'told-before' }
> {
  const { actor, at, library } = scope;
  if (actor.kind !== 'officer' || !may(actor.roles, 'card.print'))
    return { ok: false, reason: 'not-allowed' };
  const failed = new Set(input.failed);
  // First the cases whose procedure waits for the card: should the process end here, telling again repeats nothing else.
  const recorded = new Set<number>();
  for (const { place, applicationId } of await waitingCases(db, scope, input.batchId)) {
    if (failed.has(place)) continue;
    const told = await recordPrint(db, deps, scope, { applicationId, outcome: 'printed' });
    if (told.ok) recorded.add(place);
  }
  return inLibrary(db, library.id, async (tx) => {
    const batch = await tx
      .selectFrom('card_batch')
      .select(['id', 'reason', 'told_at'])
      .where('id', '=', input.batchId)
      .forUpdate()
      .executeTakeFirst();
    if (!batch) return { ok: false, reason: 'not-found' };
    if (batch.told_at !== null) return { ok: false, reason: 'told-before' };
    const lines = await tx
      .selectFrom('card_batch_row as line')
      .innerJoin('card', (join) =>
        join.onRef('card.library_id', '=', 'line.library_id').onRef('card.id', '=', 'line.card_id'),
      )
      .select(['line.place', 'line.card_id', 'card.revoked_at', 'card.printed_at'])
      .where('line.batch_id', '=', input.batchId)
      .execute();
    const outcomeOf = (line: (typeof lines)[number]): 'printed' | 'failed' | 'gone' =>
      line.revoked_at !== null ? 'gone' : failed.has(line.place) ? 'failed' : 'printed';
    const of = (outcome: string) => lines.filter((line) => outcomeOf(line) === outcome);
    const [printed, wrong] = [of('printed'), of('failed')];
    const ids = (some: typeof lines) => sql<CardId>`any(${some.map((line) => line.card_id)}::uuid[])`;
    await sql`
      update card_batch_row line set outcome = told.outcome
      from unnest(${lines.map((line) => line.place)}::int[], ${lines.map(outcomeOf)}::text[]) as told (place, outcome)
      where line.batch_id = ${input.batchId} and line.place = told.place`.execute(tx);
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
      ...printed.filter((line) => !recorded.has(line.place)).map((line) => event(line.card_id, 'printed')),
      ...wrong.map((line) => event(line.card_id, 'print_failed')),
    ]);
    await tx
      .updateTable('card_batch')
      .set({ told_at: at, told_by: actor.id, failed: wrong.length })
      .where('id', '=', input.batchId)
      .execute();
    await writeAudit(tx, deps, scope, {
      action: 'card.batch_told',
      subjectKind: 'card',
      subjectId: input.batchId,
      purpose: batch.reason,
    });
    return { ok: true, printed: printed.length, failed: wrong.length };
  });
}

/** Cases in a batch that still wait for the act of printing. */
function waitingCases(
  db: Db,
  scope: Scope,
  batchId: CardBatchId,
): Promise<readonly { readonly place: number; readonly applicationId: ApplicationId }[]> {
  return inLibrary(db, scope.library.id, async (tx) => {
    const rows = await tx
      .selectFrom('card_batch_row as line')
      .innerJoin('card', (join) =>
        join.onRef('card.library_id', '=', 'line.library_id').onRef('card.id', '=', 'line.card_id'),
      )
      .innerJoin('card_batch as batch', (join) =>
        join.onRef('batch.library_id', '=', 'line.library_id').onRef('batch.id', '=', 'line.batch_id'),
      )
      .innerJoin('application', (join) =>
        join
          .onRef('application.library_id', '=', 'card.library_id')
          .onRef('application.member_id', '=', 'card.member_id'),
      )
      .select(['line.place', 'application.id'])
      .where('line.batch_id', '=', batchId)
      .where('batch.told_at', 'is', null)
      .where('card.revoked_at', 'is', null)
      .where('application.state', '=', 'approved')
      .where(sql<boolean>`'print_card' <> all (application.done_acts)`)
      .orderBy('line.place')
      .execute();
    return rows.map((row) => ({ place: row.place, applicationId: row.id }));
  });
}
