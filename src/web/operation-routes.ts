import { Hono } from 'hono';
import { sql } from 'kysely';
import type { SiteEnv, WebDeps } from './env.ts';

/** For whoever runs the service: alive, ready, how it is. No personal data, no library's data. */
export function operationRoutes(deps: WebDeps): Hono<SiteEnv> {
  const app = new Hono<SiteEnv>();
  app.get('/healthz', (c) => c.text('ok'));
  app.get('/readyz', async (c) => {
    try {
      await sql`select 1`.execute(deps.db);
      return c.text('ready');
    } catch {
      return c.text('database unreachable', 503);
    }
  });
  return app;
}
