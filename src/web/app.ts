import { Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import { serveAssets } from './assets.ts';
import { deskRoutes } from './desk/routes.tsx';
import type { LibraryEnv, SiteEnv, WebDeps } from './env.ts';
import { errorPage, notFoundPage, tooLargePage } from './error-pages.tsx';
import { gateRoutes } from './gate/routes.tsx';
import { keyRoutes } from './key-routes.ts';
import { kioskRoutes } from './kiosk/routes.tsx';
import { pullRoutes } from './machine/pull-routes.ts';
import { compressPages } from './middleware/compress.ts';
import { limitBodies } from './middleware/limit-body.ts';
import { refuseCrossSite } from './middleware/refuse-cross-site.ts';
import { refuseNul } from './middleware/refuse-nul.ts';
import { readLibrary, readRequest } from './middleware/request.ts';
import { readSession } from './middleware/session.ts';
import { officeRoutes } from './office/routes.tsx';
import { sessionRoutes, signInRoutes } from './office/sign-in-routes.tsx';
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
  app.route('/', operationRoutes(deps));
  app.route('/', serveAssets());
  app.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'", "'wasm-unsafe-eval'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        mediaSrc: ["'self'", 'blob:'],
        connectSrc: ["'self'"],
        // The desk prints a card's PDF from a frame of its own.
        frameSrc: ["'self'"],
        manifestSrc: ["'self'"],
        workerSrc: ["'self'", 'blob:'],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
      },
      // Not `no-referrer`: a form of such a page names no origin, and over plain http nothing else says that it is ours.
      referrerPolicy: 'same-origin',
      // Sent over https only by browsers that got it over https; harmless on a LAN.
      strictTransportSecurity: 'max-age=31536000',
      xFrameOptions: 'DENY',
      permissionsPolicy: { camera: ['self'], microphone: [], geolocation: [], payment: [], usb: [] },
      crossOriginEmbedderPolicy: false,
      // A route that is stricter or, like that PDF, must be framed by this service says so itself.
      overwrite: false,
    }),
  );
  app.use(refuseCrossSite());
  app.use(refuseNul());
  app.use(limitBodies(tooLargePage));

  app.route('/', siteRoutes(deps));
  app.route('/', signInRoutes(deps));
  app.route('/', verifyRoutes(deps));
  app.route('/', keyRoutes(deps));

  const library = new Hono<LibraryEnv>();
  library.use(readLibrary(deps), readSession(deps));
  library.route('/', sessionRoutes(deps));
  library.route('/', publicRoutes(deps));
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
