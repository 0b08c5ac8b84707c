import type { Context } from 'hono';
import { API_SCOPES, type ApiScope, type ApiSettings } from '../../domain/api-scope.ts';
import type { ListedKey } from '../../usecases/api-key.ts';
import { Button } from '../components/button.tsx';
import { CheckboxGroup } from '../components/choice-fields.tsx';
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
export interface TypedKey extends TypedAccount {
  readonly scopes: readonly ApiScope[];
  readonly settings: ApiSettings;
}

export interface ShownKey {
  readonly name: string;
  readonly key: string;
}

/** All keys, the form for a new one, and a key just made. */
export function apiKeysPage(
  c: Context<LibraryEnv>,
  shown: {
    readonly rows: readonly ListedKey[];
    readonly key: ShownKey | null;
    readonly typed: TypedKey;
    readonly errors: readonly FieldError[];
  },
) {
  const { office, common, clients: words, api } = textsOf(c);
  const text = api.keys;
  const library = c.get('library');
  const base = `/${library.slug}/pengaturan/kunci-program`;
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
      {shown.key && (
        <ShownOnce
          title={text.shownFor(shown.key.name)}
          items={[{ label: text.keyLabel, value: shown.key.key }]}
          note={text.shownOnce}
        />
      )}
      <div class="dp-panes" data-side="right">
        <div class="dp-stack">
          <p>
            <a href="/api">{text.describedAt}</a>
          </p>
          <DataTable<ListedKey>
            caption={text.title}
            hiddenCaption
            rows={shown.rows}
            empty={text.empty}
            stack
            columns={[
              ...accountColumns<ListedKey>(c, (row) => row.name),
              {
                label: text.scopes,
                cell: (row) => (
                  <span class="dp-small">
                    {row.scopes.length === 0
                      ? text.none
                      : row.scopes.map((scope) => api.scopes[scope]).join('; ')}
                  </span>
                ),
              },
              {
                label: words.actions,
                hiddenLabel: true,
                cell: (row) => <AccountActions c={c} row={row} base={base} />,
              },
            ]}
          />
        </div>
        <form method="post" action={base} class="dp-panel dp-stack" novalidate>
          <h2>{text.add}</h2>
          <AccountNameField c={c} typed={shown.typed} errors={shown.errors} hint={text.nameHint} />
          <KeyFields c={c} typed={shown.typed} errors={shown.errors} />
          <Button>{text.create}</Button>
        </form>
      </div>
    </>,
  );
}

/** One key, to be changed: what it may do, not what it is. */
export function apiKeyPage(
  c: Context<LibraryEnv>,
  shown: {
    readonly row: ListedKey;
    readonly typed: TypedKey;
    readonly errors: readonly FieldError[];
  },
) {
  const { clients: words, api } = textsOf(c);
  return accountPage(c, {
    ...shown,
    title: words.changeOf(shown.row.name),
    list: { href: `/${c.get('library').slug}/pengaturan/kunci-program`, label: api.keys.title },
    fields: <KeyFields c={c} typed={shown.typed} errors={shown.errors} />,
  });
}

/** What is decided about a key, new or not. */
function KeyFields(props: {
  readonly c: Context<LibraryEnv>;
  readonly typed: TypedKey;
  readonly errors: readonly FieldError[];
}) {
  const { c, typed, errors } = props;
  const { api } = textsOf(c);
  const text = api.keys;
  return (
    <>
      <CheckboxGroup
        name="hak"
        label={text.scopes}
        description={text.scopesHint}
        outline={false}
        values={typed.scopes}
        choices={API_SCOPES.map((scope) => ({ value: scope, label: api.scopes[scope] }))}
      />
      <CheckboxGroup
        name="cara"
        label={text.rights}
        outline={false}
        values={(['numbers', 'attended'] as const).filter((one) => typed.settings[one])}
        choices={(['numbers', 'attended'] as const).map((one) => ({ value: one, label: text[one] }))}
      />
      <AccountLanguageField c={c} label={text.language} language={typed.settings.language} />
      <AccountReachFields c={c} typed={typed} errors={errors} labels={text} />
    </>
  );
}
