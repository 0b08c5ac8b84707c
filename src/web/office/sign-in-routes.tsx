import { Hono } from 'hono';
import type { SiteEnv, WebDeps } from '../env.ts';

export function signInRoutes(_deps: WebDeps): Hono<SiteEnv> {
  return new Hono<SiteEnv>();
}
