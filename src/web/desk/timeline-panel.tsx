import type { TimedStep } from '../../domain/step-clock.ts';
import { formatDuration, formatTime } from '../../i18n/format.ts';
import { BY_NEXT_PERSON } from '../../usecases/record-card.ts';
import { Tag } from '../components/tag.tsx';
import { handOversOf } from './hand-overs.ts';
import type { CasePanelProps } from './panel-props.ts';

type Props = Pick<CasePanelProps, 'view' | 'lang' | 'texts' | 'library'>;

/**
 * The step clock of a case: each step's actor, start, end and time against its standard; waiting, home and closed
 * hours stand apart and are never compared.
 */
export function TimelinePanel(props: Props) {
  const { view, lang, texts } = props;
  const { timeline, case: words } = texts.desk;
  const { clock } = view;
  const parts = [
    ['service', clock.serviceSeconds],
    ['waiting', clock.waitingSeconds],
    ['correction', clock.correctionSeconds],
    ['home', clock.homeSeconds],
    ['closed', clock.closedSeconds],
  ] as const;
  const duration = (seconds: number) => formatDuration(lang, seconds);
  return (
    <section class="dp-panel dp-clock" aria-labelledby="jam" id="panel-jam" data-live="">
      <h2 id="jam">{words.timeline}</h2>
      <dl class="dp-clock__parts">
        {parts
          .filter(([part, seconds]) => part === 'service' || part === 'waiting' || seconds > 0)
          .map(([part, seconds]) => (
            <div data-part={part}>
              <dt>{timeline.parts[part]}</dt>
              <dd class="dp-num">{duration(seconds)}</dd>
            </div>
          ))}
      </dl>
      <p class="dp-small dp-muted">
        {timeline.published(duration(clock.publishedTotal))} · {timeline.sum(duration(clock.sumOfStandards))}
      </p>
      <ol class="dp-clock__steps">
        {clock.steps.map((step) => (
          <Step {...props} step={step} />
        ))}
      </ol>
      <HandOvers {...props} />
    </section>
  );
}

/** Who gave the case to whom: the work of one step may be that of two officers. */
function HandOvers({ view, lang, texts, library }: Props) {
  const { takeOver } = texts.desk;
  const handOvers = [...handOversOf(view.events).values()];
  if (handOvers.length === 0) return null;
  const reasons: Readonly<Record<string, string>> = takeOver.reasons;
  const name = (id: string | null) => view.officers.get(id ?? '') ?? texts.desk.timeline.actors.petugas;
  return (
    <ul class="dp-plain dp-clock__handovers">
      {handOvers.map(({ from, to, at, reason }) => (
        <li>
          {takeOver.named(name(from), name(to))}{' '}
          <span class="dp-muted">
            {formatTime(lang, at, library.settings.profile.timezone)}
            {reason !== null && ` · ${reasons[reason] ?? reason}`}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Step(props: Props & { readonly step: TimedStep }) {
  const { step, view, lang, texts, library } = props;
  const { timeline } = texts.desk;
  const zone = library.settings.profile.timezone;
  const official = view.procedure.steps
    .filter((one) => step.covers.includes(one.no))
    .map((one) => one.text)
    .join('; ');
  const numbers = step.covers.join(' + ');
  const time = (at: Date) => formatTime(lang, at, zone, { seconds: true }).replace(/ \S+$/, '');
  const from = step.startedAt;
  const until = step.endedAt;
  const when =
    from && until && from.getTime() !== until.getTime()
      ? `${time(from)}–${time(until)}`
      : until
        ? time(until)
        : from
          ? `${time(from)} –`
          : '';
  const isOver =
    step.workingSeconds !== null &&
    step.standardSeconds !== null &&
    step.workingSeconds > step.standardSeconds;
  return (
    <li data-outcome={step.outcome}>
      <span class="dp-clock__no" title={timeline.step(numbers)}>
        <span class="dp-sr">{timeline.step('')} </span>
        {numbers}
      </span>
      <span class="dp-clock__text" lang="id" title={official}>
        {official}
      </span>
      <span class="dp-clock__time dp-num">{timeText()}</span>
      <span class="dp-clock__meta">
        {[
          step.covers.length > 1 ? timeline.oneAct : '',
          actorText(props),
          when,
          isByNextPerson(props) ? timeline.byNextPerson : '',
          step.rounds > 1 ? timeline.rounds(step.rounds) : '',
        ]
          .filter((part) => part !== '')
          .join(' · ')}
        {isOver && <Tag tone="warning">{timeline.over}</Tag>}
      </span>
    </li>
  );

  function timeText(): string {
    const standard =
      step.standardSeconds === null ? timeline.noStandard : formatDuration(lang, step.standardSeconds);
    if (step.outcome !== 'done' && step.outcome !== 'running')
      return step.outcome === 'pending' && step.standardSeconds !== null
        ? timeline.standard(standard)
        : timeline.outcomes[step.outcome];
    // A step without acts of its own (Mulai) happens with its neighbour: there is no time to look for.
    if (step.workingSeconds === null)
      return step.outcome === 'running' || step.endedAt === null
        ? timeline.outcomes[step.outcome]
        : timeline.noStart;
    if (step.workingSeconds === 0 && step.outcome === 'done') return timeline.instant;
    const worked = formatDuration(lang, step.workingSeconds);
    return step.standardSeconds === null ? worked : timeline.working(worked, standard);
  }
}

/** The card was given when the officer took the next case. */
function isByNextPerson({ step, view }: Props & { readonly step: TimedStep }): boolean {
  const steps = view.procedure.steps.filter((each) => step.covers.includes(each.no));
  return (
    steps.some((each) => each.acts.includes('hand_over')) &&
    view.events.some((event) => event.act === 'hand_over' && event.reason === BY_NEXT_PERSON)
  );
}

function actorText({ step, view, texts }: Props & { readonly step: TimedStep }): string {
  const { timeline } = texts.desk;
  if (step.actor === null) return '';
  switch (step.actor.kind) {
    case 'applicant':
      return timeline.applicant;
    case 'officer':
      return view.officers.get(step.actor.id ?? '') ?? timeline.actors.petugas;
    case 'device':
      return timeline.device;
    case 'system':
      return timeline.system;
  }
}
