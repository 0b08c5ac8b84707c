import type { Context, ErrorHandler, NotFoundHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { LinkButton } from './components/button.tsx';
import { EmptyState } from './components/empty-state.tsx';
import { PublicLayout } from './components/public-layout.tsx';
import type { LibraryVariables, SiteEnv, WebDeps } from './env.ts';
import { layoutLibrary, siteFrame, textsOf } from './frame.tsx';

/** A page with one message, in the library's dress where the address named one. */
export function messagePage(
  c: Context<SiteEnv>,
  message: {
    readonly title: string;
    readonly text: string;
    readonly status: 403 | 404 | 409 | 413 | 429 | 500;
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
      <EmptyState title={message.title} text={message.text}>
        <LinkButton href={library ? `/${library.slug}` : '/'} variant="secondary">
          {library ? action.back : layout.home}
        </LinkButton>
      </EmptyState>
    </PublicLayout>,
    message.status,
  );
}

export const notFoundPage: NotFoundHandler<SiteEnv> = (c) => {
  const { error } = textsOf(c).common;
  return messagePage(c, { title: error.notFoundTitle, text: error.notFoundBody, status: 404 });
};

/** An unexpected error: a number the person can quote, the cause in the log without personal values. */
export function errorPage(deps: WebDeps): ErrorHandler<SiteEnv> {
  return (error, c) => {
    if (error instanceof HTTPException) return error.getResponse();
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
