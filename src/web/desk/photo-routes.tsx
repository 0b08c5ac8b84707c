import { type Context, Hono } from 'hono';
import { acceptPhoto } from '../../usecases/accept-photo.ts';
import { attachPhoto, readCasePhoto } from '../../usecases/attach-photo.ts';
import { openPhotoLink } from '../../usecases/open-photo-link.ts';
import { readCase } from '../../usecases/read-case.ts';
import { type LibraryEnv, scopeOf, type WebDeps } from '../env.ts';
import { readForm } from '../form-body.ts';
import { textsOf } from '../frame.tsx';
import { requirePermission } from '../middleware/session.ts';
import { takesFile } from '../middleware/takes-file.ts';
import { type PhotoRefusal, readUploadedPhoto } from '../photo-upload.ts';
import { versionOf } from './input.ts';
import { caseIdOf, showCase, showRefusal } from './show-case.tsx';

/** What is posted by `PhotoPanel`, and the pictures it shows. */
export function photoRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  const process = requirePermission('application.process');
  const refuse = (c: Context<LibraryEnv>, reason: PhotoRefusal) => {
    c.status(reason === 'too-large' ? 413 : 422);
    const text = textsOf(c).card.photo.refused[reason];
    return showCase(c, deps, { notice: { tone: 'danger', text } });
  };

  app.get('/loket/:id/foto', process, async (c) => {
    const id = caseIdOf(c);
    const jpeg = id && (await readCasePhoto(deps.db, deps, scopeOf(c, deps), id));
    if (!jpeg) return c.notFound();
    c.header('Content-Type', 'image/jpeg');
    return c.body(new Uint8Array(jpeg));
  });

  app.post('/loket/:id/foto', process, takesFile('foto'), async (c) => {
    const id = caseIdOf(c);
    if (!id) return c.notFound();
    const photo = await readUploadedPhoto(c, deps);
    if (!photo.ok) return refuse(c, photo.reason);
    const scope = scopeOf(c, deps);
    const outcome = await attachPhoto(deps.db, deps, scope, {
      applicationId: id,
      jpeg: photo.jpeg,
      source: photo.body.text('sumber') === 'webcam' ? 'webcam' : 'file',
      startedAt: photo.tookMs > 0 ? new Date(scope.at.getTime() - photo.tookMs) : null,
    });
    return outcome.ok ? back(c, id) : showRefusal(c, deps, outcome);
  });

  app.post('/loket/:id/foto/terima', process, async (c) => {
    const id = caseIdOf(c);
    if (!id) return c.notFound();
    const outcome = await acceptPhoto(deps.db, deps, scopeOf(c, deps), {
      applicationId: id,
      expectedVersion: versionOf((await readForm(c)).text('versi')),
    });
    if (outcome.ok) return back(c, id);
    if (outcome.reason !== 'no-photo') return showRefusal(c, deps, outcome);
    c.status(422);
    return showCase(c, deps, { notice: { tone: 'warning', text: textsOf(c).card.desk.refused['no-photo'] } });
  });

  app.post('/loket/:id/foto/ponsel', process, async (c) => {
    const id = caseIdOf(c);
    if (!id) return c.notFound();
    const outcome = await openPhotoLink(deps.db, deps, scopeOf(c, deps), id);
    return outcome.ok ? back(c, id) : showRefusal(c, deps, outcome);
  });

  app.get('/loket/:id/foto/kode.svg', process, async (c) => {
    const link = (await caseOf(c, deps))?.photoLink;
    if (!link) return c.notFound();
    const address = `${c.get('origin')}/${c.get('library').slug}/foto/${link.token}`;
    return svgAnswer(c, deps.documents.qrSvg(address, textsOf(c).card.photo.link.qr));
  });

  return app;
}

/** A code drawn for this page alone: it holds an address that is a key. */
export function svgAnswer(c: Context, svg: string) {
  c.header('Content-Type', 'image/svg+xml');
  c.header('Cache-Control', 'no-store');
  return c.body(svg);
}

export function back(c: Context<LibraryEnv>, id: string, query = '') {
  return c.redirect(`/${c.get('library').slug}/loket/${id}${query}`, 303);
}

function caseOf(c: Context<LibraryEnv>, deps: WebDeps) {
  const id = caseIdOf(c);
  return id === undefined ? undefined : readCase(deps.db, deps, scopeOf(c, deps), id);
}
