import type { Context } from 'hono';
import { SIP2_FIELDS, type Sip2Scope, type Sip2Settings } from '../../domain/client.ts';
import type { ServicePointId } from '../../domain/ids.ts';
import { CHARSETS } from '../../domain/sip2-grammar/text.ts';
import { formatNumber, formatShortDateTime } from '../../i18n/format.ts';
import type { ListedClient } from '../../usecases/manage-client.ts';
import { Button, LinkButton } from '../components/button.tsx';
import { CheckboxGroup, RadioGroup, SelectField } from '../components/choice-fields.tsx';
import { DataTable } from '../components/data-table.tsx';
import { DefinitionList } from '../components/definition-list.tsx';
import { ErrorSummary } from '../components/error-summary.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { Tag } from '../components/tag.tsx';
import { TextArea, TextField } from '../components/text-field.tsx';
import type { LibraryEnv } from '../env.ts';
import { textsOf } from '../frame.tsx';
import type { FieldError } from './member-action-page.tsx';
import { officePage } from './office-page.tsx';

/** The form as it was typed. */
export interface TypedClient {
  readonly name: string;
  readonly servicePointId: ServicePointId | null;
  readonly settings: Sip2Settings;
  readonly scopes: readonly Sip2Scope[];
  /** One a line. */
  readonly addresses: string;
  readonly perMinute: string;
}

export interface ShownSecret {
  readonly login: string;
  readonly password: string;
}

/** All accounts, the form for a new one, and a password just made. */
export function clientsPage(
  c: Context<LibraryEnv>,
  shown: {
    readonly rows: readonly ListedClient[];
    readonly secret: ShownSecret | null;
    readonly typed: TypedClient;
    readonly errors: readonly FieldError[];
  },
) {
  const { office, common, clients: text } = textsOf(c);
  const library = c.get('library');
  const lang = c.get('lang');
  const { timezone } = library.settings.profile;
  const base = `/${library.slug}/pengaturan/sambungan`;
  const done = c.req.query('selesai');
  const notice = done === 'cabut' ? text.revoked : done === 'ubah' ? text.changed : undefined;
  return officePage(
    c,
    {
      area: 'settings',
      title: shown.errors.length > 0 ? `${common.error.summaryTitle}: ${text.title}` : text.title,
      back: { href: `/${library.slug}/pengaturan`, label: office.settings.back },
      notices: notice === undefined ? [] : [{ tone: 'success', text: notice }],
    },
    <>
      <PageHeader title={text.title} lead={text.lead} />
      <ErrorSummary title={common.error.summaryTitle} errors={shown.errors} />
      {shown.secret && (
        <section class="dp-panel dp-newcode" aria-labelledby="masuk" role="status">
          <h2 id="masuk">{text.shownFor(shown.secret.login)}</h2>
          <DefinitionList
            items={[
              { label: text.login, value: <span class="dp-code">{shown.secret.login}</span> },
              { label: text.password, value: <span class="dp-code">{shown.secret.password}</span> },
            ]}
          />
          <p>{text.shownOnce}</p>
        </section>
      )}
      <div class="dp-panes" data-side="right">
        <DataTable<ListedClient>
          caption={text.title}
          hiddenCaption
          rows={shown.rows}
          empty={text.empty}
          stack
          columns={[
            { label: text.name, rowHeader: true, cell: (row) => <span class="dp-code">{row.login}</span> },
            { label: text.state, cell: (row) => <State c={c} row={row} /> },
            {
              label: text.lastUsed,
              cell: (row) =>
                row.lastUsedAt === null ? (
                  '–'
                ) : (
                  <>
                    {formatShortDateTime(lang, row.lastUsedAt, timezone)}
                    <br />
                    <span class="dp-small dp-muted">{row.lastAddress}</span>
                  </>
                ),
            },
            {
              label: text.today,
              cell: (row) =>
                text.todayOf(formatNumber(lang, row.messagesToday), formatNumber(lang, row.lookupsToday)),
            },
            {
              label: text.actions,
              hiddenLabel: true,
              cell: (row) =>
                row.revokedAt !== null ? (
                  ''
                ) : (
                  <div class="dp-row-buttons">
                    <LinkButton
                      href={`${base}/${row.id}`}
                      variant="tertiary"
                      attrs={{ 'aria-label': text.changeOf(row.name) }}
                    >
                      {text.change}
                    </LinkButton>
                    <form method="post" action={`${base}/${row.id}/sandi`}>
                      <Button variant="tertiary" attrs={{ 'aria-label': text.newPasswordFor(row.name) }}>
                        {text.newPassword}
                      </Button>
                    </form>
                    <form method="post" action={`${base}/${row.id}/cabut`}>
                      <Button
                        variant="tertiary"
                        tone="danger"
                        attrs={{ 'aria-label': text.revokeOf(row.name) }}
                      >
                        {text.revoke}
                      </Button>
                    </form>
                  </div>
                ),
            },
          ]}
        />
        <form method="post" action={base} class="dp-panel dp-stack" novalidate>
          <h2>{text.add}</h2>
          <TextField
            name="nama"
            label={text.name}
            description={text.nameHint}
            value={shown.typed.name}
            maxlength={30}
            autocomplete="off"
            error={shown.errors.find(({ field }) => field === 'nama')?.text}
            required
          />
          <AccountFields c={c} typed={shown.typed} errors={shown.errors} />
          <Button>{text.create}</Button>
        </form>
      </div>
    </>,
  );
}

/** One account, to be changed. */
export function clientPage(
  c: Context<LibraryEnv>,
  shown: {
    readonly row: ListedClient;
    readonly typed: TypedClient;
    readonly errors: readonly FieldError[];
  },
) {
  const { common, clients: text } = textsOf(c);
  const base = `/${c.get('library').slug}/pengaturan/sambungan`;
  const title = text.changeOf(shown.row.login);
  return officePage(
    c,
    {
      area: 'settings',
      title: shown.errors.length > 0 ? `${common.error.summaryTitle}: ${title}` : title,
      back: { href: base, label: text.title },
      notices: [],
    },
    <>
      <PageHeader title={title} />
      <ErrorSummary title={common.error.summaryTitle} errors={shown.errors} />
      <form method="post" action={`${base}/${shown.row.id}`} class="dp-panel dp-stack" novalidate>
        <AccountFields c={c} typed={shown.typed} errors={shown.errors} />
        <Button>{text.save}</Button>
      </form>
    </>,
  );
}

function State({ c, row }: { readonly c: Context<LibraryEnv>; readonly row: ListedClient }) {
  const { clients: text } = textsOf(c);
  if (row.revokedAt !== null) return <Tag tone="neutral">{text.revokedState}</Tag>;
  return row.lastUsedAt === null ? (
    <Tag tone="info">{text.unused}</Tag>
  ) : (
    <Tag tone="success">{text.inUse}</Tag>
  );
}

/** What is decided about an account, new or not. */
function AccountFields(props: {
  readonly c: Context<LibraryEnv>;
  readonly typed: TypedClient;
  readonly errors: readonly FieldError[];
}) {
  const { c, typed } = props;
  const { clients: text } = textsOf(c);
  const library = c.get('library');
  const lang = c.get('lang');
  const { settings, scopes } = typed;
  const error = (field: string) => props.errors.find((one) => one.field === field)?.text;
  const rights = [
    ...(settings.numbers ? ['numbers'] : []),
    ...(settings.attended ? ['attended'] : []),
    ...scopes.map((scope) => scope.replace('patron.', '')),
  ];
  const reasons = library.settings.suspensionReasons;
  return (
    <>
      <SelectField
        name="titik"
        label={text.servicePoint}
        value={typed.servicePointId ?? library.servicePoints[0]?.id}
        error={error('titik')}
        choices={library.servicePoints.map((point) => ({ value: point.id, label: point.name }))}
      />
      <CheckboxGroup
        name="isi"
        label={text.fields}
        description={text.fieldsHint}
        outline={false}
        values={settings.fields}
        choices={SIP2_FIELDS.map((field) => ({ value: field, label: text.fieldNames[field] }))}
      />
      <CheckboxGroup
        name="hak"
        label={text.rights}
        outline={false}
        values={rights}
        choices={(['numbers', 'attended', 'block', 'enable'] as const).map((right) => ({
          value: right,
          label: text.rightNames[right],
        }))}
      />
      <SelectField
        name="alasan"
        label={text.blockReason}
        value={settings.blockReason ?? reasons[0]?.code}
        error={error('alasan')}
        choices={reasons.map((reason) => ({ value: reason.code, label: reason[lang] }))}
      />
      <RadioGroup
        name="bahasa"
        label={text.language}
        value={settings.language}
        outline={false}
        choices={(['id', 'en'] as const).map((one) => ({ value: one, label: text.languages[one] }))}
      />
      <RadioGroup
        name="karakter"
        label={text.charset}
        description={text.charsetHint}
        value={settings.charset}
        outline={false}
        choices={CHARSETS.map((one) => ({ value: one, label: text.charsets[one] }))}
      />
      <TextArea
        name="alamat"
        label={text.addresses}
        description={text.addressesHint}
        value={typed.addresses}
        rows={3}
        error={error('alamat')}
      />
      <TextField
        name="laju"
        label={text.perMinute}
        value={typed.perMinute}
        inputmode="numeric"
        width="8"
        error={error('laju')}
      />
    </>
  );
}
