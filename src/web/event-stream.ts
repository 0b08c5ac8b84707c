import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { Wake } from '../usecases/context.ts';
import type { LibraryEnv, WebDeps } from './env.ts';

/** A connection that nothing happened on is kept awake, and a silent break noticed. */
const PING_MS = 20_000;
/** Nobody is told of more than one change in this time: a page looks less often than that, and then sees all of them. */
const REST_MS = 1_000;

/**
 * Says that something changed, never what: the page asks for what its reader may see. `closed` runs when it ends.
 * `?sejak=` names the mark of the page that listens: what happened since then is told at once.
 */
export function feedOf(
  c: Context<LibraryEnv>,
  deps: WebDeps,
  wanted: (wake: Wake) => boolean,
  closed: () => void = () => undefined,
): Response {
  c.header('X-Accel-Buffering', 'no');
  if (c.req.method === 'HEAD') {
    // Hono answers HEAD by the handler of GET and drops the body without cancelling it: a stream would never end.
    closed();
    c.header('Content-Type', 'text/event-stream');
    c.header('Cache-Control', 'no-store');
    return c.body(null);
  }
  const answer = streamSSE(c, async (stream) => {
    let wake: () => void = () => undefined;
    let isResting = false;
    const mark = c.req.query('sejak');
    let changed = mark !== undefined && deps.feed.hasMissed(c.get('library').id, mark, wanted);
    const stop = deps.feed.subscribe(c.get('library').id, (event) => {
      if (!wanted(event)) return;
      changed = true;
      if (!isResting) wake();
    });
    stream.onAbort(() => {
      stop();
      wake();
    });
    try {
      await follow();
    } finally {
      stop();
      closed();
    }

    async function follow(): Promise<void> {
      await stream.writeSSE({ event: 'ping', data: '', retry: 2_000 });
      while (!stream.aborted && !stream.closed) {
        if (!changed) await woken(PING_MS);
        if (stream.aborted || stream.closed) break;
        const event = changed ? 'change' : 'ping';
        // Before the writing, which waits: what happens meanwhile is told next.
        changed = false;
        await stream.writeSSE({ event, data: '' });
        isResting = event === 'change';
        if (isResting) await woken(REST_MS);
        isResting = false;
      }
    }

    /** Resolves when it is woken, and no later than this. */
    function woken(ms: number): Promise<void> {
      return new Promise((resolve) => {
        const timer = setTimeout(resolve, ms);
        timer.unref();
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  });
  // Hono sets its own, which lets a cache keep the answer.
  answer.headers.set('Cache-Control', 'no-store');
  return answer;
}

/** What a connection counts for, and how many may be open there at once. */
export type FeedPlace = readonly [key: string, most: number];

/**
 * Counts open feeds of this process. Taking answers undefined where any of the places is full; else what gives all of
 * them back, which may be called more than once.
 */
export function openFeedPlaces(): (places: readonly FeedPlace[]) => (() => void) | undefined {
  const open = new Map<string, number>();
  return (places) => {
    if (places.some(([key, most]) => (open.get(key) ?? 0) >= most)) return undefined;
    for (const [key] of places) open.set(key, (open.get(key) ?? 0) + 1);
    let counted = true;
    return () => {
      if (!counted) return;
      counted = false;
      for (const [key] of places) {
        const left = (open.get(key) ?? 1) - 1;
        if (left > 0) open.set(key, left);
        else open.delete(key);
      }
    };
  };
}

/** Where no place is left: the page asks again later. */
export function feedIsFull(c: Context<LibraryEnv>): Response {
  c.header('Retry-After', '60');
  return c.text('503', 503);
}
