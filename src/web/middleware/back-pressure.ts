import type { Context, MiddlewareHandler } from 'hono';
import type { SiteEnv } from '../env.ts';
import { kioskOfPath } from '../kiosk-path.ts';
import { outagePage } from '../outage.tsx';

/**
 * Requests under way at one time, of this process. The first to be asked to wait are those who look at public pages, then
 * everybody who only looks; what somebody has typed comes last. Answers of ten milliseconds keep five under way at five
 * hundred a second: these numbers are far beyond any day of a library, and short of what makes everybody wait.
 */
const MOST = { visitors: 128, looks: 192, writes: 256 } as const;
type Limits = Readonly<Record<keyof typeof MOST, number>>;

/** Answers that are kept; hosts and cookies are the asker's words, and ever new ones must not fill the memory. */
const MOST_KEPT = 100;

export interface Pressure {
  /**
   * The outermost: gives who only looks the answer that somebody like them was given a moment ago. Thousands may be asked
   * to wait in a minute in which there is no time for anything; this takes a tenth of what a refusal takes inside.
   */
  readonly door: MiddlewareHandler<SiteEnv>;
  /**
   * Past its limit a request is answered at once with a page that says so, keeps what was typed and sends it again; without
   * that all would wait until the patience of every browser was over, and then ask once more. Status 503 with Retry-After;
   * nothing of such a request was done.
   */
  readonly limit: MiddlewareHandler<SiteEnv>;
}

/** Both count the same requests. */
export function openPressure(most: Limits = MOST): Pressure {
  let underWay = 0;
  const isFull = (c: Context<SiteEnv>): boolean => underWay >= most[kindOf(c)];
  const kept = new Map<
    string,
    { readonly headers: Record<string, string>; readonly body: Uint8Array<ArrayBuffer> }
  >();
  return {
    async door(c, next) {
      if (!isFull(c) || !looksAtPage(c)) return next();
      const key = likenessOf(c);
      const known = kept.get(key);
      if (known) return new Response(known.body, { status: 503, headers: known.headers });
      await next();
      if (c.get('isTurnedAway') !== true || kept.size >= MOST_KEPT) return undefined;
      const { 'x-request-id': own, ...headers } = Object.fromEntries(c.res.headers);
      const body = new Uint8Array(await c.res.arrayBuffer());
      kept.set(key, { headers, body });
      c.res = new Response(body, {
        status: 503,
        headers: { ...headers, ...(own && { 'x-request-id': own }) },
      });
      return undefined;
    },
    async limit(c, next) {
      if (isFull(c)) {
        c.set('isTurnedAway', true);
        return outagePage(c, 'crowded');
      }
      underWay++;
      try {
        return await next();
      } finally {
        underWay--;
      }
    },
  };
}

function kindOf(c: Context<SiteEnv>): keyof Limits {
  if (c.req.method !== 'GET' && c.req.method !== 'HEAD') return 'writes';
  // Whether the session is a true one is found out later; here it only decides who waits first.
  return /(?:^|;\s*)(?:__Host-)?sesi-/.test(c.req.header('cookie') ?? '') ? 'looks' : 'visitors';
}

/** A person before a page; what stands outside the limit is no page, but for those who look at it by hand. */
function looksAtPage(c: Context<SiteEnv>): boolean {
  return (
    c.req.method === 'GET' &&
    (c.req.header('accept') ?? '').includes('text/html') &&
    !/^\/(?:assets\/|api\/|healthz|readyz)/.test(c.req.path)
  );
}

/** All that the page for who only looks depends on: language, kiosk, how it is packed, and whether https is missing. */
function likenessOf(c: Context<SiteEnv>): string {
  const asked = /[?&]lang=(id|en)\b/.exec(c.req.url)?.[1] ?? '';
  const kept = /(?:^|;\s*)(?:__Host-)?bahasa=(\w*)/.exec(c.req.header('cookie') ?? '')?.[1] ?? '';
  return [
    asked,
    kept,
    kioskOfPath(c.req.path) ?? '',
    c.req.header('accept-encoding') ?? '',
    c.req.header('host') ?? '',
    c.req.header('x-forwarded-proto') ?? '',
  ].join('\n');
}
