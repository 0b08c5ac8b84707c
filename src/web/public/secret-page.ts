import type { Context, MiddlewareHandler } from 'hono';
import type { LibraryEnv, SiteEnv } from '../env.ts';
import { waitPage } from '../wait-page.tsx';

/** Headers of everything at a secret address: kept nowhere, told to nobody, found by no search engine. */
export function secretAddress(): MiddlewareHandler {
  return async (c, next) => {
    await next();
    c.header('Cache-Control', 'no-store');
    c.header('Referrer-Policy', 'no-referrer');
    c.header('X-Robots-Tag', 'noindex, nofollow');
  };
}

/** Too many attempts from one address, with how long to wait; what was typed is kept. */
export function tooManyPage(c: Context<SiteEnv> | Context<LibraryEnv>, seconds: number): Promise<Response> {
  return waitPage(c, seconds);
}
