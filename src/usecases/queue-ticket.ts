import type { Db, Tx } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { ApplicationId, ServicePointId, VisitId } from '../domain/ids.ts';
import { writeAudit } from './audit.ts';
import { type Deps, newId, type Scope, servicePointOf, todayOf } from './context.ts';

/** Priority belongs to the ticket of one day, never to the person's record. */
export const QUEUE_PRIORITIES = ['lansia', 'disabilitas', 'ibu_hamil'] as const;
export type QueuePriority = (typeof QUEUE_PRIORITIES)[number];

export interface NewTicket {
  readonly applicationId: ApplicationId | null;
  readonly visitId: VisitId | null;
  readonly priority: QueuePriority | null;
  /** When its page at the kiosk was opened. */
  readonly openedAt?: Date | null;
  /** The person stands at the counter already: nobody will call the number. */
  readonly called?: boolean;
  /** Given where a repeated request must meet the same ticket; else a new one. */
  readonly id?: string;
}

/** The day's number of a service point, and the row that keeps it. */
export interface QueueNumber {
  readonly ticketId: string;
  readonly number: number;
}

/**
 * Gives the next number of the day, in the transaction of what it belongs to. Two at once: the unique key lets
 * one wait for the other and then look again, so that no number is given twice and no counter row is shared.
 */
export async function issueQueueNumber(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  ticket: NewTicket,
): Promise<QueueNumber> {
  const servicePointId = servicePointOf(scope);
  const day = todayOf(scope);
  for (;;) {
    const { last } = await tx
      .selectFrom('queue_ticket')
      .select(({ fn, lit }) => fn.coalesce(fn.max('number'), lit(0)).as('last'))
      .where('service_point_id', '=', servicePointId)
      .where('day', '=', day)
      .executeTakeFirstOrThrow();
    const row = await tx
      .insertInto('queue_ticket')
      .values({
        library_id: scope.library.id,
        id: ticket.id ?? newId(deps, scope.at),
        service_point_id: servicePointId,
        day,
        number: last + 1,
        priority: ticket.priority,
        application_id: ticket.applicationId,
        visit_id: ticket.visitId,
        opened_at: ticket.openedAt ?? null,
        issued_at: scope.at,
        called_at: ticket.called === true ? scope.at : null,
        called_by: ticket.called === true && scope.actor.kind === 'officer' ? scope.actor.id : null,
        calls: ticket.called === true ? 1 : 0,
        done_at: null,
      })
      .onConflict((conflict) =>
        conflict.columns(['library_id', 'service_point_id', 'day', 'number']).doNothing(),
      )
      .returning(['id', 'number'])
      .executeTakeFirst();
    if (!row) continue;
    await auditTicket(tx, deps, scope, row.id, 'queue.issue');
    return { ticketId: row.id, number: row.number };
  }
}

/** What is done with a number; whether it has priority is said by the ticket alone. */
export type QueueAction = 'queue.issue' | 'queue.call' | 'queue.call_again' | 'queue.prioritise';

export function auditTicket(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  ticketId: string,
  action: QueueAction,
): Promise<void> {
  const fields = action === 'queue.prioritise' ? ['priority'] : [];
  return writeAudit(tx, deps, scope, { action, subjectKind: 'queue', subjectId: ticketId, fields });
}

/** Today's number of a case, or a new one. */
export async function numberForCase(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  applicationId: ApplicationId,
): Promise<QueueNumber> {
  const found = await tx
    .selectFrom('queue_ticket')
    .select(['id', 'number'])
    .where('application_id', '=', applicationId)
    .where('day', '=', todayOf(scope))
    .orderBy('issued_at', 'desc')
    .executeTakeFirst();
  if (found) return { ticketId: found.id, number: found.number };
  return issueQueueNumber(tx, deps, scope, { applicationId, visitId: null, priority: null, called: true });
}

/** A number for somebody who has no case yet: a walk-in, or a visitor who asks at the door. */
export async function issueTicket(
  db: Db,
  deps: Deps,
  scope: Scope,
  priority: QueuePriority | null,
): Promise<QueueNumber> {
  const ticket = await inLibrary(db, scope.library.id, (tx) =>
    issueQueueNumber(tx, deps, scope, { applicationId: null, visitId: null, priority }),
  );
  deps.wake({ libraryId: scope.library.id, topic: 'queue', subjectId: ticket.ticketId });
  return ticket;
}

/** Ties a number to the case that was typed for its holder; a number that has a case keeps it. */
export async function linkTicket(
  db: Db,
  deps: Deps,
  scope: Scope,
  ticketId: string,
  applicationId: ApplicationId,
): Promise<void> {
  await inLibrary(db, scope.library.id, (tx) => attachTicket(tx, ticketId, applicationId));
  deps.wake({ libraryId: scope.library.id, topic: 'queue', subjectId: ticketId });
  deps.wake({ libraryId: scope.library.id, topic: 'case', subjectId: applicationId });
}

/** @returns false where the number had a case already */
export async function attachTicket(tx: Tx, ticketId: string, applicationId: ApplicationId): Promise<boolean> {
  const attached = await tx
    .updateTable('queue_ticket')
    .set({ application_id: applicationId })
    .where('id', '=', ticketId)
    .where('application_id', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return attached !== undefined;
}

/** Sets or clears the priority of a ticket of today. */
export async function setTicketPriority(
  db: Db,
  deps: Deps,
  scope: Scope,
  ticketId: string,
  priority: QueuePriority | null,
): Promise<{ readonly ok: boolean }> {
  const isSet = await inLibrary(db, scope.library.id, async (tx) => {
    const ticket = await tx
      .updateTable('queue_ticket')
      .set({ priority })
      .where('id', '=', ticketId)
      .where('day', '=', todayOf(scope))
      .returning('id')
      .executeTakeFirst();
    if (ticket) await auditTicket(tx, deps, scope, ticket.id, 'queue.prioritise');
    return ticket !== undefined;
  });
  if (isSet) deps.wake({ libraryId: scope.library.id, topic: 'queue', subjectId: ticketId });
  return { ok: isSet };
}

/** What the screen on the wall shows: numbers, never names. */
export interface PublicQueue {
  readonly calling: readonly { readonly number: number; readonly servicePointId: ServicePointId }[];
  readonly waiting: number;
}

/** Numbers called today and not finished, the last one first, and how many wait. */
export async function readPublicQueue(db: Db, scope: Scope): Promise<PublicQueue> {
  return inLibrary(db, scope.library.id, async (tx) => {
    const today = tx
      .selectFrom('queue_ticket')
      .where('day', '=', todayOf(scope))
      .where('done_at', 'is', null);
    const calling = await today
      .select(['number', 'service_point_id'])
      .where('called_at', 'is not', null)
      .orderBy('called_at', 'desc')
      .limit(6)
      .execute();
    const { waiting } = await today
      .select(({ fn }) => fn.countAll<number>().as('waiting'))
      .where('called_at', 'is', null)
      .executeTakeFirstOrThrow();
    return {
      calling: calling.map((row) => ({ number: row.number, servicePointId: row.service_point_id })),
      waiting: Number(waiting),
    };
  });
}
