import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Measured } from './closed-loop.ts';
import type { Task } from './tasks.ts';
import type { Order, Outcome } from './worker.ts';

/** The measuring process, seen from the one that gives the orders. */
export interface Worker {
  /** Does a task again and again for so many seconds; throws where an answer was not what it should be. */
  run(
    task: Task,
    to: Order['to'],
    concurrency: number,
    seconds: number,
    perSecond?: number,
  ): Promise<Measured>;
  stop(): void;
}

/** Starts this same program as the measuring process. */
export function startWorker(target: Pick<Order, 'url' | 'dataDir'>): Worker {
  const child: ChildProcess = fork(process.argv[1] ?? '', ['worker'], { serialization: 'advanced' });
  const ended = once(child, 'exit');
  let from = 0;
  return {
    async run(task, to, concurrency, seconds, perSecond) {
      const order: Order = { ...target, task, to, concurrency, seconds, perSecond, from };
      child.send(order);
      const [outcome] = (await Promise.race([
        once(child, 'message'),
        ended.then(() => {
          throw new Error('the measuring process ended');
        }),
      ])) as [Outcome];
      from = outcome.next;
      const { failed, count } = outcome.measured;
      if (failed > 0) throw new Error(`${failed} of ${failed + count} requests were refused`);
      return outcome.measured;
    },
    stop: () => void child.disconnect(),
  };
}
