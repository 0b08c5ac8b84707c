import type { Db } from '../db/connection.ts';
import { sealWaiting, sweepAudit } from '../usecases/audit-seal.ts';

/** A row is in a seal within twice this time. */
export const SEAL_EVERY_MS = 5_000;
/** The whole log is looked through for rows that came later than anybody waits for them. */
const SWEEP_EVERY_MS = 6 * 3_600_000;

/** The sealing of the leader: seals at each call, and looks through the log when it begins and a few times a day. */
export function openSealing(db: Db, now: () => Date, goOn: () => boolean): () => Promise<void> {
  let nextSweep = Number.NEGATIVE_INFINITY;
  return async () => {
    await sealWaiting(db, goOn);
    const time = now().getTime();
    // A clock that was set back does not put the sweep off.
    if (time < nextSweep && nextSweep - time <= SWEEP_EVERY_MS) return;
    nextSweep = time + SWEEP_EVERY_MS;
    await sweepAudit(db, goOn);
  };
}
