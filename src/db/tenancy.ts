import {
  type DatabaseConnection,
  DummyDriver,
  type KyselyProps,
  PostgresDialect,
  sql,
  Transaction,
} from 'kysely';
import { codeOf } from '../domain/error-code.ts';
import type { LibraryId } from '../domain/ids.ts';
import { type Db, type Tx, WITH_BEGIN } from './connection.ts';
import { keepLater } from './later.ts';
import type { Database } from './schema.ts';

/**
 * Runs `work` in one transaction that can see and write the rows of one library only. Row-level security
 * reads the setting made here; it ends with the transaction, so a pooled connection never carries a library over.
 * Statements that `work` gives together (`Promise.all`) travel together and are run in the order they were given.
 * @param isolation `repeatable read` where several statements must see one moment
 */
export async function inLibrary<T>(
  db: Db,
  libraryId: LibraryId,
  work: (tx: Tx) => Promise<T>,
  isolation?: 'repeatable read',
): Promise<T> {
  const transaction = db.transaction();
  const begun = isolation === undefined ? transaction : transaction.setIsolationLevel(isolation);
  let kept: ReturnType<typeof keepLater> | undefined;
  const value = await begun.execute(async (serial) => {
    const tx = await withoutWaiting(serial);
    kept = keepLater(tx);
    const id = sql.raw(String(Number(libraryId)));
    // Travels with what comes first. Where it fails, so does that: without a library no row is seen or written.
    const scoped = sql`${sql.raw(WITH_BEGIN)} select set_config('app.library_id', '${id}', true)`.execute(tx);
    const [first, second] = await Promise.allSettled([scoped, (async () => work(tx))()]);
    if (first.status === 'rejected') throw first.reason;
    if (second.status === 'rejected') {
      // What failed before it, unseen, may be why; not where that is only what follows from this one.
      await kept.settled().catch((error: unknown) => {
        if (isOfFailed(second.reason) || !isOfFailed(error)) throw error;
      });
      throw second.reason;
    }
    return second.value;
  });
  await kept?.settled();
  return value;
}

/** Said of every statement of a transaction in which one before it failed (SQLSTATE 25P02). */
function isOfFailed(error: unknown): boolean {
  return codeOf(error) === '25P02';
}

/** Of a transaction nothing but the executor is ever asked. */
const REST: Omit<KyselyProps, 'executor'> = (() => {
  const dialect = new PostgresDialect({ pool: () => Promise.reject(new Error('no pool')) });
  return { config: { dialect }, dialect, driver: new DummyDriver() };
})();

/** The same transaction on the same connection: a statement does not wait for the answer to the one before it. */
async function withoutWaiting(tx: Tx): Promise<Tx> {
  const executor = tx.getExecutor();
  const connection = await executor.provideConnection(
    (own): Promise<DatabaseConnection> => Promise.resolve(own),
  );
  const provider = {
    provideConnection: <T>(use: (own: DatabaseConnection) => Promise<T>) => use(connection),
  };
  return new Transaction<Database>({ ...REST, executor: executor.withConnectionProvider(provider) });
}
