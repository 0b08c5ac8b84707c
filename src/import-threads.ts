import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { DatabaseAddress } from './db/connection.ts';
import type { KeyRing } from './db/key-ring.ts';
import type { ImportId } from './domain/ids.ts';
import { openThread, type Thread } from './thread.ts';
import type { Scope } from './usecases/context.ts';
import type { ImportWorker, OpenCrew } from './usecases/import-worker.ts';

/** What a thread begins with. It stays in this process: the keys are not written down for it. */
export interface ThreadData {
  readonly address: DatabaseAddress;
  readonly ring: KeyRing;
  readonly scope: Scope;
  readonly importId: ImportId;
}

/** More would only wait for the database. */
const MOST = 4;
/** Beside the program; where it runs from its sources there is none, and an import stays in one thread. */
const ENTRY = new URL('./import-thread.js', import.meta.url);

/** Threads for imports, each with connections of its own; undefined where there are none to be had. */
export function importCrews(address: DatabaseAddress, ring: KeyRing): OpenCrew | undefined {
  if (!existsSync(ENTRY)) return undefined;
  return (scope, importId) => {
    const count = Math.max(1, Math.min(MOST, availableParallelism()));
    const threads = Array.from({ length: count }, () =>
      openThread(ENTRY, { address, ring, scope, importId } satisfies ThreadData),
    );
    return {
      workers: threads.map(workerOf),
      async close() {
        await Promise.all(threads.map((thread) => thread.close()));
      },
    };
  };
}

function workerOf(thread: Thread): ImportWorker {
  const call =
    <Name extends keyof ImportWorker>(name: Name) =>
    (...args: Parameters<ImportWorker[Name]>) =>
      // The thread answers with what the same function of its own worker gave.
      thread.send(name, args) as ReturnType<ImportWorker[Name]>;
  return {
    prepare: call('prepare'),
    stage: call('stage'),
    compare: call('compare'),
    apply: call('apply'),
  };
}
