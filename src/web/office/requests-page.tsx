import type { Context } from 'hono';
import { HOLD_REASONS, minutesLeft, REFUSE_REASONS } from '../../domain/data-rights.ts';
import { addMonths, type PlainDate } from '../../domain/plain-date.ts';
import { formatShortDateTime, formatWaiting } from '../../i18n/format.ts';
import type { Mention } from '../../usecases/forget-named.ts';
import type { OfficeRequest } from '../../usecases/rights-request.ts';
import { Alert } from '../components/alert.tsx';
import { Button, LinkButton } from '../components/button.tsx';
import { CheckboxField, RadioGroup, SelectField } from '../components/choice-fields.tsx';
import { DataTable } from '../components/data-table.tsx';
import { DateField } from '../components/date-field.tsx';
import { DefinitionList } from '../components/definition-list.tsx';
import { ErrorSummary } from '../components/error-summary.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { Tag } from '../components/tag.tsx';
import { TextArea } from '../components/text-field.tsx';
import type { LibraryEnv } from '../env.ts';
import { textsOf } from '../frame.tsx';
import { splitDate } from '../public/form-input.ts';
import { ASKED_KINDS, OwnConsentForm, type TypedRequest } from '../public/my-data-page.tsx';
import { answerText, rightsWords, timeText } from '../public/my-data-words.ts';
import { dateLabels, type FieldError } from './member-action-page.tsx';
import { type Notice, officePage } from './office-page.tsx';

/** What is left of the 72 hours; red past them. */
export function Clock(props: {
  readonly c: Context<LibraryEnv>;
  readonly due: Date;
  readonly now: Date;
  readonly words: { left(time: string): string; late(time: string): string };
}) {
  const minutes = minutesLeft(props.due, props.now);
  const lang = props.c.get('lang');
  const time = formatWaiting(lang, Math.abs(minutes) * 60);
  if (minutes < 0)
    return (
      <Tag tone="danger" icon="warning">
        {props.words.late(time)}
      </Tag>
    );
  return <Tag tone={minutes < 24 * 60 ? 'warning' : 'info'}>{props.words.left(time)}</Tag>;
}

/** `/{library}/permintaan-data`: what waits, the most urgent first, and what was answered. */
export function requestsPage(
  c: Context<LibraryEnv>,
  props: {
    readonly open: readonly OfficeRequest[];
    readonly answered: readonly OfficeRequest[];
    readonly now: Date;
    readonly notices: readonly Notice[];
  },
) {
  const { office, kinds, requests } = textsOf(c).rights;
  const library = c.get('library');
  const { timezone } = library.settings.profile;
  const lang = c.get('lang');
  const base = `/${library.slug}/permintaan-data`;
  const who = (request: OfficeRequest) => (
    <>
      {request.name || office.erased}
      <div class="dp-small dp-muted">{request.label}</div>
    </>
  );
  const received = (request: OfficeRequest) => (
    <>
      {formatShortDateTime(lang, request.receivedAt, timezone)}
      <div class="dp-small dp-muted">{office.channel[request.channel]}</div>
    </>
  );
  const kind = (request: OfficeRequest) => <a href={`${base}/${request.id}`}>{kinds[request.kind]}</a>;
  return officePage(
    c,
    {
      area: 'members',
      title: office.title,
      back: { href: `/${library.slug}/anggota`, label: textsOf(c).members.view.back },
      notices: props.notices,
    },
    <div class="dp-stack">
      <PageHeader title={office.title} lead={office.lead} />
      <DataTable<OfficeRequest>
        caption={office.open}
        rows={props.open}
        empty={office.empty}
        stack
        columns={[
          { label: office.kind, rowHeader: true, cell: kind },
          { label: office.who, cell: who },
          { label: office.received, cell: received },
          {
            label: office.clock,
            cell: (request) => <Clock c={c} due={request.dueAt} now={props.now} words={office} />,
          },
        ]}
      />
      <DataTable<OfficeRequest>
        caption={office.answered}
        rows={props.answered}
        empty={office.emptyAnswered}
        stack
        columns={[
          { label: office.kind, rowHeader: true, cell: kind },
          { label: office.who, cell: who },
          { label: office.received, cell: received },
          {
            label: office.answer,
            cell: (request) => (
              <>
                {requests.states[request.state]}
                <div class="dp-small dp-muted">{answerText(rightsWords(c), request)}</div>
              </>
            ),
          },
        ]}
      />
    </div>,
  );
}

export interface TypedDecision {
  readonly decision: string;
  readonly holdReason: string;
  readonly refuseReason: string;
  readonly until: string;
  /** Of each mention, by `at`: `ambil` or `biarkan`. */
  readonly mentions: ReadonlyMap<string, string>;
}

/** Name of the choice about a record in the form. */
export function mentionField({ at }: Mention): string {
  return `sebut.${at}`;
}

/** Proposed for what is held: whoever knows the day writes that. */
const HOLD_MONTHS = 12;

/** One request with the form that answers it. */
export function requestPage(
  c: Context<LibraryEnv>,
  props: {
    readonly request: OfficeRequest;
    /** What has to be looked at before an erasure ends. */
    readonly mentions: readonly Mention[];
    readonly now: Date;
    readonly today: PlainDate;
    readonly typed?: TypedDecision | undefined;
    readonly errors?: readonly FieldError[] | undefined;
    readonly notices?: readonly Notice[] | undefined;
  },
) {
  const { rights, common } = textsOf(c);
  const { office, kinds, requests } = rights;
  const { request, mentions, typed, errors = [] } = props;
  const words = rightsWords(c);
  const { slug } = c.get('library');
  const base = `/${slug}/permintaan-data`;
  const erases = request.kind === 'erase';
  const waits = request.state === 'open' || request.state === 'held';
  const person =
    request.name === ''
      ? office.erased
      : `${request.name} · ${request.label} · ${office.channel[request.channel]}`;
  const personHref =
    request.memberId !== null
      ? { href: `/${slug}/anggota/${request.memberId}`, label: office.person }
      : { href: `/${slug}/loket/${request.applicationId ?? ''}`, label: office.personCase };
  const error = (field: string) => errors.find((one) => one.field === field)?.text;
  const reasons = (codes: readonly (keyof typeof requests.reasons)[]) =>
    codes.map((code) => ({ value: code, label: requests.reasons[code] }));
  return officePage(
    c,
    {
      area: 'members',
      title: kinds[request.kind],
      back: { href: base, label: office.back },
      notices: props.notices,
    },
    <div class="dp-main--narrow dp-stack">
      <PageHeader title={kinds[request.kind]} eyebrow={person}>
        {request.state === 'open' ? (
          <Clock c={c} due={request.dueAt} now={props.now} words={office} />
        ) : (
          <Tag>{requests.states[request.state]}</Tag>
        )}
      </PageHeader>
      <ErrorSummary title={common.error.summaryTitle} errors={errors} />
      <section class="dp-panel" aria-labelledby="rincian">
        <h2 id="rincian">{office.words}</h2>
        <p>{request.words ?? office.noWords}</p>
        <DefinitionList
          items={[
            { label: office.received, value: timeText(words, request.receivedAt) },
            { label: office.deadline, value: timeText(words, request.dueAt) },
            ...(request.state === 'open'
              ? []
              : [
                  {
                    label: office.answer,
                    value: `${answerText(words, request) ?? ''} ${
                      request.decidedBy === null ? '' : office.by(request.decidedBy)
                    }`,
                  },
                ]),
          ]}
        />
        {request.name !== '' && (
          <p>
            <LinkButton href={personHref.href} variant="secondary">
              {personHref.label}
            </LinkButton>
          </p>
        )}
      </section>
      {waits && (
        <section class="dp-panel dp-stack" aria-labelledby="jawab">
          <h2 id="jawab">{office.decide}</h2>
          <p>{office.howTo[request.kind]}</p>
          {erases && request.sentAbroad.live && (
            <Alert tone="info">
              <p>{office.abroadLive}</p>
            </Alert>
          )}
          {erases && request.sentAbroad.byHand && (
            <Alert tone="warning">
              <p>{office.abroad}</p>
            </Alert>
          )}
          <form method="post" action={`${base}/${request.id}`} class="dp-stack" novalidate>
            <input type="hidden" name="versi" value={String(request.version)} />
            <RadioGroup
              name="putusan"
              label={office.decision}
              value={typed?.decision}
              error={error('putusan')}
              outline={false}
              choices={[
                { value: 'done', label: erases ? office.doneErase : office.done },
                { value: 'held', label: office.hold },
                { value: 'refused', label: office.refuse },
              ]}
            />
            {erases && mentions.length > 0 && (
              <section class="dp-stack" aria-labelledby="sebutan">
                <h3 id="sebutan">{office.mentions.title}</h3>
                <p class="dp-muted">{office.mentions.about}</p>
                {mentions.map((one) => (
                  <RadioGroup
                    name={mentionField(one)}
                    label={office.mentions.tables[one.table]}
                    description={one.excerpts.map((text) => `“${text}”`).join(' ')}
                    value={typed?.mentions.get(one.at)}
                    error={error(mentionField(one))}
                    choices={[
                      { value: 'ambil', label: office.mentions.take },
                      { value: 'biarkan', label: office.mentions.leave },
                    ]}
                  />
                ))}
              </section>
            )}
            {erases && (
              <CheckboxField
                name="mengerti"
                label={office.confirmErase}
                error={error('mengerti')}
                outline={false}
              />
            )}
            <SelectField
              name="alasan-tahan"
              label={office.holdReason}
              optional={common.field.optional}
              placeholder="–"
              value={typed?.holdReason ?? ''}
              error={error('alasan-tahan')}
              choices={reasons(HOLD_REASONS)}
            />
            <DateField
              name="hingga"
              label={office.holdUntil}
              description={office.holdUntilHint}
              labels={dateLabels(c)}
              value={splitDate(typed?.until ?? addMonths(props.today, HOLD_MONTHS))}
              error={error('hingga')}
            />
            <SelectField
              name="alasan-tolak"
              label={office.refuseReason}
              optional={common.field.optional}
              placeholder="–"
              value={typed?.refuseReason ?? ''}
              error={error('alasan-tolak')}
              choices={reasons(REFUSE_REASONS)}
            />
            <div class="dp-actions">
              <Button tone={erases ? 'danger' : undefined}>{office.submit}</Button>
            </div>
          </form>
        </section>
      )}
    </div>,
  );
}

interface AtMember {
  readonly memberId: string;
  readonly name: string;
  readonly number: string;
  readonly errors?: readonly FieldError[] | undefined;
}

/** `/anggota/{id}/permintaan`: for somebody who stands at the counter without a phone. */
export function takeRequestPage(c: Context<LibraryEnv>, props: AtMember & { readonly typed?: TypedRequest }) {
  const { rights, common, members } = textsOf(c);
  const { errors = [] } = props;
  const base = `/${c.get('library').slug}/anggota/${props.memberId}`;
  const error = (field: string) => errors.find((one) => one.field === field)?.text;
  return officePage(
    c,
    { area: 'members', title: rights.office.takeTitle, back: { href: base, label: members.form.back } },
    <div class="dp-main--narrow dp-stack">
      <PageHeader
        title={rights.office.takeTitle}
        eyebrow={`${props.name} · ${props.number}`}
        lead={rights.office.takeLead}
      />
      <ErrorSummary title={common.error.summaryTitle} errors={errors} />
      <form method="post" action={`${base}/permintaan`} class="dp-stack" novalidate>
        <RadioGroup
          name="jenis"
          label={rights.office.kind}
          value={props.typed?.kind}
          error={error('jenis')}
          outline={false}
          choices={ASKED_KINDS.map((kind) => ({
            value: kind,
            label: rights.kinds[kind],
            description: rights.kindAbout[kind],
          }))}
        />
        <TextArea
          name="keterangan"
          label={rights.ask.words}
          optional={common.field.optional}
          description={rights.ask.wordsHint}
          value={props.typed?.words}
          error={error('keterangan')}
          rows={4}
        />
        <div class="dp-actions">
          <Button>{rights.office.take}</Button>
        </div>
      </form>
    </div>,
  );
}

/** `/anggota/{id}/persetujuan-sendiri`: read out to the member, answered by the member. */
export function takeOwnConsentPage(
  c: Context<LibraryEnv>,
  props: AtMember & { readonly typed?: Readonly<Record<string, string>> },
) {
  const { rights, common, members } = textsOf(c);
  const { errors = [] } = props;
  const base = `/${c.get('library').slug}/anggota/${props.memberId}`;
  return officePage(
    c,
    { area: 'members', title: rights.own.record, back: { href: base, label: members.form.back } },
    <div class="dp-main--narrow dp-stack">
      <PageHeader
        title={rights.own.record}
        eyebrow={`${props.name} · ${props.number}`}
        lead={rights.own.forOfficer}
      />
      <ErrorSummary title={common.error.summaryTitle} errors={errors} />
      <OwnConsentForm c={c} action={`${base}/persetujuan-sendiri`} typed={props.typed} errors={errors} />
    </div>,
  );
}
