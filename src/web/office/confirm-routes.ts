import { type Context, Hono } from 'hono';
import { confirmPage } from '../confirm-page.tsx';
import type { LibraryEnv, WebDeps } from '../env.ts';
import { readForm } from '../form-body.ts';
import { homeOf } from '../frame.tsx';
import { confirmWith, lacking } from '../middleware/fresh.ts';
import { requireOfficer } from '../middleware/session.ts';
import { isInside } from './inside.ts';

/** `/{library}/konfirmasi`: proves who sits there before an address opens that a screen left open must not give. */
export function confirmRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  const own = requireOfficer();

  app.get('/konfirmasi', own, async (c) => {
    if (!asksAll(c)) return confirmPage(c, deps, { body: null, outcome: 'asked' });
    const missing = await lacking(c, deps);
    return missing === null
      ? c.redirect(addressOf(c), 303)
      : confirmPage(c, deps, { body: null, outcome: 'asked', missing });
  });

  app.post('/konfirmasi', own, async (c) => {
    const outcome = await confirmWith(c, deps, await readForm(c));
    const missing = asksAll(c) ? await lacking(c, deps) : null;
    if (missing === null)
      return outcome === 'confirmed'
        ? c.redirect(addressOf(c), 303)
        : confirmPage(c, deps, { body: null, outcome });
    return confirmPage(c, deps, {
      body: null,
      outcome: outcome === 'confirmed' ? 'asked' : outcome,
      missing,
    });
  });

  return app;
}

/** Whether what waits wants all that a sign-in asks for. */
function asksAll(c: Context<LibraryEnv>): boolean {
  return c.req.query('semua') === '1';
}

function addressOf(c: Context<LibraryEnv>): string {
  const back = c.req.query('kembali') ?? '';
  return isInside(back, c.get('library').slug) ? back : homeOf(c);
}
