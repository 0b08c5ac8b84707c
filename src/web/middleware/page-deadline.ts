import type { MiddlewareHandler } from 'hono';
import { databaseAnswers } from '../../db/connection.ts';
import type { SiteEnv, WebDeps } from '../env.ts';
import { outagePage } from '../outage.tsx';

/** Together with the time that the question takes (`databaseAnswers`, three seconds at most): nine seconds. */
const PATIENCE_MS = 6_000;
/** A page that takes long, as a report does, while the database answers: asked again so long after. */
const AGAIN_MS = 2_000;

/**
 * Nobody waits before an empty window for a database that says nothing: a statement to it ends after half a minute, as
 * there are some that need so long. Whoever has waited is told as soon as a new connection gets no answer either; where
 * it gets one, the page is merely slow and comes. What was begun goes on meanwhile and may still be kept, which is
 * what the page says of it (docs/decisions/055).
 * @returns status 503 with Retry-After
 */
export function pageDeadline(
  deps: Pick<WebDeps, 'db' | 'log'>,
  patienceMs: number = PATIENCE_MS,
): MiddlewareHandler<SiteEnv> {
  return async (c, next) => {
    let timer: NodeJS.Timeout | undefined;
    let over = false;
    const silent = new Promise<'silent'>((resolve) => {
      const look = async (): Promise<void> => {
        const answers = await databaseAnswers(deps.db);
        if (!answers) resolve('silent');
        else if (!over) timer = setTimeout(() => void look(), AGAIN_MS);
      };
      timer = setTimeout(() => void look(), patienceMs);
    });
    try {
      // Still under way when it loses, it ends by itself; what it throws then is of interest to nobody.
      if ((await Promise.race([next(), silent])) !== 'silent') return;
    } finally {
      over = true;
      clearTimeout(timer);
    }
    deps.log({
      level: 'warn',
      request: c.get('requestId'),
      route: c.req.routePath,
      outage: 'unreachable',
      silent: true,
    });
    return outagePage(c, 'unreachable');
  };
}
