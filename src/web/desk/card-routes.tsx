import { Hono } from 'hono';
import type { LibraryEnv, WebDeps } from '../env.ts';

/** What is posted by `CardPanel`. */
export function cardRoutes(_deps: WebDeps): Hono<LibraryEnv> {
  return new Hono<LibraryEnv>();
}
