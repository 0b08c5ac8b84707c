import type { Context } from 'hono';
import { API_SCOPES, type ApiScope, type ApiSettings } from '../../domain/api-scope.ts';
import { formatShortDateTime } from '../../i18n/format.ts';
import type { ListedKey } from '../../usecases/api-key.ts';
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
import type { FieldError } from './member-action-page.tsx';
import { officePage } from './office-page.tsx';

/** The form as it was typed. */
export interface TypedKey {
  readonly name: string;
  readonly scopes: readonly ApiScope[];
  readonly settings: ApiSettings;
  readonly addresses: string;
  readonly perMinute: string;
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
  const lang = c.get('lang');
  const { timezone } = library.settings.profile;
  const base = `/${library.slug}/pengaturan/kunci-program`;
  const { typed } = shown;
  const error = (field: string) => shown.errors.find((one) => one.field === field)?.text;
  return officePage(
    c,
    {
      area: 'settings',
      title: shown.errors.length > 0 ? `${common.error.summaryTitle}: ${text.title}` : text.title,
      back: { href: `/${library.slug}/pengaturan`, label: office.settings.back },
      notices: c.req.query('selesai') === 'cabut' ? [{ tone: 'success', text: text.revoked }] : [],
    },
    <>
      <PageHeader title={text.title} lead={text.lead} />
      <ErrorSummary title={common.error.summaryTitle} errors={shown.errors} />
      <p>
        <a href="/api">{text.describedAt}</a>
      </p>
      {shown.key && (
        <section class="dp-panel dp-newcode" aria-labelledby="kunci" role="status">
          <h2 id="kunci">{text.shownFor(shown.key.name)}</h2>
          <DefinitionList
            items={[
              { label: text.keyLabel, value: <span class="dp-code dp-endpoint">{shown.key.key}</span> },
            ]}
          />
          <p>{text.shownOnce}</p>
        </section>
      )}
      <div class="dp-panes" data-side="right">
        <DataTable<ListedKey>
          caption={text.title}
          hiddenCaption
          rows={shown.rows}
          empty={text.empty}
          stack
          columns={[
            { label: words.name, rowHeader: true, cell: (row) => <span class="dp-code">{row.name}</span> },
            { label: words.state, cell: (row) => <State c={c} row={row} /> },
            {
              label: words.lastUsed,
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
              cell: (row) =>
                row.revokedAt !== null ? (
                  ''
                ) : (
                  <form method="post" action={`${base}/${row.id}/cabut`}>
                    <Button
                      variant="tertiary"
                      tone="danger"
                      attrs={{ 'aria-label': words.revokeOf(row.name) }}
                    >
                      {words.revoke}
                    </Button>
                  </form>
                ),
            },
          ]}
        />
        <form method="post" action={base} class="dp-panel dp-stack" novalidate>
          <h2>{text.add}</h2>
          <TextField
            name="nama"
            label={words.name}
            description={text.nameHint}
            value={typed.name}
            maxlength={30}
            autocomplete="off"
            error={error('nama')}
            required
          />
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
          <RadioGroup
            name="bahasa"
            label={text.language}
            value={typed.settings.language}
            outline={false}
            choices={(['id', 'en'] as const).map((one) => ({ value: one, label: words.languages[one] }))}
          />
          <TextArea
            name="alamat"
            label={text.addresses}
            description={words.addressesHint}
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
          <Button>{text.create}</Button>
        </form>
      </div>
    </>,
  );
}

function State({ c, row }: { readonly c: Context<LibraryEnv>; readonly row: ListedKey }) {
  const { clients: text } = textsOf(c);
  if (row.revokedAt !== null) return <Tag tone="neutral">{text.revokedState}</Tag>;
  return row.lastUsedAt === null ? (
    <Tag tone="info">{text.unused}</Tag>
  ) : (
    <Tag tone="success">{text.inUse}</Tag>
  );
}
