/** Which running process has which data keys, so that none is left behind when they change. */
import { hostname } from 'node:os';
import { sql } from 'kysely';
import type { Db } from './connection.ts';
import type { Vault } from './vault.ts';

/** A process that has not been seen for so long does not run any more. */
const GONE = sql`interval '60 seconds'`;
const LOOK_MS = 3_000;
/** Looks between two signs of life. */
const LOOKS = 6;

export interface KeyHolder {
  readonly host: string;
  readonly pid: number;
  /** Number of the key it seals with. */
  readonly active: number;
  /** See `nameOfKey` and `namesOfRoots`. */
  readonly keys: readonly string[];
}

/** The processes that run, this command left out. */
export async function listHolders(db: Db): Promise<readonly KeyHolder[]> {
  return await db
    .selectFrom('data_key_holder')
    .select(['host', 'pid', 'active', 'keys'])
    .where('seen_at', '>', sql<Date>`now() - ${GONE}`)
    .orderBy('host')
    .orderBy('pid')
    .execute();
}

/**
 * Says which keys this process has, at once, when they change, and now and then. A database that is away is tried again:
 * nobody rotates keys without it.
 * @param process a new id
 */
export async function holdKeys(
  db: Db,
  vault: Pick<Vault, 'dataKeys'>,
  process: string,
): Promise<{ stop(): Promise<void> }> {
  let said = '';
  let looks = 0;
  let saying: Promise<void> | null = null;
  const say = async (): Promise<void> => {
    const { active, names, roots } = vault.dataKeys();
    const held = [...names, ...roots];
    const now = `${active} ${held.join(' ')}`;
    if (now === said && looks++ < LOOKS) return;
    looks = 0;
    const values = { host: hostname(), pid: globalThis.process.pid, active, keys: held };
    await db
      .insertInto('data_key_holder')
      .values({ process, ...values })
      .onConflict((conflict) =>
        conflict.column('process').doUpdateSet({ ...values, seen_at: sql<Date>`now()` }),
      )
      .execute();
    said = now;
  };
  const tick = (): void => {
    saying ??= say()
      // It may have lost the rows: said again as soon as it is back.
      .catch(() => {
        said = '';
      })
      .finally(() => {
        saying = null;
      });
  };
  // Before it seals anything: a rotation that begins now must see it.
  await db.deleteFrom('data_key_holder').where('seen_at', '<', sql<Date>`now() - ${GONE}`).execute();
  await say();
  const timer = setInterval(tick, LOOK_MS);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      await saying;
      await db
        .deleteFrom('data_key_holder')
        .where('process', '=', process)
        .execute()
        .catch(() => undefined);
    },
  };
}
