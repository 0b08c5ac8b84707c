import { setTimeout as wait } from 'node:timers/promises';
import { openKoha } from '../interop/koha/rest.ts';
import { kohaSender } from '../interop/koha/send.ts';
import type { FeedPorts } from '../usecases/run-feed.ts';

/** Sends members to Koha's REST API. @param cut ends a request that is under way, and every pause */
export function kohaOpener(cut: AbortSignal): FeedPorts['open'] {
  return (server, codes) =>
    kohaSender(
      openKoha(server, {
        fetch: (url, init) => {
          const signals = init?.signal ? [init.signal, cut] : [cut];
          return fetch(url, { ...init, signal: AbortSignal.any(signals) });
        },
        wait: (ms) => wait(ms, undefined, { signal: cut }).catch(() => undefined),
      }),
      codes,
    );
}
