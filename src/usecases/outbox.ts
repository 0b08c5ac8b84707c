import type { Tx } from '../db/connection.ts';
import type { ApplicationId } from '../domain/ids.ts';
import { type Deps, newId, type OutgoingMessage } from './context.ts';

/**
 * Puts a message into the outbox, in the transaction of the change it tells of: it leaves if and only if the
 * change was saved. The job that sends it makes its text then, from the case as it stands.
 */
export async function enqueueMessage(
  tx: Tx,
  deps: Pick<Deps, 'uuid'>,
  at: Date,
  message: OutgoingMessage,
): Promise<void> {
  await tx
    .insertInto('outbox')
    .values({
      library_id: message.libraryId,
      id: newId(deps, at),
      kind: message.kind,
      application_id: message.applicationId as ApplicationId,
      created_at: at,
      sent_at: null,
      next_attempt_at: at,
      last_error_code: null,
    })
    .execute();
}
