import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import type { LibraryContext } from '../../usecases/context.ts';
import type { SiteEnv, WebDeps } from '../env.ts';

const LIFETIME_MS = 180 * 24 * 3_600_000;
/** Officers who share the computer of a counter. */
const MOST_NAMES = 30;

/** A browser in which somebody has signed in before: what is guessed elsewhere does not slow it. */
export interface KnownBrowser {
  /** Random; counts guesses made in this browser. */
  readonly id: string;
  readonly knows: boolean;
}

type Content = readonly [id: string, since: number, names: readonly string[]];

/**
 * The mark of this browser, and whether an officer of this name has signed in here. It proves nothing of the person:
 * it only takes a sign-in out of the limits that strangers can use up.
 */
export function knownBrowser(
  c: Context<SiteEnv>,
  deps: WebDeps,
  library: LibraryContext,
  username: string,
): KnownBrowser | undefined {
  const content = contentOf(c, deps, library);
  if (!content) return undefined;
  return { id: content[0], knows: content[2].includes(nameHash(deps, library, username)) };
}

/** After a sign-in: remembers the name in this browser. */
export function rememberBrowser(
  c: Context<SiteEnv>,
  deps: WebDeps,
  library: LibraryContext,
  username: string,
): void {
  const before = contentOf(c, deps, library);
  const own = nameHash(deps, library, username);
  const names = [own, ...(before?.[2] ?? []).filter((name) => name !== own)].slice(0, MOST_NAMES);
  const id = before?.[0] ?? Buffer.from(deps.randomBytes(12)).toString('base64url');
  const content: Content = [id, deps.now().getTime(), names];
  const sealed = deps.vault.seal(library.id, 'known_browser', JSON.stringify(content)).toString('base64url');
  setCookie(c, cookieName(c, library), sealed, {
    path: '/',
    httpOnly: true,
    sameSite: 'Lax',
    secure: c.get('secure'),
    maxAge: LIFETIME_MS / 1000,
  });
}

function contentOf(c: Context<SiteEnv>, deps: WebDeps, library: LibraryContext): Content | undefined {
  const sealed = getCookie(c, cookieName(c, library));
  if (sealed === undefined) return undefined;
  try {
    const text = deps.vault.openText(library.id, 'known_browser', Buffer.from(sealed, 'base64url'));
    const content = JSON.parse(text) as Content;
    return content[1] + LIFETIME_MS > deps.now().getTime() ? content : undefined;
  } catch {
    // Not sealed here, or cut off: an unknown browser.
    return undefined;
  }
}

function cookieName(c: Context<SiteEnv>, library: LibraryContext): string {
  // `__Host-` demands https; over plain http on a LAN a browser would drop it.
  return `${c.get('secure') ? '__Host-' : ''}kenal-${library.slug}`;
}

function nameHash(deps: WebDeps, library: LibraryContext, username: string): string {
  return deps.vault.hash(library.id, 'sign_in_name', username.trim().toLowerCase()).toString('base64url');
}
