import { Hono } from 'hono';
import { apiRoutes } from './api/routes.tsx';
import { serveAssets } from './assets.ts';
import { deskRoutes } from './desk/routes.tsx';
import type { LibraryEnv, SiteEnv, WebDeps } from './env.ts';
import { errorPage, notFoundPage, tooLargePage } from './error-pages.tsx';
import { gateRoutes } from './gate/routes.tsx';
import { keyRoutes } from './key-routes.ts';
import { kioskRoutes } from './kiosk/routes.tsx';
import { pullRoutes } from './machine/pull-routes.ts';
import { backPressure } from './middleware/back-pressure.ts';
import { compressPages } from './middleware/compress.ts';
import { limitBodies } from './middleware/limit-body.ts';
import { logRefusals } from './middleware/log-refusals.ts';
import { pageDeadline } from './middleware/page-deadline.ts';
import { recordViews } from './middleware/record-views.ts';
import { refuseControlCharacters } from './middleware/refuse-control-characters.ts';
import { refuseCrossSite } from './middleware/refuse-cross-site.ts';
import { readLibrary, readRequest } from './middleware/request.ts';
import { securityHeaders } from './middleware/security-headers.ts';
import { readSession } from './middleware/session.ts';
import { officeRoutes } from './office/routes.tsx';
import { sessionRoutes, signInRoutes } from './office/sign-in-routes.tsx';
import { signOnDoorRoutes } from './office/sign-on/door-routes.tsx';
import { oidcMachineRoutes } from './oidc/machine-routes.ts';
import { openProviders } from './oidc/provider.ts';
import { oidcRoutes } from './oidc/routes.tsx';
import { operationRoutes } from './operation-routes.ts';
import { publicRoutes } from './public/routes.tsx';
import { siteRoutes } from './public/site-routes.tsx';
import { verifyRoutes } from './public/verify-routes.tsx';
import { visitRoutes } from './visits/routes.tsx';

/**
 * The whole service as one request handler. Areas bring their own routes:
 * `public` for citizens, `kiosk` for enrolled devices, `desk` for the counter, `office` for everything behind
 * it, `machine` for other systems.
 */
export function createApp(deps: WebDeps): Hono<SiteEnv> {
  const app = new Hono<SiteEnv>();
  app.use(readRequest(deps));
  app.use(compressPages());
  app.use(securityHeaders(deps));
  app.use(logRefusals(deps));
  app.route('/', operationRoutes(deps));
  app.route('/', serveAssets());
  // Programs bring a key and no cookie: the walls around forms do not stand before them.
  app.route('/', apiRoutes(deps));
  const providers = openProviders(deps);
  app.route('/', oidcMachineRoutes(deps, providers));
  app.use(refuseCrossSite());
  app.use(refuseControlCharacters());
  app.use(limitBodies(tooLargePage));
  app.use(backPressure());
  app.use(pageDeadline(deps));

  app.route('/', siteRoutes(deps));
  app.route('/', signInRoutes(deps));
  app.route('/', signOnDoorRoutes(deps));
  app.route('/', verifyRoutes(deps));
  app.route('/', keyRoutes(deps));

  const library = new Hono<LibraryEnv>();
  library.use(readLibrary(deps), readSession(deps), recordViews(deps));
  library.route('/', sessionRoutes(deps));
  library.route('/', publicRoutes(deps));
  library.route('/', oidcRoutes(deps, providers));
  library.route('/', kioskRoutes(deps));
  library.route('/', gateRoutes(deps));
  library.route('/', deskRoutes(deps));
  library.route('/', visitRoutes(deps));
  library.route('/', officeRoutes(deps));
  library.route('/', pullRoutes(deps));
  app.route('/:library', library);

  app.notFound(notFoundPage);
  app.onError(errorPage(deps));
  return app;
}
