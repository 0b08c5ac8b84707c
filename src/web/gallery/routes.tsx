import { Hono } from 'hono';
import { DeskPage } from './desk-page.tsx';
import { FormPage } from './form-page.tsx';
import { galleryFrame } from './frame.ts';
import { KioskPage } from './kiosk-page.tsx';
import { OfficePage } from './office-page.tsx';
import { ServicePage } from './service-page.tsx';

/**
 * Every component as it stands in a page, for the eye and for axe. Mounted by tests only; its sentences are samples
 * and therefore stand here and not in i18n. Pages: `/galeri`, `/galeri/formulir`, `/galeri/kios`, `/galeri/loket`,
 * `/galeri/kantor`.
 */
export function galleryRoutes(): Hono {
  const app = new Hono();
  app.get('/galeri', (c) => c.html(<ServicePage {...galleryFrame(c.req.query())} />));
  app.get('/galeri/formulir', (c) => c.html(<FormPage {...galleryFrame(c.req.query())} />));
  app.get('/galeri/kios', (c) => c.html(<KioskPage {...galleryFrame(c.req.query())} />));
  app.get('/galeri/loket', (c) => c.html(<DeskPage {...galleryFrame(c.req.query())} />));
  app.get('/galeri/kantor', (c) => c.html(<OfficePage {...galleryFrame(c.req.query())} />));
  return app;
}
