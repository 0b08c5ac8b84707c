import type { ApplicationEventRow } from '../../db/application.ts';
import type { FieldName } from '../../domain/form-fields.ts';
import { formatShortDateTime } from '../../i18n/format.ts';
import { readEscalation } from '../../usecases/escalate.ts';
import { BY_NEXT_PERSON } from '../../usecases/record-card.ts';
import { Details } from '../components/details.tsx';
import { Timeline, type TimelineEntry } from '../components/timeline.tsx';
import { handOversOf } from './hand-overs.ts';
import type { CasePanelProps } from './panel-props.ts';
import { codedText, documentName, valueText } from './words.ts';

/** What happened, who did it, what changed and what was consented to; closed until somebody asks. */
export function HistoryPanel(props: CasePanelProps) {
  const { texts } = props;
  const { desk } = texts;
  const { consents } = props.view.history;
  return (
    <section class="dp-panel dp-history" aria-label={desk.case.history}>
      <Details summary={`${desk.case.history} (${props.view.events.length})`}>
        <Timeline entries={props.view.events.map((event) => entryOf(props, event))} />
      </Details>
      {props.view.history.revisions.length > 0 && (
        <Details summary={`${desk.history.revisions} (${props.view.history.revisions.length})`}>
          <Revisions {...props} />
        </Details>
      )}
      {props.view.history.corrections.length > 0 && <Corrections {...props} />}
      <Details summary={`${desk.history.consentsTitle} (${consents.length})`}>
        <ul class="dp-plain">
          {consents.map((consent) => (
            <li>
              {desk.history.consents[consent.purpose]}:{' '}
              <strong>{consent.given ? desk.history.given : desk.history.refused}</strong>
              {consent.byGuardian && ` ${desk.history.byGuardian}`}{' '}
              <span class="dp-muted dp-small">
                {timeOf(props, consent.at)} · {consent.textVersion}
              </span>
            </li>
          ))}
        </ul>
      </Details>
    </section>
  );
}

function timeOf({ lang, library }: CasePanelProps, at: Date): string {
  return formatShortDateTime(lang, at, library.settings.profile.timezone);
}

function entryOf(props: CasePanelProps, event: ApplicationEventRow): TimelineEntry {
  const { texts } = props;
  const { history } = texts.desk;
  const title =
    event.kind === 'act' && event.act !== null
      ? history.acts[event.act]
      : (history.events[event.kind] ?? event.kind);
  const reason = reasonText(props, event);
  const state =
    event.to_state === null
      ? ''
      : event.to_state === 'rejected'
        ? texts.common.staffRejected
        : texts.common.state[event.to_state];
  const meta = [
    timeOf(props, event.effective_at),
    whoOf(props, event),
    event.place === 'none' ? '' : history.places[event.place],
  ]
    .filter((part) => part !== '')
    .join(' · ');
  return {
    title: (
      <>
        {title}
        {reason !== '' && `: ${reason}`}
        {state !== '' && <span class="dp-muted"> → {state}</span>}
      </>
    ),
    meta,
    at: event.effective_at.toISOString(),
    tone:
      event.to_state === 'rejected'
        ? 'danger'
        : event.kind === 'correction_requested' || event.kind === 'escalated'
          ? 'warning'
          : event.act !== null
            ? 'accent'
            : undefined,
  };
}

function whoOf({ view, texts }: CasePanelProps, event: ApplicationEventRow): string {
  const { timeline } = texts.desk;
  if (event.actor_kind === 'officer') return view.officers.get(event.actor_id ?? '') ?? '';
  return { applicant: timeline.applicant, device: timeline.device, system: timeline.system }[
    event.actor_kind
  ];
}

/** Codes of reasons in words; codes that only machines read stay out. */
function reasonText({ view, texts, lang, library }: CasePanelProps, event: ApplicationEventRow): string {
  const { desk } = texts;
  const { settings } = library;
  if (event.reason === null) return '';
  switch (event.kind) {
    case 'correction_requested':
      return codedText(lang, settings.correctionReasons, event.reason);
    case 'taken_over': {
      const from = handOversOf(view.events).get(event.id)?.from ?? null;
      const reason = (desk.takeOver.reasons as Readonly<Record<string, string>>)[event.reason] ?? '';
      const name = from === null ? undefined : view.officers.get(from);
      return [name === undefined ? '' : desk.takeOver.from(name), reason]
        .filter((part) => part !== '')
        .join(', ');
    }
    case 'document_shown':
      return documentName(texts, event.reason);
    case 'escalated': {
      const { kind, code } = readEscalation(event.reason);
      const list = kind === 'no_document' ? settings.noDocumentReasons : settings.rejectionReasons;
      return [desk.escalation.kinds[kind], code === '' ? '' : codedText(lang, list, code)]
        .filter((part) => part !== '')
        .join(', ');
    }
    case 'state':
      return event.to_state === 'rejected' ? codedText(lang, settings.rejectionReasons, event.reason) : '';
    default:
      if (event.act === 'hand_over') return event.reason === BY_NEXT_PERSON ? desk.timeline.byNextPerson : '';
      return event.act === 'cross_check' ? (desk.crossCheck.closed[event.reason] ?? '') : '';
  }
}

function Revisions(props: CasePanelProps) {
  const { view, texts } = props;
  const { correction } = texts.desk;
  return (
    <>
      {view.history.revisions.map((revision) => (
        <div>
          <p class="dp-small dp-muted">
            {timeOf(props, revision.at)} ·{' '}
            {revision.actorKind === 'officer'
              ? (view.officers.get(revision.actorId ?? '') ?? '')
              : texts.desk.timeline[revision.actorKind === 'system' ? 'system' : 'applicant']}
          </p>
          <table class="ds-table dp-revision">
            <thead>
              <tr>
                <th scope="col">{texts.desk.crossCheck.field}</th>
                <th scope="col">{correction.before}</th>
                <th scope="col">{correction.after}</th>
              </tr>
            </thead>
            <tbody>
              {revision.fields.map((field) => (
                <tr>
                  <th scope="row">{texts.form.fields[field]}</th>
                  <td>{valueFor(props, field, revision.before)}</td>
                  <td>{valueFor(props, field, revision.after)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ))}
    </>
  );
}

function valueFor(
  props: CasePanelProps,
  field: FieldName,
  values: Readonly<Partial<Record<FieldName, string>>>,
) {
  return valueText(props, field, values, props.view.regions) || '–';
}

function Corrections(props: CasePanelProps) {
  const { view, texts } = props;
  const { correction, history } = texts.desk;
  return (
    <Details summary={`${history.events.correction_requested} (${view.history.corrections.length})`}>
      <ul class="dp-plain">
        {view.history.corrections.map((one) => (
          <li>
            <strong>{correction.round(one.round)}</strong>:{' '}
            {one.fields.map((field) => texts.form.fields[field]).join(', ')}
            {one.message !== '' && <q> {one.message}</q>}{' '}
            <span class="dp-muted dp-small">
              {timeOf(props, one.requestedAt)} ·{' '}
              {one.answeredAt === null
                ? correction.unanswered
                : correction.answered(timeOf(props, one.answeredAt))}
            </span>
          </li>
        ))}
      </ul>
    </Details>
  );
}
