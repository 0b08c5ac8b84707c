import fc from 'fast-check';
import { expect, test } from 'vitest';
import { thirdLibrary } from '../../tests/support/third-library.ts';
import type { CaseEvent } from '../domain/case-event.ts';
import type { OpeningHours } from '../domain/library-settings.ts';
import type { ServiceCalendar } from '../domain/opening-hours.ts';
import type { StepAct } from '../domain/procedure.ts';
import { type CaseClock, stepClock, stepGroups, stepTimes } from '../domain/step-clock.ts';
import { banyuwangi } from './banyuwangi.ts';
import { jateng } from './jateng.ts';

const day = [{ from: '08:00', until: '16:00' }];
const week: OpeningHours = {
  monday: day,
  tuesday: day,
  wednesday: day,
  thursday: day,
  friday: [
    { from: '08:00', until: '11:00' },
    { from: '13:00', until: '16:00' },
  ],
  saturday: [],
  sunday: [],
};
const calendar: ServiceCalendar = { hours: week, holidays: [], zone: 'Asia/Jakarta' };

/** Monday 13 January 2025 in Jakarta, as `HH:MM` or `HH:MM:SS`, so many days later. */
function at(time: string, later = 0): Date {
  const seconds = time.length === 5 ? ':00' : '';
  return new Date(Date.parse(`2025-01-13T${time}${seconds}+07:00`) + later * 86_400_000);
}

const officer = { kind: 'officer', id: 'officer-1' } as const;
const applicant = { kind: 'applicant' } as const;

function event(kind: CaseEvent['kind'], when: Date, rest: Partial<CaseEvent> = {}): CaseEvent {
  return { kind, at: when, effectiveAt: when, actor: officer, place: 'counter', ...rest };
}

function act(name: StepAct, when: Date, rest: Partial<CaseEvent> = {}): CaseEvent {
  return event('act', when, { act: name, ...rest });
}

const atHome = { actor: applicant, place: 'home' } as const;
const lines = (clock: CaseClock) =>
  clock.steps.map((step) => [step.covers.join('+'), step.outcome, step.workingSeconds] as const);

const phoneCase: readonly CaseEvent[] = [
  event('created', at('20:00', -1), atHome),
  act('fill_form', at('20:12', -1), { ...atHome, startedAt: at('20:00', -1) }),
  event('submitted', at('20:12', -1), atHome),
  event('arrived', at('09:01'), { actor: { kind: 'device' }, place: 'kiosk', startedAt: at('09:00') }),
  event('ticket_scanned', at('09:10')),
  event('taken', at('09:10')),
  act('see_identity', at('09:12')),
  act('verify', at('09:15')),
  act('photo', at('09:17')),
  act('issue_card', at('09:18')),
  act('hand_over', at('09:19')),
  event('state', at('09:19'), { state: 'completed' }),
];

test('a form filled at home on the phone costs no service time, and step 3 says so', () => {
  const clock = stepClock(banyuwangi.procedure, phoneCase, calendar, at('12:00'));
  expect(clock.serviceSeconds).toBe(60 + 9 * 60);
  expect(clock.waitingSeconds).toBe(9 * 60);
  expect(clock.homeSeconds).toBe(13 * 3600);
  expect(clock.closedSeconds + clock.correctionSeconds).toBe(0);
  expect(clock.withinStandard).toBe(true);
  expect(lines(clock)).toEqual([
    ['1', 'done', 60],
    ['2', 'done', 120],
    ['3', 'at_home', null],
    ['4', 'done', 180],
    ['5', 'done', 180],
    ['6', 'done', 60],
  ]);
  expect(clock.steps[2]?.endedAt).toEqual(at('20:12', -1));
});

test('the wait between the visit log and the counter is shown apart, with the step it led to', () => {
  const rows = stepTimes(banyuwangi.procedure, phoneCase, calendar, at('12:00'));
  expect(rows.map((row) => row.waitingSeconds)).toEqual([540, 0, 0, 0, 0, 0]);
  expect(rows.map((row) => row.standardSeconds)).toEqual([120, 180, 300, 180, 300, 60]);
});

const walkIn: readonly CaseEvent[] = [
  event('created', at('09:08')),
  event('taken', at('09:00')),
  act('see_identity', at('09:01')),
  act('fill_form', at('09:08'), { startedAt: at('09:01') }),
  act('cross_check', at('09:09')),
  act('photo', at('09:10')),
  act('issue_card', at('09:10:30')),
  act('print_card', at('09:11')),
  act('hand_over', at('09:12')),
  event('state', at('09:15'), { state: 'completed' }),
];

test('filling the form once covers steps 3 and 4 of SOP-J and counts once against the sum of both', () => {
  const clock = stepClock(jateng.procedure, walkIn, calendar, at('12:00'));
  const form = clock.steps.find((step) => step.covers.includes(3));
  expect(form).toMatchObject({ covers: [3, 4], standardSeconds: 600, workingSeconds: 420, outcome: 'done' });
  expect(clock.steps.flatMap((step) => step.covers)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(clock.steps.reduce((sum, step) => sum + (step.standardSeconds ?? 0), 0)).toBe(830);
  expect([clock.sumOfStandards, clock.publishedTotal]).toEqual([830, 840]);
  expect(clock.serviceSeconds).toBe(12 * 60);
  expect(clock.endedAt).toEqual(at('09:12'));
});

test('a revision nobody needed reads "tidak dilakukan", never 0 seconds', () => {
  const clock = stepClock(jateng.procedure, walkIn, calendar, at('12:00'));
  expect(clock.steps.find((step) => step.covers.includes(6))).toMatchObject({
    outcome: 'not_needed',
    workingSeconds: null,
    startedAt: null,
    rounds: 0,
  });
});

test('waiting for a correction and the closed night are neither service nor waiting', () => {
  const events = [
    ...phoneCase.slice(0, 7),
    event('correction_requested', at('09:14'), { round: 1 }),
    event('correction_answered', at('15:00'), { ...atHome, round: 1 }),
    event('taken', at('08:30', 1)),
    act('verify', at('08:32', 1)),
  ];
  const clock = stepClock(jateng.procedure, events, calendar, at('08:40', 1));
  expect(clock.correctionSeconds).toBe(at('15:00').getTime() / 1000 - at('09:14').getTime() / 1000);
  // 15:00 to 16:00, 08:00 to 08:30 and the nine minutes before the counter.
  expect(clock.waitingSeconds).toBe(3600 + 1800 + 540);
  expect(clock.closedSeconds).toBe(16 * 3600);
  expect(clock.steps.find((step) => step.covers.includes(6))).toMatchObject({
    outcome: 'at_home',
    rounds: 1,
    workingSeconds: null,
  });
});

test('a correction that was asked for is running until the applicant answers', () => {
  const events = [...phoneCase.slice(0, 7), event('correction_requested', at('09:14'), { round: 1 })];
  const clock = stepClock(jateng.procedure, events, calendar, at('09:20'));
  expect(clock.steps.find((step) => step.covers.includes(6))?.outcome).toBe('running');
  expect(clock.correctionSeconds).toBe(360);
});

test('a case left open over the Friday break is not worked on in the break', () => {
  const friday = 4;
  const events = [
    event('created', at('10:50', friday)),
    event('taken', at('10:50', friday)),
    act('see_identity', at('13:05', friday)),
  ];
  const clock = stepClock(banyuwangi.procedure, events, calendar, at('13:05', friday));
  expect(clock.serviceSeconds).toBe(15 * 60);
  expect(clock.closedSeconds).toBe(2 * 3600);
});

test('the officer who serves the last person after closing time is working; a case held overnight is not', () => {
  const late = [event('created', at('15:55')), event('taken', at('15:55')), act('see_identity', at('16:06'))];
  expect(stepClock(banyuwangi.procedure, late, calendar, at('16:06')).serviceSeconds).toBe(11 * 60);
  const overnight = [...late, act('verify', at('08:04', 1))];
  const clock = stepClock(banyuwangi.procedure, overnight, calendar, at('08:04', 1));
  expect(clock.serviceSeconds).toBe(15 * 60);
  expect(clock.closedSeconds).toBe(16 * 3600 - 6 * 60);
});

test('a form begun at home and finished at the counter is service from the counter on', () => {
  const events = [
    event('created', at('20:00', -3), atHome),
    act('fill_form', at('10:05'), { startedAt: at('20:00', -3) }),
    event('taken', at('10:00')),
  ];
  const clock = stepClock(banyuwangi.procedure, events, calendar, at('10:05'));
  expect(clock.serviceStartedAt).toEqual(at('10:00'));
  expect(clock.serviceSeconds).toBe(300);
});

test('a case still going on shows the step in hand as running and the rest as pending', () => {
  const clock = stepClock(banyuwangi.procedure, phoneCase.slice(0, 7), calendar, at('09:14'));
  expect(lines(clock).slice(3)).toEqual([
    ['4', 'running', 120],
    ['5', 'pending', null],
    ['6', 'pending', null],
  ]);
  expect(clock.withinStandard).toBeNull();
  expect(stepClock(banyuwangi.procedure, phoneCase.slice(0, 7), calendar, at('11:14')).withinStandard).toBe(
    false,
  );
});

test('a rejected case ends there: the steps after it are not done, and it took the time it took', () => {
  const events = [...phoneCase.slice(0, 7), event('state', at('09:16'), { state: 'rejected' })];
  const clock = stepClock(banyuwangi.procedure, events, calendar, at('12:00', 3));
  expect(clock.endedAt).toEqual(at('09:16'));
  expect(clock.serviceSeconds).toBe(60 + 360);
  expect(lines(clock).slice(4)).toEqual([
    ['5', 'not_needed', null],
    ['6', 'not_needed', null],
  ]);
});

test('a photo sent from home for a case that was rejected is no work of the library', () => {
  const photo = act('photo', at('20:20', -1), { ...atHome, startedAt: at('20:19', -1) });
  const events = [
    ...phoneCase.slice(0, 3),
    photo,
    ...phoneCase.slice(3, 6),
    event('state', at('09:16'), { state: 'rejected' }),
  ];
  const clock = stepClock(banyuwangi.procedure, events, calendar, at('12:00'));
  expect(lines(clock)[4]).toEqual(['5', 'at_home', null]);
});

test('a draft nobody brought to the library has no service time to judge', () => {
  const clock = stepClock(banyuwangi.procedure, phoneCase.slice(0, 3), calendar, at('12:00', 5));
  expect(clock).toMatchObject({ serviceSeconds: 0, waitingSeconds: 0, withinStandard: null });
  expect(clock.homeSeconds).toBe(clock.totalSeconds);
});

test('waiting for the Kepala Bidang is charged to the approval of the third library', () => {
  const events = [
    event('created', at('09:05')),
    act('fill_form', at('09:05'), { startedAt: at('09:00') }),
    event('taken', at('09:05')),
    act('cross_check', at('09:06')),
    act('see_identity', at('09:07')),
    act('verify', at('09:08')),
    event('released', at('09:08')),
    act('endorse', at('11:00'), { startedAt: at('10:58') }),
    event('taken', at('11:01')),
    act('issue_card', at('11:02')),
    act('hand_over', at('11:03')),
    event('state', at('11:03'), { state: 'completed' }),
  ];
  const zone = { ...calendar };
  const clock = stepClock(thirdLibrary.procedure, events, zone, at('12:00'));
  expect(clock.steps.find((step) => step.covers.includes(4))).toMatchObject({
    workingSeconds: 120,
    waitingSeconds: 110 * 60,
    standardSeconds: 600,
  });
});

test('every step stands in exactly one group, whichever acts the procedure shares among its steps', () => {
  for (const { procedure } of [jateng, banyuwangi, thirdLibrary])
    expect(stepGroups(procedure).flatMap((group) => group.map((step) => step.no))).toEqual(
      procedure.steps.map((step) => step.no),
    );
});

test('identity and verification with one press stand together in SOP-B, against the sum of their standards', () => {
  const press = at('09:14');
  const events = [
    ...phoneCase.slice(0, 6),
    act('see_identity', press),
    act('verify', press),
    ...phoneCase.slice(8),
  ];
  const clock = stepClock(banyuwangi.procedure, events, calendar, at('12:00'));
  expect(lines(clock)).toEqual([
    ['1', 'done', 60],
    ['2+4', 'done', 240],
    ['3', 'at_home', null],
    ['5', 'done', 240],
    ['6', 'done', 60],
  ]);
  expect(clock.steps[1]).toMatchObject({ standardSeconds: 360, startedAt: at('09:10'), endedAt: press });
  expect(clock.steps.reduce((sum, step) => sum + (step.standardSeconds ?? 0), 0)).toBe(clock.sumOfStandards);
  const rows = stepTimes(banyuwangi.procedure, events, calendar, at('12:00'));
  expect(rows.map((row) => [row.covers.join('+'), row.workingSeconds])).toEqual(
    lines(clock).map(([covers, , seconds]) => [covers, seconds]),
  );
});

test('a cross-check that closes with the document counts with it; one that somebody judged has its own time', () => {
  const press = at('09:09');
  const before = walkIn.filter((each) => each.act !== 'cross_check' && each.act !== 'see_identity');
  const closed = [...before, act('see_identity', press), act('cross_check', press)];
  const step = (events: readonly CaseEvent[], no: number) =>
    stepClock(jateng.procedure, events, calendar, at('12:00')).steps.find((each) => each.covers.includes(no));
  expect(step(closed, 5)).toMatchObject({ covers: [2, 5], workingSeconds: 120, standardSeconds: 70 });
  const judged = [...before, act('see_identity', at('09:08:30')), act('cross_check', press)];
  expect(step(judged, 2)).toMatchObject({ covers: [2], workingSeconds: 90 });
  expect(step(judged, 5)).toMatchObject({ covers: [5], workingSeconds: 30, standardSeconds: 60 });
});

test('a check that a later revision repeats leaves the revision a step of its own', () => {
  const press = at('09:09');
  const revised = at('09:09:40');
  const events = [
    ...walkIn.filter((each) => each.act !== 'cross_check' && each.act !== 'see_identity'),
    act('see_identity', press),
    act('cross_check', press),
    act('revise', revised, { startedAt: at('09:09:10') }),
    act('cross_check', revised),
  ];
  const clock = stepClock(jateng.procedure, events, calendar, at('12:00'));
  expect(clock.steps.map((step) => step.covers.join('+'))).toEqual(['1', '2+5', '3+4', '6', '7', '8', '9']);
});

test('the form of a walk-in is the arrival too where nothing told of it before; a number given before is not', () => {
  const saved = at('09:07');
  const form = act('fill_form', saved, { startedAt: at('09:01') });
  const rest = [event('taken', saved), act('see_identity', at('09:08')), act('verify', at('09:08'))];
  const covers = (arrival: CaseEvent) =>
    stepClock(banyuwangi.procedure, [arrival, form, ...rest], calendar, at('09:08')).steps.map((step) => [
      step.covers.join('+'),
      step.workingSeconds,
      step.waitingSeconds,
    ]);
  const opened = event('arrived', at('09:01'), { at: saved, act: 'arrive' });
  expect(covers(opened).slice(0, 2)).toEqual([
    ['1+3', 360, 0],
    ['2+4', 60, 0],
  ]);
  const numbered = event('arrived', at('08:50'), { at: saved, act: 'arrive', startedAt: at('08:49') });
  expect(covers(numbered).slice(0, 3)).toEqual([
    ['1', 60, 0],
    ['2+4', 60, 0],
    ['3', 360, 11 * 60],
  ]);
});

test('a ticket that is scanned at the counter is an arrival recorded at once', () => {
  const events = phoneCase.filter((each) => each.kind !== 'arrived');
  const scanned = events.map((each) =>
    each.kind === 'ticket_scanned' ? { ...each, startedAt: each.effectiveAt } : each,
  );
  const [first] = stepClock(banyuwangi.procedure, scanned, calendar, at('12:00')).steps;
  expect(first).toMatchObject({ outcome: 'done', workingSeconds: 0, startedAt: at('09:10') });
});

// Random lives of cases, minute by minute, against an oracle that looks at each minute by itself.

const origin = at('00:00').getTime();
const minuteOf = (when: Date) => Math.round((when.getTime() - origin) / 60_000);
const moment = (minute: number) => new Date(origin + minute * 60_000);
const LAST = 5 * 1440;

const anyEvent = fc
  .record({
    minute: fc.integer({ min: 0, max: LAST }),
    kind: fc.constantFrom<CaseEvent['kind'][]>(
      'created',
      'arrived',
      'ticket_scanned',
      'taken',
      'taken',
      'released',
      'taken_over',
      'act',
      'act',
      'act',
      'submitted',
      'correction_requested',
      'correction_answered',
      'guardian_consented',
      'state',
    ),
    act: fc.constantFrom<StepAct[]>(
      'see_identity',
      'fill_form',
      'verify',
      'cross_check',
      'revise',
      'photo',
      'issue_card',
    ),
    state: fc.constantFrom('in_review', 'waiting_guardian', 'approved', 'rejected', 'completed', 'submitted'),
    before: fc.option(fc.integer({ min: 0, max: 900 }), { nil: null }),
    actor: fc.constantFrom(officer, applicant),
    place: fc.constantFrom<CaseEvent['place'][]>('home', 'counter', 'kiosk', 'none'),
  })
  .map(({ minute, kind, act: name, state, before, actor, place }): CaseEvent => {
    const startedAt = before === null ? null : moment(minute - before);
    const base = event(kind, moment(minute), { actor, place });
    if (kind === 'act') return { ...base, act: name, startedAt };
    if (kind === 'state') return { ...base, state: state as 'in_review' };
    return kind === 'arrived' || kind === 'submitted' ? { ...base, startedAt } : base;
  });

const anyCase = fc
  .array(anyEvent, { minLength: 1, maxLength: 14 })
  .map((events) => [...events].sort((one, other) => one.effectiveAt.getTime() - other.effectiveAt.getTime()));

type Part = 'service' | 'waiting' | 'correction' | 'home' | 'closed';

function oracle(events: readonly CaseEvent[], now: number): Record<Part, number> {
  const parts: Record<Part, number> = { service: 0, waiting: 0, correction: 0, home: 0, closed: 0 };
  const time = (each: CaseEvent) => minuteOf(each.effectiveAt);
  const begin = (each: CaseEvent) => (each.startedAt ? minuteOf(each.startedAt) : time(each));
  const isFinal = (each: CaseEvent) =>
    each.kind === 'state' && (each.state === 'rejected' || each.state === 'completed');
  const past = events.filter((each) => time(each) <= now);
  const final = past.find(isFinal);
  let end = now;
  if (final) {
    const acts = past.filter((each) => each.kind === 'act' && time(each) <= time(final)).map(time);
    end = final.state === 'completed' && acts.length > 0 ? Math.max(...acts) : time(final);
  }
  const life = final ? past.filter((each) => time(each) <= end) : past;
  if (life.length === 0) return parts;
  const cuts = [...life.map(time), ...life.map(begin), end];
  const start = Math.min(...cuts);
  const draft = life.some((each) => each.kind === 'created' && each.place === 'home');
  const seen = life.flatMap((each) => {
    if (['arrived', 'ticket_scanned', 'taken', 'taken_over'].includes(each.kind)) return [begin(each)];
    if (!['created', 'act', 'submitted'].includes(each.kind)) return [];
    if (each.place === 'home' || each.place === 'none') return [];
    return [draft ? time(each) : begin(each)];
  });
  const service = Math.min(Number.POSITIVE_INFINITY, ...seen);
  const open = (minute: number) => {
    const weekday = Math.floor(minute / 1440);
    const hour = (((minute % 1440) + 1440) % 1440) / 60;
    return (
      weekday >= 0 && weekday <= 4 && hour >= 8 && hour < 16 && !(weekday === 4 && hour >= 11 && hour < 13)
    );
  };
  const formSaid = life.some((each) => each.kind === 'act' && each.act === 'fill_form');
  const talks = life.filter((each) => each.kind.startsWith('correction_')).map(time);
  const working = life.filter(
    (each) =>
      each.startedAt &&
      (each.kind === 'arrived' ||
        (each.kind === 'submitted' && !formSaid) ||
        (each.kind === 'act' && !(each.act === 'revise' && talks.includes(time(each))))),
  );
  for (let minute = start; minute < end; minute++) {
    const last = (kinds: (each: CaseEvent) => boolean) =>
      life.filter((each) => time(each) <= minute && kinds(each)).at(-1);
    const guardian = (each: CaseEvent) => each.kind === 'state' && each.state === 'waiting_guardian';
    const takes = (each: CaseEvent) => each.kind === 'taken' || each.kind === 'taken_over';
    const asks = (each: CaseEvent) => each.kind === 'correction_requested' || guardian(each);
    const answers = (each: CaseEvent) =>
      each.kind === 'correction_answered' || each.kind === 'guardian_consented';
    const holder = last((each) => takes(each) || asks(each) || each.kind === 'released' || isFinal(each));
    const held = holder !== undefined && takes(holder);
    const talk = last((each) => takes(each) || asks(each) || answers(each) || isFinal(each));
    const paused = talk !== undefined && asks(talk);
    const now = working.filter((each) => begin(each) <= minute && time(each) > minute);
    const isHome = (each: CaseEvent) => each.place === 'home' && each.kind !== 'arrived';
    if (minute < service) parts.home++;
    else if (held || now.some((each) => !isHome(each) && (!paused || each.actor.kind === 'officer'))) {
      if (open(minute)) parts.service++;
      else {
        const before = Math.max(...cuts.filter((cut) => cut <= minute));
        const after = Math.min(...cuts.filter((cut) => cut > minute));
        let [from, to] = [minute, minute + 1];
        while (from > before && !open(from - 1)) from--;
        while (to < after && !open(to)) to++;
        const beside = from === before || to === after;
        const running = after === end && !cuts.slice(0, -1).includes(end);
        if (beside && !running && to - from <= 60) parts.service++;
        else parts.closed++;
      }
    } else if (paused) parts.correction++;
    else if (now.some(isHome)) parts.home++;
    else if (open(minute)) parts.waiting++;
    else parts.closed++;
  }
  return parts;
}

test('whatever happens to a case, its parts agree with looking at every minute, and add up to its whole span', () => {
  fc.assert(
    fc.property(anyCase, fc.integer({ min: 0, max: LAST + 1440 }), (events, now) => {
      const clock = stepClock(banyuwangi.procedure, events, calendar, moment(now));
      const parts: Record<Part, number> = {
        service: clock.serviceSeconds / 60,
        waiting: clock.waitingSeconds / 60,
        correction: clock.correctionSeconds / 60,
        home: clock.homeSeconds / 60,
        closed: clock.closedSeconds / 60,
      };
      expect(parts).toEqual(oracle(events, now));
      const whole =
        clock.startedAt === null
          ? 0
          : ((clock.endedAt ?? moment(now)).getTime() - clock.startedAt.getTime()) / 1000;
      expect(clock.totalSeconds).toBe(whole);
      const worked = clock.steps.reduce((sum, step) => sum + (step.workingSeconds ?? 0), 0);
      const waited = clock.steps.reduce((sum, step) => sum + step.waitingSeconds, 0);
      expect(worked).toBeLessThanOrEqual(clock.serviceSeconds);
      expect(waited).toBeLessThanOrEqual(clock.waitingSeconds);
    }),
    { numRuns: 50 },
  );
});

test('as time passes and nothing happens, no part of a case ever shrinks', () => {
  fc.assert(
    fc.property(anyCase, fc.nat({ max: 3000 }), fc.nat({ max: 3000 }), (events, one, other) => {
      const from = LAST + Math.min(one, other);
      const early = stepClock(jateng.procedure, events, calendar, moment(from));
      const late = stepClock(jateng.procedure, events, calendar, moment(LAST + Math.max(one, other)));
      for (const part of [
        'serviceSeconds',
        'waitingSeconds',
        'correctionSeconds',
        'homeSeconds',
        'closedSeconds',
      ] as const)
        expect(late[part]).toBeGreaterThanOrEqual(early[part]);
    }),
    { numRuns: 200 },
  );
});

test('a step not done never has a time, and one done never is without an end', () => {
  fc.assert(
    fc.property(anyCase, fc.constantFrom(jateng, banyuwangi, thirdLibrary), (events, { procedure }) => {
      for (const step of stepClock(procedure, events, calendar, moment(LAST)).steps) {
        if (step.outcome === 'not_needed' || step.outcome === 'pending' || step.outcome === 'at_home')
          expect(step.workingSeconds).toBeNull();
        const isMarker = procedure.steps.every(
          (each) => !step.covers.includes(each.no) || each.acts.length === 0,
        );
        if (step.outcome === 'done' && !isMarker) expect(step.endedAt).not.toBeNull();
        if (step.startedAt && step.endedAt) expect(step.startedAt <= step.endedAt).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
});
