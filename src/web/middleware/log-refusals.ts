import type { MiddlewareHandler } from 'hono';
import type { SiteEnv, WebDeps } from '../env.ts';

/** Lines a minute: a flood must not fill the log, and what it hides is counted. */
const MOST_LINES = 60;
const MINUTE_MS = 60_000;

/**
 * Says in the log which requests were stopped at a limit or refused as forged: which route, never by whom or with what.
 * Officers who try what their roles do not open stand in the audit log.
 */
export function logRefusals(deps: Pick<WebDeps, 'log' | 'now'>): MiddlewareHandler<SiteEnv> {
  let minute = 0;
  let lines = 0;
  return async (c, next) => {
    await next();
    const event = { 403: 'request-refused', 429: 'limit-reached' }[c.res.status];
    if (event === undefined) return;
    const now = Math.floor(deps.now().getTime() / MINUTE_MS);
    if (now !== minute) {
      if (lines > MOST_LINES)
        deps.log({ level: 'warn', event: 'refusals-not-logged', count: lines - MOST_LINES });
      minute = now;
      lines = 0;
    }
    lines++;
    if (lines <= MOST_LINES)
      deps.log({ level: 'warn', event, request: c.get('requestId'), route: c.req.routePath });
  };
}
