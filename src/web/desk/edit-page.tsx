import type { Context } from 'hono';
import type { FormProblem } from '../../domain/form-outcome.ts';
import { NOTICE_TOPICS } from '../../domain/library-settings.ts';
import { formatTicketCode } from '../../domain/ticket-code.ts';
import type { CaseView } from '../../usecases/read-case.ts';
import { Button, LinkButton } from '../components/button.tsx';
import { Details } from '../components/details.tsx';
import { ErrorSummary } from '../components/error-summary.tsx';
import type { LibraryEnv } from '../env.ts';
import { textsOf } from '../frame.tsx';
import { type FieldsView, FormGroups } from '../public/form-fields.tsx';
import { deskPage } from './desk-page.tsx';
import { queueNumber } from './words.ts';

const ISLANDS = ['form-assist', 'village-search'];

function Problems({
  c,
  fields,
  problems,
}: {
  readonly c: Context<LibraryEnv>;
  readonly fields: FieldsView;
  readonly problems: readonly FormProblem[];
}) {
  const { common, form } = textsOf(c);
  return (
    <ErrorSummary
      title={common.error.summaryTitle}
      intro={common.error.summaryIntro}
      errors={problems.map(({ field, code }) => ({
        field,
        text: `${fields.words.label(field, fields.values)}: ${form.problems[code]}`,
      }))}
    />
  );
}

/** The officer puts the data of a case right: the same form as everywhere, all of it on one screen. */
export function editPage(
  c: Context<LibraryEnv>,
  props: {
    readonly view: CaseView;
    readonly startedAt: Date | null;
    readonly fields: FieldsView;
    readonly problems: readonly FormProblem[];
  },
) {
  const { desk, common } = textsOf(c);
  const { view, fields, problems } = props;
  const base = `/${c.get('library').slug}/loket/${view.row.id}`;
  return deskPage(
    c,
    { title: desk.correction.editTitle, feed: null, islands: ISLANDS, keeps: true },
    <div class="dp-desk">
      <Problems c={c} fields={fields} problems={problems} />
      <form
        method="post"
        action={`${base}/perbaiki`}
        class="dp-deskform"
        data-keep=""
        data-begin=""
        novalidate
      >
        <input type="hidden" name="versi" value={String(view.row.version)} />
        <input type="hidden" name="mulai" value={props.startedAt?.toISOString() ?? ''} />
        <div class="dp-deskform__head">
          <div>
            <h1>{desk.correction.editTitle}</h1>
            <p class="dp-small dp-muted">
              {view.values.name} · {formatTicketCode(view.row.ticket_code)} · {desk.correction.editAbout}
            </p>
          </div>
          <div class="dp-row">
            <LinkButton href={base} variant="secondary" shortcut="Escape">
              {common.action.cancel}
            </LinkButton>
            <Button shortcut="Alt+S">{desk.correction.save}</Button>
          </div>
        </div>
        <div class="dp-deskform__groups">
          <FormGroups view={fields} />
        </div>
      </form>
    </div>,
  );
}

/** A case typed by the officer for the person who stands there, by keyboard alone. */
export function newCasePage(
  c: Context<LibraryEnv>,
  props: {
    readonly fields: FieldsView;
    readonly problems: readonly FormProblem[];
    readonly submitKey: string;
    readonly startedAt: Date;
    readonly ticket: { readonly id: string; readonly number: number } | null;
    readonly family: { readonly id: string; readonly name: string } | null;
    readonly visit: string | null;
    readonly fromDraft: boolean;
  },
) {
  const { desk } = textsOf(c);
  const { fields, problems, ticket, family } = props;
  const { library, lang } = fields;
  const { notice } = library.settings.consents;
  return deskPage(
    c,
    { title: desk.newCase.title, feed: null, islands: ISLANDS, keeps: true, calledTicket: ticket?.id },
    <div class="dp-desk">
      <Problems c={c} fields={fields} problems={problems} />
      {ticket && (
        <form method="post" action={`/${library.slug}/loket/nomor/${ticket.id}/panggil`} id="panggil-lagi" />
      )}
      <form
        method="post"
        action={`/${library.slug}/loket/baru`}
        class="dp-deskform"
        data-keep=""
        data-begin=""
        novalidate
      >
        <input type="hidden" name="kunci" value={props.submitKey} />
        <input type="hidden" name="mulai" value={props.startedAt.toISOString()} />
        <input type="hidden" name="consent_version" value={fields.context.consentVersion} />
        {ticket && <input type="hidden" name="antrean" value={ticket.id} />}
        {family && <input type="hidden" name="keluarga" value={family.id} />}
        {props.visit !== null && <input type="hidden" name="kunjungan" value={props.visit} />}
        <div class="dp-deskform__head">
          <div>
            <h1>{desk.newCase.title}</h1>
            <p class="dp-small dp-muted">
              {[
                ticket ? desk.newCase.queueNumber(queueNumber(ticket.number)) : '',
                family ? desk.newCase.family(family.name) : '',
                props.fromDraft ? desk.newCase.draft : '',
                family || props.fromDraft ? '' : desk.newCase.consentAbout,
              ]
                .filter((part) => part !== '')
                .join(' · ')}
            </p>
          </div>
          <div class="dp-row">
            {/* Only before anything is typed: the call opens the page anew. */}
            {ticket && problems.length === 0 && (
              <Button variant="tertiary" attrs={{ form: 'panggil-lagi' }}>
                {desk.queue.callAgain}
              </Button>
            )}
            <LinkButton href={`/${library.slug}/loket`} variant="secondary" shortcut="Escape">
              {desk.newCase.cancel}
            </LinkButton>
            <Button shortcut="Alt+S">{desk.newCase.submit}</Button>
          </div>
        </div>
        <div class="dp-deskform__groups">
          <FormGroups view={fields} />
          <Details summary={desk.newCase.notice}>
            {NOTICE_TOPICS.map((topic) => (
              <p class="dp-small">{notice[topic][lang]}</p>
            ))}
          </Details>
        </div>
      </form>
    </div>,
  );
}
