import { type Context, Hono } from 'hono';
import { listLibraries } from '../../db/library.ts';
import { PASSWORD_LENGTH } from '../../domain/password-rules.ts';
import { changePassword } from '../../usecases/change-password.ts';
import type { LibraryContext } from '../../usecases/context.ts';
import { libraryOfAnswer } from '../../usecases/passkey.ts';
import { looksLikeRecoveryCode } from '../../usecases/recovery-codes.ts';
import { endSession } from '../../usecases/session.ts';
import { finishSignIn, officerOfTicket, signIn, signInWithPasskey } from '../../usecases/sign-in.ts';
import { ownLink } from '../../usecases/sign-on.ts';
import { Alert } from '../components/alert.tsx';
import { Button } from '../components/button.tsx';
import { ErrorSummary } from '../components/error-summary.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { StaffLayout } from '../components/staff-layout.tsx';
import { TextField } from '../components/text-field.tsx';
import { type LibraryEnv, originOf, type SiteEnv, scopeOf, type WebDeps } from '../env.ts';
import { readForm } from '../form-body.ts';
import { homeOf, staffFrame, textsOf } from '../frame.tsx';
import { confirmAddress, forgetGuesses, lacking, takeGuess } from '../middleware/fresh.ts';
import { clearSessionCookie, sessionCookie, setSessionCookie } from '../middleware/session.ts';
import { passkeyAnswerOf } from '../passkey-form.tsx';
import { PROOF_FIELD } from '../proof-of-work.tsx';
import { isInside } from './inside.ts';
import { knownBrowser, rememberBrowser } from './known-browser.ts';
import { openSignInGuard } from './sign-in-guard.ts';
import { codePage, signInPage } from './sign-in-pages.tsx';

/** `/masuk`: staff of any library. Guessing is slowed, see `openSignInGuard`; every limit opens again by itself. */
export function signInRoutes(deps: WebDeps): Hono<SiteEnv> {
  const app = new Hono<SiteEnv>();
  const guard = openSignInGuard(deps);

  app.get('/masuk', (c) =>
    signInPage(c, deps, {
      slug: c.req.query('perpustakaan') ?? '',
      username: '',
      back: c.req.query('kembali') ?? '',
      leftProvider: c.req.query('keluar') === 'penyedia',
    }),
  );

  app.post('/masuk', async (c) => {
    const text = textsOf(c).office.signIn;
    const body = await readForm(c);
    const form = { slug: body.text('perpustakaan'), username: body.text('nama'), back: body.text('kembali') };
    const library = await deps.libraries.find(form.slug);
    if (!library) {
      c.status(422);
      return signInPage(c, deps, { ...form, error: { field: 'perpustakaan', text: text.unknownLibrary } });
    }
    const attempt = {
      libraryId: library.id,
      username: form.username,
      clientAddress: c.get('clientAddress'),
      browser: knownBrowser(c, deps, library, form.username),
      proof: body.text(PROOF_FIELD),
    };
    const limited = await guard.begin(attempt);
    if (limited !== null) {
      c.status(429);
      c.header('Retry-After', String(limited.wait));
      return signInPage(c, deps, {
        ...form,
        error: { field: 'sandi', text: text.tooMany(Math.ceil(limited.wait / 60)) },
        challenge: limited.challenge,
      });
    }
    const outcome = await signIn(deps.db, deps, library, {
      username: form.username,
      password: body.text('sandi'),
      ...originOf(c),
    });
    if (outcome.ok || outcome.reason !== 'wrong-credentials') guard.succeeded(attempt);
    if (!outcome.ok && outcome.reason === 'second-factor')
      return codePage(c, deps, library, { ticket: outcome.ticket, back: form.back });
    if (!outcome.ok) {
      c.status(422);
      const said = outcome.reason === 'provider-only' ? onlyText(c, outcome.provider) : text.wrong;
      return signInPage(c, deps, { ...form, error: { field: 'sandi', text: said } });
    }
    return letIn(c, deps, library, outcome, form.back);
  });

  app.post('/masuk/kode', async (c) => {
    const { signIn: text, factor } = textsOf(c).office;
    const body = await readForm(c);
    const library = await deps.libraries.find(body.text('perpustakaan'));
    if (!library) return c.redirect('/masuk', 303);
    const form = { ticket: body.text('tiket'), back: body.text('kembali') };
    const officerId = officerOfTicket(deps, library, form.ticket, deps.now());
    const byPasskey = body.text('jawaban') !== '';
    const limited = officerId === undefined || byPasskey ? null : guard.beginCode(library.id, officerId);
    if (limited !== null) {
      c.status(429);
      c.header('Retry-After', String(limited));
      return codePage(c, deps, library, form, text.tooMany(Math.ceil(limited / 60)));
    }
    const code = body.text('pemulihan') === '' ? body.text('kode') : body.text('pemulihan');
    const outcome = await finishSignIn(deps.db, deps, library, {
      ticket: form.ticket,
      proof: byPasskey ? passkeyAnswerOf(c, body) : { code },
      ...originOf(c),
    });
    if (!outcome.ok && (outcome.reason === 'expired' || outcome.reason === 'provider-only')) {
      c.status(422);
      const said = outcome.reason === 'expired' ? factor.expired : onlyText(c, outcome.provider);
      const error = { field: 'sandi', text: said };
      return signInPage(c, deps, { slug: library.slug, username: '', back: form.back, error });
    }
    if (!outcome.ok) {
      c.status(422);
      const refused = outcome.reason === 'clock-differs' ? factor.clockDiffers : factor.wrong;
      return codePage(c, deps, library, form, byPasskey ? textsOf(c).doors.passkey.refused : refused);
    }
    guard.codeSucceeded(library.id, outcome.officerId);
    // Whoever came in with a recovery code is shown what is left, and where to set things up again.
    const recovered = !byPasskey && looksLikeRecoveryCode(code);
    return letIn(
      c,
      deps,
      library,
      outcome,
      recovered ? `/${library.slug}/faktor-kedua?selesai=kode` : form.back,
    );
  });

  app.post('/masuk/kunci', async (c) => {
    const { doors, office } = textsOf(c);
    const body = await readForm(c);
    const form = { slug: body.text('perpustakaan'), username: '', back: body.text('kembali') };
    const limited = guard.beginPasskey(c.get('clientAddress'));
    if (limited !== null) {
      c.status(429);
      c.header('Retry-After', String(limited));
      const text = office.signIn.tooMany(Math.ceil(limited / 60));
      return signInPage(c, deps, { ...form, error: { field: 'nama', text } });
    }
    const answer = passkeyAnswerOf(c, body);
    const id = libraryOfAnswer(answer.answer);
    const slug = (await listLibraries(deps.db)).find((one) => one.id === id)?.slug;
    const library = slug === undefined ? undefined : await deps.libraries.find(slug);
    const outcome =
      library && (await signInWithPasskey(deps.db, deps, library, { ...answer, ...originOf(c) }));
    if (!library || !outcome?.ok) {
      c.status(422);
      const only = outcome?.ok === false && outcome.reason === 'provider-only' ? outcome : undefined;
      const said = only === undefined ? doors.passkey.refused : onlyText(c, only.provider);
      const slug = library?.slug ?? form.slug;
      return signInPage(c, deps, { ...form, slug, error: { field: 'nama', text: said } });
    }
    return letIn(c, deps, library, outcome, form.back);
  });

  return app;
}

/** To whoever has shown to be the officer: the library wants them to come in another way. */
function onlyText(c: Context<SiteEnv>, provider: string): string {
  return textsOf(c).signOn.only(provider);
}

/** Opens the door. A session that this browser had is over: nobody goes on under a secret of before. */
export async function letIn(
  c: Context<SiteEnv>,
  deps: WebDeps,
  library: LibraryContext,
  opened: { readonly token: string; readonly username: string },
  back: string,
) {
  const inside = c as unknown as Context<LibraryEnv>;
  inside.set('library', library);
  const before = sessionCookie(inside);
  if (before !== undefined)
    await endSession(deps.db, deps, scopeOf(inside, deps, { kind: 'system' }), before);
  setSessionCookie(inside, opened.token);
  rememberBrowser(c, deps, library, opened.username);
  return c.redirect(isInside(back, library.slug) ? back : `/${library.slug}/mulai`, 303);
}

/** What belongs to being signed in: start page of the role, own password, sign-out. */
export function sessionRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();

  app.get('/mulai', (c) => {
    const officer = c.get('officer');
    if (officer === null) return c.redirect(`/masuk?perpustakaan=${c.get('library').slug}`, 303);
    if (officer.mustChangePassword) return c.redirect(`/${c.get('library').slug}/sandi`, 303);
    // Once a sign-in whoever owes a second factor is reminded; until it is due there is a way past.
    if (officer.factorDueAt !== null) return c.redirect(`/${c.get('library').slug}/faktor-kedua`, 303);
    return c.redirect(homeOf(c), 303);
  });

  app.post('/keluar', async (c) => {
    const token = c.get('sessionToken');
    if (token !== null) await endSession(deps.db, deps, scopeOf(c, deps), token);
    clearSessionCookie(c);
    // The browser forgets pages of the desk that it kept for "back".
    c.header('Clear-Site-Data', '"cache"');
    // There they are still signed in: the page of the door offers to end that too.
    const left = c.get('officer')?.byProvider ? '&keluar=penyedia' : '';
    return c.redirect(`/masuk?perpustakaan=${c.get('library').slug}${left}`, 303);
  });

  app.get('/sandi', async (c) => {
    if (c.get('officer') === null) return c.redirect(`/masuk?perpustakaan=${c.get('library').slug}`, 303);
    return (await factorFirst(c, deps)) ?? (await passwordPage(c, deps, null));
  });

  app.post('/sandi', async (c) => {
    const officer = c.get('officer');
    const token = c.get('sessionToken');
    if (officer === null || token === null)
      return c.redirect(`/masuk?perpustakaan=${c.get('library').slug}`, 303);
    const all = textsOf(c);
    const { password: text } = all.office;
    const { password: doors } = all.doors;
    const body = await readForm(c);
    const asked = await factorFirst(c, deps);
    if (asked !== undefined) return asked;
    if (body.text('baru') !== body.text('ulang')) {
      c.status(422);
      return passwordPage(c, deps, { field: 'ulang', text: text.differs });
    }
    const wait = takeGuess(c, deps);
    if (wait !== null) {
      c.status(429);
      c.header('Retry-After', String(wait));
      return passwordPage(c, deps, { field: 'sekarang', text: all.common.error.tooManyBody(wait) });
    }
    const outcome = await changePassword(deps.db, deps, scopeOf(c, deps), {
      officerId: officer.id,
      current: body.text('sekarang'),
      next: body.text('baru'),
      token,
    });
    if (outcome.ok) {
      forgetGuesses(c, deps);
      return c.redirect(`/${c.get('library').slug}/mulai`, 303);
    }
    c.status(422);
    switch (outcome.reason) {
      case 'wrong-password':
        return passwordPage(c, deps, { field: 'sekarang', text: text.wrong });
      case 'too-short':
        return passwordPage(c, deps, { field: 'baru', text: text.tooShort(PASSWORD_LENGTH.min) });
      case 'too-long':
        return passwordPage(c, deps, { field: 'baru', text: text.tooLong(PASSWORD_LENGTH.max) });
      case 'unchanged':
        return passwordPage(c, deps, { field: 'baru', text: text.unchanged });
      case 'common':
        return passwordPage(c, deps, { field: 'baru', text: doors.common });
      case 'breached':
        return passwordPage(c, deps, { field: 'baru', text: doors.breached });
      case 'not-checked':
        c.status(503);
        deps.log({ level: 'error', event: 'breached-passwords-unreadable' });
        return passwordPage(c, deps, { field: 'baru', text: doors.notChecked });
      case 'own-names':
        return passwordPage(c, deps, { field: 'baru', text: doors.ownNames });
      case 'one-pattern':
        return passwordPage(c, deps, { field: 'baru', text: doors.onePattern });
    }
  });

  return app;
}

/**
 * The form asks for the password itself; the second factor is shown before it opens. Whoever must choose a first password
 * has just signed in, and nothing else opens to them.
 */
async function factorFirst(c: Context<LibraryEnv>, deps: WebDeps): Promise<Response | undefined> {
  if (c.get('officer')?.mustChangePassword !== false) return undefined;
  const missing = await lacking(c, deps);
  return missing?.factor
    ? c.redirect(confirmAddress(c, `/${c.get('library').slug}/sandi`, true), 303)
    : undefined;
}

async function passwordPage(
  c: Context<LibraryEnv>,
  deps: WebDeps,
  error: { field: string; text: string } | null,
) {
  const all = textsOf(c);
  const text = all.office.password;
  const errorOf = (field: string) => (error?.field === field ? error.text : undefined);
  const link = await ownLink(deps.db, scopeOf(c, deps));
  c.header('Cache-Control', 'no-store');
  const { nav: _none, ...frame } = staffFrame(c, null);
  return c.html(
    <StaffLayout {...frame} title={text.title}>
      <div class="dp-main--narrow dp-stack">
        <PageHeader title={text.title} lead={c.get('officer')?.mustChangePassword ? text.first : undefined} />
        {error && <ErrorSummary title={all.common.error.summaryTitle} errors={[error]} />}
        {link?.only && <Alert tone="info">{all.signOn.own.only(link.provider)}</Alert>}
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
