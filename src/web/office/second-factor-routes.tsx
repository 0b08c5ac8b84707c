import { type Context, Hono } from 'hono';
import { raw } from 'hono/html';
import { plainDateIn } from '../../domain/plain-date.ts';
import { formatLongDate } from '../../i18n/format.ts';
import { makeRecoveryCodes } from '../../usecases/recovery-codes.ts';
import {
  beginEnrolment,
  continueEnrolment,
  disableSecondFactor,
  type Enrolment,
  enableSecondFactor,
  type OwnFactors,
  ownFactors,
} from '../../usecases/second-factor.ts';
import { Alert } from '../components/alert.tsx';
import { Button, LinkButton } from '../components/button.tsx';
import { Details } from '../components/details.tsx';
import { ErrorSummary } from '../components/error-summary.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { Tag } from '../components/tag.tsx';
import { TextField } from '../components/text-field.tsx';
import { type LibraryEnv, scopeOf, type WebDeps } from '../env.ts';
import { readForm } from '../form-body.ts';
import { homeOf, textsOf } from '../frame.tsx';
import { requireEveryFactor } from '../middleware/fresh.ts';
import { requireOfficer } from '../middleware/session.ts';
import { type Notice, officePage } from './office-page.tsx';

/** `/{library}/faktor-kedua`: what an officer has beside the password, and the codes for when it is lost. */
export function secondFactorRoutes(deps: WebDeps): Hono<LibraryEnv> {
  const app = new Hono<LibraryEnv>();
  const own = requireOfficer();
  const whole = requireEveryFactor(deps);

  app.get('/faktor-kedua', own, (c) => page(c, deps, {}));

  app.post('/faktor-kedua', own, whole, async (c) => {
    const scope = scopeOf(c, deps);
    const body = await readForm(c);
    const { factor } = textsOf(c).office;
    const token = c.get('sessionToken') ?? '';
    const address = `/${c.get('library').slug}/faktor-kedua`;
    // Somebody signed in as another person's open desk must not replace the factor that is there.
    if ((await ownFactors(deps.db, scope)).app) {
      // Where the page that asks again has just taken a code, the one of before it is used up with it.
      const code = c.get('factorShown') === true ? null : body.text('kode');
      const off = await disableSecondFactor(deps.db, deps, scope, code, token);
      if (off.ok) return c.redirect(`${address}?selesai=mati`, 303);
      c.status(422);
      return page(c, deps, { error: off.reason === 'clock-differs' ? factor.clockDiffers : factor.wrong });
    }
    const sealed = body.text('kunci');
    const outcome = await enableSecondFactor(deps.db, deps, scope, {
      sealed,
      code: body.text('kode'),
      token,
    });
    if (outcome.ok) return c.redirect(`${address}?selesai=aktif`, 303);
    c.status(422);
    return page(c, deps, { error: factor.wrong, sealed });
  });

  app.post('/kode-pemulihan', own, whole, async (c) => {
    const scope = scopeOf(c, deps);
    const { app: hasApp, passkeys } = await ownFactors(deps.db, scope);
    if (!hasApp && passkeys === 0) return c.redirect(`/${c.get('library').slug}/faktor-kedua`, 303);
    // Answers with the codes instead of a redirect: they are shown once and stand in no address.
    return codesPage(c, await makeRecoveryCodes(deps.db, deps, scope));
  });

  return app;
}

function usernameOf(c: Context<LibraryEnv>): string {
  return c.get('officer')?.username ?? '';
}

async function page(
  c: Context<LibraryEnv>,
  deps: WebDeps,
  state: { readonly error?: string; readonly sealed?: string },
) {
  const { common, doors, office } = textsOf(c);
  const { factor } = office;
  const scope = scopeOf(c, deps);
  const own = await ownFactors(deps.db, scope);
  const { slug } = c.get('library');
  const kept =
    state.sealed === undefined ? undefined : continueEnrolment(deps, scope, state.sealed, usernameOf(c));
  const enrolment = own.app ? null : (kept ?? beginEnrolment(deps, scope, usernameOf(c)));
  return officePage(
    c,
    {
      area: null,
      title: state.error === undefined ? factor.title : `${common.error.summaryTitle}: ${factor.title}`,
      back: { href: `/${slug}/sesi`, label: office.sessions.title },
      notices: noticesOf(c, own, deps.now()),
    },
    <>
      <PageHeader title={factor.title} lead={doors.factor.intro}>
        {own.dueAt !== null && own.dueAt > deps.now() && (
          <LinkButton href={homeOf(c)} variant="secondary">
            {doors.factor.later}
          </LinkButton>
        )}
      </PageHeader>
      {state.error !== undefined && (
        <ErrorSummary title={common.error.summaryTitle} errors={[{ field: 'kode', text: state.error }]} />
      )}
      <div class="dp-panes" data-side="right">
        <AppPanel c={c} deps={deps} enrolment={enrolment} error={state.error} />
        <div class="dp-stack">
          <section class="dp-panel dp-stack" data-gap="s" aria-labelledby="kunci-sandi">
            <h2 id="kunci-sandi">{doors.passkey.title}</h2>
            <p>
              <Tag tone={own.passkeys > 0 ? 'success' : undefined}>{doors.factor.passkeys(own.passkeys)}</Tag>
            </p>
            <p>{doors.passkey.lead}</p>
            <div>
              <LinkButton href={`/${slug}/kunci-sandi`} variant="secondary">
                {doors.factor.passkeysLink}
              </LinkButton>
            </div>
          </section>
          <section class="dp-panel dp-stack" data-gap="s" aria-labelledby="kode-pemulihan">
            <h2 id="kode-pemulihan">{doors.factor.codes}</h2>
            <p>
              <Tag tone={own.codesLeft > 0 ? 'success' : undefined}>
                {doors.factor.codesLeft(own.codesLeft)}
              </Tag>
            </p>
            <p>{doors.factor.codesAbout}</p>
            {own.app || own.passkeys > 0 ? (
              <form method="post" action={`/${slug}/kode-pemulihan`}>
                <Button variant="secondary">
                  {own.codesLeft > 0 ? doors.factor.renewCodes : doors.factor.makeCodes}
                </Button>
              </form>
            ) : (
              <p class="dp-small dp-muted">{doors.factor.needsFactor}</p>
            )}
          </section>
        </div>
      </div>
    </>,
  );
}

/** The authenticator app: set up by its code, turned off by one. */
function AppPanel(props: {
  readonly c: Context<LibraryEnv>;
  readonly deps: WebDeps;
  /** null where the app is on already */
  readonly enrolment: Enrolment | null;
  readonly error: string | undefined;
}) {
  const { c, enrolment, error } = props;
  const { doors, office } = textsOf(c);
  const { factor } = office;
  const form = (
    <form
      method="post"
      action={`/${c.get('library').slug}/faktor-kedua`}
      class="dp-stack"
      autocomplete="off"
      novalidate
    >
      {enrolment && (
        <>
          <input type="hidden" name="kunci" value={enrolment.sealed} />
          <div class="dp-handover">
            <span class="dp-qr">{raw(props.deps.documents.qrSvg(enrolment.uri, factor.scan))}</span>
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
  );
  return (
    <section class="dp-panel dp-stack" aria-labelledby="aplikasi">
      <h2 id="aplikasi">{doors.factor.app}</h2>
      <p>
        <Tag tone={enrolment === null ? 'success' : undefined}>
          {enrolment === null ? doors.factor.appOn : doors.factor.appOff}
        </Tag>
      </p>
      <p>{factor.lead}</p>
      {enrolment === null ? (
        <Details summary={factor.disable} open={error !== undefined}>
          {form}
        </Details>
      ) : (
        form
      )}
    </section>
  );
}

function codesPage(c: Context<LibraryEnv>, codes: readonly string[]) {
  const { codes: text } = textsOf(c).doors;
  const { slug, settings } = c.get('library');
  return officePage(
    c,
    { area: null, title: text.title, islands: ['print-button'] },
    <div class="dp-main--narrow dp-stack">
      <PageHeader
        title={text.title}
        eyebrow={`${settings.profile.name}: ${usernameOf(c)}`}
        lead={text.lead}
      />
      <ol class="dp-panel dp-codes">
        {codes.map((code) => (
          <li>
            <span class="dp-code">{code}</span>
          </li>
        ))}
      </ol>
      <Alert tone="warning">{text.eachOnce}</Alert>
      <div class="dp-actions dp-noprint">
        <print-button hidden>
          <Button type="button">{text.print}</Button>
        </print-button>
        <LinkButton href={`/${slug}/faktor-kedua`} variant="secondary">
          {text.done}
        </LinkButton>
      </div>
    </div>,
  );
}

function noticesOf(c: Context<LibraryEnv>, own: OwnFactors, now: Date): readonly Notice[] {
  const { doors, office } = textsOf(c);
  const { timezone } = c.get('library').settings.profile;
  const asked = c.req.query('selesai') ?? '';
  const done: Readonly<Record<string, string>> = {
    aktif: office.factor.enabled,
    mati: office.factor.disabled,
    tambah: doors.passkey.done.tambah,
  };
  const notices: Notice[] = [];
  const said = asked === 'kode' ? doors.codes.left(own.codesLeft) : done[asked];
  if (said !== undefined) notices.push({ tone: asked === 'kode' ? 'warning' : 'success', text: said });
  if (own.dueAt !== null)
    notices.push(
      own.dueAt > now
        ? {
            tone: 'warning',
            text: doors.factor.due(formatLongDate(c.get('lang'), plainDateIn(timezone, own.dueAt))),
          }
        : { tone: 'danger', text: doors.factor.overdue },
    );
  if ((own.app || own.passkeys > 0) && own.codesLeft === 0 && asked !== 'kode')
    notices.push({ tone: 'info', text: doors.factor.missingCodes });
  return notices;
}
