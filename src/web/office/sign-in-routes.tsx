import { type Context, Hono } from 'hono';
import { listLibraries } from '../../db/library.ts';
import type { LibraryContext } from '../../usecases/context.ts';
import {
  changePassword,
  endSession,
  finishSignIn,
  officerOfTicket,
  PASSWORD_LENGTH,
  signIn,
} from '../../usecases/session.ts';
import { Button } from '../components/button.tsx';
import { SelectField } from '../components/choice-fields.tsx';
import { ErrorSummary } from '../components/error-summary.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { PublicLayout } from '../components/public-layout.tsx';
import { StaffLayout } from '../components/staff-layout.tsx';
import { TextField } from '../components/text-field.tsx';
import { type LibraryEnv, type SiteEnv, scopeOf, type WebDeps } from '../env.ts';
import { readForm } from '../form-body.ts';
import { homeOf, layoutLibrary, siteFrame, staffFrame, textsOf } from '../frame.tsx';
import { clearSessionCookie, setSessionCookie } from '../middleware/session.ts';
import { networkOf } from '../public/form-guard.ts';
import { openRateLimit, type RateLimit } from '../rate-limit.ts';

interface SignInForm {
  readonly slug: string;
  readonly username: string;
  readonly back: string;
  readonly error?: { readonly field: string; readonly text: string };
}

/** `/masuk`: staff of any library. Guessing is slowed per name and per address; both open again by themselves. */
export function signInRoutes(deps: WebDeps): Hono<SiteEnv> {
  const app = new Hono<SiteEnv>();
  const perName = openRateLimit({ points: 8, seconds: 15 * 60 });
  const perCode = openRateLimit({ points: 8, seconds: 15 * 60 });
  const perAddress = openRateLimit({ points: 60, seconds: 15 * 60 });

  app.get('/masuk', (c) =>
    page(c, deps, {
      slug: c.req.query('perpustakaan') ?? '',
      username: '',
      back: c.req.query('kembali') ?? '',
    }),
  );

  app.post('/masuk', async (c) => {
    const text = textsOf(c).office.signIn;
    const body = await readForm(c);
    const form = { slug: body.text('perpustakaan'), username: body.text('nama'), back: body.text('kembali') };
    const library = await deps.libraries.find(form.slug);
    if (!library) {
      c.status(422);
      return page(c, deps, { ...form, error: { field: 'perpustakaan', text: text.unknownLibrary } });
    }
    const network = networkOf(c.get('clientAddress'));
    // By name and network together: who guesses from elsewhere must not lock the officer out of the counter.
    const nameKey = `${library.id}|${form.username.trim().toLowerCase()}|${network}`;
    const limited = consume([
      [perName, nameKey],
      [perAddress, network],
    ]);
    if (limited !== null) {
      c.status(429);
      c.header('Retry-After', String(limited));
      return page(c, deps, {
        ...form,
        error: { field: 'sandi', text: text.tooMany(Math.ceil(limited / 60)) },
      });
    }
    const outcome = await signIn(deps.db, deps, library, {
      username: form.username,
      password: body.text('sandi'),
      requestId: c.get('requestId'),
    });
    if (outcome.ok || outcome.reason === 'second-factor') {
      perName.forget(nameKey);
      perAddress.giveBack(network);
    }
    if (!outcome.ok && outcome.reason === 'second-factor')
      return codePage(c, library, { ticket: outcome.ticket, back: form.back });
    if (!outcome.ok) {
      c.status(422);
      return page(c, deps, { ...form, error: { field: 'sandi', text: text.wrong } });
    }
    const inside = c as unknown as Context<LibraryEnv>;
    inside.set('library', library);
    setSessionCookie(inside, outcome.token);
    return c.redirect(isInside(form.back, library.slug) ? form.back : `/${library.slug}/mulai`, 303);
  });

  app.post('/masuk/kode', async (c) => {
    const { signIn: text, factor } = textsOf(c).office;
    const body = await readForm(c);
    const library = await deps.libraries.find(body.text('perpustakaan'));
    if (!library) return c.redirect('/masuk', 303);
    const form = { ticket: body.text('tiket'), back: body.text('kembali') };
    const officerId = officerOfTicket(deps, library, form.ticket, deps.now());
    const limited = officerId && consume([[perCode, `${library.id}|${officerId}`]]);
    if (limited !== undefined && limited !== null) {
      c.status(429);
      c.header('Retry-After', String(limited));
      return codePage(c, library, form, text.tooMany(Math.ceil(limited / 60)));
    }
    const outcome = await finishSignIn(deps.db, deps, library, {
      ticket: form.ticket,
      code: body.text('kode'),
      requestId: c.get('requestId'),
    });
    if (!outcome.ok && outcome.reason === 'expired') {
      c.status(422);
      const error = { field: 'sandi', text: factor.expired };
      return page(c, deps, { slug: library.slug, username: '', back: form.back, error });
    }
    if (!outcome.ok) {
      c.status(422);
      return codePage(c, library, form, factor.wrong);
    }
    if (officerId) perCode.forget(`${library.id}|${officerId}`);
    const inside = c as unknown as Context<LibraryEnv>;
    inside.set('library', library);
    setSessionCookie(inside, outcome.token);
    return c.redirect(isInside(form.back, library.slug) ? form.back : `/${library.slug}/mulai`, 303);
  });

  return app;
}

/** What belongs to being signed in: start page of the role, own password, sign-out. */
export function sessionRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();

  app.get('/mulai', (c) => {
    const officer = c.get('officer');
    if (officer === null) return c.redirect(`/masuk?perpustakaan=${c.get('library').slug}`, 303);
    return c.redirect(officer.mustChangePassword ? `/${c.get('library').slug}/sandi` : homeOf(c), 303);
  });

  app.post('/keluar', async (c) => {
    const token = c.get('sessionToken');
    if (token !== null) await endSession(deps.db, deps, scopeOf(c, deps), token);
    clearSessionCookie(c);
    // The browser forgets pages of the desk that it kept for "back".
    c.header('Clear-Site-Data', '"cache"');
    return c.redirect(`/masuk?perpustakaan=${c.get('library').slug}`, 303);
  });

  app.get('/sandi', (c) =>
    c.get('officer') === null
      ? c.redirect(`/masuk?perpustakaan=${c.get('library').slug}`, 303)
      : passwordPage(c, null),
  );

  app.post('/sandi', async (c) => {
    const officer = c.get('officer');
    const token = c.get('sessionToken');
    if (officer === null || token === null)
      return c.redirect(`/masuk?perpustakaan=${c.get('library').slug}`, 303);
    const text = textsOf(c).office.password;
    const body = await readForm(c);
    if (body.text('baru') !== body.text('ulang')) {
      c.status(422);
      return passwordPage(c, { field: 'ulang', text: text.differs });
    }
    const outcome = await changePassword(deps.db, deps, scopeOf(c, deps), {
      officerId: officer.id,
      current: body.text('sekarang'),
      next: body.text('baru'),
      token,
    });
    if (outcome.ok) return c.redirect(`/${c.get('library').slug}/mulai`, 303);
    c.status(422);
    switch (outcome.reason) {
      case 'wrong-password':
        return passwordPage(c, { field: 'sekarang', text: text.wrong });
      case 'too-short':
        return passwordPage(c, { field: 'baru', text: text.tooShort(PASSWORD_LENGTH.min) });
      case 'too-long':
        return passwordPage(c, { field: 'baru', text: text.tooLong(PASSWORD_LENGTH.max) });
      case 'unchanged':
        return passwordPage(c, { field: 'baru', text: text.unchanged });
    }
  });

  return app;
}

async function page(c: Context<SiteEnv>, deps: WebDeps, form: SignInForm) {
  const all = textsOf(c);
  const text = all.office.signIn;
  const libraries = await listLibraries(deps.db);
  const library = await deps.libraries.find(form.slug);
  const error = (field: string) => (form.error?.field === field ? form.error.text : undefined);
  c.header('Cache-Control', 'no-store');
  return c.html(
    <PublicLayout
      {...siteFrame(c)}
      title={text.title}
      narrow
      noindex
      library={library && layoutLibrary(library)}
    >
      <PageHeader title={text.title} lead={text.lead} />
      {form.error && <ErrorSummary title={all.common.error.summaryTitle} errors={[form.error]} />}
      <form method="post" action="/masuk" class="dp-stack" novalidate>
        <input type="hidden" name="kembali" value={form.back} />
        {libraries.length > 1 ? (
          <SelectField
            name="perpustakaan"
            label={text.library}
            value={form.slug}
            placeholder={all.common.field.choose}
            choices={libraries.map((one) => ({ value: one.slug, label: one.name }))}
            error={error('perpustakaan')}
            required
          />
        ) : (
          <input type="hidden" name="perpustakaan" value={libraries[0]?.slug ?? ''} />
        )}
        <TextField
          name="nama"
          label={text.username}
          value={form.username}
          autocomplete="username"
          code
          required
        />
        <TextField
          name="sandi"
          type="password"
          label={text.password}
          autocomplete="current-password"
          error={error('sandi')}
          required
        />
        <Button>{text.submit}</Button>
        <p class="dp-small dp-muted">{text.forgot}</p>
      </form>
    </PublicLayout>,
  );
}

/** The second step: the ticket in the form says that the password was right. */
function codePage(
  c: Context<SiteEnv>,
  library: LibraryContext,
  form: { readonly ticket: string; readonly back: string },
  error?: string,
) {
  const all = textsOf(c);
  const { factor } = all.office;
  c.header('Cache-Control', 'no-store');
  return c.html(
    <PublicLayout {...siteFrame(c)} title={factor.signIn} narrow noindex library={layoutLibrary(library)}>
      <PageHeader title={factor.signIn} lead={factor.signInLead} />
      {error !== undefined && (
        <ErrorSummary title={all.common.error.summaryTitle} errors={[{ field: 'kode', text: error }]} />
      )}
      <form method="post" action="/masuk/kode" class="dp-stack" novalidate>
        <input type="hidden" name="perpustakaan" value={library.slug} />
        <input type="hidden" name="tiket" value={form.ticket} />
        <input type="hidden" name="kembali" value={form.back} />
        <TextField
          name="kode"
          label={factor.code}
          description={factor.codeHint}
          inputmode="numeric"
          autocomplete="one-time-code"
          maxlength={7}
          width="8"
          code
          autofocus={error === undefined}
          error={error}
          required
        />
        <Button>{factor.submit}</Button>
        <p class="dp-small dp-muted">{factor.lost}</p>
      </form>
    </PublicLayout>,
  );
}

function passwordPage(c: Context<LibraryEnv>, error: { field: string; text: string } | null) {
  const all = textsOf(c);
  const text = all.office.password;
  const errorOf = (field: string) => (error?.field === field ? error.text : undefined);
  c.header('Cache-Control', 'no-store');
  const { nav: _none, ...frame } = staffFrame(c, null);
  return c.html(
    <StaffLayout {...frame} title={text.title}>
      <div class="dp-main--narrow dp-stack">
        <PageHeader title={text.title} lead={c.get('officer')?.mustChangePassword ? text.first : undefined} />
        {error && <ErrorSummary title={all.common.error.summaryTitle} errors={[error]} />}
        <form method="post" class="dp-stack" novalidate>
          <TextField
            name="sekarang"
            type="password"
            label={text.current}
            autocomplete="current-password"
            error={errorOf('sekarang')}
            required
          />
          <TextField
            name="baru"
            type="password"
            label={text.next}
            description={text.nextAbout(PASSWORD_LENGTH.min)}
            autocomplete="new-password"
            error={errorOf('baru')}
            required
          />
          <TextField
            name="ulang"
            type="password"
            label={text.repeat}
            autocomplete="new-password"
            error={errorOf('ulang')}
            required
          />
          <Button>{text.submit}</Button>
        </form>
      </div>
    </StaffLayout>,
  );
}

/** Seconds to wait where one of the limits is used up; null where all let pass. */
function consume(limits: readonly (readonly [RateLimit, string])[]): number | null {
  for (const [limit, key] of limits) {
    const wait = limit.take(key);
    if (wait !== null) return wait;
  }
  return null;
}

/** Only ever back into the same library: an address from outside must not choose where a sign-in ends. */
function isInside(path: string, slug: string): boolean {
  return path === `/${slug}` || (path.startsWith(`/${slug}/`) && !path.includes('\\'));
}
