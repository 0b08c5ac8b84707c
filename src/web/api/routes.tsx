import { type Context, Hono } from 'hono';
import type { SiteEnv, WebDeps } from '../env.ts';
import { limitBody } from '../middleware/limit-body.ts';
import { applicationOperations } from './applications.ts';
import { cardOperations } from './cards.ts';
import { apiDocument } from './document.ts';
import { etagOf, isKnown } from './etag.ts';
import { libraryOperations } from './library.ts';
import { memberOperations } from './members.ts';
import type { Operation } from './operation.ts';
import { apiPage } from './page.tsx';
import { problemAnswer } from './problem.ts';
import { reportOperations } from './reports.ts';
import { answerer, openApiLimits, troubleAnswer } from './run.ts';
import { visitOperations } from './visits.ts';

/** The widest request, a registration, is under 10 kB. */
const LARGEST = 64 * 1024;
/** Requests of programs under way at one time, far fewer than pages may be: a program gone wild keeps nobody waiting. */
const MOST_UNDER_WAY = 48;

/** All that programs can ask, in the order of the document. */
export function apiOperations(deps: WebDeps): readonly Operation[] {
  return [
    ...libraryOperations(),
    ...memberOperations(deps),
    ...cardOperations(deps),
    ...applicationOperations(deps),
    ...visitOperations(deps),
    ...reportOperations(deps),
  ];
}

/**
 * `/api/v1` for other systems of a library (decision 032), and `/api`, where it is described. The library is that of the
 * key. No cookie is read and no other site's page may ask, so the walls around forms are not needed here.
 */
export function apiRoutes(deps: WebDeps): Hono<SiteEnv> {
  const app = new Hono<SiteEnv>();
  const limits = openApiLimits(deps);
  const operations = apiOperations(deps);

  app.get('/api', (c) => {
    const document = apiDocument(operations, c.get('lang'), c.get('origin'));
    return apiPage(c, operations, document);
  });

  const base = '/api/v1';
  let underWay = 0;
  app.use(`${base}/*`, async (c, next) => {
    if (underWay >= MOST_UNDER_WAY)
      return problemAnswer(c, c.get('lang'), { problem: 'unavailable', headers: { 'Retry-After': '5' } });
    underWay++;
    try {
      await next();
    } finally {
      underWay--;
    }
    // `?lang=` is for people: a program gets no cookie.
    c.res.headers.delete('Set-Cookie');
    return;
  });
  app.use(
    `${base}/*`,
    limitBody(LARGEST, (c) => {
      const site = c as Context<SiteEnv>;
      return problemAnswer(site, site.get('lang'), { problem: 'too-large' });
    }),
  );

  app.get(`${base}/openapi.json`, (c) => {
    const text = JSON.stringify(apiDocument(operations, c.get('lang'), c.get('origin')));
    const etag = etagOf(text, undefined);
    c.header('ETag', etag);
    c.header('Cache-Control', 'public, max-age=300');
    c.header('Vary', 'Cookie');
    if (isKnown(c.req.header('If-None-Match'), etag)) return c.body(null, 304);
    return c.body(text, 200, { 'Content-Type': 'application/json' });
  });

  const routeOf = (path: string) => `${base}${path.replaceAll(/\{(\w+)\}/g, ':$1')}`;
  for (const op of operations) app.on(op.method, routeOf(op.path), answerer(deps, limits, op));
  for (const path of new Set(['/openapi.json', ...operations.map((op) => op.path)])) {
    const methods = operations.filter((op) => op.path === path).map(({ method }) => method);
    const known = methods.length === 0 ? (['GET'] as const) : methods;
    const allow = known.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).join(', ');
    app.all(routeOf(path), (c) =>
      problemAnswer(c, c.get('lang'), { problem: 'method-not-allowed', headers: { Allow: allow } }),
    );
  }
  app.all(`${base}/*`, (c) => problemAnswer(c, c.get('lang'), { problem: 'not-found' }));
  app.onError((error, c) => troubleAnswer(c, deps, c.get('lang'), error));
  return app;
}
