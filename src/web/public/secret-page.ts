import type { MiddlewareHandler } from 'hono';

/** Headers of everything at a secret address: kept nowhere, told to nobody, found by no search engine. */
export function secretAddress(): MiddlewareHandler {
  return async (c, next) => {
    await next();
    c.header('Cache-Control', 'no-store');
    c.header('Referrer-Policy', 'no-referrer');
    c.header('X-Robots-Tag', 'noindex, nofollow');
  };
}
