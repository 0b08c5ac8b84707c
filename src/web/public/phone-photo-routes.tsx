import { type Context, Hono } from 'hono';
import type { Actor } from '../../usecases/context.ts';
import { findPhotoLinkByCode } from '../../usecases/open-photo-link.ts';
import { findPhotoLinkState, sendLinkedPhoto } from '../../usecases/send-linked-photo.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../env.ts';
import { readForm } from '../form-body.ts';
import { textsOf } from '../frame.tsx';
import { takesFile } from '../middleware/takes-file.ts';
import { readUploadedPhoto } from '../photo-upload.ts';
import { type CodeGuard, openCodeGuard } from './code-guard.ts';
import { smallForms } from './form-routes.tsx';
import { codePage, phonePhotoEndPage, phonePhotoPage } from './phone-photo-page.tsx';
import { secretAddress } from './secret-page.ts';

const CITIZEN: Actor = { kind: 'applicant' };

/** `/{library}/foto`: the applicant's phone sends the photo that the officer's screen asked for. */
export function phonePhotoRoutes(
  deps: WebDeps,
  guard: CodeGuard = openCodeGuard('photo', deps),
): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  app.use('/foto', secretAddress());
  app.use('/foto/*', secretAddress());

  app.get('/foto', (c) => c.html(codePage(c, wordsOf(c), { value: '', error: undefined })));

  app.post('/foto', smallForms(), async (c) => {
    const library = c.get('library');
    const refused = await guard.refuse(c);
    if (refused) return refused;
    const typed = (await readForm(c)).text('kode').slice(0, 40);
    const link = await findPhotoLinkByCode(deps.db, deps, scopeOf(c, deps, CITIZEN), typed);
    if (link) return c.redirect(`/${library.slug}/foto/${link.token}`, 303);
    guard.wrong(c);
    const error = textsOf(c).card.phonePage.codeWrong;
    return c.html(codePage(c, wordsOf(c), { value: typed, error }), 422);
  });

  app.get('/foto/:token', async (c) => {
    const scope = scopeOf(c, deps, CITIZEN);
    const state = await findPhotoLinkState(deps.db, deps, scope, c.req.param('token'));
    if (state === undefined) return c.html(phonePhotoEndPage(c, 'unknown'), 404);
    if (state === 'open') return c.html(phonePhotoPage(c, null));
    // Who has just sent the photo comes back to this address and reads that it arrived.
    if (state === 'used' && c.req.query('terkirim') === '1') return c.html(phonePhotoEndPage(c, 'sent'));
    return c.html(phonePhotoEndPage(c, state), 410);
  });

  app.post('/foto/:token', takesFile('foto'), async (c) => {
    const token = c.req.param('token');
    const scope = scopeOf(c, deps, CITIZEN);
    // Before fifteen megabytes are read and drawn: whether anybody waits for them.
    const state = await findPhotoLinkState(deps.db, deps, scope, token);
    if (state === undefined) return c.html(phonePhotoEndPage(c, 'unknown'), 404);
    if (state !== 'open') return c.html(phonePhotoEndPage(c, state), 410);
    const photo = await readUploadedPhoto(c, deps);
    if (!photo.ok) return c.html(phonePhotoPage(c, photo.reason), photo.reason === 'too-large' ? 413 : 422);
    const sent = await sendLinkedPhoto(deps.db, deps, scope, { token, jpeg: photo.jpeg });
    if (sent.ok) return c.redirect(`/${c.get('library').slug}/foto/${token}?terkirim=1`, 303);
    switch (sent.reason) {
      case 'link-unknown':
        return c.html(phonePhotoEndPage(c, 'unknown'), 404);
      case 'link-used':
        return c.html(phonePhotoEndPage(c, 'used'), 410);
      case 'link-expired':
        return c.html(phonePhotoEndPage(c, 'expired'), 410);
      case 'not-needed':
        return c.html(phonePhotoEndPage(c, 'not-needed'), 410);
    }
  });

  return app;
}

function wordsOf(c: Context<LibraryEnv>) {
  const { phonePage } = textsOf(c).card;
  const { action } = textsOf(c).common;
  return {
    title: phonePage.codeTitle,
    lead: phonePage.codeLead,
    label: phonePage.code,
    about: phonePage.codeAbout,
    submit: action.continue,
  };
}
