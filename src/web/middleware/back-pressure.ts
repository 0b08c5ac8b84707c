import type { Context, MiddlewareHandler } from 'hono';
import type { SiteEnv } from '../env.ts';
import { outagePage } from '../outage.tsx';

/**
 * Requests under way at one time, of this process. The first to be asked to wait are those who look at public pages, then
 * everybody who only looks; what somebody has typed comes last. Answers of ten milliseconds keep five under way at five
 * hundred a second: these numbers are far beyond any day of a library, and short of what makes everybody wait.
 */
const MOST = { visitors: 128, looks: 192, writes: 256 } as const;
type Limits = Readonly<Record<keyof typeof MOST, number>>;

/**
 * Past its limit a request is answered at once with a page that says so, keeps what was typed and sends it again; without
 * that all would wait until the patience of every browser was over, and then ask once more.
 * @returns status 503 with Retry-After; nothing of such a request was done
 */
export function backPressure(most: Limits = MOST): MiddlewareHandler<SiteEnv> {
  let underWay = 0;
  return async (c, next) => {
    if (underWay >= most[kindOf(c)]) return outagePage(c, 'crowded');
    underWay++;
    try {
      return await next();
    } finally {
      underWay--;
    }
  };
}

function kindOf(c: Context<SiteEnv>): keyof Limits {
  if (c.req.method !== 'GET' && c.req.method !== 'HEAD') return 'writes';
  // Whether the session is a true one is found out later; here it only decides who waits first.
  return /(?:^|;\s*)(?:__Host-)?sesi-/.test(c.req.header('cookie') ?? '') ? 'looks' : 'visitors';
}
