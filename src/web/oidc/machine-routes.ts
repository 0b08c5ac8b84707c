import { Hono } from 'hono';
import { outageOf } from '../../db/outage.ts';
import { servicePageOrigins } from '../../usecases/service.ts';
import type { SiteEnv, WebDeps } from '../env.ts';
import { limitBody } from '../middleware/limit-body.ts';
import { pagePolicy } from '../middleware/security-headers.ts';
import { handOver } from './bridge.ts';
import { mountOf, type Providers } from './provider.ts';

/** A token request is under 4 kB; the provider itself reads no more than 56. */
const LARGEST = 32 * 1024;
/** Requests of services under way at one time, as for programs. */
const MOST_UNDER_WAY = 48;
/** The same for everybody, with nothing of anybody in it. */
const PUBLISHED = [
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server',
  '/jwks',
] as const;
/** What services ask themselves, without a browser of a member: beside the walls around forms. */
const MACHINE_PATHS = [...PUBLISHED, '/token', '/token/revocation', '/me'] as const;

/**
 * The provider itself answers any page's question about what it publishes, about how it may ask, and about a refusal by
 * that page's own origin. Here it is everybody, or a service's page, or nobody.
 * @param allowed what may be said to an origin; null for nothing
 */
async function fixOrigins(
  { headers }: Response,
  allowed: (origin: string) => Promise<string | null>,
): Promise<void> {
  const said = headers.get('Access-Control-Allow-Origin');
  if (said === null) return;
  const right = await allowed(said);
  if (right !== null) return headers.set('Access-Control-Allow-Origin', right);
  for (const name of [...headers.keys()])
    if (name.toLowerCase().startsWith('access-control-')) headers.delete(name);
}

/** What services ask of a library's provider. Bring no cookie; stand before the walls around forms. */
export function oidcMachineRoutes(deps: WebDeps, providers: Providers): Hono<SiteEnv> {
  const app = new Hono<SiteEnv>();
  let underWay = 0;
  const tooLarge = limitBody(LARGEST, (c) => c.json({ error: 'invalid_request' }, 413));
  for (const path of MACHINE_PATHS)
    app.all(`/:library/oidc${path}`, tooLarge, async (c) => {
      const library = await deps.libraries.find(c.req.param('library') ?? '');
      if (!library?.settings.memberSignIn.enabled) return c.notFound();
      if (underWay >= MOST_UNDER_WAY) {
        c.header('Retry-After', '5');
        return c.json({ error: 'temporarily_unavailable' }, 503);
      }
      underWay++;
      try {
        const held = await providers.of(library, c.get('origin'));
        const answer = await handOver(c, mountOf(library), pagePolicy(), held);
        await fixOrigins(answer, async (origin) =>
          PUBLISHED.some((one) => one === path)
            ? '*'
            : (await servicePageOrigins(deps.db, library)).has(origin)
              ? origin
              : null,
        );
        // `?lang=` is for people: a service gets no cookie.
        answer.headers.delete('Set-Cookie');
        return answer;
      } catch (error) {
        const outage = outageOf(error);
        deps.log({
          level: outage === undefined ? 'error' : 'warn',
          event: 'oidc',
          route: path,
          outage: outage ?? null,
        });
        return c.json(
          { error: outage === undefined ? 'server_error' : 'temporarily_unavailable' },
          outage === undefined ? 500 : 503,
        );
      } finally {
        underWay--;
      }
    });
  return app;
}
