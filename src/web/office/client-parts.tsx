import type { Context } from 'hono';
import { partsOf } from '../../domain/parts.ts';
import { formatShortDateTime } from '../../i18n/format.ts';
import type { AccountProblem, ClientFacts } from '../../usecases/manage-client.ts';
import { Button, LinkButton } from '../components/button.tsx';
import { RadioGroup } from '../components/choice-fields.tsx';
import type { Column } from '../components/data-table.tsx';
import { DefinitionList } from '../components/definition-list.tsx';
import { ErrorSummary } from '../components/error-summary.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { Tag } from '../components/tag.tsx';
import { TextArea, TextField } from '../components/text-field.tsx';
import type { LibraryEnv } from '../env.ts';
import type { FormBody } from '../form-body.ts';
import { textsOf } from '../frame.tsx';
import type { Child } from '../jsx/jsx-runtime.ts';
import type { FieldError } from './member-action-page.tsx';
import { officePage } from './office-page.tsx';

/** What the forms of all accounts of machines ask, as it was typed. */
export interface TypedAccount {
  readonly name: string;
  /** One a line. */
  readonly addresses: string;
  readonly perMinute: string;
}

/** The field of the form that a problem stands at. */
const FIELD_OF: Readonly<Record<AccountProblem, string>> = {
  'name-invalid': 'nama',
  'name-taken': 'nama',
  'unknown-service-point': 'titik',
  'address-invalid': 'alamat',
  'pace-invalid': 'laju',
  'unknown-reason': 'alasan',
};

export function accountError(c: Context<LibraryEnv>, reason: AccountProblem): FieldError {
  return { field: FIELD_OF[reason], text: textsOf(c).clients.problems[reason] };
}

export function typedAccountOf(body: FormBody): TypedAccount {
  return {
    name: body.text('nama').trim().toLowerCase(),
    addresses: body.text('alamat'),
    perMinute: body.text('laju').trim(),
  };
}

/** A kept account as the form shows it. */
export function typedFromAccount(row: {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly perMinute: number;
}): TypedAccount {
  return { name: row.name, addresses: row.addresses.join('\n'), perMinute: String(row.perMinute) };
}

/** What was typed as it is kept; a pace that is no number is not a number here either. */
export function keptFromTyped({ name, addresses, perMinute }: TypedAccount): {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly perMinute: number;
} {
  return {
    name,
    addresses: partsOf(addresses),
    perMinute: /^\d{1,7}$/.test(perMinute) ? Number(perMinute) : Number.NaN,
  };
}

/** Name, state and last use: the first columns of every list of accounts. */
export function accountColumns<Row extends ClientFacts>(
  c: Context<LibraryEnv>,
  nameOf: (row: Row) => string,
): readonly Column<Row>[] {
  const { clients: text } = textsOf(c);
  const { timezone } = c.get('library').settings.profile;
  return [
    {
      label: text.name,
      rowHeader: true,
      cell: (row) => <span class="dp-code dp-account">{nameOf(row)}</span>,
    },
    {
      label: text.state,
      cell: (row) => {
        if (row.revokedAt !== null) return <Tag tone="neutral">{text.revokedState}</Tag>;
        return row.lastUsedAt === null ? (
          <Tag tone="info">{text.unused}</Tag>
        ) : (
          <Tag tone="success">{text.inUse}</Tag>
        );
      },
    },
    {
      label: text.lastUsed,
      cell: (row) =>
        row.lastUsedAt === null ? (
          '–'
        ) : (
          <>
            {formatShortDateTime(c.get('lang'), row.lastUsedAt, timezone)}
            <br />
            <span class="dp-small dp-muted">{row.lastAddress}</span>
          </>
        ),
    },
  ];
}

/** What an officer does with an account in use; `more` stands between changing and revoking. */
export function AccountActions(props: {
  readonly c: Context<LibraryEnv>;
  readonly row: ClientFacts & { readonly name: string };
  /** Address of the list of accounts. */
  readonly base: string;
  readonly more?: Child;
}) {
  const { c, row, base } = props;
  const { clients: text } = textsOf(c);
  if (row.revokedAt !== null) return null;
  return (
    <div class="dp-row-buttons">
      <LinkButton
        href={`${base}/${row.id}`}
        variant="tertiary"
        attrs={{ 'aria-label': text.changeOf(row.name) }}
      >
        {text.change}
      </LinkButton>
      {props.more}
      <form method="post" action={`${base}/${row.id}/cabut`}>
        <Button variant="tertiary" tone="danger" attrs={{ 'aria-label': text.revokeOf(row.name) }}>
          {text.revoke}
        </Button>
      </form>
    </div>
  );
}

/** A password or key just made: shown once. */
export function ShownOnce(props: {
  readonly title: string;
  readonly items: readonly { readonly label: string; readonly value: string }[];
  readonly note: string;
}) {
  return (
    <section class="dp-panel dp-newcode" aria-labelledby="rahasia" role="status">
      <h2 id="rahasia">{props.title}</h2>
      <DefinitionList
        items={props.items.map(({ label, value }) => ({
          label,
          value: <span class="dp-code dp-endpoint">{value}</span>,
        }))}
      />
      <p>{props.note}</p>
    </section>
  );
}

interface FieldsProps {
  readonly c: Context<LibraryEnv>;
  readonly typed: TypedAccount;
  readonly errors: readonly FieldError[];
}

export function AccountNameField({ c, typed, errors, hint }: FieldsProps & { readonly hint: string }) {
  return (
    <TextField
      name="nama"
      label={textsOf(c).clients.name}
      description={hint}
      value={typed.name}
      maxlength={30}
      autocomplete="off"
      error={errors.find(({ field }) => field === 'nama')?.text}
      required
    />
  );
}

/** Of the sentences that the machine gets. */
export function AccountLanguageField(props: {
  readonly c: Context<LibraryEnv>;
  readonly label: string;
  readonly language: 'id' | 'en';
}) {
  const { clients: text } = textsOf(props.c);
  return (
    <RadioGroup
      name="bahasa"
      label={props.label}
      value={props.language}
      outline={false}
      choices={(['id', 'en'] as const).map((one) => ({ value: one, label: text.languages[one] }))}
    />
  );
}

/** Where it may come from, and how often. */
export function AccountReachFields(
  props: FieldsProps & { readonly labels: { readonly addresses: string; readonly perMinute: string } },
) {
  const { c, typed, errors, labels } = props;
  const { clients: text } = textsOf(c);
  const error = (name: string) => errors.find(({ field }) => field === name)?.text;
  return (
    <>
      <TextArea
        name="alamat"
        label={labels.addresses}
        description={text.addressesHint}
        value={typed.addresses}
        rows={3}
        error={error('alamat')}
      />
      <TextField
        name="laju"
        label={labels.perMinute}
        value={typed.perMinute}
        inputmode="numeric"
        width="8"
        error={error('laju')}
      />
    </>
  );
}

/** One account, to be changed: its form and the way back to the list. */
export function accountPage(
  c: Context<LibraryEnv>,
  shown: {
    readonly row: ClientFacts;
    readonly title: string;
    readonly list: { readonly href: string; readonly label: string };
    readonly errors: readonly FieldError[];
    readonly fields: Child;
  },
) {
  const { common, clients: text } = textsOf(c);
  const { title, list, errors } = shown;
  return officePage(
    c,
    {
      area: 'settings',
      title: errors.length > 0 ? `${common.error.summaryTitle}: ${title}` : title,
      back: list,
      notices: [],
    },
    <>
      <PageHeader title={title} />
      <ErrorSummary title={common.error.summaryTitle} errors={errors} />
      <form method="post" action={`${list.href}/${shown.row.id}`} class="dp-panel dp-stack" novalidate>
        {shown.fields}
        <Button>{text.save}</Button>
      </form>
    </>,
  );
}
