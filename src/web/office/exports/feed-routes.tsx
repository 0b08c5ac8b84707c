import { setTimeout as wait } from 'node:timers/promises';
import { type Context, Hono } from 'hono';
import type { TypedKohaFeed } from '../../../domain/exporting/feed.ts';
import { EXPORT_TARGETS, type FileTarget, isFileTarget } from '../../../domain/exporting/outgoing-member.ts';
import { openKoha } from '../../../interop/koha/rest.ts';
import { tryKohaFeed } from '../../../usecases/read-feeds.ts';
import { askFeed, makeFeedToken, removeFeed, saveKohaFeed } from '../../../usecases/set-feed.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../../env.ts';
import { type FormBody, readForm } from '../../form-body.ts';
import { requireFresh } from '../../middleware/fresh.ts';
import { requirePermission } from '../../middleware/session.ts';
import { versionOf } from '../input.ts';
import { type ExportNotice, exportPage } from './export-page.tsx';
import { FEED_FIELDS } from './feed-view.ts';

/** An officer waits for a trial; a run of the feed has more patience. */
const TRIAL = { tries: 1, timeoutMs: 10_000 };

/** `/pengaturan/ekspor/umpan`: members that go to the lending system by themselves. */
export function feedRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  const run = requirePermission('export.run');
  const fresh = requireFresh(deps);
  const koha = '/pengaturan/ekspor/umpan/koha-rest';

  app.post(koha, run, fresh, async (c) => {
    const form = await readForm(c);
    const typed = typedFeed(form);
    const saved = await saveKohaFeed(deps.db, deps, scopeOf(c, deps), {
      typed,
      version: versionOf(form.text('versi')) ?? 0,
    });
    if (saved.ok) return back(c, 'simpan');
    if (saved.reason === 'not-allowed') return c.notFound();
    c.status(saved.reason === 'invalid' ? 422 : 409);
    return exportPage(c, deps, {
      feed: { typed, ...(saved.reason === 'invalid' ? { problems: saved.problems } : {}) },
      ...(saved.reason === 'invalid' ? {} : { notice: 'diubah' }),
    });
  });

  app.post(`${koha}/kirim`, run, async (c) => {
    const asked = await askFeed(deps.db, deps, scopeOf(c, deps));
    return back(c, asked.ok ? 'kirim' : 'hilang');
  });

  app.post(`${koha}/uji`, run, async (c) => {
    const tried = await tryKohaFeed(deps.db, deps, scopeOf(c, deps), (server, branch) =>
      openKoha(server, { fetch, wait: (ms) => wait(ms), patience: TRIAL }).tryOut(branch),
    );
    return back(c, tried.ok ? tried.trial : tried.reason === 'branch-missing' ? tried.reason : 'hilang');
  });

  app.post(`${koha}/hapus`, run, fresh, async (c) => {
    const removed = await removeFeed(deps.db, deps, scopeOf(c, deps), 'koha-rest');
    return back(c, removed.ok ? 'hapus' : 'hilang');
  });

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

function typedFeed(form: FormBody): TypedKohaFeed {
  return {
    url: form.text(FEED_FIELDS.url),
    access: form.text(FEED_FIELDS.access),
    account: form.text(FEED_FIELDS.account),
    secret: form.text(FEED_FIELDS.secret),
    every: form.text(FEED_FIELDS.every),
    active: form.text('koha_aktif') === 'ya',
  };
}

function targetOf(c: Context<LibraryEnv>): FileTarget | undefined {
  return EXPORT_TARGETS.filter(isFileTarget).find((one) => one === c.req.param('format'));
}

function back(c: Context<LibraryEnv>, done: ExportNotice) {
  return c.redirect(`/${c.get('library').slug}/pengaturan/ekspor?selesai=${done}`, 303);
}
