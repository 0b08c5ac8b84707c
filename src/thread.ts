/** A thread of this process that answers calls one by one, by the number of the call. */
import { type ResourceLimits, Worker } from 'node:worker_threads';

export interface Order {
  readonly id: number;
  readonly call: string;
  readonly args: readonly unknown[];
}
export type Answer = { readonly id: number } & (
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: unknown }
);

/** The call that asks a thread to let go of what it holds. */
export const CLOSE = 'close';

export interface Thread {
  /** Rejects with what the thread threw, and when the thread has ended. */
  send(call: string, args: readonly unknown[]): Promise<unknown>;
  hasEnded(): boolean;
  /** Closes what the thread holds, then ends it. */
  close(): Promise<void>;
  /** Ends it in the middle of whatever it does. */
  terminate(): Promise<void>;
}

/**
 * @param data what the thread begins with; it stays in this process
 * @param limits of its memory; Node's own unless told
 */
export function openThread(entry: URL, data: unknown, limits: ResourceLimits = {}): Thread {
  const thread = new Worker(entry, { workerData: data, resourceLimits: limits });
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: unknown): void }>();
  let next = 0;
  let ended: Error | undefined;
  const end = (error: Error): void => {
    ended ??= error;
    for (const one of waiting.values()) one.reject(ended);
    waiting.clear();
  };
  // A thread that waits for work keeps nobody from ending the program.
  const settle = (): void => {
    if (waiting.size === 0) thread.unref();
  };
  thread.unref();
  thread.on('message', (answer: Answer) => {
    const one = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (answer.ok) one?.resolve(answer.value);
    else one?.reject(answer.error);
    settle();
  });
  thread.on('error', end);
  thread.on('exit', () => end(new Error('a thread has ended')));
  const send = (call: string, args: readonly unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (ended) return reject(ended);
      const id = next++;
      waiting.set(id, { resolve, reject });
      thread.ref();
      thread.postMessage({ id, call, args } satisfies Order);
    });
  return {
    send,
    hasEnded: () => ended !== undefined,
    async close() {
      await send(CLOSE, []).catch(() => undefined);
      await thread.terminate();
    },
    async terminate() {
      await thread.terminate();
    },
  };
}
