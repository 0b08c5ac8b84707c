import type { Context, MiddlewareHandler } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { may, type Permission } from '../../domain/permissions.ts';
import { recordRefusal } from '../../usecases/record-refusal.ts';
import { findSession } from '../../usecases/session.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../env.ts';
import { openRateLimit } from '../rate-limit.ts';
import { sessionOverPage } from '../session-over-page.tsx';
import { isByItself } from './request.ts';

/** One cookie per library, so that an officer of two libraries can work in both. */
function cookieName(c: Context<LibraryEnv>): string {
  // `__Host-` demands https; over plain http on a LAN a browser would drop it (design.md §5.11).
  return `${c.get('secure') ? '__Host-' : ''}sesi-${c.get('library').slug}`;
}

export function setSessionCookie(c: Context<LibraryEnv>, token: string): void {
  setCookie(c, cookieName(c), token, { path: '/', httpOnly: true, sameSite: 'Lax', secure: c.get('secure') });
}

/** The secret that this browser sends, whether it is still good or not. */
export function sessionCookie(c: Context<LibraryEnv>): string | undefined {
  return getCookie(c, cookieName(c));
}

export function clearSessionCookie(c: Context<LibraryEnv>): void {
  deleteCookie(c, cookieName(c), { path: '/', secure: c.get('secure') });
}

/** Rows of the audit log that one officer's tries make, in all processes. */
const REFUSALS = { points: 60, seconds: 600 };

/**
 * Whether a person asks. A page that is left open fetches itself anew (`BY_ITSELF` of the islands), listens to events
 * and shows the pictures of what is new; none of that is work. Who forges the header ends the own session earlier.
 */
function isWork(c: Context<LibraryEnv>): boolean {
  const accept = c.req.header('Accept') ?? '';
  return !isByItself(c) && !/^(?:text\/event-stream|image\/)/.test(accept);
}

/** Finds out who is signed in; refuses nobody. */
export function readSession(deps: WebDeps): MiddlewareHandler<LibraryEnv> {
  const refusals = openRateLimit({ ...REFUSALS, shared: { name: 'refusal', exchange: deps.rates } });
  return async (c, next) => {
    c.set('feedMark', deps.feed.mark());
    const token = sessionCookie(c) ?? null;
    const officer =
      token === null ? undefined : await findSession(deps.db, deps, c.get('library'), token, isWork(c));
    c.set('officer', officer ?? null);
    c.set('sessionToken', officer ? token : null);
    await next();
    // Tried by somebody signed in: told by its pattern, and no more often than a person clicks. The answer is made: an
    // error now would be packed as that was.
    if (c.get('refused') && refusals.take(officer?.id ?? '') === null)
      await recordRefusal(deps.db, deps, scopeOf(c, deps), c.req.routePath).catch((error: unknown) =>
        deps.log({
          event: 'refusal-not-logged',
          request: c.get('requestId'),
          error: error instanceof Error ? error.name : 'unknown',
        }),
      );
  };
}

/**
 * Lets pass officers with any of these permissions. Others are sent to sign in (GET) or refused; a first sign-in
 * leads to the change of password before anything else, and a second factor that is due to setting it up.
 */
export function requirePermission(...permissions: readonly Permission[]): MiddlewareHandler<LibraryEnv> {
  return async (c, next) => {
    const officer = c.get('officer');
    if (officer === null || officer.mustChangePassword) return notReady(c);
    if (officer.mustSetFactor) return c.redirect(`/${c.get('library').slug}/faktor-kedua`, 303);
    if (!permissions.some((permission) => may(officer.roles, permission))) {
      c.set('refused', true);
      return c.notFound();
    }
    c.header('Cache-Control', 'no-store');
    return next();
  };
}

/** Lets pass anybody signed in with a password of their own: pages of the account itself, a due factor's as well. */
export function requireOfficer(): MiddlewareHandler<LibraryEnv> {
  return async (c, next) => {
    const officer = c.get('officer');
    if (officer === null || officer.mustChangePassword) return notReady(c);
    c.header('Cache-Control', 'no-store');
    return next();
  };
}

function notReady(c: Context<LibraryEnv>): Response | Promise<Response> {
  const { slug } = c.get('library');
  if (c.get('officer') !== null) return c.redirect(`/${slug}/sandi`, 303);
  if (c.req.method !== 'GET') return sessionOverPage(c);
  const back = encodeURIComponent(new URL(c.req.url).pathname);
  return c.redirect(`/masuk?perpustakaan=${slug}&kembali=${back}`, 303);
}
