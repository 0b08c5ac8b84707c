import { sql } from 'kysely';
import type { Db, Tx } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { ApplicationId, OfficerId } from '../domain/ids.ts';
import type { Deps, Scope } from './context.ts';
import { servicePointOf, todayOf } from './context.ts';
import { handOverHeldCases } from './hand-over-held.ts';
import { auditTicket } from './queue-ticket.ts';
import { takeCase } from './take-case.ts';

export interface Called {
  readonly ok: true;
  readonly ticketId: string;
  readonly number: number;
  /** Null: the holder has no case yet, the officer begins one. */
  readonly applicationId: ApplicationId | null;
}

/**
 * Calls the next number of the officer's service point, priority first, then in order. Two officers pressing at
 * once get two different numbers: a row that one has locked is passed over by the other. The number called before
 * by this officer is finished; the case of the called one is taken.
 * @param shown the number in this officer's hands, as the page with the key said; where another was called since, that
 *   one is answered and nobody is called, so that a press sent twice calls one person
 */
export async function callNext(
  db: Db,
  deps: Deps,
  scope: Scope,
  shown?: string | null,
): Promise<Called | { readonly ok: false; readonly reason: 'nobody-waits' | 'not-an-officer' }> {
  const { actor, library, at } = scope;
  if (actor.kind !== 'officer') return { ok: false, reason: 'not-an-officer' };
  const called = await inLibrary(db, library.id, async (tx) => {
    if (shown !== undefined) {
      // The second of two presses waits here until the number of the first can be seen.
      await sql`select pg_advisory_xact_lock(hashtextextended(${`call ${actor.id}`}, ${library.id}))`.execute(
        tx,
      );
      const last = await lastInHand(tx, scope, actor.id, shown);
      if (last !== undefined && last.id !== shown) return last;
    }
    const next = await tx
      .selectFrom('queue_ticket')
      .select(['id', 'number', 'application_id', 'calls'])
      .where('service_point_id', '=', servicePointOf(scope))
      .where('day', '=', todayOf(scope))
      .where('called_at', 'is', null)
      .where('done_at', 'is', null)
      .orderBy(sql`priority is null`)
      .orderBy('number')
      .limit(1)
      .forUpdate()
      .skipLocked()
      .executeTakeFirst();
    if (!next) return undefined;
    await tx
      .updateTable('queue_ticket')
      .set({ done_at: at })
      .where('day', '=', todayOf(scope))
      .where('called_by', '=', actor.id)
      .where('done_at', 'is', null)
      .execute();
    await tx
      .updateTable('queue_ticket')
      .set({ called_at: at, called_by: actor.id, calls: next.calls + 1 })
      .where('id', '=', next.id)
      .execute();
    await auditTicket(tx, deps, scope, next.id, next.calls === 0 ? 'queue.call' : 'queue.call_again');
    return next;
  });
  if (!called) return { ok: false, reason: 'nobody-waits' };
  deps.wake({ libraryId: library.id, topic: 'queue', subjectId: called.id });
  // The applicant's own page shows the call, whoever has the case.
  if (called.application_id !== null)
    deps.wake({ libraryId: library.id, topic: 'case', subjectId: called.application_id });
  // A case that another officer took meanwhile stays with that officer; the page says so.
  if (called.application_id === null) await handOverHeldCases(db, deps, scope, null);
  else await takeCase(db, deps, scope, { applicationId: called.application_id });
  return { ok: true, ticketId: called.id, number: called.number, applicationId: called.application_id };
}

/** The number that the officer called last and has not finished; the one that the page showed is found though it is finished. */
function lastInHand(tx: Tx, scope: Scope, officerId: OfficerId, shown: string | null) {
  return tx
    .selectFrom('queue_ticket')
    .select(['id', 'number', 'application_id'])
    .where('day', '=', todayOf(scope))
    .where('called_by', '=', officerId)
    .where(({ or, eb }) => or([eb('done_at', 'is', null), eb('id', '=', shown)]))
    .orderBy('called_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** Calls the holder of a number once more who has not come: the screen on the wall shows it first again. */
export async function callAgain(
  db: Db,
  deps: Deps,
  scope: Scope,
  ticketId: string,
): Promise<{ readonly ok: boolean }> {
  const { actor, library, at } = scope;
  if (actor.kind !== 'officer') return { ok: false };
  const called = await inLibrary(db, library.id, async (tx) => {
    const ticket = await tx
      .updateTable('queue_ticket')
      .set(({ eb }) => ({ called_at: at, calls: eb('calls', '+', 1) }))
      .where('id', '=', ticketId)
      .where('day', '=', todayOf(scope))
      .where('called_by', '=', actor.id)
      .where('done_at', 'is', null)
      .returning(['id', 'application_id'])
      .executeTakeFirst();
    if (ticket) await auditTicket(tx, deps, scope, ticket.id, 'queue.call_again');
    return ticket;
  });
  if (!called) return { ok: false };
  deps.wake({ libraryId: library.id, topic: 'queue', subjectId: ticketId });
  if (called.application_id !== null)
    deps.wake({ libraryId: library.id, topic: 'case', subjectId: called.application_id });
  return { ok: true };
}
