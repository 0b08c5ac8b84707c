import type { Context } from 'hono';
import { SIP2_FIELDS, type Sip2Scope, type Sip2Settings } from '../../domain/client.ts';
import type { ServicePointId } from '../../domain/ids.ts';
import { CHARSETS } from '../../domain/sip2-grammar/text.ts';
import { formatNumber } from '../../i18n/format.ts';
import type { ListedClient } from '../../usecases/manage-client.ts';
import { Button } from '../components/button.tsx';
import { CheckboxGroup, RadioGroup, SelectField } from '../components/choice-fields.tsx';
import { DataTable } from '../components/data-table.tsx';
import { ErrorSummary } from '../components/error-summary.tsx';
import { PageHeader } from '../components/page-header.tsx';
import type { LibraryEnv } from '../env.ts';
import { textsOf } from '../frame.tsx';
import {
  AccountActions,
  AccountLanguageField,
  AccountNameField,
  AccountReachFields,
  accountColumns,
  accountPage,
  ShownOnce,
  type TypedAccount,
} from './client-parts.tsx';
import type { FieldError } from './member-action-page.tsx';
import { officePage } from './office-page.tsx';

/** The form as it was typed. */
export interface TypedClient extends TypedAccount {
  readonly servicePointId: ServicePointId | null;
  readonly settings: Sip2Settings;
  readonly scopes: readonly Sip2Scope[];
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
        <ShownOnce
          title={text.shownFor(shown.secret.login)}
          items={[
            { label: text.login, value: shown.secret.login },
            { label: text.password, value: shown.secret.password },
          ]}
          note={text.shownOnce}
        />
      )}
      <div class="dp-panes" data-side="right">
        <DataTable<ListedClient>
          caption={text.title}
          hiddenCaption
          rows={shown.rows}
          empty={text.empty}
          stack
          columns={[
            ...accountColumns<ListedClient>(c, (row) => row.login),
            {
              label: text.today,
              cell: (row) =>
                text.todayOf(formatNumber(lang, row.messagesToday), formatNumber(lang, row.lookupsToday)),
            },
            {
              label: text.actions,
              hiddenLabel: true,
              cell: (row) => (
                <AccountActions
                  c={c}
                  row={row}
                  base={base}
                  more={
                    <form method="post" action={`${base}/${row.id}/sandi`}>
                      <Button variant="tertiary" attrs={{ 'aria-label': text.newPasswordFor(row.name) }}>
                        {text.newPassword}
                      </Button>
                    </form>
                  }
                />
              ),
            },
          ]}
        />
        <form method="post" action={base} class="dp-panel dp-stack" novalidate>
          <h2>{text.add}</h2>
          <AccountNameField c={c} typed={shown.typed} errors={shown.errors} hint={text.nameHint} />
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
  const { clients: text } = textsOf(c);
  return accountPage(c, {
    ...shown,
    title: text.changeOf(shown.row.login),
    list: { href: `/${c.get('library').slug}/pengaturan/sambungan`, label: text.title },
    fields: <AccountFields c={c} typed={shown.typed} errors={shown.errors} />,
  });
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
      <AccountLanguageField c={c} label={text.language} language={settings.language} />
      <RadioGroup
        name="karakter"
        label={text.charset}
        description={text.charsetHint}
        value={settings.charset}
        outline={false}
        choices={CHARSETS.map((one) => ({ value: one, label: text.charsets[one] }))}
      />
      <AccountReachFields c={c} typed={typed} errors={props.errors} labels={text} />
    </>
  );
}
