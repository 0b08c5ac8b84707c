import type { MiddlewareHandler } from 'hono';
import { csrf } from 'hono/csrf';
import type { SiteEnv } from '../env.ts';

/**
 * Areas whose forms draw nothing from a cookie: who posts knows the secret in the address or types it. Their pages are
 * answered with `no-referrer`, so browsers send `Origin: null` with their forms.
 */
const SECRET_AREA = /^\/[^/]+\/(?:daftar|permohonan|kta|foto|data-saya|lupa-tautan)(?:\/|$)/;

/**
 * Refuses forms posted by other sites. Browsers send `Sec-Fetch-Site` to secure origins only: over plain http on a LAN,
 * and from older browsers, the origin has to tell. The cookies' SameSite=Lax is the second wall.
 */
export function refuseCrossSite(): MiddlewareHandler<SiteEnv> {
  return csrf({
    origin: (origin, c) =>
      origin === c.get('origin') ||
      origin === new URL(c.req.url).origin ||
      (origin === 'null' && SECRET_AREA.test(c.req.path)),
  });
}
