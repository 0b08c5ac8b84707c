import type { MiddlewareHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { SiteEnv } from '../env.ts';

const CONTROL = /%(0[0-9a-f]|1[0-9a-f]|7f)/i;

/**
 * No page of this service makes an address with control characters in its path or a NUL anywhere. PostgreSQL refuses a
 * NUL with an error, and a line break must not come near a header of the answer: status 404 or 400, not 500. In a posted
 * form a NUL is left out; see `formBodyOf`.
 */
export function refuseControlCharacters(): MiddlewareHandler<SiteEnv> {
  return async (c, next) => {
    const { pathname, search } = new URL(c.req.url);
    if (CONTROL.test(pathname)) return c.notFound();
    if (search.includes('%00')) throw new HTTPException(400);
    return next();
  };
}
