import type { Context, MiddlewareHandler } from 'hono';
import { matchedRoutes } from 'hono/route';

const fields = new WeakMap<object, string>();

/**
 * Stands at a route whose form brings a file in this field. At every other route a body stays small (`limitBodies`) and
 * `FormBody.file` knows no file: no route takes one without being in the list that `uploads.test.ts` walks.
 */
export function takesFile(field: string): MiddlewareHandler {
  const door: MiddlewareHandler = (_c, next) => next();
  fields.set(door, field);
  return door;
}

/** The field of a route's own handler; undefined for all that is no such mark. */
export function fileFieldOf(handler: object): string | undefined {
  return fields.get(handler);
}

/** The field in which the route of this request takes a file; known before the route itself has begun. */
export function fileFieldOfRequest(c: Context): string | undefined {
  for (const { handler } of matchedRoutes(c)) {
    const field = fields.get(handler);
    if (field !== undefined) return field;
  }
  return undefined;
}
