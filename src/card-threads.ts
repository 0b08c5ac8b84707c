import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Chunk } from './documents/card/chunk.ts';
import { type Drawers, here } from './documents/card/write-cards.ts';
import { openThread, type Thread } from './thread.ts';

/** More than the reader of the file takes. */
const MOST = 4;
/** Chunks that wait at a thread: it has the next one when it is done with one. */
const AHEAD = 2;
/** How long threads wait for the next file: fonts are read once. */
const IDLE_MS = 60_000;
/** A chunk is a few megabytes that are gone with it: left alone, a thread keeps ten times as many before it cleans up. */
const LIMITS = { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 128 } as const;
/** Beside the program; where it runs from its sources there is none, and cards are drawn in one thread. */
const ENTRY = new URL('./card-thread.js', import.meta.url);

/** Threads that draw cards, opened when they are first needed and shared by all files. */
export function cardThreads(): Drawers {
  if (!existsSync(ENTRY)) return here;
  const count = Math.max(1, Math.min(MOST, availableParallelism()));
  let open: { readonly thread: Thread; busy: number }[] = [];
  let idle: NodeJS.Timeout | undefined;
  const rest = (): void => {
    clearTimeout(idle);
    idle = setTimeout(() => {
      const ended = open;
      open = [];
      for (const { thread } of ended) void thread.close();
    }, IDLE_MS);
    idle.unref();
  };
  return {
    many: count * AHEAD,
    async draw(order, grounds) {
      clearTimeout(idle);
      if (open.length === 0)
        open = Array.from({ length: count }, () => ({ thread: openThread(ENTRY, null, LIMITS), busy: 0 }));
      const least = open.reduce((one, other) => (other.busy < one.busy ? other : one));
      least.busy++;
      try {
        return (await least.thread.send('draw', [order, grounds])) as Chunk;
      } catch (error) {
        // A thread that broke down is not asked again; the next file opens new ones.
        if (least.thread.hasEnded()) {
          const rest = open;
          open = [];
          for (const { thread } of rest) void thread.close();
        }
        throw error;
      } finally {
        least.busy--;
        if (open.every(({ busy }) => busy === 0)) rest();
      }
    },
  };
}
