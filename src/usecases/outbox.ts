import type { Tx } from '../db/connection.ts';
import { later } from '../db/later.ts';
import { familyOf } from '../db/member-family.ts';
import type { ApplicationId, MemberId } from '../domain/ids.ts';
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
  await later(
    tx,
    tx.insertInto('outbox').values({
      library_id: message.libraryId,
      id: newId(deps, at),
      kind: message.kind,
      application_id: message.applicationId as ApplicationId | null,
      member_id: (message.memberId ?? null) as MemberId | null,
      created_at: at,
      sent_at: null,
      next_attempt_at: at,
      last_error_code: null,
    }),
  );
}

/** Takes what still waits out of the queue for good, for all cases of a person; a code says why. */
export async function stopQueuedMessages(
  tx: Tx,
  person: { readonly memberId: MemberId | null; readonly applicationId: ApplicationId | null },
  code: string,
): Promise<void> {
  await tx
    .updateTable('outbox')
    .set({ next_attempt_at: null, last_error_code: code })
    .where('sent_at', 'is', null)
    .where('next_attempt_at', 'is not', null)
    .where((outbox) =>
      outbox.or([
        outbox('member_id', 'in', familyOf(person.memberId)),
        outbox('application_id', 'in', (from) =>
          from
            .selectFrom('application')
            .select('application.id')
            .where((where) =>
              where.or([
                where('application.member_id', 'in', familyOf(person.memberId)),
                where('application.id', '=', person.applicationId),
              ]),
            ),
        ),
      ]),
    )
    .execute();
}
