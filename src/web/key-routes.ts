import { createHash } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { listLibraries } from '../db/library.ts';
import { coseKeySet, jwksOf, type PublishedKey } from '../domain/published-keys.ts';
import type { LibraryContext } from '../usecases/context.ts';
import type { SiteEnv, WebDeps } from './env.ts';

/** A key that was taken back is known to all who check after this time. */
const FRESH_SECONDS = 300;

/**
 * `/.well-known/card-keys`: the public keys of the codes on cards, of all libraries or of one, for anybody who checks
 * cards: `jwks.json` (RFC 7517) and `cose`, a COSE_KeySet (RFC 9052). The formats: docs/card-codes.
 */
export function keyRoutes(deps: WebDeps): Hono<SiteEnv> {
  const app = new Hono<SiteEnv>();
  const base = '/.well-known/card-keys';

  async function publishedBy(slug: string | undefined): Promise<readonly PublishedKey[] | undefined> {
    if (slug !== undefined) {
      const library = await deps.libraries.find(slug);
      return library && keysOf(library);
    }
    const all = await listLibraries(deps.db);
    const found = await Promise.all(all.map((library) => deps.libraries.find(library.slug)));
    return found.flatMap((library) => (library ? keysOf(library) : []));
  }

  for (const path of [base, `${base}/:slug`]) {
    app.get(`${path}/jwks.json`, async (c) => {
      const keys = await publishedBy(c.req.param('slug'));
      return keys
        ? answer(c, new TextEncoder().encode(JSON.stringify(jwksOf(keys))), 'application/jwk-set+json')
        : c.notFound();
    });
    app.get(`${path}/cose`, async (c) => {
      const keys = await publishedBy(c.req.param('slug'));
      return keys ? answer(c, coseKeySet(keys), 'application/cose-key-set') : c.notFound();
    });
  }
  return app;
}

function keysOf({ id, slug, keys }: LibraryContext): PublishedKey[] {
  return keys.map(({ keyId, publicKey, state, revokedAt }) => ({
    library: id,
    slug,
    keyId,
    publicKey,
    state,
    revokedAt,
  }));
}

function answer(c: Context<SiteEnv>, body: Uint8Array<ArrayBuffer>, type: string) {
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
  c.header('ETag', etag);
  c.header('Cache-Control', `public, max-age=${FRESH_SECONDS}`);
  // Pages of others may check cards, too: nothing here is secret.
  c.header('Access-Control-Allow-Origin', '*');
  c.header('Cross-Origin-Resource-Policy', 'cross-origin');
  const known = (c.req.header('If-None-Match') ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  if (known.includes(etag) || known.includes('*')) return c.body(null, 304);
  return c.body(body, 200, { 'Content-Type': type });
}
