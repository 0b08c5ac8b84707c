import { Hono } from 'hono';
import type { LibraryEnv, WebDeps } from '../env.ts';
import { cardRoutes } from './card-routes.tsx';
import { caseDataRoutes } from './case-data-routes.tsx';
import { caseRoutes } from './case-routes.tsx';
import { displayRoutes } from './display-routes.tsx';
import { newCaseRoutes } from './new-case-routes.tsx';
import { photoRoutes } from './photo-routes.tsx';
import { queueRoutes } from './queue-routes.tsx';

/** The counter: `/{library}/loket` and the screen on the wall, `/{library}/antrean`. */
export function deskRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  app.route('/', displayRoutes(deps));
  // Fixed addresses before those of one case.
  app.route('/', queueRoutes(deps));
  app.route('/', newCaseRoutes(deps));
  app.route('/', photoRoutes(deps));
  app.route('/', cardRoutes(deps));
  app.route('/', caseDataRoutes(deps));
  app.route('/', caseRoutes(deps));
  return app;
}
