import type { Selectable } from 'kysely';
import type { ApplicationId } from '../domain/ids.ts';
import type { Tx } from './connection.ts';
import type { ApplicationEventTable, ApplicationTable } from './schema.ts';

export type ApplicationRow = Selectable<ApplicationTable>;
export type ApplicationEventRow = Selectable<ApplicationEventTable>;

export function findApplication(tx: Tx, id: ApplicationId): Promise<ApplicationRow | undefined> {
  return tx.selectFrom('application').selectAll().where('id', '=', id).executeTakeFirst();
}

/**
 * Locks the case until the transaction ends, so that two officers change it one after the other. Whoever says that two cases
 * are of different people holds both from being erased meanwhile (`told-apart`), and must not wait here for another who does.
 */
export function lockApplication(tx: Tx, id: ApplicationId): Promise<ApplicationRow | undefined> {
  return tx.selectFrom('application').selectAll().where('id', '=', id).forNoKeyUpdate().executeTakeFirst();
}

/** By the keyed hash of the status page's secret. */
export function findApplicationByToken(tx: Tx, tokenHash: Buffer): Promise<ApplicationRow | undefined> {
  return tx.selectFrom('application').selectAll().where('token_hash', '=', tokenHash).executeTakeFirst();
}

export function findApplicationByTicket(tx: Tx, ticketCode: string): Promise<ApplicationRow | undefined> {
  return tx.selectFrom('application').selectAll().where('ticket_code', '=', ticketCode).executeTakeFirst();
}

/** All that happened to a case, oldest first. */
export function listApplicationEvents(tx: Tx, id: ApplicationId): Promise<ApplicationEventRow[]> {
  return tx
    .selectFrom('application_event')
    .selectAll()
    .where('application_id', '=', id)
    .orderBy('effective_at')
    .orderBy('id')
    .execute();
}
