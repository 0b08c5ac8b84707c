import type { Context, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';

/**
 * Refuses a request whose body is larger. Told lengths are believed, as the HTTP parser reads no more than them:
 * Hono's own limit looks at the body first, which builds a whole `Request` of streams around it, a tenth of the time
 * that a registration takes (docs/decisions/010). A body without a length is counted while it comes; what looks at
 * something has none that anybody reads.
 * @param maxSize bytes
 */
export function limitBody(
  maxSize: number,
  onError: (c: Context) => Response | Promise<Response>,
): MiddlewareHandler {
  const counted = bodyLimit({ maxSize, onError });
  return (c, next) => {
    const length = c.req.header('content-length');
    const isCounted = length === undefined || c.req.header('transfer-encoding') !== undefined;
    if (isCounted) return c.req.method === 'GET' || c.req.method === 'HEAD' ? next() : counted(c, next);
    return Number(length) <= maxSize ? next() : Promise.resolve(onError(c));
  };
}

const LARGEST_PLAIN = 1024 * 1024;
/** More than the patience of `readUpload` with a photo that is too large. */
const LARGEST_WITH_FILES = 80 * 1024 * 1024;

/** The outer limit of every request; most routes have a narrower one. Without it one sender could fill the memory. */
export function limitBodies(onError: (c: Context) => Response | Promise<Response>): MiddlewareHandler {
  const plain = limitBody(LARGEST_PLAIN, onError);
  const withFiles = limitBody(LARGEST_WITH_FILES, onError);
  return (c, next) =>
    (c.req.header('content-type')?.startsWith('multipart/') === true ? withFiles : plain)(c, next);
}
