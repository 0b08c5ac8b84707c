import { keepSentAudit, readUnsentAudit } from '../db/audit-sent.ts';
import type { Db } from '../db/connection.ts';
import { listLibraries } from '../db/library.ts';
import { inLibrary } from '../db/tenancy.ts';

/**
 * Takes lines of JSON, each without its end; resolves when they have arrived, rejects where that is not known.
 * @param leaving waits for nobody any more
 */
export type SendLines = (lines: readonly string[], leaving?: AbortSignal) => Promise<void>;

/** Rows of one sending, some megabyte; a seal is never torn apart. */
const AT_ONCE = 2_000;

/**
 * Sends what was sealed and has not been sent, in the order of the chain, each seal behind its rows. How far it went is
 * kept after it has arrived: what was interrupted is sent once more, and nothing is left out.
 * @returns how many rows were sent
 */
export async function sendAudit(
  db: Db,
  now: () => Date,
  send: SendLines,
  goOn: () => boolean = () => true,
  leaving?: AbortSignal,
): Promise<number> {
  let sent = 0;
  for (const { id, slug } of await listLibraries(db)) {
    for (;;) {
      if (!goOn()) return sent;
      const { seals, rows } = await inLibrary(db, id, (tx) => readUnsentAudit(tx, AT_ONCE));
      const last = seals.at(-1);
      if (last === undefined) break;
      await send(
        seals.flatMap((seal) => [
          ...rows
            .filter((row) => row.seal === seal.seal)
            .map((row) => JSON.stringify({ event: 'audit', library: slug, ...row })),
          JSON.stringify({ event: 'audit-seal', library: slug, ...seal }),
        ]),
        leaving,
      );
      await inLibrary(db, id, (tx) => keepSentAudit(tx, last.seal, now()));
      sent += rows.length;
    }
  }
  return sent;
}
