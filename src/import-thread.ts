/** A thread of an import, see `import-threads.ts`; an entry of the build by itself. */
import { parentPort, workerData } from 'node:worker_threads';
import { openDatabase } from './db/connection.ts';
import { vaultOf } from './db/key-file.ts';
import { randomBytes } from './db/random-bytes.ts';
import { risingUuids } from './domain/ids.ts';
import type { ThreadData } from './import-threads.ts';
import { type Answer, CLOSE, type Order } from './thread.ts';
import { type ImportWorker, openWorker } from './usecases/import-worker.ts';

/** One for a batch that is written, one for what is read for the next, one for numbers that are reserved on the way. */
const CONNECTIONS = 3;

function serve(port: NonNullable<typeof parentPort>, { address, ring, scope, importId }: ThreadData): void {
  const { db, close } = openDatabase({ address, poolSize: CONNECTIONS });
  const deps = {
    now: () => new Date(),
    randomBytes,
    uuid: risingUuids(randomBytes),
    vault: vaultOf(ring),
    wake: () => undefined,
  };
  const worker = openWorker(db, deps, scope, importId);
  const done = ({ call, args }: Order): Promise<unknown> => {
    if (call === CLOSE) return close();
    const work = worker[call as keyof ImportWorker] as (...args: readonly unknown[]) => Promise<unknown>;
    return work(...args);
  };
  port.on('message', (order: Order) => {
    done(order).then(
      (value) => port.postMessage({ id: order.id, ok: true, value } satisfies Answer),
      (error: unknown) => port.postMessage({ id: order.id, ok: false, error } satisfies Answer),
    );
  });
}

if (parentPort) serve(parentPort, workerData as ThreadData);
