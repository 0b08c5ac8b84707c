import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context, MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import type { Lang } from '../../i18n/index.ts';
import type { LibraryEnv, SiteEnv, WebDeps } from '../env.ts';

/** Gives every request its id, language, true origin and client address. */
export function readRequest(deps: WebDeps): MiddlewareHandler<SiteEnv> {
  return async (c, next) => {
    // `Host: .1` passes the server and is no address: no page could be drawn for it either.
    if (!URL.canParse(c.req.url)) return c.body(null, 400);
    const requestId = Buffer.from(deps.randomBytes(9)).toString('base64url');
    c.set('requestId', requestId);
    c.header('X-Request-Id', requestId);
    const peer = peerAddress(c);
    const trusted = peer !== null && deps.isTrustedProxy(peer);
    const url = new URL(c.req.url);
    const scheme = (trusted ? forwardedScheme(c) : undefined) ?? url.protocol.slice(0, -1);
    const origin = deps.publicUrl ?? `${scheme}://${url.host}`;
    c.set('origin', origin);
    c.set('secure', origin.startsWith('https:'));
    c.set('clientAddress', trusted ? forwardedAddress(c, deps, peer) : (peer ?? 'unknown'));
    c.set('lang', languageOf(c));
    return next();
  };
}

function peerAddress(c: Context): string | null {
  try {
    return getConnInfo(c).remote.address ?? null;
  } catch {
    // `app.request()` in a test has no connection.
    return null;
  }
}

/** What the browser spoke, told by a proxy of ours; of several proxies the first stands before the browser. */
function forwardedScheme(c: Context): 'http' | 'https' | undefined {
  const told = c.req.header('x-forwarded-proto')?.split(',')[0]?.trim().toLowerCase();
  return told === 'http' || told === 'https' ? told : undefined;
}

/** The last address of the chain that is not a proxy of ours: earlier ones are the client's own claim. */
function forwardedAddress(c: Context, deps: WebDeps, peer: string): string {
  const chain = (c.req.header('x-forwarded-for') ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  return chain.reverse().find((address) => !deps.isTrustedProxy(address)) ?? peer;
}

/** `?lang=` wins and is remembered; then the cookie; then Indonesian, whatever the browser prefers: it is the law's language. */
function languageOf(c: Context<SiteEnv>): Lang {
  const asked = c.req.query('lang');
  // `__Host-` demands https; over plain http on a LAN a browser would drop it.
  const name = c.get('secure') ? '__Host-bahasa' : 'bahasa';
  if (asked === 'id' || asked === 'en') {
    setCookie(c, name, asked, { path: '/', sameSite: 'Lax', httpOnly: true, secure: c.get('secure') });
    return asked;
  }
  return getCookie(c, name) === 'en' ? 'en' : 'id';
}

/** Whether a page that was left open asks, and no person (`BY_ITSELF` of the islands). */
export function isByItself(c: Context): boolean {
  return c.req.header('X-Sendiri') !== undefined;
}

/** Whether it lets people go first (`PATIENTLY`); the progress of a print is asked for by itself as well, and watched. */
export function isPatient(c: Context): boolean {
  return c.req.header('X-Sendiri') === 'sabar';
}

/** Finds the library of the address; an unknown one is a plain 404. */
export function readLibrary(deps: WebDeps): MiddlewareHandler<LibraryEnv> {
  return async (c, next) => {
    const lower = lowerCaseAddress(c);
    if (lower) {
      const leads = lower.slug === 'masuk' || (await deps.libraries.find(lower.slug)) !== undefined;
      if (!leads) return c.notFound();
      // The rest may be a secret: no browser keeps where it led.
      c.header('Cache-Control', 'no-store');
      return c.redirect(lower.address, 308);
    }
    const library = await deps.libraries.find(c.req.param('library') ?? '');
    if (!library) return c.notFound();
    c.set('library', library);
    return next();
  };
}

/**
 * `/Banyuwangi/Daftar`, as a phone's keyboard begins words: the library and the page in small letters. What follows
 * may be a secret, whose letters count. Undefined where nothing is to be changed, or where a form is sent.
 */
function lowerCaseAddress(c: Context): { readonly slug: string; readonly address: string } | undefined {
  if (c.req.method !== 'GET' && c.req.method !== 'HEAD') return undefined;
  const { pathname, search } = new URL(c.req.url);
  const [, slug = '', page, ...rest] = pathname.split('/');
  const lower = [slug, ...(page === undefined ? [] : [page])].map((part) =>
    /^[A-Za-z0-9-]+$/.test(part) ? part.toLowerCase() : part,
  );
  const address = `/${[...lower, ...rest].join('/')}`;
  return address === pathname ? undefined : { slug: slug.toLowerCase(), address: `${address}${search}` };
}
