import { Hono } from 'hono';
import type { LibraryEnv, WebDeps } from '../env.ts';

/** What is posted by `PhotoPanel`. */
export function photoRoutes(_deps: WebDeps): Hono<LibraryEnv> {
  return new Hono<LibraryEnv>();
}
