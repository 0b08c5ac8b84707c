import { type Context, Hono } from 'hono';
import { raw } from 'hono/html';
import { PERMISSIONS } from '../../domain/permissions.ts';
import {
  beginEnrolment,
  continueEnrolment,
  disableSecondFactor,
  type Enrolment,
  enableSecondFactor,
  hasSecondFactor,
} from '../../usecases/second-factor.ts';
import { Button } from '../components/button.tsx';
import { ErrorSummary } from '../components/error-summary.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { Tag } from '../components/tag.tsx';
import { TextField } from '../components/text-field.tsx';
import { type LibraryEnv, scopeOf, type WebDeps } from '../env.ts';
import { readForm } from '../form-body.ts';
import { textsOf } from '../frame.tsx';
import { requirePermission } from '../middleware/session.ts';
import { officePage } from './office-page.tsx';

/** `/{library}/faktor-kedua`: an authenticator app beside the password, for whoever wants it. */
export function secondFactorRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  const anybody = requirePermission(...PERMISSIONS);

  app.get('/faktor-kedua', anybody, async (c) => {
    const scope = scopeOf(c, deps);
    const on = await hasSecondFactor(deps.db, scope);
    return page(c, deps, on ? null : beginEnrolment(deps, scope, usernameOf(c)), undefined);
  });

  app.post('/faktor-kedua', anybody, async (c) => {
    const scope = scopeOf(c, deps);
    const body = await readForm(c);
    const { factor } = textsOf(c).office;
    const address = `/${c.get('library').slug}/faktor-kedua`;
    // Somebody signed in as another person's open desk must not replace the factor that is there.
    if (await hasSecondFactor(deps.db, scope)) {
      const off = await disableSecondFactor(deps.db, deps, scope, body.text('kode'));
      if (off.ok) return c.redirect(`${address}?selesai=mati`, 303);
      c.status(422);
      return page(c, deps, null, factor.wrong);
    }
    const sealed = body.text('kunci');
    const outcome = await enableSecondFactor(deps.db, deps, scope, { sealed, code: body.text('kode') });
    if (outcome.ok) return c.redirect(`${address}?selesai=aktif`, 303);
    c.status(422);
    const again =
      continueEnrolment(deps, scope, sealed, usernameOf(c)) ?? beginEnrolment(deps, scope, usernameOf(c));
    return page(c, deps, again, factor.wrong);
  });

  return app;
}

function usernameOf(c: Context<LibraryEnv>): string {
  return c.get('officer')?.username ?? '';
}

/** @param enrolment null where the factor is on already */
function page(c: Context<LibraryEnv>, deps: WebDeps, enrolment: Enrolment | null, error: string | undefined) {
  const { office, common } = textsOf(c);
  const { factor } = office;
  const { slug } = c.get('library');
  const done = { aktif: factor.enabled, mati: factor.disabled }[c.req.query('selesai') ?? ''];
  return officePage(
    c,
    {
      area: null,
      title: factor.title,
      back: { href: `/${slug}/sesi`, label: office.sessions.title },
      notices: done === undefined ? [] : [{ tone: 'success', text: done }],
    },
    <div class="dp-main--narrow dp-stack">
      <PageHeader title={factor.title} lead={factor.lead}>
        <Tag tone={enrolment === null ? 'success' : undefined}>
          {enrolment === null ? factor.on : factor.off}
        </Tag>
      </PageHeader>
      {error !== undefined && (
        <ErrorSummary title={common.error.summaryTitle} errors={[{ field: 'kode', text: error }]} />
      )}
      <form method="post" action={`/${slug}/faktor-kedua`} class="dp-panel dp-stack" novalidate>
        {enrolment && (
          <>
            <input type="hidden" name="kunci" value={enrolment.sealed} />
            <div class="dp-handover">
              <span class="dp-qr">{raw(deps.documents.qrSvg(enrolment.uri, factor.scan))}</span>
              <div class="dp-stack" data-gap="s">
                <p>{factor.scan}</p>
                <p class="dp-small dp-muted">{factor.typed}</p>
                <p class="dp-code dp-wraps dp-key-text">{enrolment.key}</p>
              </div>
            </div>
          </>
        )}
        <TextField
          name="kode"
          label={factor.code}
          description={factor.codeHint}
          inputmode="numeric"
          autocomplete="one-time-code"
          maxlength={7}
          width="8"
          code
          error={error}
          required
        />
        <div>
          <Button tone={enrolment === null ? 'danger' : undefined}>
            {enrolment === null ? factor.disable : factor.enable}
          </Button>
        </div>
      </form>
    </div>,
  );
}
