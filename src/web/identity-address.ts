import type { Context, MiddlewareHandler } from 'hono';
import { scanKind } from '../domain/scan-kind.ts';
import type { LibraryEnv } from './env.ts';

/** In the place of the number: the field it was typed into, so that the page says what happened to it. */
const DROPPED = 'identitas';

/** The same address (path and query) without any value that is a NIK or KK number; unchanged where there is none. */
export function withoutIdentityNumbers(address: string): string {
  const [path = '', query = ''] = address.split('?', 2);
  const all = [...new URLSearchParams(query)];
  const kept = new URLSearchParams();
  let dropped: string | null = null;
  for (const [name, value] of all)
    if (scanKind(value).kind === 'identity_number') dropped ??= name;
    else kept.append(name, value);
  if (dropped === null) return address;
  kept.set(DROPPED, dropped);
  return `${path}?${kept.toString()}`;
}

/** The field whose value was left out of this address; null where nothing was. */
export function droppedIdentityField(c: Context<LibraryEnv>): string | null {
  return c.req.query(DROPPED) ?? null;
}

/** Whoever puts such a number into an address by hand is led to the one without it, as the forms are. */
export function refuseIdentityAddress(): MiddlewareHandler<LibraryEnv> {
  return async (c, next) => {
    const { pathname, search } = new URL(c.req.url);
    const clean = withoutIdentityNumbers(pathname + search);
    return clean === pathname + search ? next() : c.redirect(clean, 303);
  };
}
