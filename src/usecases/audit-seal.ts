import { findUnsealedAudit, sealAudit } from '../db/audit-seal.ts';
import type { Db } from '../db/connection.ts';

/** Rows of one seal at most: a transaction of a tenth of a second, however much waits. */
const AT_ONCE = 5_000;

/** Seals what waits, portion by portion, until nothing does. @returns how many rows */
export async function sealWaiting(db: Db, goOn: () => boolean = () => true): Promise<number> {
  let sealed = 0;
  for (let more = true; more && goOn(); ) {
    const portion = await sealAudit(db, AT_ONCE);
    sealed += portion.sealed;
    more = portion.more;
  }
  return sealed;
}

/**
 * Puts every row that no seal has back in line, portion by portion, and seals after each: a look through millions of
 * rows takes minutes, and a new row must not wait for its end.
 */
export async function sweepAudit(db: Db, goOn: () => boolean = () => true): Promise<void> {
  for (let after: string | null = '-9223372036854775808'; after !== null && goOn(); ) {
    after = await findUnsealedAudit(db, after, AT_ONCE);
    await sealWaiting(db, goOn);
  }
}
