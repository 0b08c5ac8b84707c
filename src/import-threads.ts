import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { DatabaseAddress } from './db/connection.ts';
import type { ImportId } from './domain/ids.ts';
import type { Scope } from './usecases/context.ts';
import type { ImportWorker, OpenCrew } from './usecases/import-worker.ts';

/** What a thread begins with. It stays in this process: the key is not written down for it. */
export interface ThreadData {
  readonly address: DatabaseAddress;
  readonly key: Uint8Array;
  readonly scope: Scope;
  readonly importId: ImportId;
}

type Call = {
  readonly [Name in keyof ImportWorker]: {
    readonly call: Name;
    readonly args: Parameters<ImportWorker[Name]>;
  };
}[keyof ImportWorker];
export type Order = { readonly id: number } & (Call | { readonly call: 'close' });
export type Answer = { readonly id: number } & (
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: unknown }
);

/** More would only wait for the database. */
const MOST = 4;
/** Beside the program; where it runs from its sources there is none, and an import stays in one thread. */
const ENTRY = new URL('./import-thread.js', import.meta.url);

/** Threads for imports, each with connections of its own; undefined where there are none to be had. */
export function importCrews(address: DatabaseAddress, key: Uint8Array): OpenCrew | undefined {
  if (!existsSync(ENTRY)) return undefined;
  return (scope, importId) => {
    const count = Math.max(1, Math.min(MOST, availableParallelism()));
    const threads = Array.from({ length: count }, () => openThread({ address, key, scope, importId }));
    return {
      workers: threads.map((thread) => thread.worker),
      async close() {
        await Promise.all(threads.map((thread) => thread.close()));
      },
    };
  };
}

interface Thread {
  readonly worker: ImportWorker;
  close(): Promise<void>;
}

function openThread(data: ThreadData): Thread {
  const thread = new Worker(ENTRY, { workerData: data });
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: unknown): void }>();
  let next = 0;
  let ended: Error | undefined;
  const end = (error: Error): void => {
    ended ??= error;
    for (const one of waiting.values()) one.reject(ended);
    waiting.clear();
  };
  thread.on('message', (answer: Answer) => {
    const one = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (answer.ok) one?.resolve(answer.value);
    else one?.reject(answer.error);
  });
  thread.on('error', end);
  thread.on('exit', () => end(new Error('a thread of the import has ended')));
  const send = (order: Call | { readonly call: 'close' }): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (ended) return reject(ended);
      const id = next++;
      waiting.set(id, { resolve, reject });
      thread.postMessage({ ...order, id } satisfies Order);
    });
  const call =
    <Name extends keyof ImportWorker>(name: Name) =>
    (...args: Parameters<ImportWorker[Name]>) =>
      // The thread answers with what the same function of its own worker gave.
      send({ call: name, args } as Call) as ReturnType<ImportWorker[Name]>;
  return {
    worker: {
      prepare: call('prepare'),
      stage: call('stage'),
      compare: call('compare'),
      apply: call('apply'),
    },
    async close() {
      await send({ call: 'close' }).catch(() => undefined);
      await thread.terminate();
    },
  };
}
