import { Hono } from 'hono';
import type { LibraryEnv, WebDeps } from '../env.ts';
import { formRoutes } from './form-routes.tsx';
import { servicePage } from './service-page.tsx';
import { sopPage } from './sop-page.tsx';

/** Everything a citizen sees, but for the kiosk and the card. */
export function publicRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  app.get('/', (c) => servicePage(c, deps.now()));
  app.get('/sop', (c) => sopPage(c));
  app.route('/', formRoutes(deps));
  return app;
}
