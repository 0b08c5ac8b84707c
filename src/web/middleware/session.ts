import type { Context, MiddlewareHandler } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { may, type Permission } from '../../domain/permissions.ts';
import { findSession } from '../../usecases/session.ts';
import type { LibraryEnv, WebDeps } from '../env.ts';
import { sessionOverPage } from '../session-over-page.tsx';

/** One cookie per library, so that an officer of two libraries can work in both. */
function cookieName(c: Context<LibraryEnv>): string {
  // `__Host-` demands https; over plain http on a LAN a browser would drop it (design.md §5.11).
  return `${c.get('secure') ? '__Host-' : ''}sesi-${c.get('library').slug}`;
}

export function setSessionCookie(c: Context<LibraryEnv>, token: string): void {
  setCookie(c, cookieName(c), token, { path: '/', httpOnly: true, sameSite: 'Lax', secure: c.get('secure') });
}

export function clearSessionCookie(c: Context<LibraryEnv>): void {
  deleteCookie(c, cookieName(c), { path: '/', secure: c.get('secure') });
}

/** Finds out who is signed in; refuses nobody. */
export function readSession(deps: WebDeps): MiddlewareHandler<LibraryEnv> {
  return async (c, next) => {
    const token = getCookie(c, cookieName(c)) ?? null;
    const officer = token === null ? undefined : await findSession(deps.db, deps, c.get('library'), token);
    c.set('officer', officer ?? null);
    c.set('sessionToken', officer ? token : null);
    await next();
  };
}

/**
 * Lets pass officers with any of these permissions. Others are sent to sign in (GET) or refused; a first sign-in
 * leads to the change of password before anything else.
 */
export function requirePermission(...permissions: readonly Permission[]): MiddlewareHandler<LibraryEnv> {
  return async (c, next) => {
    const officer = c.get('officer');
    if (officer === null) {
      if (c.req.method !== 'GET') return sessionOverPage(c);
      const back = encodeURIComponent(new URL(c.req.url).pathname);
      return c.redirect(`/masuk?perpustakaan=${c.get('library').slug}&kembali=${back}`, 303);
    }
    if (officer.mustChangePassword) return c.redirect(`/${c.get('library').slug}/sandi`, 303);
    if (!permissions.some((permission) => may(officer.roles, permission))) return c.notFound();
    c.header('Cache-Control', 'no-store');
    return next();
  };
}
