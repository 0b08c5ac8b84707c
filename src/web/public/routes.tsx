import { Hono } from 'hono';
import type { LibraryEnv, WebDeps } from '../env.ts';

export function publicRoutes(_deps: WebDeps): Hono<LibraryEnv> {
  return new Hono<LibraryEnv>();
}
