import { type Context, Hono } from 'hono';
import { openByPhoneCode } from '../../usecases/carry-visit.ts';
import { Button, LinkButton } from '../components/button.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { PublicLayout } from '../components/public-layout.tsx';
import { TextField } from '../components/text-field.tsx';
import { type LibraryEnv, scopeOf, type WebDeps } from '../env.ts';
import { readForm } from '../form-body.ts';
import { publicFrame, textsOf } from '../frame.tsx';
import { smallForms } from '../public/form-routes.tsx';
import { publicNav } from '../public/nav.ts';
import type { KioskGuard } from './kiosk-guard.ts';

/** `/{library}/lanjut`: the short code from the kiosk, typed on the visitor's own phone. */
export function phoneRoutes(deps: WebDeps, guard: KioskGuard): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();

  app.get('/lanjut', (c) => page(c, null));

  app.post('/lanjut', smallForms(), async (c) => {
    const { phone } = textsOf(c).kiosk;
    const library = c.get('library');
    const wait = await guard.limitCode(library.id, c.get('clientAddress'));
    if (wait !== null) {
      c.status(429);
      c.header('Retry-After', String(wait));
      return page(c, phone.tooMany(Math.ceil(wait / 60)));
    }
    const scope = scopeOf(c, deps, { kind: 'applicant' });
    const opened = await openByPhoneCode(deps.db, deps, scope, (await readForm(c)).text('kode'));
    if (opened.ok) {
      c.header('Cache-Control', 'no-store');
      return c.redirect(`/${library.slug}/daftar?lanjut=${opened.token}`, 303);
    }
    c.status(422);
    return page(c, phone.wrong);
  });

  return app;
}

function page(c: Context<LibraryEnv>, error: string | null) {
  const { phone } = textsOf(c).kiosk;
  const { slug } = c.get('library');
  c.header('Cache-Control', 'no-store');
  return c.html(
    <PublicLayout {...publicFrame(c)} title={phone.pageTitle} nav={publicNav(c, null)} narrow noindex>
      <PageHeader title={phone.pageTitle} lead={phone.pageLead} />
      <form method="post" action={`/${slug}/lanjut`} class="dp-stack" novalidate>
        <TextField
          name="kode"
          label={phone.code}
          error={error ?? undefined}
          autocomplete="off"
          width="16"
          code
          required
        />
        <div class="dp-row">
          <Button>{phone.open}</Button>
          <LinkButton href={`/${slug}/daftar`} variant="tertiary">
            {phone.fresh}
          </LinkButton>
        </div>
      </form>
    </PublicLayout>,
  );
}
