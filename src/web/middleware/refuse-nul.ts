import type { MiddlewareHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { SiteEnv } from '../env.ts';

/**
 * No page of this service makes an address with a NUL, and PostgreSQL refuses one with an error: status 400, not 500.
 * In a posted form it is left out; see `formBodyOf`.
 */
export function refuseNul(): MiddlewareHandler<SiteEnv> {
  return async (c, next) => {
    if (new URL(c.req.url).search.includes('%00')) throw new HTTPException(400);
    return next();
  };
}
