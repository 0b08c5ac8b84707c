import type { Context, ErrorHandler, NotFoundHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { outageOf } from '../db/outage.ts';
import { LinkButton } from './components/button.tsx';
import { EmptyState } from './components/empty-state.tsx';
import { PublicLayout } from './components/public-layout.tsx';
import type { LibraryVariables, SiteEnv, WebDeps } from './env.ts';
import { isMultipart } from './form-body.ts';
import { layoutLibrary, siteFrame, textsOf } from './frame.tsx';
import { outagePage } from './outage.tsx';

/** A page with one message, in the library's dress where the address named one. */
export function messagePage(
  c: Context<SiteEnv>,
  message: {
    readonly title: string;
    readonly text: string;
    readonly status: 400 | 403 | 404 | 409 | 413 | 429 | 500;
    /** What else can be done. */
    readonly more?: { readonly href: string; readonly label: string };
  },
) {
  const library = (c as unknown as Context<{ Variables: Partial<LibraryVariables> }>).get('library');
  const { action, layout } = textsOf(c).common;
  return c.html(
    <PublicLayout
      {...siteFrame(c)}
      title={message.title}
      library={library && layoutLibrary(library)}
      narrow
      noindex
    >
      <EmptyState title={message.title} text={message.text} level={1}>
        <LinkButton href={library ? `/${library.slug}` : '/'} variant="secondary">
          {library ? action.back : layout.home}
        </LinkButton>
        {message.more && <LinkButton href={message.more.href}>{message.more.label}</LinkButton>}
      </EmptyState>
    </PublicLayout>,
    message.status,
  );
}

export const notFoundPage: NotFoundHandler<SiteEnv> = (c) => {
  // Typed with a slash at the end; one path only, as `//host/` would lead to another site.
  if (c.req.method === 'GET' && /^\/[^/\\][^\\]*?\/+$/.test(c.req.path)) {
    // As it was sent: in the path above signs are unpacked that no header may hold.
    const { pathname, search } = new URL(c.req.url);
    return c.redirect(pathname.replace(/\/+$/, '') + search, 301);
  }
  const { error } = textsOf(c).common;
  return messagePage(c, { title: error.notFoundTitle, text: error.notFoundBody, status: 404 });
};

/** A body that no form of this service has; from a form with files, a file that is larger than any may be. */
export function tooLargePage(c: Context): Response | Promise<Response> {
  const site = c as Context<SiteEnv>;
  const { error } = textsOf(site).common;
  const [title, text] = isMultipart(c)
    ? [error.tooLargeTitle, error.tooLargeBody]
    : [error.refusedTitle, error.refusedBody];
  return messagePage(site, { title, text, status: 413 });
}

/**
 * The database's trouble: try again. Anything else unexpected: a number the person can quote, the cause in the log
 * without personal values.
 */
export function errorPage(deps: WebDeps): ErrorHandler<SiteEnv> {
  return (error, c) => {
    if (error instanceof HTTPException) return refusedPage(c, error);
    const outage = outageOf(error);
    if (outage !== undefined) {
      deps.log({ level: 'warn', request: c.get('requestId'), route: c.req.routePath, outage });
      return outagePage(c, outage);
    }
    deps.log({
      level: 'error',
      request: c.get('requestId'),
      route: c.req.routePath,
      error: error.name,
      // The first line of the stack is the message, which may quote a value; the frames do not.
      at: (error.stack ?? '').split('\n').slice(1, 5).join(' ').trim(),
    });
    const { error: text } = textsOf(c).common;
    return messagePage(c, {
      title: text.serverTitle,
      text: text.serverBody(c.get('requestId')),
      status: 500,
    });
  };
}

/** Requests that no page of this service sends by itself: a form of another site, a body cut off on the way. */
function refusedPage(c: Context<SiteEnv>, refused: HTTPException): Response | Promise<Response> {
  const { error } = textsOf(c).common;
  switch (refused.status) {
    case 400:
    case 403:
      return messagePage(c, { title: error.refusedTitle, text: error.refusedBody, status: refused.status });
    case 413:
      return tooLargePage(c);
    default:
      return refused.getResponse();
  }
}
