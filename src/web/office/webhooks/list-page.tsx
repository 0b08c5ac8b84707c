import type { Context } from 'hono';
import { WEBHOOK_KINDS, type WebhookChoice, type WebhookState } from '../../../domain/webhook.ts';
import { formatNumber, formatShortDateTime } from '../../../i18n/format.ts';
import type { ListedWebhook } from '../../../usecases/read-webhooks.ts';
import { Button } from '../../components/button.tsx';
import { CheckboxField, CheckboxGroup } from '../../components/choice-fields.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { DefinitionList } from '../../components/definition-list.tsx';
import { ErrorSummary } from '../../components/error-summary.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { Tag } from '../../components/tag.tsx';
import { TextField } from '../../components/text-field.tsx';
import type { LibraryEnv } from '../../env.ts';
import { textsOf } from '../../frame.tsx';
import type { FieldError } from '../member-action-page.tsx';
import { type Notice, officePage } from '../office-page.tsx';

/** All receivers and the form for a new one. */
export function webhooksPage(
  c: Context<LibraryEnv>,
  shown: {
    readonly rows: readonly ListedWebhook[];
    readonly typed: WebhookChoice;
    readonly errors: readonly FieldError[];
    readonly notices: readonly Notice[];
  },
) {
  const { office, common, webhooks: text } = textsOf(c);
  const library = c.get('library');
  const lang = c.get('lang');
  const { timezone } = library.settings.profile;
  const base = `/${library.slug}/pengaturan/webhook`;
  return officePage(
    c,
    {
      area: 'settings',
      title: shown.errors.length > 0 ? `${common.error.summaryTitle}: ${text.title}` : text.title,
      back: { href: `/${library.slug}/pengaturan`, label: office.settings.back },
      notices: shown.notices,
    },
    <>
      <PageHeader title={text.title} lead={text.lead} />
      <ErrorSummary title={common.error.summaryTitle} errors={shown.errors} />
      <div class="dp-panes" data-side="right">
        <DataTable<ListedWebhook>
          caption={text.list}
          hiddenCaption
          rows={shown.rows}
          empty={text.empty}
          stack
          columns={[
            {
              label: text.name,
              rowHeader: true,
              cell: (row) => (
                <>
                  <a href={`${base}/${row.id}`}>{row.name}</a>
                  <br />
                  {/* The rest of an address may be what lets one in there. */}
                  <span class="dp-small dp-muted dp-endpoint">{new URL(row.url).host}</span>
                </>
              ),
            },
            { label: text.state, cell: (row) => <WebhookStateTag c={c} state={row.state} /> },
            { label: text.waiting, align: 'right', cell: (row) => formatNumber(lang, row.waiting) },
            {
              label: text.delivered,
              cell: (row) =>
                row.deliveredAt === null ? text.never : formatShortDateTime(lang, row.deliveredAt, timezone),
            },
          ]}
        />
        <form method="post" action={base} class="dp-panel dp-stack" novalidate>
          <h2>{text.add}</h2>
          <WebhookFields c={c} typed={shown.typed} errors={shown.errors} />
          <Button>{text.create}</Button>
        </form>
      </div>
    </>,
  );
}

/** What an officer decides about a receiver: name, address, events. */
export function WebhookFields(props: {
  readonly c: Context<LibraryEnv>;
  readonly typed: WebhookChoice;
  readonly errors: readonly FieldError[];
}) {
  const { typed, errors } = props;
  const { webhooks: text } = textsOf(props.c);
  const error = (field: string) => errors.find((one) => one.field === field)?.text;
  return (
    <>
      <TextField
        name="nama"
        label={text.name}
        description={text.nameHint}
        value={typed.name}
        maxlength={60}
        autocomplete="off"
        error={error('nama')}
        required
      />
      <TextField
        name="alamat"
        type="url"
        label={text.url}
        description={text.urlHint}
        value={typed.url}
        maxlength={500}
        autocomplete="off"
        error={error('alamat')}
        required
      />
      <CheckboxField
        name="dalam"
        label={text.inside}
        description={text.insideHint}
        value="ya"
        checked={typed.inside}
        outline={false}
      />
      <CheckboxGroup
        name="kejadian"
        label={text.kinds}
        outline={false}
        values={typed.kinds}
        choices={WEBHOOK_KINDS.map((kind) => ({ value: kind, label: text.kindNames[kind] }))}
        error={error('kejadian')}
      />
    </>
  );
}

/** The secret, the one time that it is shown. */
export function ShownSecret(props: {
  readonly c: Context<LibraryEnv>;
  readonly name: string;
  readonly secret: string;
}) {
  const { webhooks: text } = textsOf(props.c);
  return (
    <section class="dp-panel dp-newcode" aria-labelledby="rahasia" role="status">
      <h2 id="rahasia">{text.secretFor(props.name)}</h2>
      <DefinitionList
        items={[{ label: text.secret, value: <span class="dp-code dp-endpoint">{props.secret}</span> }]}
      />
      <p>{text.shownOnce}</p>
    </section>
  );
}

const TONES = { active: 'success', paused: 'warning', failing: 'danger', gone: 'danger' } as const;

export function WebhookStateTag({
  c,
  state,
}: {
  readonly c: Context<LibraryEnv>;
  readonly state: WebhookState;
}) {
  return <Tag tone={TONES[state]}>{textsOf(c).webhooks.states[state]}</Tag>;
}
