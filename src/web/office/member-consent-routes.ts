import { type Context, Hono } from 'hono';
import { changeConsent } from '../../usecases/change-consent.ts';
import { CONSENT_PURPOSES, readConsents } from '../../usecases/read-consents.ts';
import { readMember } from '../../usecases/read-member.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../env.ts';
import { readForm } from '../form-body.ts';
import { textsOf } from '../frame.tsx';
import { requirePermission } from '../middleware/session.ts';
import { memberIdOf } from './input.ts';
import { type ConsentPageProps, memberConsentPage } from './member-consents.tsx';

/** `/anggota/{id}/persetujuan`: what a member says at the counter about the optional consents. */
export function memberConsentRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  const record = requirePermission('application.process');

  app.get('/anggota/:id/persetujuan', record, (c) => {
    const news: Readonly<Record<string, string>> = textsOf(c).members.consent.news;
    const text = news[c.req.query('selesai') ?? ''];
    return show(c, deps, text === undefined ? {} : { notices: [{ tone: 'success', text }] });
  });

  app.post('/anggota/:id/persetujuan', record, async (c) => {
    const memberId = memberIdOf(c);
    const body = await readForm(c);
    const kind = CONSENT_PURPOSES.find((purpose) => purpose === body.text('tujuan'));
    const answer = body.text('jawaban');
    if (!memberId || !kind || (answer !== 'setuju' && answer !== 'tidak')) return c.notFound();
    const byGuardian = body.text('wali') !== '';
    const channel = body.text('saluran') === 'paper' ? 'paper' : 'counter';
    const outcome = await changeConsent(deps.db, deps, scopeOf(c, deps), {
      memberId,
      kind,
      given: answer === 'setuju',
      channel,
      by: byGuardian ? 'guardian' : 'self',
      textVersion: body.text('teks'),
      textLang: c.get('lang'),
    });
    if (outcome.ok) {
      const what = outcome.changed ? `${answer}-${kind}` : 'tetap';
      return c.redirect(`/${c.get('library').slug}/anggota/${memberId}/persetujuan?selesai=${what}`, 303);
    }
    const words = textsOf(c).members.consent;
    const typed = { purpose: kind, channel, byGuardian };
    c.status(outcome.reason === 'text-changed' ? 409 : 422);
    switch (outcome.reason) {
      case 'not-found':
        return c.notFound();
      case 'guardian-only':
        return show(c, deps, { typed, errors: [{ field: `wali-${kind}`, text: words.guardianOnly }] });
      case 'text-changed':
        return show(c, deps, { typed, notices: [{ tone: 'danger', text: words.textChanged }] });
      case 'not-allowed':
        return show(c, deps, { typed, notices: [{ tone: 'danger', text: words.notAllowed }] });
    }
  });

  return app;
}

async function show(
  c: Context<LibraryEnv>,
  deps: WebDeps,
  shown: Pick<ConsentPageProps, 'typed' | 'errors' | 'notices'>,
) {
  const id = memberIdOf(c);
  const scope = scopeOf(c, deps);
  const member = id && (await readMember(deps.db, deps, scope, id));
  const view = id && (await readConsents(deps.db, scope, { memberId: id }));
  if (!member || !view || member.masked || member.erased) return c.notFound();
  return memberConsentPage(c, { member, view, ...shown });
}
