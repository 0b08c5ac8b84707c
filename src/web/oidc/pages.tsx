import type { Context } from 'hono';
import { raw } from 'hono/html';
import { isNative } from '../../domain/service.ts';
import type { LibraryContext } from '../../usecases/context.ts';
import { CODE_MINUTES, type CodeWay } from '../../usecases/one-time-code.ts';
import type { Service } from '../../usecases/service.ts';
import { PASSKEY_LABEL_MAX, type PasskeyTask } from '../../usecases/webauthn.ts';
import { type CodeWays, WayChoice } from '../code-ways.tsx';
import { Alert } from '../components/alert.tsx';
import { Button, LinkButton } from '../components/button.tsx';
import { ErrorSummary } from '../components/error-summary.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { PublicLayout } from '../components/public-layout.tsx';
import { TextField } from '../components/text-field.tsx';
import type { LibraryEnv, SiteEnv } from '../env.ts';
import { layoutLibrary, siteFrame, textsOf } from '../frame.tsx';
import type { Child } from '../jsx/jsx-runtime.ts';
import { PasskeyForm } from '../passkey-form.tsx';
import { CodeField } from '../public/own-proof.tsx';
import { SubPage } from '../public/status-page.tsx';

/** What every page of one sign-in knows. */
export interface SignInPage {
  readonly c: Context<LibraryEnv>;
  readonly service: Service;
  /** Address of this sign-in, without what follows it. */
  readonly base: string;
}

/** The member number, and a passkey beside it. */
export function numberPage(
  { c, service, base }: SignInPage,
  shown: {
    /** Undefined where no code can leave. */
    readonly ways: CodeWays | undefined;
    readonly way?: CodeWay;
    readonly number: string;
    readonly error?: string | undefined;
    readonly failed?: boolean;
    readonly task: PasskeyTask | null;
  },
) {
  const { common, signIn } = textsOf(c);
  const text = signIn.enter;
  const { title } = service.settings;
  const { error, ways } = shown;
  return c.html(
    <SubPage
      c={c}
      title={error === undefined ? text.title(title) : `${common.error.summaryTitle}: ${text.title(title)}`}
      lead={text.lead(title, c.get('library').settings.profile.name)}
      islands={shown.task ? ['passkey-door'] : []}
    >
      {error !== undefined && (
        <ErrorSummary title={common.error.summaryTitle} errors={[{ field: 'nomor', text: error }]} />
      )}
      {shown.failed === true && (
        <Alert tone="warning" live="alert">
          <p>{text.passkeyFailed}</p>
        </Alert>
      )}
      {ways !== undefined ? (
        <form method="post" action={base} class="dp-stack" novalidate>
          <TextField
            name="nomor"
            label={text.number}
            description={text.numberHint[ways]}
            value={shown.number}
            error={error}
            autocomplete="username"
            maxlength={40}
            width="16"
            code
            required
          />
          <WayChoice c={c} ways={ways} value={shown.way ?? 'email'} />
          <div class="dp-actions">
            <Button>{text.send}</Button>
          </div>
        </form>
      ) : (
        <Alert tone="info">{text.off}</Alert>
      )}
      {shown.task && (
        <PasskeyForm c={c} action={`${base}/kunci-sandi`} task={shown.task} kind="use" button={text.passkey}>
          <h2>{text.passkeyTitle}</h2>
        </PasskeyForm>
      )}
      <p class="dp-small dp-muted">{text.counter[ways ?? 'email']}</p>
      <BackForm base={base} label={text.cancel(title)} />
    </SubPage>,
  );
}

export function codePage({ c, base }: SignInPage, ways: CodeWays, problem: string | undefined) {
  const { common, signIn } = textsOf(c);
  const text = signIn.code;
  return c.html(
    <SubPage c={c} title={text.title} lead={text.sent[ways](CODE_MINUTES)}>
      {problem !== undefined && (
        <ErrorSummary title={common.error.summaryTitle} errors={[{ field: 'kode', text: problem }]} />
      )}
      <form method="post" action={`${base}/kode`} class="dp-stack" novalidate>
        <CodeField c={c} ways={ways} name="kode" error={problem} />
        <div class="dp-actions">
          <Button>{text.submit}</Button>
          <LinkButton href={base} variant="secondary">
            {text.again}
          </LinkButton>
        </div>
      </form>
      <p class="dp-small dp-muted">{signIn.enter.counter[ways]}</p>
    </SubPage>,
  );
}

/** After a code: a passkey for the next time. @param shown.onward where the sign-in goes on */
export function keepPage(
  { c, base }: SignInPage,
  shown: {
    readonly task: PasskeyTask;
    readonly onward: string;
    readonly label?: string;
    readonly error?: string;
  },
) {
  const { common, signIn } = textsOf(c);
  const text = signIn.keep;
  const { error } = shown;
  return c.html(
    <SubPage c={c} title={text.title} lead={text.lead} islands={['passkey-door']}>
      {error !== undefined && (
        <ErrorSummary title={common.error.summaryTitle} errors={[{ field: 'nama', text: error }]} />
      )}
      <PasskeyForm
        c={c}
        action={`${base}/simpan`}
        task={shown.task}
        kind="make"
        button={text.make}
        variant="primary"
      >
        <TextField
          name="nama"
          label={text.label}
          description={text.labelHint}
          value={shown.label ?? text.usual}
          maxlength={PASSKEY_LABEL_MAX}
          error={error}
          required
        />
      </PasskeyForm>
      <p>
        <LinkButton href={shown.onward} variant="secondary">
          {text.skip}
        </LinkButton>
      </p>
    </SubPage>,
  );
}

/** What the service will know, in plain words. */
export function consentPage(
  { c, service, base }: SignInPage,
  shown: { readonly scopes: readonly string[]; readonly host: string },
) {
  const text = textsOf(c).signIn.consent;
  const { title, ask } = service.settings;
  const known = (['openid', 'profile', 'membership', 'offline_access'] as const).filter((one) =>
    shown.scopes.includes(one),
  );
  return c.html(
    <SubPage c={c} title={text.title(title)} lead={text.lead(title)}>
      <ul>
        {known.map((one) => (
          <li>{text.knows[one]}</li>
        ))}
      </ul>
      <p>{text.not}</p>
      <p class="dp-muted">
        {ask === 'once' && !isNative(service.settings) ? text.once : text.always} {text.leads(shown.host)}
      </p>
      <div class="dp-actions">
        <form method="post" action={`${base}/izin`}>
          <Button>{text.allow}</Button>
        </form>
        <form method="post" action={`${base}/batal`}>
          <Button variant="secondary">{text.refuse}</Button>
        </form>
      </div>
    </SubPage>,
  );
}

/** Who they are is known, but the sign-in ends here; only the person themselves reads why. */
export function stoppedPage({ c, service, base }: SignInPage, reason: 'not-active' | 'child' | 'gone') {
  const text = textsOf(c).signIn.stopped;
  const { title } = service.settings;
  c.status(403);
  return c.html(
    <SubPage c={c} title={text.title} lead={reason === 'gone' ? text.gone : text[reason](title)}>
      <BackForm base={base} label={text.back(title)} />
    </SubPage>,
  );
}

function BackForm({ base, label }: { readonly base: string; readonly label: string }) {
  return (
    <form method="post" action={`${base}/batal`}>
      <Button variant="tertiary">{label}</Button>
    </form>
  );
}

/** Pages that the provider itself asks for, as text: no middleware of a library has run before them. */
interface ProviderPage {
  readonly c: Context<SiteEnv>;
  readonly library: LibraryContext;
}

function page({ c, library }: ProviderPage, title: string, lead: string, children?: Child) {
  return (
    <PublicLayout {...siteFrame(c)} library={layoutLibrary(library)} title={title} narrow noindex>
      <PageHeader title={title} lead={lead} />
      <div class="dp-stack">{children}</div>
    </PublicLayout>
  );
}

/** The code is a word of the standard, for whoever runs the service. */
export function refusedPage(at: ProviderPage, code: string, description: string | undefined) {
  const { problem } = textsOf(at.c).signIn;
  if (code === 'invalid_request' && description?.includes('expired') === true)
    return page(at, problem.overTitle, problem.over);
  return page(
    at,
    problem.title,
    problem.text,
    <p class="dp-code" lang="en">
      {description === undefined ? code : `${code}: ${description}`}
    </p>,
  );
}

/** @param form made by the provider: it carries the mark against forged requests */
export function logoutPage(at: ProviderPage, form: string) {
  const { problem } = textsOf(at.c).signIn;
  return page(
    at,
    problem.logoutTitle,
    problem.logoutText,
    <>
      {raw(form)}
      <div class="dp-actions">
        <Button name="logout" value="yes" attrs={{ form: 'op.logoutForm' }}>
          {problem.logoutYes}
        </Button>
        <Button variant="secondary" attrs={{ form: 'op.logoutForm' }}>
          {problem.logoutNo}
        </Button>
      </div>
    </>,
  );
}

export function signedOutPage(at: ProviderPage) {
  const { problem } = textsOf(at.c).signIn;
  return page(at, problem.doneTitle, problem.doneText);
}
