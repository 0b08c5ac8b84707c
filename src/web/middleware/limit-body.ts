import type { Context, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { isMultipart, whole } from '../form-body.ts';
import { fileFieldOfRequest } from './takes-file.ts';

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
  // What goes wrong further in has been answered there: only the body itself can throw here.
  const counted = bodyLimit({ maxSize, onError });
  return (c, next) => {
    const length = c.req.header('content-length');
    const isCounted = length === undefined || c.req.header('transfer-encoding') !== undefined;
    if (isCounted)
      return c.req.method === 'GET' || c.req.method === 'HEAD' ? next() : whole(counted(c, next));
    return Number(length) <= maxSize ? next() : Promise.resolve(onError(c));
  };
}

const LARGEST_PLAIN = 1024 * 1024;
/** More than the patience of `readUpload` with a photo that is too large, and than the largest file of an import. */
export const LARGEST_WITH_FILE = 80 * 1024 * 1024;

/**
 * The outer limit of every request; most routes have a narrower one. Without it one sender could fill the memory. A route
 * that takes a file (`takesFile`) reads it piece by piece and stops by itself, as a body may not say how long it is.
 */
export function limitBodies(onError: (c: Context) => Response | Promise<Response>): MiddlewareHandler {
  const plain = limitBody(LARGEST_PLAIN, onError);
  return (c, next) => {
    if (!isMultipart(c) || fileFieldOfRequest(c) === undefined) return plain(c, next);
    return Number(c.req.header('content-length') ?? 0) <= LARGEST_WITH_FILE
      ? next()
      : Promise.resolve(onError(c));
  };
}
