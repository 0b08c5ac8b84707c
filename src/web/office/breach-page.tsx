import type { Context } from 'hono';
import { BREACH_DATA } from '../../domain/breach.ts';
import { formatNumber, formatShortDateTime } from '../../i18n/format.ts';
import type { BreachRow } from '../../usecases/breach-record.ts';
import { Button, LinkButton } from '../components/button.tsx';
import { CheckboxGroup } from '../components/choice-fields.tsx';
import { DataTable } from '../components/data-table.tsx';
import { DateField } from '../components/date-field.tsx';
import { DefinitionList } from '../components/definition-list.tsx';
import { ErrorSummary } from '../components/error-summary.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { Tag } from '../components/tag.tsx';
import { TextArea, TextField } from '../components/text-field.tsx';
import type { LibraryEnv } from '../env.ts';
import { textsOf } from '../frame.tsx';
import { splitDate } from '../public/form-input.ts';
import { rightsWords, timeText } from '../public/my-data-words.ts';
import { dateLabels, type FieldError } from './member-action-page.tsx';
import { type Notice, officePage } from './office-page.tsx';
import { Clock } from './requests-page.tsx';

/** As typed. */
export interface TypedBreach {
  readonly title: string;
  readonly date: string;
  readonly time: string;
  readonly happened: string;
  readonly cause: string;
  readonly dataKinds: readonly string[];
  readonly persons: string;
  readonly measures: string;
  readonly contact: string;
}

const both = (row: BreachRow) => row.persons_told_at !== null && row.authority_told_at !== null;

function Deadline({
  c,
  row,
  now,
}: {
  readonly c: Context<LibraryEnv>;
  readonly row: BreachRow;
  readonly now: Date;
}) {
  const { breach } = textsOf(c).rights;
  return both(row) ? (
    <Tag tone="success" icon="check">
      {breach.told}
    </Tag>
  ) : (
    <Clock c={c} due={row.due_at} now={now} words={breach} />
  );
}

/** `/pengaturan/pelanggaran`: what happened, and how much of the 72 hours is left. */
export function breachListPage(
  c: Context<LibraryEnv>,
  props: { readonly rows: readonly BreachRow[]; readonly now: Date },
) {
  const { rights, office } = textsOf(c);
  const { breach } = rights;
  const library = c.get('library');
  const base = `/${library.slug}/pengaturan/pelanggaran`;
  const lang = c.get('lang');
  const { timezone } = library.settings.profile;
  return officePage(
    c,
    {
      area: 'settings',
      title: breach.title,
      back: { href: `/${library.slug}/pengaturan`, label: office.settings.back },
    },
    <>
      <PageHeader title={breach.title} lead={breach.lead}>
        <LinkButton href={`${base}/baru`}>{breach.record}</LinkButton>
      </PageHeader>
      <DataTable<BreachRow>
        caption={breach.title}
        hiddenCaption
        rows={props.rows}
        empty={breach.empty}
        stack
        columns={[
          {
            label: breach.name,
            rowHeader: true,
            cell: (row) => <a href={`${base}/${row.id}`}>{row.title}</a>,
          },
          { label: breach.found, cell: (row) => formatShortDateTime(lang, row.found_at, timezone) },
          {
            label: breach.persons,
            align: 'right',
            cell: (row) => (row.persons === null ? '–' : formatNumber(lang, row.persons)),
          },
          { label: breach.clock, cell: (row) => <Deadline c={c} row={row} now={props.now} /> },
          { label: office.devices.state, cell: (row) => breach.states[row.state] },
        ]}
      />
    </>,
  );
}

/** One record: what is known, the drafts of both notices, and what has been sent. */
export function breachPage(
  c: Context<LibraryEnv>,
  props: { readonly row: BreachRow; readonly now: Date; readonly notices: readonly Notice[] },
) {
  const { breach } = textsOf(c).rights;
  const { row } = props;
  const base = `/${c.get('library').slug}/pengaturan/pelanggaran`;
  const words = rightsWords(c);
  const open = row.state === 'open';
  const notice = (to: 'persons' | 'authority', toldAt: Date | null) => (
    <section class="dp-panel dp-stack" data-gap="s" aria-labelledby={`kepada-${to}`}>
      <h2 id={`kepada-${to}`}>{to === 'persons' ? breach.toPersons : breach.toAuthority}</h2>
      <p>{toldAt === null ? breach.notTold : breach.toldAt(timeText(words, toldAt))}</p>
      <div class="dp-row">
        <LinkButton href={`${base}/${row.id}/${to}.pdf`} variant="secondary">
          {breach.draftPdf}
        </LinkButton>
        <LinkButton href={`${base}/${row.id}/${to}.txt`} variant="secondary">
          {breach.draftText}
        </LinkButton>
      </div>
      {open && toldAt === null && (
        <form method="post" action={`${base}/${row.id}/langkah`}>
          <input type="hidden" name="versi" value={String(row.version)} />
          <Button name="langkah" value={to} variant="secondary" fullWidth>
            {to === 'persons' ? breach.markPersons : breach.markAuthority}
          </Button>
        </form>
      )}
    </section>
  );
  return officePage(
    c,
    { area: 'settings', title: row.title, back: { href: base, label: breach.back }, notices: props.notices },
    <>
      <PageHeader title={row.title} eyebrow={breach.states[row.state]}>
        <Deadline c={c} row={row} now={props.now} />
      </PageHeader>
      <div class="dp-panes" data-side="right">
        <section class="dp-panel dp-stack" aria-labelledby="rincian">
          <h2 id="rincian">{breach.data}</h2>
          <DefinitionList
            items={[
              { label: breach.data, value: row.data_kinds.map((kind) => breach.dataKinds[kind]).join(', ') },
              {
                label: breach.persons,
                value:
                  row.persons === null ? breach.personsUnknown : formatNumber(c.get('lang'), row.persons),
              },
              { label: breach.found, value: timeText(words, row.found_at) },
              { label: breach.clock, value: timeText(words, row.due_at) },
              { label: breach.happened, value: row.happened },
              { label: breach.cause, value: row.cause },
              { label: breach.measures, value: row.measures },
              { label: breach.contact, value: row.contact },
            ]}
          />
          {open && (
            <p>
              <LinkButton href={`${base}/${row.id}/ubah`} variant="secondary">
                {breach.edit}
              </LinkButton>
            </p>
          )}
        </section>
        <div class="dp-stack">
          {notice('persons', row.persons_told_at)}
          {notice('authority', row.authority_told_at)}
          {open &&
            (both(row) ? (
              <form method="post" action={`${base}/${row.id}/langkah`}>
                <input type="hidden" name="versi" value={String(row.version)} />
                <Button name="langkah" value="close" fullWidth>
                  {breach.close}
                </Button>
              </form>
            ) : (
              <p class="dp-small dp-muted">{breach.closeFirst}</p>
            ))}
        </div>
      </div>
    </>,
  );
}

/** The form of a new record, or of one that is known better now. */
export function breachFormPage(
  c: Context<LibraryEnv>,
  props: {
    readonly id: string | null;
    /** Of the record that a new form makes. */
    readonly newId?: string | undefined;
    readonly version: number;
    readonly typed: TypedBreach;
    readonly errors?: readonly FieldError[] | undefined;
  },
) {
  const { rights, common } = textsOf(c);
  const { breach } = rights;
  const { typed, errors = [] } = props;
  const base = `/${c.get('library').slug}/pengaturan/pelanggaran`;
  const error = (field: string) => errors.find((one) => one.field === field)?.text;
  const title = props.id === null ? breach.record : breach.edit;
  // Six times "fill this in" says nothing above a long form.
  const named: Readonly<Record<string, string>> = {
    title: breach.name,
    foundAt: breach.found,
    happened: breach.happened,
    cause: breach.cause,
    dataKinds: breach.data,
    persons: breach.persons,
    measures: breach.measures,
    contact: breach.contact,
  };
  return officePage(
    c,
    { area: 'settings', title, back: { href: base, label: breach.back } },
    <div class="dp-main--narrow dp-stack">
      <PageHeader title={title} lead={breach.noValues} />
      <ErrorSummary
        title={common.error.summaryTitle}
        errors={errors.map(({ field, text }) => ({
          field,
          text: named[field] ? `${named[field]}: ${text}` : text,
        }))}
      />
      <form
        method="post"
        action={props.id === null ? base : `${base}/${props.id}/ubah`}
        class="dp-stack"
        novalidate
      >
        <input type="hidden" name="versi" value={String(props.version)} />
        {props.id === null && <input type="hidden" name="kunci" value={props.newId ?? ''} />}
        <TextField
          name="title"
          label={breach.name}
          description={breach.nameHint}
          value={typed.title}
          error={error('title')}
        />
        <DateField
          name="ditemukan"
          id="foundAt"
          label={breach.found}
          labels={dateLabels(c)}
          value={splitDate(typed.date)}
          error={error('foundAt')}
        />
        <TextField
          name="pukul"
          label={breach.foundTime}
          description={breach.foundTimeHint}
          value={typed.time}
          width="8"
        />
        <TextArea
          name="happened"
          label={breach.happened}
          value={typed.happened}
          error={error('happened')}
          rows={4}
        />
        <TextArea name="cause" label={breach.cause} value={typed.cause} error={error('cause')} rows={3} />
        <CheckboxGroup
          name="dataKinds"
          label={breach.data}
          values={typed.dataKinds}
          error={error('dataKinds')}
          outline={false}
          choices={BREACH_DATA.map((kind) => ({ value: kind, label: breach.dataKinds[kind] }))}
        />
        <TextField
          name="persons"
          label={breach.persons}
          description={breach.personsHint}
          inputmode="numeric"
          width="8"
          value={typed.persons}
          error={error('persons')}
        />
        <TextArea
          name="measures"
          label={breach.measures}
          description={breach.measuresHint}
          value={typed.measures}
          error={error('measures')}
          rows={4}
        />
        <TextField name="contact" label={breach.contact} value={typed.contact} error={error('contact')} />
        <div class="dp-actions">
          <Button>{breach.submit}</Button>
        </div>
      </form>
    </div>,
  );
}
