import type { Db } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import { uuidV7, type VisitId } from '../domain/ids.ts';
import type { Deps, Scope } from './context.ts';
import { issueQueueNumber, type QueueNumber, type QueuePriority } from './queue-ticket.ts';

/**
 * "Ambil nomor antrean" at the kiosk. The page's key makes the row's id, so that two taps on one button are one number
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
    const ticket = await inLibrary(db, library.id, (tx) =>
      issueQueueNumber(tx, deps, scope, {
        id,
        applicationId: null,
        visitId: input.visitId,
        priority: input.priority,
        openedAt: input.openedAt ?? null,
      }),
    );
    deps.wake({ libraryId: library.id, topic: 'queue', subjectId: ticket.ticketId });
    return ticket;
  } catch (error) {
    // The other tap was faster.
    const first = await found();
    if (first) return { ticketId: first.id, number: first.number };
    throw error;
  }
}
