import { type Context, Hono } from 'hono';
import type { LiveTarget } from '../../../domain/exporting/outgoing-member.ts';
import { CHOICES, type Choice, decideLending, readDifference } from '../../../usecases/decide-lending.ts';
import { tryFeed } from '../../../usecases/read-feeds.ts';
import { askFeed, pauseFeed, removeFeed, saveFeed } from '../../../usecases/set-feed.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../../env.ts';
import { type FormBody, readForm } from '../../form-body.ts';
import { requireFresh } from '../../middleware/fresh.ts';
import { requirePermission } from '../../middleware/session.ts';
import { memberIdOf, versionOf } from '../input.ts';
import { lendingDifferencePage } from './lending-difference-page.tsx';
import { lendingPage } from './lending-page.tsx';
import { liveTargetOf, typedFeedOf } from './lending-view.ts';
import { lendingWaitingPage } from './lending-waiting-page.tsx';

const ROWS = ['again', 'leave', 'stranger'] as const;

/** `/pengaturan/peminjaman`: lending systems that are spoken to; `/anggota/{id}/beda`: members who differ there. */
export function lendingRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  const look = requirePermission('lending.connect', 'export.run');
  const connect = requirePermission('lending.connect');
  const decide = requirePermission('member.correct');
  const fresh = requireFresh(deps);
  const base = '/pengaturan/peminjaman';

  app.get(base, look, (c) => lendingPage(c, deps));

  app.get(`${base}/:sistem/tunggu`, decide, (c) => {
    const target = liveTargetOf(c);
    return target ? lendingWaitingPage(c, deps, target) : c.notFound();
  });

  app.post(`${base}/:sistem`, connect, fresh, async (c) => {
    const target = liveTargetOf(c);
    if (!target) return c.notFound();
    const form = await readForm(c);
    const typed = typedFeedOf(form);
    const version = versionOf(form.text('versi')) ?? 0;
    const saved = await saveFeed(deps.db, deps, scopeOf(c, deps), target, { typed, version });
    if (saved.ok) return back(c, 'simpan');
    if (saved.reason === 'not-allowed') return c.notFound();
    c.status(saved.reason === 'invalid' ? 422 : 409);
    return lendingPage(c, deps, {
      target,
      typed,
      ...(saved.reason === 'invalid' ? { problems: saved.problems } : { notice: 'diubah' }),
    });
  });

  // Answers with the page: what a GRANT has to say stands in no address.
  app.post(`${base}/:sistem/coba`, connect, async (c) => {
    const target = liveTargetOf(c);
    if (!target) return c.notFound();
    const tried = await tryFeed(deps.db, deps, scopeOf(c, deps), target, deps.tryLending);
    if (tried.ok) return lendingPage(c, deps, { target, trial: tried });
    if (tried.reason === 'branch-missing')
      return lendingPage(c, deps, { target, trial: { trial: tried.reason, note: null } });
    return back(c, 'hilang');
  });

  app.post(`${base}/:sistem/kirim`, look, async (c) => {
    const target = liveTargetOf(c);
    if (!target) return c.notFound();
    const asked = await askFeed(deps.db, deps, scopeOf(c, deps), target);
    return back(c, asked.ok ? 'kirim' : 'hilang');
  });

  for (const [path, active] of [
    ['jeda', false],
    ['lanjut', true],
  ] as const)
    app.post(`${base}/:sistem/${path}`, look, async (c) => {
      const target = liveTargetOf(c);
      if (!target) return c.notFound();
      const done = await pauseFeed(deps.db, deps, scopeOf(c, deps), target, active);
      return back(c, done.ok ? path : 'hilang');
    });

  app.post(`${base}/:sistem/hapus`, connect, fresh, async (c) => {
    const target = liveTargetOf(c);
    if (!target) return c.notFound();
    const form = await readForm(c);
    const byHand = versionOf(form.text('dengan_tangan')) ?? null;
    const removed = await removeFeed(deps.db, deps, scopeOf(c, deps), target, byHand);
    if (!removed.ok && removed.reason === 'erased-wait') {
      c.status(409);
      return lendingPage(c, deps, { target, erasedWait: removed.n });
    }
    return back(c, removed.ok ? 'hapus' : 'hilang');
  });

  app.get('/anggota/:id/beda/:sistem', decide, async (c) => {
    const [target, id] = [liveTargetOf(c), memberIdOf(c)];
    if (!target || !id) return c.notFound();
    const difference = await readDifference(deps.db, deps, scopeOf(c, deps), target, id);
    return difference ? lendingDifferencePage(c, target, difference) : toWaiting(c, target);
  });

  app.post('/anggota/:id/beda/:sistem', decide, async (c) => {
    const [target, memberId] = [liveTargetOf(c), memberIdOf(c)];
    if (!target || !memberId) return c.notFound();
    const form = await readForm(c);
    const scope = scopeOf(c, deps);
    const difference = await readDifference(deps.db, deps, scope, target, memberId);
    // Decided by somebody else, or settled by itself: nothing is left to choose.
    if (!difference) return toWaiting(c, target);
    const typed = Object.fromEntries(
      ['baris', ...difference.fields.map(({ field }) => `f_${field}`)].map((name) => [name, form.text(name)]),
    );
    const decided = await decideLending(deps.db, deps, scope, {
      target,
      memberId,
      seq: versionOf(form.text('urutan')) ?? 0,
      choices: choicesOf(form, difference.fields),
      row: ROWS.find((one) => one === form.text('baris')) ?? null,
    });
    if (decided.ok) return toWaiting(c, target, '?selesai=putus');
    if (decided.reason === 'not-allowed') return c.notFound();
    const now = (await readDifference(deps.db, deps, scope, target, memberId)) ?? difference;
    const isLate = decided.reason === 'changed-meanwhile';
    c.status(isLate ? 409 : 422);
    return lendingDifferencePage(c, target, now, {
      typed,
      problem: isLate ? 'late' : decided.reason === 'not-all' ? 'not-all' : 'not-taken',
    });
  });

  return app;
}

function choicesOf(
  form: FormBody,
  fields: readonly { readonly field: string }[],
): Readonly<Record<string, Choice>> {
  return Object.fromEntries(
    fields.flatMap(({ field }) => {
      const choice = CHOICES.find((one) => one === form.text(`f_${field}`));
      return choice === undefined ? [] : [[field, choice] as const];
    }),
  );
}

function back(c: Context<LibraryEnv>, done: string) {
  return c.redirect(`/${c.get('library').slug}/pengaturan/peminjaman?selesai=${done}`, 303);
}

function toWaiting(c: Context<LibraryEnv>, target: LiveTarget, query = '') {
  return c.redirect(`/${c.get('library').slug}/pengaturan/peminjaman/${target}/tunggu${query}`, 303);
}
