/** A thread that draws one PDF, see `pdf-scans.ts`; an entry of the build by itself. */
import { parentPort } from 'node:worker_threads';
import { drawPdf } from './documents/pdf-scan.ts';
import type { Answer, Order } from './thread.ts';

parentPort?.on('message', ({ id, call, args }: Order) => {
  const answer = (value: Answer): void => parentPort?.postMessage(value);
  if (call !== 'draw') return answer({ id, ok: true, value: undefined });
  drawPdf(args[0] as Uint8Array).then(
    (value) => answer({ id, ok: true, value }),
    (error: unknown) => answer({ id, ok: false, error }),
  );
});
