import { findApplicationByToken } from '../db/application.ts';
import type { Db } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import { uuidV7, type VisitId } from '../domain/ids.ts';
import type { Deps, Scope } from './context.ts';
import { issueQueueNumber, type QueueNumber, type QueuePriority } from './queue-ticket.ts';

/**
 * "Ambil nomor antrean" at the kiosk, "Beri nomor" at the counter. The page's key makes the row's id, so that two taps on one button are one number
 * and nobody is called in vain.
 * @param input.key random text of the empty page, at least 128 bits
 */
export async function takeNumber(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: {
    readonly key: string;
    readonly visitId: VisitId | null;
    /** Secret of the status page of who has just registered here: the number is the case's. */
    readonly statusToken?: string | undefined;
    readonly priority: QueuePriority | null;
    /** When the page that gives it was opened. */
    readonly openedAt?: Date | null;
  },
): Promise<QueueNumber> {
  const { library } = scope;
  const id = uuidV7(new Date(0), deps.vault.hash(library.id, 'submit_key', `number|${input.key}`));
  const found = () =>
    inLibrary(db, library.id, (tx) =>
      tx.selectFrom('queue_ticket').select(['id', 'number']).where('id', '=', id).executeTakeFirst(),
    );
  const known = await found();
  if (known) return { ticketId: known.id, number: known.number };
  try {
    const { ticket, applicationId } = await inLibrary(db, library.id, async (tx) => {
      const sent =
        input.statusToken === undefined
          ? undefined
          : await findApplicationByToken(tx, deps.vault.hash(library.id, 'token', input.statusToken));
      const applicationId = sent?.id ?? null;
      const ticket = await issueQueueNumber(tx, deps, scope, {
        id,
        applicationId,
        visitId: input.visitId,
        priority: input.priority,
        openedAt: input.openedAt ?? null,
      });
      return { ticket, applicationId };
    });
    deps.wake({ libraryId: library.id, topic: 'queue', subjectId: ticket.ticketId });
    if (applicationId !== null) deps.wake({ libraryId: library.id, topic: 'case', subjectId: applicationId });
    return ticket;
  } catch (error) {
    // The other tap was faster.
    const first = await found();
    if (first) return { ticketId: first.id, number: first.number };
    throw error;
  }
}
