import type { Context, MiddlewareHandler } from 'hono';
import type { LibraryEnv, SiteEnv } from '../env.ts';
import { messagePage } from '../error-pages.tsx';
import { textsOf } from '../frame.tsx';

/** Headers of everything at a secret address: kept nowhere, told to nobody, found by no search engine. */
export function secretAddress(): MiddlewareHandler {
  return async (c, next) => {
    await next();
    c.header('Cache-Control', 'no-store');
    c.header('Referrer-Policy', 'no-referrer');
    c.header('X-Robots-Tag', 'noindex, nofollow');
  };
}

/** Too many attempts from one address, with how long to wait. */
export function tooManyPage(c: Context<SiteEnv> | Context<LibraryEnv>, seconds: number) {
  const site = c as Context<SiteEnv>;
  const { error } = textsOf(site).common;
  site.header('Retry-After', String(seconds));
  return messagePage(site, {
    title: error.tooManyTitle,
    text: error.tooManyBody(seconds),
    status: 429,
  });
}
