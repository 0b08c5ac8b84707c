import { type Context, Hono } from 'hono';
import { EXPORT_TARGETS, type FileTarget, isFileTarget } from '../../../domain/exporting/outgoing-member.ts';
import { makeFeedToken, removeFeed } from '../../../usecases/set-feed.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../../env.ts';
import { requireFresh } from '../../middleware/fresh.ts';
import { requirePermission } from '../../middleware/session.ts';
import { type ExportNotice, exportPage } from './export-page.tsx';

/** `/pengaturan/ekspor/umpan`: members that go to the lending system by themselves. */
export function feedRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  const run = requirePermission('export.run');
  const fresh = requireFresh(deps);

  // Answers with the token instead of a redirect: it is shown once and stands in no address.
  app.post('/pengaturan/ekspor/umpan/:format/token', run, fresh, async (c) => {
    const target = targetOf(c);
    if (!target) return c.notFound();
    const made = await makeFeedToken(deps.db, deps, scopeOf(c, deps), target);
    if (!made.ok) return c.notFound();
    return exportPage(c, deps, { feed: { made: { target, token: made.token } } });
  });

  app.post('/pengaturan/ekspor/umpan/:format/cabut', run, fresh, async (c) => {
    const target = targetOf(c);
    if (!target) return c.notFound();
    const removed = await removeFeed(deps.db, deps, scopeOf(c, deps), target);
    return back(c, removed.ok ? 'cabut' : 'hilang');
  });

  return app;
}

function targetOf(c: Context<LibraryEnv>): FileTarget | undefined {
  return EXPORT_TARGETS.filter(isFileTarget).find((one) => one === c.req.param('format'));
}

function back(c: Context<LibraryEnv>, done: ExportNotice) {
  return c.redirect(`/${c.get('library').slug}/pengaturan/ekspor?selesai=${done}`, 303);
}
