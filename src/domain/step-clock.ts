import type { CaseEvent, EventActor } from './case-event.ts';
import { type CaseSpan, type CaseSpans, type SpanKind, spansOf, type TimedAct } from './case-spans.ts';
import type { ServiceCalendar } from './opening-hours.ts';
import {
  actsInOrder,
  OPTIONAL_ACTS,
  type Procedure,
  type ProcedureStep,
  type StepAct,
  sumOfStandards,
} from './procedure.ts';

/**
 * - `done` in the library; `at_home` by the applicant elsewhere: never compared with the standard.
 * - `not_needed` reads "tidak dilakukan": passed over, or the case ended without it; never 0 seconds.
 */
export type StepOutcome = 'done' | 'at_home' | 'not_needed' | 'pending' | 'running';

/**
 * One line of the timeline: a step, or several that one act fulfilled: by the procedure (SOP-J 3 and 4), or because
 * one press did both (SOP-B 2 and 4; SOP-J 2 and 5 where the check found nobody).
 */
export interface TimedStep {
  /** Numbers of the steps it covers, in order. */
  readonly covers: readonly number[];
  readonly actor: EventActor | null;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  /** null where the step was not done in the library, or where nobody saw it begin. */
  readonly workingSeconds: number | null;
  /** Time before its acts in which nobody worked on the case while the library was open. */
  readonly waitingSeconds: number;
  /** Sum of the standards of the steps it covers; null where the procedure gives none. */
  readonly standardSeconds: number | null;
  readonly outcome: StepOutcome;
  /** How often it was done: a second photo, each round of correction. */
  readonly rounds: number;
}

/** The clock of a case. Service, waiting, correction, home and closed add up to `totalSeconds`. */
export interface CaseClock {
  readonly steps: readonly TimedStep[];
  /** Work in the library since the recorded arrival: the only part compared with the standard. */
  readonly serviceSeconds: number;
  readonly waitingSeconds: number;
  /** The applicant or the guardian was asked for something. */
  readonly correctionSeconds: number;
  readonly homeSeconds: number;
  readonly closedSeconds: number;
  readonly totalSeconds: number;
  readonly startedAt: Date | null;
  readonly serviceStartedAt: Date | null;
  readonly endedAt: Date | null;
  readonly sumOfStandards: number;
  readonly publishedTotal: number;
  /** Service against the published total; null while it can still be kept, or where nobody was served. */
  readonly withinStandard: boolean | null;
}

/** A row of the step times kept for the reports. */
export interface StepTime {
  /** The lowest of the steps it covers: names the row. */
  readonly firstStep: number;
  readonly covers: readonly number[];
  readonly standardSeconds: number;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  readonly workingSeconds: number | null;
  readonly waitingSeconds: number;
  readonly outcome: Exclude<StepOutcome, 'pending' | 'running'>;
}

/**
 * The timeline and the times of a case, from its recorded facts alone: no officer starts or stops a clock.
 * The rules are those of `journeys.md` ("The clock and the figures") and of `spansOf`.
 * @param now the present moment, up to which a running case is counted
 */
export function stepClock(
  procedure: Procedure,
  events: readonly CaseEvent[],
  calendar: ServiceCalendar,
  now: Date,
): CaseClock {
  const spans = spansOf(events, new Set(actsInOrder(procedure)), calendar, now);
  const seconds = (kind: SpanKind) => lengthOf(spans.spans.filter((span) => span.kind === kind));
  const serviceSeconds = seconds('service');
  const publishedTotal = procedure.publishedTotalSeconds;
  const ended = spans.endedAt !== undefined;
  const within = serviceSeconds <= publishedTotal;
  return {
    steps: timelineOf(procedure, spans),
    serviceSeconds,
    waitingSeconds: seconds('waiting'),
    correctionSeconds: seconds('correction'),
    homeSeconds: seconds('home'),
    closedSeconds: seconds('closed'),
    totalSeconds: lengthOf(spans.spans),
    startedAt: dateOf(spans.startedAt),
    serviceStartedAt: dateOf(spans.serviceStartedAt),
    endedAt: dateOf(spans.endedAt),
    sumOfStandards: sumOfStandards(procedure),
    publishedTotal,
    withinStandard: spans.serviceStartedAt === undefined || (within && !ended) ? null : within,
  };
}

/**
 * The step times of a case as rows for the reports: what is settled, so all of an ended case. Steps without
 * a standard (Mulai, Selesai) give none, as there is nothing to compare.
 */
export function stepTimes(
  procedure: Procedure,
  events: readonly CaseEvent[],
  calendar: ServiceCalendar,
  now: Date,
): readonly StepTime[] {
  return stepClock(procedure, events, calendar, now).steps.flatMap((step) => {
    const { covers, standardSeconds, startedAt, endedAt, workingSeconds, waitingSeconds, outcome } = step;
    const firstStep = covers[0];
    if (firstStep === undefined || standardSeconds === null) return [];
    if (outcome === 'pending' || outcome === 'running') return [];
    return [
      { firstStep, covers, standardSeconds, startedAt, endedAt, workingSeconds, waitingSeconds, outcome },
    ];
  });
}

/** Steps that share an act stand together; each step is in exactly one group, groups in the steps' order. */
export function stepGroups(procedure: Procedure): readonly (readonly ProcedureStep[])[] {
  const groups: ProcedureStep[][] = [];
  for (const step of procedure.steps) {
    const sharing = groups.filter((group) =>
      group.some((other) => other.acts.some((act) => step.acts.includes(act))),
    );
    const first = sharing[0];
    if (!first) {
      groups.push([step]);
      continue;
    }
    first.push(...sharing.slice(1).flat(), step);
    first.sort((one, other) => one.no - other.no);
    for (const other of sharing.slice(1)) groups.splice(groups.indexOf(other), 1);
  }
  return groups;
}

/**
 * The steps as this case went through them. A step without any time of its own that was done with the press for
 * another stands together with it, so that the press counts once, against the sum of both standards.
 */
function groupsAsDone(procedure: Procedure, spans: CaseSpans): readonly (readonly ProcedureStep[])[] {
  const groups = stepGroups(procedure).map((group) => [...group]);
  for (const group of [...groups]) {
    const done = actsDone(group, spans);
    if (done.length === 0 || isMeasured(done, spans)) continue;
    const other = groups.find(
      (each) =>
        each !== group && actsDone(each, spans).some((act) => done.some((mine) => isOnePress(mine, act))),
    );
    if (!other) continue;
    other.push(...group);
    other.sort((one, another) => one.no - another.no);
    groups.splice(groups.indexOf(group), 1);
  }
  return groups.sort((one, other) => (one[0]?.no ?? 0) - (other[0]?.no ?? 0));
}

function isMeasured(done: readonly TimedAct[], spans: CaseSpans): boolean {
  const worked = new Set(spans.spans.flatMap(({ kind, act }) => (kind === 'service' ? [act] : [])));
  return done.some((act) => (!act.atHome && act.started !== null) || worked.has(spans.acts.indexOf(act)));
}

/**
 * Recorded by one press of one officer in the library. An arrival is somebody else's act, except where opening the
 * form of a walk-in is all that tells of it.
 */
function isOnePress(one: TimedAct, other: TimedAct): boolean {
  if (one.actor.kind !== 'officer' || one.atHome || other.atHome) return false;
  if (other.actor.kind !== 'officer' || one.actor.id !== other.actor.id) return false;
  const arrival = one.act === 'arrive' ? one : other.act === 'arrive' ? other : undefined;
  const form = arrival === one ? other : one;
  const isApart = arrival && (form.act !== 'fill_form' || form.started !== arrival.ended);
  return one.recorded === other.recorded && !isApart;
}

function timelineOf(procedure: Procedure, spans: CaseSpans): readonly TimedStep[] {
  const groups = groupsAsDone(procedure, spans);
  const doneOf = groups.map((group) => actsDone(group, spans));
  const isDone = groups.map((group, index) => isComplete(group, doneOf[index] ?? []));
  const lastDone = isDone.lastIndexOf(true);
  // Work that no act has ended yet belongs to the first step that still has to be done.
  const current = groups.findIndex((group, index) => !isDone[index] && !isOptional(group));
  return groups.map((group, index) => {
    const done = doneOf[index] ?? [];
    const mine = spans.spans.filter((span) => belongs(span, group, index === current));
    const work = mine.filter((span) => span.kind === 'service');
    const outcome = outcomeOf(index, done, work);
    const measured = work.length > 0 || done.some(({ atHome, started }) => !atHome && started !== null);
    const last = done.at(-1);
    return {
      covers: group.map((step) => step.no),
      actor: last?.actor ?? null,
      startedAt: outcome === 'not_needed' || outcome === 'pending' ? null : dateOf(startOf(done, work)),
      endedAt: outcome === 'done' || outcome === 'at_home' ? dateOf(last?.ended ?? work.at(-1)?.to) : null,
      workingSeconds: (outcome === 'done' || outcome === 'running') && measured ? lengthOf(work) : null,
      waitingSeconds: lengthOf(mine.filter((span) => span.kind === 'waiting')),
      standardSeconds: standardOf(group),
      outcome,
      rounds: roundsOf(group, done, spans),
    };
  });

  function belongs(span: CaseSpan, group: readonly ProcedureStep[], isCurrent: boolean): boolean {
    if (span.act === undefined) return isCurrent;
    const act = spans.acts[span.act];
    return act !== undefined && group.some((step) => step.acts.includes(act.act));
  }

  function outcomeOf(index: number, done: readonly TimedAct[], work: readonly CaseSpan[]): StepOutcome {
    const group = groups[index] ?? [];
    const ended = spans.endedAt !== undefined;
    if (actsOf(group).length === 0) return markerOutcome(index);
    if (ended && done.length === 0 && !isDone[index]) return 'not_needed';
    if (ended || isDone[index]) return done.every(({ atHome }) => atHome) ? 'at_home' : 'done';
    const asked = spans.acts.some((act) => act.asks && actsOf(group).includes(act.act));
    const begun = spans.held || work.length > 0 || done.length > 0;
    if (!asked && index < lastDone && isOptional(group)) return 'not_needed';
    return asked || (index === current && begun) ? 'running' : 'pending';
  }

  /** A step that no act fulfils (Mulai, Selesai) happens with its neighbour. */
  function markerOutcome(index: number): StepOutcome {
    const passed = lastDone > index || (index === groups.length - 1 && isDone.slice(0, index).every(Boolean));
    if (passed || (index === 0 && spans.serviceStartedAt !== undefined)) return 'done';
    return spans.endedAt === undefined ? 'pending' : 'not_needed';
  }
}

function actsOf(group: readonly ProcedureStep[]): readonly StepAct[] {
  return [...new Set(group.flatMap((step) => step.acts))];
}

function isOptional(group: readonly ProcedureStep[] | undefined): boolean {
  return actsOf(group ?? []).every((act) => OPTIONAL_ACTS.includes(act));
}

function actsDone(group: readonly ProcedureStep[], spans: CaseSpans): readonly TimedAct[] {
  const acts = actsOf(group);
  return spans.acts.filter(({ act, asks }) => acts.includes(act) && !asks);
}

/** All that the group demands was done; of a group of optional acts, any. */
function isComplete(group: readonly ProcedureStep[], done: readonly TimedAct[]): boolean {
  const acts = actsOf(group);
  const needed = acts.filter((act) => !OPTIONAL_ACTS.includes(act));
  if (needed.length === 0) return acts.length > 0 && done.length > 0;
  return needed.every((act) => done.some((each) => each.act === act));
}

function standardOf(group: readonly ProcedureStep[]): number | null {
  const standards = group.flatMap((step) => (step.standardSeconds === null ? [] : [step.standardSeconds]));
  return standards.length > 0 ? standards.reduce((sum, each) => sum + each, 0) : null;
}

function startOf(done: readonly TimedAct[], work: readonly CaseSpan[]): number | undefined {
  const starts = [...work.map((span) => span.from), ...done.map(({ started, ended }) => started ?? ended)];
  return starts.length > 0 ? Math.min(...starts) : undefined;
}

/** How often the busiest act of the group was done, or the highest round of correction recorded. */
function roundsOf(group: readonly ProcedureStep[], done: readonly TimedAct[], spans: CaseSpans): number {
  const counts = actsOf(group).map((act) => done.filter((each) => each.act === act).length);
  const recorded = spans.events.flatMap((event) =>
    actsOf(group).includes('revise') && event.round !== undefined ? [event.round] : [],
  );
  return Math.max(0, ...counts, ...recorded);
}

function lengthOf(spans: readonly CaseSpan[]): number {
  return spans.reduce((sum, span) => sum + span.to - span.from, 0);
}

function dateOf(second: number | undefined): Date | null {
  return second === undefined ? null : new Date(second * 1000);
}
