import { Hono } from 'hono';
import type { LibraryEnv, WebDeps } from '../env.ts';
import { consentTextsPage } from './consent-texts-page.tsx';
import { draftRoutes } from './draft-routes.tsx';
import { formRoutes } from './form-routes.tsx';
import { guardianRoutes } from './guardian-routes.tsx';
import { ktaRoutes } from './kta-routes.tsx';
import { lostLinkRoutes } from './lost-link-routes.tsx';
import { myDataRoutes } from './my-data-routes.tsx';
import { paperRoutes } from './paper-routes.ts';
import { phonePhotoRoutes } from './phone-photo-routes.tsx';
import { servicePage } from './service-page.tsx';
import { sopPage } from './sop-page.tsx';
import { statusRoutes } from './status-routes.tsx';

/** Everything a citizen sees, but for the kiosk and the check of a card. */
export function publicRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  app.get('/', (c) => servicePage(c, deps.now()));
  app.get('/sop', (c) => sopPage(c));
  app.get('/teks-persetujuan', (c) => consentTextsPage(c, deps));
  app.route('/', paperRoutes(deps));
  app.route('/', formRoutes(deps));
  app.route('/', draftRoutes(deps));
  app.route('/', statusRoutes(deps));
  app.route('/', guardianRoutes(deps));
  app.route('/', phonePhotoRoutes(deps));
  app.route('/', ktaRoutes(deps));
  app.route('/', myDataRoutes(deps));
  app.route('/', lostLinkRoutes(deps));
  return app;
}
