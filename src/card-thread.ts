/** A thread that draws cards, see `card-threads.ts`; an entry of the build by itself. */
import { parentPort, type Transferable } from 'node:worker_threads';
import { drawChunk } from './documents/card/chunk.ts';
import type { Answer, Order } from './thread.ts';

parentPort?.on('message', ({ id, call, args }: Order) => {
  const answer = (value: Answer, transfer: readonly Transferable[] = []): void =>
    parentPort?.postMessage(value, transfer);
  if (call !== 'draw') return answer({ id, ok: true, value: undefined });
  try {
    const chunk = drawChunk(...(args as Parameters<typeof drawChunk>));
    answer({ id, ok: true, value: chunk }, [chunk.bytes.buffer as ArrayBuffer]);
  } catch (error) {
    answer({ id, ok: false, error });
  }
});
