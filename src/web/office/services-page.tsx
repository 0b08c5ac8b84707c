import type { Context } from 'hono';
import {
  SERVICE_ALGORITHMS,
  SERVICE_METHODS,
  SERVICE_SCOPES,
  SERVICE_TITLE_MAX,
} from '../../domain/service.ts';
import { SERVICE_KEYS_MAX } from '../../domain/service-keys.ts';
import { formatShortDateTime } from '../../i18n/format.ts';
import type { ListedOidcKey } from '../../usecases/oidc-keys.ts';
import type { ListedService, ServiceInput } from '../../usecases/service.ts';
import { Alert } from '../components/alert.tsx';
import { Button } from '../components/button.tsx';
import { CheckboxGroup, RadioGroup } from '../components/choice-fields.tsx';
import { DataTable } from '../components/data-table.tsx';
import { DefinitionList } from '../components/definition-list.tsx';
import { ErrorSummary } from '../components/error-summary.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { Tag } from '../components/tag.tsx';
import { TextArea, TextField } from '../components/text-field.tsx';
import type { LibraryEnv } from '../env.ts';
import { textsOf } from '../frame.tsx';
import { AccountActions, AccountNameField, accountColumns, accountPage, ShownOnce } from './client-parts.tsx';
import type { FieldError } from './member-action-page.tsx';
import { officePage } from './office-page.tsx';

/** The form as it was typed. */
export type TypedService = ServiceInput;

export interface ShownService {
  readonly name: string;
  readonly id: string;
  readonly secret: string | null;
}

const RIGHTS = ['children', 'offline', 'paused'] as const;

/** All services, the form for a new one, a secret just made, and the keys that sign. */
export function servicesPage(
  c: Context<LibraryEnv>,
  shown: {
    readonly rows: readonly ListedService[];
    readonly keys: readonly ListedOidcKey[];
    readonly issuer: string;
    readonly made: ShownService | null;
    readonly typed: TypedService;
    readonly errors: readonly FieldError[];
  },
) {
  const { office, common, clients: words, signIn } = textsOf(c);
  const text = signIn.office;
  const { slug, settings } = c.get('library');
  const base = `/${slug}/pengaturan/masuk-layanan`;
  const done: Readonly<Record<string, string>> = {
    cabut: text.revoked,
    ubah: text.changed,
    kunci: text.rotated,
  };
  const notice = done[c.req.query('selesai') ?? ''];
  const { made } = shown;
  return officePage(
    c,
    {
      area: 'settings',
      title: shown.errors.length > 0 ? `${common.error.summaryTitle}: ${text.title}` : text.title,
      back: { href: `/${slug}/pengaturan`, label: office.settings.back },
      notices: notice === undefined ? [] : [{ tone: 'success', text: notice }],
    },
    <>
      <PageHeader title={text.title} lead={text.lead} />
      <ErrorSummary title={common.error.summaryTitle} errors={shown.errors} />
      {!settings.memberSignIn.enabled && (
        <Alert tone="warning">
          <p>
            {text.isOff} <a href={`/${slug}/pengaturan/masuk-anggota`}>{text.turnOn}</a>
          </p>
        </Alert>
      )}
      {made && (
        <ShownOnce
          title={text.shownFor(made.name)}
          items={[
            { label: text.issuer, value: shown.issuer },
            { label: text.clientId, value: made.id },
            ...(made.secret === null ? [] : [{ label: text.secret, value: made.secret }]),
          ]}
          note={made.secret === null ? text.noSecret : text.shownOnce}
        />
      )}
      <div class="dp-panes" data-side="right">
        <div class="dp-stack">
          <DefinitionList
            items={[{ label: text.issuer, value: <span class="dp-code dp-endpoint">{shown.issuer}</span> }]}
          />
          <p class="dp-small dp-muted">{text.issuerHint}</p>
          <DataTable<ListedService>
            caption={text.list}
            rows={shown.rows}
            empty={text.empty}
            stack
            columns={[
              ...accountColumns<ListedService>(c, (row) => row.name),
              {
                label: text.serviceTitle,
                cell: (row) => (
                  <>
                    {row.settings.title} {row.settings.paused && <Tag tone="warning">{text.pausedState}</Tag>}
                    <br />
                    <span class="dp-small dp-code dp-endpoint">{row.id}</span>
                  </>
                ),
              },
              {
                label: words.actions,
                hiddenLabel: true,
                cell: (row) => <AccountActions c={c} row={row} base={base} />,
              },
            ]}
          />
          <Keys c={c} keys={shown.keys} base={base} />
        </div>
        <form method="post" action={base} class="dp-panel dp-stack" novalidate>
          <h2>{text.add}</h2>
          <AccountNameField
            c={c}
            typed={{ name: shown.typed.name, addresses: '', perMinute: '' }}
            errors={shown.errors}
            hint={text.nameHint}
          />
          <ServiceFields c={c} typed={shown.typed} errors={shown.errors} isNew />
          <Button>{text.create}</Button>
        </form>
      </div>
    </>,
  );
}

/** One service, to be changed. */
export function servicePage(
  c: Context<LibraryEnv>,
  shown: {
    readonly row: ListedService;
    readonly typed: TypedService;
    readonly errors: readonly FieldError[];
  },
) {
  const { office: text } = textsOf(c).signIn;
  return accountPage(c, {
    row: shown.row,
    errors: shown.errors,
    title: text.changeTitle(shown.row.name),
    list: { href: `/${c.get('library').slug}/pengaturan/masuk-layanan`, label: text.title },
    fields: <ServiceFields c={c} typed={shown.typed} errors={shown.errors} />,
  });
}

/** What is decided about a service; how it shows who it is, only once. */
function ServiceFields(props: {
  readonly c: Context<LibraryEnv>;
  readonly typed: TypedService;
  readonly errors: readonly FieldError[];
  readonly isNew?: boolean;
}) {
  const { c, typed, errors } = props;
  const text = textsOf(c).signIn.office;
  const { settings } = typed;
  const error = (name: string) => errors.find(({ field }) => field === name)?.text;
  return (
    <>
      <TextField
        name="judul"
        label={text.serviceTitle}
        description={text.serviceTitleHint}
        value={settings.title}
        maxlength={SERVICE_TITLE_MAX}
        error={error('judul')}
        required
      />
      <TextArea
        name="kembali"
        label={text.redirects}
        description={text.redirectsHint}
        value={settings.redirects.join('\n')}
        rows={3}
        error={error('kembali')}
      />
      <TextArea
        name="keluar"
        label={text.afterLogout}
        description={text.afterLogoutHint}
        value={settings.afterLogout.join('\n')}
        rows={2}
      />
      {props.isNew === true && (
        <RadioGroup
          name="cara"
          label={text.method}
          value={settings.method}
          outline={false}
          choices={SERVICE_METHODS.map((one) => ({ value: one, label: text.methods[one] }))}
        />
      )}
      {(props.isNew === true || settings.method === 'jwt') && (
        <TextArea
          name="kunci_publik"
          label={text.publicKeys}
          description={text.publicKeysHint}
          value={settings.keys}
          rows={3}
          maxlength={SERVICE_KEYS_MAX}
          error={error('kunci_publik')}
        />
      )}
      <CheckboxGroup
        name="data"
        label={text.scopes}
        outline={false}
        values={typed.scopes}
        choices={SERVICE_SCOPES.map((one) => ({ value: one, label: text.scopeNames[one] }))}
      />
      <RadioGroup
        name="izin"
        label={text.ask}
        value={settings.ask}
        outline={false}
        choices={(['once', 'always'] as const).map((one) => ({ value: one, label: text.asks[one] }))}
      />
      <RadioGroup
        name="siapa"
        label={text.admits}
        value={settings.admits}
        outline={false}
        choices={(['active', 'all'] as const).map((one) => ({ value: one, label: text.admitted[one] }))}
      />
      <RadioGroup
        name="algoritma"
        label={text.algorithm}
        value={settings.algorithm}
        outline={false}
        choices={SERVICE_ALGORITHMS.map((one) => ({ value: one, label: one }))}
      />
      <CheckboxGroup
        name="hak"
        label={text.rights}
        outline={false}
        values={RIGHTS.filter((one) => settings[one])}
        choices={RIGHTS.map((one) => ({ value: one, label: text.rightNames[one] }))}
      />
    </>
  );
}

function Keys(props: {
  readonly c: Context<LibraryEnv>;
  readonly keys: readonly ListedOidcKey[];
  readonly base: string;
}) {
  const { c, keys, base } = props;
  const text = textsOf(c).signIn.office;
  const { timezone } = c.get('library').settings.profile;
  if (keys.length === 0) return null;
  return (
    <section class="dp-stack" aria-labelledby="kunci" data-gap="s">
      <h2 id="kunci">{text.keys}</h2>
      <p class="dp-muted">{text.keysAbout}</p>
      <DefinitionList
        items={keys.map((key) => ({
          label: `${key.algorithm}, ${text.keyStates[key.state]}, ${formatShortDateTime(c.get('lang'), key.madeAt, timezone)}`,
          value: <span class="dp-code dp-endpoint">{key.kid}</span>,
        }))}
      />
      <form method="post" action={`${base}/kunci`}>
        <Button variant="secondary">{text.rotate}</Button>
      </form>
    </section>
  );
}
