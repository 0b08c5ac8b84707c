import { Hono } from 'hono';
import { outageOf } from '../../db/outage.ts';
import type { SiteEnv, WebDeps } from '../env.ts';
import { limitBody } from '../middleware/limit-body.ts';
import { pagePolicy } from '../middleware/security-headers.ts';
import { handOver } from './bridge.ts';
import { mountOf, type Providers } from './provider.ts';

/** A token request is under 4 kB; the provider itself reads no more than 56. */
const LARGEST = 32 * 1024;
/** Requests of services under way at one time, as for programs. */
const MOST_UNDER_WAY = 48;
/** What services ask themselves, without a browser of a member: beside the walls around forms. */
const MACHINE_PATHS = [
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server',
  '/jwks',
  '/token',
  '/token/revocation',
  '/me',
] as const;

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
