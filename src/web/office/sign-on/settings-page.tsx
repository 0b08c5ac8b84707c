import type { Context } from 'hono';
import type { ProviderProblem, TypedProvider } from '../../../domain/sign-on.ts';
import type { ShownProvider } from '../../../usecases/sign-on-provider.ts';
import { Alert } from '../../components/alert.tsx';
import { Button } from '../../components/button.tsx';
import { CheckboxGroup } from '../../components/choice-fields.tsx';
import { DefinitionList } from '../../components/definition-list.tsx';
import { ErrorSummary } from '../../components/error-summary.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { Tag } from '../../components/tag.tsx';
import { TextField, type TextFieldProps } from '../../components/text-field.tsx';
import type { LibraryEnv } from '../../env.ts';
import { textsOf } from '../../frame.tsx';
import { conflictNotice, type Notice, officePage } from '../office-page.tsx';
import type { Trial } from './settings-routes.tsx';

/** Names of the form's fields. */
export const PROVIDER_FIELDS = {
  name: 'nama',
  issuer: 'penerbit',
  clientId: 'klien',
  secret: 'rahasia',
  scopes: 'cakupan',
  claim: 'klaim',
  emailDomain: 'ranah',
  secondFactor: 'faktor',
} as const satisfies Record<ProviderProblem['field'], string>;

export interface ProviderPageState {
  readonly typed?: TypedProvider;
  readonly problems?: readonly ProviderProblem[];
  readonly refusal?: 'changed-meanwhile' | 'no-way-back';
  readonly trial?: Trial;
}

interface Shown extends ProviderPageState {
  readonly provider: ShownProvider | null;
  readonly redirectUri: string;
}

const NEW: TypedProvider = {
  name: '',
  issuer: '',
  clientId: '',
  secret: '',
  scopes: 'openid profile email',
  claim: 'preferred_username',
  emailDomain: '',
  secondFactor: '',
  required: false,
  privateAddress: false,
  active: true,
};

/** How it stands, a trial, and its form. */
export function providerPage(c: Context<LibraryEnv>, shown: Shown) {
  const { common, office, signOn } = textsOf(c);
  const text = signOn.settings;
  const { provider } = shown;
  const base = `/${c.get('library').slug}/pengaturan/penyedia`;
  const errors = (shown.problems ?? []).map((problem) => ({
    field: PROVIDER_FIELDS[problem.field],
    text: text.problems[problem.reason],
  }));
  return officePage(
    c,
    {
      area: 'settings',
      title: errors.length > 0 ? `${common.error.summaryTitle}: ${signOn.title}` : signOn.title,
      back: { href: `/${c.get('library').slug}/pengaturan`, label: office.settings.back },
      notices: noticesOf(c, shown, base),
    },
    <>
      <PageHeader title={signOn.title} lead={signOn.about} />
      <ErrorSummary title={common.error.summaryTitle} errors={errors} />
      {shown.trial && <TrialResult c={c} trial={shown.trial} name={provider?.name ?? ''} />}
      <div class="dp-panes" data-side="right">
        <ProviderForm c={c} shown={shown} base={base} errors={errors} />
        <div class="dp-stack">
          <section class="dp-panel dp-stack" data-gap="s" aria-labelledby="keadaan">
            <h2 id="keadaan">{text.standing}</h2>
            {provider === null ? (
              <p>{text.none}</p>
            ) : (
              <>
                <p>
                  <Tag tone={provider.active ? 'success' : 'neutral'}>
                    {provider.active ? text.on : text.off}
                  </Tag>
                </p>
                <p>{text.counts(provider.linked, provider.expected)}</p>
                <div class="dp-actions">
                  <form method="post" action={`${base}/uji`}>
                    <Button variant="secondary">{text.tryOut}</Button>
                  </form>
                  <form method="post" action={`${base}/hapus`}>
                    <Button variant="tertiary" tone="danger">
                      {text.remove}
                    </Button>
                  </form>
                </div>
                <p class="dp-small dp-muted">{text.removeAbout}</p>
              </>
            )}
          </section>
          <section class="dp-panel dp-stack" data-gap="s" aria-labelledby="untuk-penyedia">
            <h2 id="untuk-penyedia">{text.tellThem}</h2>
            <p>{text.tellThemAbout}</p>
            <DefinitionList
              items={[{ label: text.redirectUri, value: <span class="dp-wraps">{shown.redirectUri}</span> }]}
            />
          </section>
        </div>
      </div>
    </>,
  );
}

function TrialResult(props: {
  readonly c: Context<LibraryEnv>;
  readonly trial: Trial;
  readonly name: string;
}) {
  const { signOn } = textsOf(props.c);
  const { trial } = props;
  if (!trial.ok)
    return (
      <Alert tone="danger" live="alert">
        {signOn.refusals[trial.reason](props.name)}
      </Alert>
    );
  return (
    <Alert tone="success" live="status">
      <p>{signOn.settings.works}</p>
      {trial.notes.map((note) => (
        <p>{signOn.settings.notes[note]}</p>
      ))}
    </Alert>
  );
}

function ProviderForm(props: {
  readonly c: Context<LibraryEnv>;
  readonly shown: Shown;
  readonly base: string;
  readonly errors: readonly { readonly field: string; readonly text: string }[];
}) {
  const { c, shown } = props;
  const { common, signOn } = textsOf(c);
  const text = signOn.settings;
  const { provider } = shown;
  const typed = shown.typed ?? (provider === null ? NEW : typedFrom(provider));
  const field = (name: Exclude<keyof typeof PROVIDER_FIELDS, 'secret'>): TextFieldProps => ({
    name: PROVIDER_FIELDS[name],
    label: text.fields[name],
    description: text.hints[name],
    value: typed[name],
    autocomplete: 'off',
    error: props.errors.find((one) => one.field === PROVIDER_FIELDS[name])?.text,
  });
  const rules = [
    ...(typed.active ? ['aktif'] : []),
    ...(typed.required ? ['wajib'] : []),
    ...(typed.privateAddress ? ['jaringan'] : []),
  ];
  return (
    <form method="post" action={props.base} class="dp-panel dp-stack" novalidate autocomplete="off">
      <input type="hidden" name="versi" value={String(provider?.version ?? 0)} />
      <TextField {...field('name')} maxlength={60} required />
      <TextField {...field('issuer')} type="url" maxlength={300} code required />
      <TextField {...field('clientId')} maxlength={200} code required />
      <TextField
        name={PROVIDER_FIELDS.secret}
        label={text.fields.secret}
        description={provider === null ? text.hints.secret : text.secretKept}
        optional={provider === null ? undefined : common.field.optional}
        type="password"
        maxlength={500}
        autocomplete="new-password"
        error={props.errors.find((one) => one.field === PROVIDER_FIELDS.secret)?.text}
        required={provider === null}
      />
      <TextField {...field('scopes')} maxlength={300} code required />
      <TextField {...field('claim')} maxlength={100} code required />
      <TextField {...field('emailDomain')} maxlength={253} code optional={common.field.optional} />
      <TextField {...field('secondFactor')} maxlength={300} code optional={common.field.optional} />
      <CheckboxGroup
        name="aturan"
        label={text.rules}
        outline={false}
        values={rules}
        choices={(['aktif', 'wajib', 'jaringan'] as const).map((rule) => ({
          value: rule,
          label: text.ruleNames[rule],
          description: text.ruleAbout[rule],
        }))}
      />
      <div class="dp-actions">
        <Button shortcut="Alt+S">{common.action.save}</Button>
      </div>
    </form>
  );
}

function typedFrom(provider: ShownProvider): TypedProvider {
  return {
    ...provider,
    secret: '',
    scopes: provider.scopes.join(' '),
    emailDomain: provider.emailDomain ?? '',
    secondFactor: provider.secondFactor.join(' '),
  };
}

function noticesOf(c: Context<LibraryEnv>, shown: Shown, base: string): readonly Notice[] {
  const { done, noWayBack } = textsOf(c).signOn.settings;
  if (shown.refusal === 'changed-meanwhile') return [conflictNotice(c, base)];
  if (shown.refusal === 'no-way-back') return [{ tone: 'danger', text: noWayBack }];
  const asked = c.req.query('selesai');
  if (asked === 'simpan') return [{ tone: 'success', text: done.saved }];
  if (asked === 'hapus') return [{ tone: 'success', text: done.removed }];
  return [];
}
