import type { CaseEvent, EventActor } from './case-event.ts';
import type { ServiceCalendar } from './opening-hours.ts';
import { openSpansBetween } from './opening-hours.ts';
import type { StepAct } from './procedure.ts';

/** What a stretch of a case was: exactly one of these at every second. */
export type SpanKind = 'service' | 'waiting' | 'correction' | 'home' | 'closed';

export interface CaseSpan {
  readonly kind: SpanKind;
  /** Whole seconds since the epoch. */
  readonly from: number;
  readonly to: number;
  /** The act that the work or the waiting led to: an index of `acts`; undefined where none followed. */
  readonly act: number | undefined;
}

/** An act with its times in whole seconds since the epoch. */
export interface TimedAct {
  readonly act: StepAct;
  /** null: its beginning was not seen. */
  readonly started: number | null;
  readonly ended: number;
  /** Milliseconds since the epoch: all that one press records carries one time. */
  readonly recorded: number;
  readonly actor: EventActor;
  readonly atHome: boolean;
  /** A request for a correction: work on the revision, which only the answer completes. */
  readonly asks: boolean;
}

export interface CaseSpans {
  readonly spans: readonly CaseSpan[];
  readonly acts: readonly TimedAct[];
  /** In order of effect, none after the end. */
  readonly events: readonly CaseEvent[];
  readonly startedAt: number | undefined;
  /** First recorded presence: visit, ticket, walk-in, or an officer taking the case. */
  readonly serviceStartedAt: number | undefined;
  /** undefined while the case runs. */
  readonly endedAt: number | undefined;
  /** An officer holds the case at the end of what is known. */
  readonly held: boolean;
}

/** Closed time that leads to or from an act and still counts as work, in seconds. */
const OVERTIME = 3600;

const FINAL = new Set(['completed', 'rejected', 'cancelled', 'already_member', 'lapsed']);

/** Whole seconds: parts of a case then add up without a rounding error. */
export function secondOf(at: Date): number {
  return Math.floor(at.getTime() / 1000);
}

/**
 * Cuts the life of a case into stretches of one kind each (`journeys.md`, "The clock and the figures").
 *
 * Before the first recorded presence everything is *home*. From then on it is *service* while an officer
 * holds the case or somebody does an act in the library, *correction* while the applicant or the guardian is
 * asked for something, and else *waiting*. Closed hours are taken out of waiting and of service: a case held
 * over lunch or overnight was not worked on. An hour beside an act is let stand as service (`OVERTIME`), as
 * the officer who serves the last person after closing time works.
 *
 * @param known acts of the procedure: work is charged to the next of these that follows
 */
export function spansOf(
  events: readonly CaseEvent[],
  known: ReadonlySet<StepAct>,
  calendar: ServiceCalendar,
  now: Date,
): CaseSpans {
  const ordered = inOrder(events, secondOf(now));
  const endedAt = endOf(ordered);
  const kept =
    endedAt === undefined ? ordered : ordered.filter((event) => secondOf(event.effectiveAt) <= endedAt);
  const acts = timedActs(kept);
  const starts = kept.flatMap((event) => [startOf(event), secondOf(event.effectiveAt)]);
  const startedAt = starts.length > 0 ? Math.min(...starts) : undefined;
  const present = presences(kept);
  const serviceStartedAt = present.length > 0 ? Math.min(...present) : undefined;
  const held = endedAt === undefined && holdAt(kept, Number.POSITIVE_INFINITY).held;
  const result = { acts, events: kept, startedAt, serviceStartedAt, endedAt, held };
  if (startedAt === undefined) return { ...result, spans: [] };

  const end = endedAt ?? Math.max(secondOf(now), startedAt);
  const cuts = [...new Set([...starts, end])].filter((cut) => cut <= end).sort((a, b) => a - b);
  const open = openSpansBetween(
    new Date((serviceStartedAt ?? end) * 1000),
    new Date(end * 1000),
    calendar,
  ).map((span) => ({
    from: secondOf(span.from),
    to: secondOf(span.to),
  }));
  const spans: CaseSpan[] = [];
  for (let index = 0; index + 1 < cuts.length; index++) {
    const from = cuts[index] ?? end;
    const to = cuts[index + 1] ?? end;
    const kind = kindOf(from, to);
    if (kind === 'home' || kind === 'correction') {
      spans.push({ kind, from, to, act: undefined });
      continue;
    }
    const act = nextAct(acts, known, from, to);
    // The present moment is no evidence of work: a case still held tonight is closed, not served.
    const strict = kind === 'waiting' || !starts.includes(to);
    for (const part of byOpening(from, to, open, strict))
      spans.push({ kind: part.open ? kind : 'closed', from: part.from, to: part.to, act });
  }
  return { ...result, spans };

  function kindOf(from: number, to: number): Exclude<SpanKind, 'closed'> {
    if (serviceStartedAt === undefined || from < serviceStartedAt) return 'home';
    const { held, paused } = holdAt(kept, from);
    const running = acts.filter(({ started, ended }) => started !== null && started <= from && ended >= to);
    if (held || running.some(({ atHome, actor }) => !atHome && (!paused || actor.kind === 'officer')))
      return 'service';
    if (paused) return 'correction';
    return running.some(({ atHome }) => atHome) ? 'home' : 'waiting';
  }
}

function inOrder(events: readonly CaseEvent[], now: number): readonly CaseEvent[] {
  return events
    .filter((event) => secondOf(event.effectiveAt) <= now)
    .sort((one, other) => secondOf(one.effectiveAt) - secondOf(other.effectiveAt));
}

function startOf(event: CaseEvent): number {
  const ended = secondOf(event.effectiveAt);
  return event.startedAt ? Math.min(secondOf(event.startedAt), ended) : ended;
}

/**
 * A completed case ended with its last act, as nothing was left to do; any other with its final state.
 */
function endOf(ordered: readonly CaseEvent[]): number | undefined {
  const final = ordered.findIndex((event) => event.kind === 'state' && event.state && FINAL.has(event.state));
  const last = ordered[final];
  if (!last) return undefined;
  if (last.state !== 'completed') return secondOf(last.effectiveAt);
  const until = secondOf(last.effectiveAt);
  const acts = ordered.filter((event) => event.kind === 'act' && secondOf(event.effectiveAt) <= until);
  return secondOf((acts.at(-1) ?? last).effectiveAt);
}

/**
 * When the applicant was seen in the library, or an officer at work on the case. Of a form begun at home
 * and finished at the counter only its end is: the days of the draft are no service.
 */
function presences(events: readonly CaseEvent[]): readonly number[] {
  const begunAtHome = events.some((event) => event.kind === 'created' && event.place === 'home');
  return events.flatMap((event) => {
    switch (event.kind) {
      case 'arrived':
      case 'ticket_scanned':
      case 'taken':
      case 'taken_over':
        return [startOf(event)];
      case 'created':
      case 'act':
      case 'submitted':
        if (!isInLibrary(event)) return [];
        return [begunAtHome ? secondOf(event.effectiveAt) : startOf(event)];
      default:
        return [];
    }
  });
}

function isInLibrary(event: CaseEvent): boolean {
  return event.place === 'counter' || event.place === 'kiosk';
}

function timedActs(events: readonly CaseEvent[]): readonly TimedAct[] {
  const saysForm = events.some((event) => event.kind === 'act' && event.act === 'fill_form');
  const saysArrival = events.some((event) => event.kind === 'arrived' || event.kind === 'ticket_scanned');
  const corrections = new Set(
    events
      .filter((event) => event.kind === 'correction_requested' || event.kind === 'correction_answered')
      .map((event) => secondOf(event.effectiveAt)),
  );
  return events.flatMap((event) => {
    const act = actOf(event);
    if (!act) return [];
    return [
      {
        act,
        started: event.startedAt && event.kind !== 'created' ? startOf(event) : null,
        ended: secondOf(event.effectiveAt),
        recorded: event.at.getTime(),
        actor: event.actor,
        // An arrival is in the library by definition, whatever device recorded it.
        atHome: event.place === 'home' && act !== 'arrive',
        asks: event.kind === 'correction_requested',
      },
    ];
  });

  function actOf(event: CaseEvent): StepAct | undefined {
    switch (event.kind) {
      case 'act':
        // The round of correction says the same: counted once.
        return event.act === 'revise' && corrections.has(secondOf(event.effectiveAt)) ? undefined : event.act;
      case 'arrived':
      case 'ticket_scanned':
        return 'arrive';
      case 'created':
        return isInLibrary(event) && !saysArrival ? 'arrive' : undefined;
      case 'submitted':
        return saysForm ? undefined : 'fill_form';
      case 'correction_requested':
      case 'correction_answered':
        return 'revise';
      default:
        return undefined;
    }
  }
}

/** Who has the case just after a second: an officer, or the applicant who was asked for something. */
function holdAt(events: readonly CaseEvent[], second: number): { held: boolean; paused: boolean } {
  let held = false;
  let paused = false;
  for (const event of events) {
    if (secondOf(event.effectiveAt) > second) break;
    if (event.kind === 'taken' || event.kind === 'taken_over') [held, paused] = [true, false];
    else if (event.kind === 'released') held = false;
    else if (event.kind === 'correction_requested') [held, paused] = [false, true];
    else if (event.kind === 'correction_answered' || event.kind === 'guardian_consented') paused = false;
    else if (event.kind === 'state' && event.state === 'waiting_guardian') [held, paused] = [false, true];
    else if (event.kind === 'state' && event.state && FINAL.has(event.state)) [held, paused] = [false, false];
  }
  return { held, paused };
}

/** The act a stretch belongs to: the one going on, the first to end if several; else the next in the library. */
function nextAct(
  acts: readonly TimedAct[],
  known: ReadonlySet<StepAct>,
  from: number,
  to: number,
): number | undefined {
  let next: number | undefined;
  for (const [index, { act, started, ended, atHome }] of acts.entries()) {
    if (ended < to || atHome || !known.has(act)) continue;
    if (started !== null && started <= from) return index;
    next ??= index;
  }
  return next;
}

/** Cuts a stretch at closing times; `strict` takes out all closed time, overtime included. */
function byOpening(
  from: number,
  to: number,
  open: readonly { from: number; to: number }[],
  strict: boolean,
): readonly { from: number; to: number; open: boolean }[] {
  const parts: { from: number; to: number; open: boolean }[] = [];
  let at = from;
  for (const span of open) {
    const [begins, ends] = [Math.max(span.from, from), Math.min(span.to, to)];
    if (begins >= ends) continue;
    if (begins > at) parts.push({ from: at, to: begins, open: at === from && overtime(at, begins) });
    parts.push({ from: begins, to: ends, open: true });
    at = ends;
  }
  if (at < to) parts.push({ from: at, to, open: overtime(at, to) });
  return parts;

  function overtime(begins: number, ends: number): boolean {
    return !strict && ends - begins <= OVERTIME;
  }
}
