import type { Context, ErrorHandler, NotFoundHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { SiteEnv, WebDeps } from './env.ts';

export const notFoundPage: NotFoundHandler<SiteEnv> = (c: Context<SiteEnv>) => c.text('404', 404);

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
    return c.text(`500 ${c.get('requestId')}`, 500);
  };
}
