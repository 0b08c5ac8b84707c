import type { Context } from 'hono';
import type { MissingProof } from '../usecases/confirm-session.ts';
import { askForOwnPasskey } from '../usecases/passkey.ts';
import { ownFactors } from '../usecases/second-factor.ts';
import { ownLink } from '../usecases/sign-on.ts';
import { Alert } from './components/alert.tsx';
import { Button, LinkButton } from './components/button.tsx';
import { Details } from './components/details.tsx';
import { ErrorSummary } from './components/error-summary.tsx';
import { PageHeader } from './components/page-header.tsx';
import { StaffLayout } from './components/staff-layout.tsx';
import { TextField } from './components/text-field.tsx';
import { type LibraryEnv, scopeOf, type WebDeps } from './env.ts';
import type { FormBody } from './form-body.ts';
import { homeOf, staffFrame, textsOf } from './frame.tsx';
import { KeptFields, keptFields } from './kept-fields.tsx';
import { PasskeyForm } from './passkey-form.tsx';

/** A field of the page itself: asked anew each time, and never carried along. */
const isOwnField = (name: string) => name.startsWith('konfirmasi-');

/**
 * Asks who sits there. A posted form is echoed in hidden fields and sent to its own address again, with the proof.
 * @param shown.body the form that waits; null for an address that opens afterwards
 * @param shown.missing what of a whole sign-in is still to be shown, where one factor is not enough
 */
export async function confirmPage(
  c: Context<LibraryEnv>,
  deps: WebDeps,
  shown: {
    readonly body: FormBody | null;
    readonly outcome: 'asked' | 'wrong' | 'clock' | { readonly wait: number };
    readonly missing?: MissingProof;
  },
) {
  const { common, doors, office, signOn } = textsOf(c);
  const text = doors.confirm;
  const officer = c.get('officer');
  if (officer === null) throw new Error('only somebody signed in is asked again');
  const { body, outcome, missing } = shown;
  const library = c.get('library');
  const [factors, link, task] = await Promise.all([
    ownFactors(deps.db, scopeOf(c, deps)),
    ownLink(deps.db, scopeOf(c, deps)),
    askForOwnPasskey(deps.db, deps, library, {
      officerId: officer.id,
      purpose: 'confirm',
      origin: c.get('origin'),
    }),
  ]);
  if (outcome === 'wrong' || outcome === 'clock') c.status(422);
  else if (outcome !== 'asked') {
    c.status(429);
    c.header('Retry-After', String(outcome.wait));
  }
  // A page that asks before a form goes on is no error: 200, as nothing was refused.
  const problem =
    outcome === 'asked'
      ? undefined
      : outcome === 'wrong'
        ? text.wrong
        : outcome === 'clock'
          ? office.factor.clockDiffers
          : text.tooMany(Math.ceil(outcome.wait / 60));
  const url = new URL(c.req.url);
  const action = `${url.pathname}${url.search}`;
  const kept = () => body && <KeptFields fields={keptFields(body, isOwnField)} />;
  const asksPassword = !link?.only && (missing?.password ?? true);
  const asksCode = factors.app && (missing?.factor ?? true);
  /** Of what is asked for, what the problem is with; a wrong one of two is not told apart. */
  const atCode = outcome === 'clock' || !asksPassword;
  /** Two factors, one beside the other. */
  const both = missing?.factor ?? false;
  const codeField = (
    <TextField
      name="konfirmasi-kode"
      label={text.app}
      description={office.factor.codeHint}
      inputmode="numeric"
      autocomplete="one-time-code"
      maxlength={7}
      width="8"
      code
      error={atCode ? problem : undefined}
      required={both}
    />
  );
  const lead = both
    ? text[missing?.password ? 'leadAll' : 'leadFactor']
    : link?.only
      ? signOn.confirmOnlyLead(link.provider)
      : text.lead;
  const hasFiles = body?.hasFiles ?? false;
  c.header('Cache-Control', 'no-store');
  return c.html(
    <StaffLayout
      {...staffFrame(c, null)}
      title={problem === undefined ? text.title : `${common.error.summaryTitle}: ${text.title}`}
      islands={['passkey-door']}
    >
      <div class="dp-main--narrow dp-stack">
        <PageHeader title={text.title} lead={lead} />
        {problem !== undefined && (
          <ErrorSummary
            title={common.error.summaryTitle}
            errors={[{ field: atCode ? 'konfirmasi-kode' : 'konfirmasi-sandi', text: problem }]}
          />
        )}
        {body !== null && <Alert tone="info">{hasFiles ? text.files : text.kept}</Alert>}
        {task && (
          <PasskeyForm
            c={c}
            action={action}
            task={task}
            kind="use"
            button={doors.passkey.second}
            variant="primary"
            prefix="konfirmasi-"
          >
            {kept()}
          </PasskeyForm>
        )}
        {both && !factors.app && !task && <Alert tone="info">{text.signInAgain}</Alert>}
        {link?.linkedAt && (missing?.password ?? true) && (
          <section class="dp-panel dp-stack" data-gap="s" aria-labelledby="penyedia">
            <h2 id="penyedia">{link.provider}</h2>
            {body !== null && <p>{signOn.confirmTab(link.provider)}</p>}
            <div class="dp-actions">
              <LinkButton
                href={providerAddress(c, body !== null)}
                variant={link.only ? 'primary' : 'secondary'}
                // The form waits in this tab.
                attrs={body === null ? {} : { target: '_blank', rel: 'noopener' }}
              >
                {signOn.confirmBy(link.provider)}
              </LinkButton>
              {body !== null && (
                <form method="post" action={action}>
                  {kept()}
                  <Button variant="secondary">{signOn.confirmGo}</Button>
                </form>
              )}
            </div>
          </section>
        )}
        {(asksPassword || asksCode) && (
          <form method="post" action={action} class="dp-panel dp-stack" novalidate>
            {kept()}
            {asksPassword && (
              <TextField
                name="konfirmasi-sandi"
                type="password"
                label={text.password}
                autocomplete="current-password"
                autofocus={problem === undefined}
                error={atCode ? undefined : problem}
                required
              />
            )}
            {asksCode &&
              (both ? (
                codeField
              ) : (
                <Details summary={text.appUse} open={atCode && problem !== undefined}>
                  {codeField}
                </Details>
              ))}
            <div class="dp-actions">
              <Button variant={task || link?.only ? 'secondary' : 'primary'}>{text.submit}</Button>
              <LinkButton href={homeOf(c)} variant="tertiary">
                {text.cancel}
              </LinkButton>
            </div>
          </form>
        )}
      </div>
    </StaffLayout>,
  );
}

/** To the provider and back: to the address that waits, or to nowhere of its own while a form waits in another tab. */
function providerAddress(c: Context<LibraryEnv>, inTab: boolean): string {
  const back = inTab ? '' : (c.req.query('kembali') ?? '');
  return `/${c.get('library').slug}/konfirmasi/penyedia?kembali=${encodeURIComponent(back)}`;
}
