import type { Context } from 'hono';
import { listLibraries } from '../../db/library.ts';
import { librariesWithSignOn } from '../../db/sign-on.ts';
import type { LibraryContext } from '../../usecases/context.ts';
import { askForAnyPasskey, askForOwnPasskey } from '../../usecases/passkey.ts';
import { officerOfTicket } from '../../usecases/sign-in.ts';
import { type OpenProvider, openProvider } from '../../usecases/sign-on-provider.ts';
import { passkeysPossible } from '../../usecases/webauthn.ts';
import { Alert } from '../components/alert.tsx';
import { Button, LinkButton } from '../components/button.tsx';
import { SelectField } from '../components/choice-fields.tsx';
import { Details } from '../components/details.tsx';
import { ErrorSummary } from '../components/error-summary.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { PublicLayout } from '../components/public-layout.tsx';
import { TextField } from '../components/text-field.tsx';
import type { SiteEnv, WebDeps } from '../env.ts';
import { layoutLibrary, siteFrame, textsOf } from '../frame.tsx';
import { PasskeyForm } from '../passkey-form.tsx';
import { ProofOfWork } from '../proof-of-work.tsx';
import { signOnPossible } from './sign-on/flow.ts';

export interface SignInForm {
  readonly slug: string;
  readonly username: string;
  readonly back: string;
  readonly error?: { readonly field: string; readonly text: string };
  /** A task that passes instead of waiting. */
  readonly challenge?: string | undefined;
  /** The session that has just ended had come through the provider. */
  readonly leftProvider?: boolean;
}

interface CodeForm {
  readonly ticket: string;
  readonly back: string;
}

/** The door: password, passkey, and the government's identity provider where the library names one. */
export async function signInPage(c: Context<SiteEnv>, deps: WebDeps, form: SignInForm) {
  const all = textsOf(c);
  const text = all.office.signIn;
  const libraries = await listLibraries(deps.db);
  // One library needs no choice.
  const only = libraries.length === 1 ? libraries[0]?.slug : undefined;
  const library = await deps.libraries.find(form.slug === '' ? (only ?? '') : form.slug);
  const withSignOn = signOnPossible(c.get('origin')) ? await librariesWithSignOn(deps.db) : [];
  const provider =
    library && withSignOn.includes(library.id) ? await openProvider(deps.db, deps, library) : undefined;
  const error = (field: string) => (form.error?.field === field ? form.error.text : undefined);
  const task = passkeysPossible(c.get('origin')) ? await askForAnyPasskey(deps, c.get('origin')) : undefined;
  const { passkey } = all.doors;
  c.header('Cache-Control', 'no-store');
  return c.html(
    <PublicLayout
      {...siteFrame(c)}
      title={text.title}
      narrow
      noindex
      library={library && layoutLibrary(library)}
      islands={[...(task ? ['passkey-door'] : []), ...(form.challenge ? ['proof-of-work'] : [])]}
    >
      <PageHeader title={text.title} lead={text.lead} />
      {library && form.leftProvider && <LeftProvider c={c} library={library} provider={provider} />}
      {form.error && <ErrorSummary title={all.common.error.summaryTitle} errors={[form.error]} />}
      {provider?.rules.required && <Alert tone="info">{all.signOn.requiredHere(provider.rules.name)}</Alert>}
      {library && provider && <ProviderDoor c={c} library={library} provider={provider} back={form.back} />}
      {!library && (
        <ChooseLibrary c={c} libraries={libraries.filter((one) => withSignOn.includes(one.id))} form={form} />
      )}
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
          error={error('nama')}
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
        {form.challenge && <ProofOfWork c={c} challenge={form.challenge} />}
        <div>
          <Button>{text.submit}</Button>
        </div>
        <p class="dp-small dp-muted">{text.forgot}</p>
      </form>
      {task && (
        <PasskeyForm c={c} action="/masuk/kunci" task={task} kind="use" button={passkey.enter}>
          <p class="dp-or" aria-hidden="true">
            <span>{passkey.or}</span>
          </p>
          <input type="hidden" name="kembali" value={form.back} />
          <input type="hidden" name="perpustakaan" value={form.slug} />
        </PasskeyForm>
      )}
    </PublicLayout>,
  );
}

/** Over to the provider: a link, since a form may lead to this site only (CSP). */
function ProviderDoor(props: {
  readonly c: Context<SiteEnv>;
  readonly library: LibraryContext;
  readonly provider: OpenProvider;
  readonly back: string;
}) {
  const { signOn: text } = textsOf(props.c);
  const { library, provider, back } = props;
  return (
    <>
      <div>
        <LinkButton
          href={`/masuk/penyedia/${library.slug}?kembali=${encodeURIComponent(back)}`}
          variant={provider.rules.required ? 'primary' : 'secondary'}
        >
          {text.enter(provider.rules.name)}
        </LinkButton>
      </div>
      <p class="dp-or" aria-hidden="true">
        <span>{text.or}</span>
      </p>
    </>
  );
}

/** Which provider is asked depends on the library: of those that have one. */
function ChooseLibrary(props: {
  readonly c: Context<SiteEnv>;
  readonly libraries: readonly { readonly slug: string; readonly name: string }[];
  readonly form: SignInForm;
}) {
  const all = textsOf(props.c);
  if (props.libraries.length === 0) return null;
  return (
    <Details summary={all.signOn.chooseFirst}>
      <form method="get" action="/masuk" class="dp-stack" data-gap="s" novalidate>
        <input type="hidden" name="kembali" value={props.form.back} />
        <SelectField
          name="perpustakaan"
          id="perpustakaan-penyedia"
          label={all.signOn.chooseLibrary}
          choices={props.libraries.map((one) => ({ value: one.slug, label: one.name }))}
        />
        <div>
          <Button variant="secondary">{all.signOn.choose}</Button>
        </div>
      </form>
    </Details>
  );
}

function LeftProvider(props: {
  readonly c: Context<SiteEnv>;
  readonly library: LibraryContext;
  readonly provider: OpenProvider | undefined;
}) {
  const { signOn: text } = textsOf(props.c);
  const name = props.provider?.rules.name;
  if (name === undefined) return null;
  return (
    <Alert tone="info">
      <p>{text.leftHere(name)}</p>
      <p>
        <a href={`/masuk/penyedia/${props.library.slug}/keluar`}>{text.leaveThere(name)}</a>
      </p>
    </Alert>
  );
}

/** The second step: the ticket in the form says that the password was right. */
export async function codePage(
  c: Context<SiteEnv>,
  deps: WebDeps,
  library: LibraryContext,
  form: CodeForm,
  error?: string,
) {
  const all = textsOf(c);
  const { factor } = all.office;
  const { codes, passkey } = all.doors;
  const officerId = officerOfTicket(deps, library, form.ticket, deps.now());
  const task =
    officerId &&
    (await askForOwnPasskey(deps.db, deps, library, {
      officerId,
      purpose: 'second-factor',
      origin: c.get('origin'),
    }));
  const hidden = (
    <>
      <input type="hidden" name="perpustakaan" value={library.slug} />
      <input type="hidden" name="tiket" value={form.ticket} />
      <input type="hidden" name="kembali" value={form.back} />
    </>
  );
  c.header('Cache-Control', 'no-store');
  return c.html(
    <PublicLayout
      {...siteFrame(c)}
      title={factor.signIn}
      narrow
      noindex
      library={layoutLibrary(library)}
      islands={task ? ['passkey-door'] : []}
    >
      <PageHeader title={factor.signIn} lead={factor.signInLead} />
      {error !== undefined && (
        <ErrorSummary title={all.common.error.summaryTitle} errors={[{ field: 'kode', text: error }]} />
      )}
      {task && (
        <PasskeyForm
          c={c}
          action="/masuk/kode"
          task={task}
          kind="use"
          button={passkey.second}
          variant="primary"
        >
          {hidden}
        </PasskeyForm>
      )}
      <form method="post" action="/masuk/kode" class="dp-stack" novalidate>
        {hidden}
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
        <Details summary={codes.useIt}>
          <TextField
            name="pemulihan"
            label={codes.enter}
            description={codes.enterHint}
            autocomplete="off"
            maxlength={16}
            width="16"
            code
          />
        </Details>
        <div>
          <Button variant={task ? 'secondary' : 'primary'}>{factor.submit}</Button>
        </div>
        <p class="dp-small dp-muted">{factor.lost}</p>
      </form>
    </PublicLayout>,
  );
}
