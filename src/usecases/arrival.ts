import type { Db, Tx } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { VisitId } from '../domain/ids.ts';
import { type Scope, todayOf } from './context.ts';

/** An entry of the guest book that led to a case. */
export interface ArrivalVisit {
  readonly id: VisitId;
  readonly at: Date;
  /** When its page was opened; null where that was not seen. */
  readonly openedAt: Date | null;
}

/** A queue number with which somebody came to the counter, and the entry of the guest book before it. */
export interface ArrivalNumber {
  readonly issuedAt: Date;
  /** When its page was opened at the kiosk; null where an officer gave it with one press. */
  readonly openedAt: Date | null;
  readonly visit: ArrivalVisit | null;
}

/** "Melaporkan kedatangan", from where it was seen to begin up to its record. */
export interface Arrival {
  readonly at: Date;
  readonly startedAt: Date | null;
}

/** The guest book tells when somebody came; else the number does. */
export function arrivalOf(
  visit: ArrivalVisit | null | undefined,
  number: ArrivalNumber | null | undefined,
): Arrival | undefined {
  const entry = visit ?? number?.visit;
  if (entry) return { at: entry.at, startedAt: entry.openedAt };
  return number ? { at: number.issuedAt, startedAt: number.openedAt ?? number.issuedAt } : undefined;
}

/** A number without a case that this officer called today and has not gone on from since. */
export async function findCalledNumber(
  tx: Tx,
  scope: Scope,
  ticketId: string,
): Promise<ArrivalNumber | undefined> {
  if (scope.actor.kind !== 'officer') return undefined;
  return numberOf(
    freeNumber(tx, scope, ticketId)
      .where('queue_ticket.called_by', '=', scope.actor.id)
      .where('queue_ticket.done_at', 'is', null),
  );
}

function freeNumber(tx: Tx, scope: Scope, ticketId: string) {
  return tx
    .selectFrom('queue_ticket')
    .leftJoin('visit', (join) =>
      join
        .onRef('visit.library_id', '=', 'queue_ticket.library_id')
        .onRef('visit.id', '=', 'queue_ticket.visit_id'),
    )
    .select([
      'queue_ticket.issued_at',
      'queue_ticket.opened_at',
      'visit.id as visit_id',
      'visit.at as visit_at',
      'visit.opened_at as visit_opened_at',
    ])
    .where('queue_ticket.id', '=', ticketId)
    .where('queue_ticket.day', '=', todayOf(scope))
    .where('queue_ticket.application_id', 'is', null);
}

async function numberOf(query: ReturnType<typeof freeNumber>): Promise<ArrivalNumber | undefined> {
  const row = await query.executeTakeFirst();
  if (!row) return undefined;
  const { visit_id: id, visit_at: at, visit_opened_at: openedAt } = row;
  return {
    issuedAt: row.issued_at,
    openedAt: row.opened_at,
    visit: id === null || at === null ? null : { id, at, openedAt },
  };
}

/** A number of today that belongs to no case yet, for the case that is begun for its holder. */
export function readFreeNumber(db: Db, scope: Scope, ticketId: string): Promise<ArrivalNumber | undefined> {
  return inLibrary(db, scope.library.id, (tx) => numberOf(freeNumber(tx, scope, ticketId)));
}
