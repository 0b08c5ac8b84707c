import type { MemberId, OfficerId, VisitId } from '../../domain/ids.ts';
import type { PlainDate } from '../../domain/plain-date.ts';
import { actsInOrder, type StepAct } from '../../domain/procedure.ts';
import { stepGroups } from '../../domain/step-clock.ts';
import { busyness, dayOf, momentIn, serviceDaysUpTo } from './calendar.ts';
import { type DemoPlace, pointFor } from './place.ts';
import { type Doer, type Story, tellStory } from './story.ts';
import type { ArrivalVisit } from './visits.ts';

/** How a case of the year ended; most people leave with a card. */
type Ending = 'member' | 'already_member' | 'rejected' | 'cancelled' | 'lapsed';

/** A case that became a membership. */
export interface Approval {
  readonly story: Story;
  readonly at: Date;
  readonly printedAt: Date | null;
  readonly handedOverAt: Date;
  readonly officerId: OfficerId;
}

export interface PastCases {
  readonly stories: readonly Story[];
  readonly approvals: readonly Approval[];
  /** Entries of the guest book with which a case began. */
  readonly visits: readonly ArrivalVisit[];
  /** Cases that turned out to be members already; who, is known once the members are. */
  readonly knownMembers: readonly {
    readonly story: Story;
    readonly at: Date;
    readonly officerId: OfficerId;
  }[];
}

const MINUTE = 60_000;
const SECOND = 1_000;

/** What the procedure allows for an act, in seconds; a guess where it gives no time. */
function standardOf({ library }: DemoPlace, act: StepAct, otherwise: number): number {
  const group = stepGroups(library.procedure).find((steps) => steps.some((step) => step.acts.includes(act)));
  const sum = group?.reduce((total, step) => total + (step.standardSeconds ?? 0), 0) ?? 0;
  return sum > 0 ? sum : otherwise;
}

/** The closed cases of the last year: so many, by the rhythm of the service days. */
export function pastCases(place: DemoPlace, count: number): PastCases {
  const { chance, calendar, today } = place;
  const days = serviceDaysUpTo(today, 365, calendar).filter((day) => day < today);
  const busy = days.map((day) => [day, busyness(day, chance)] as const);
  const made = { stories: [], approvals: [], visits: [], knownMembers: [] } as {
    -readonly [Key in keyof PastCases]: PastCases[Key][number][];
  };
  const begins = Array.from({ length: count }, () => momentIn(chance.weighted(busy), calendar, chance)).sort(
    (one, other) => one.getTime() - other.getTime(),
  );
  for (const at of begins) tellOne(place, at, made);
  return made;
}

function endingFor({ chance, today, calendar }: DemoPlace, at: Date): Ending {
  const ending = chance.weighted<Ending>([
    ['member', 86],
    ['already_member', 4],
    ['rejected', 4],
    ['cancelled', 3],
    ['lapsed', 3],
  ]);
  // A case lapses a month after it was sent: one sent later still waits, and is told among the open ones.
  const monthAgo = new Date(Date.parse(`${today}T00:00:00Z`) - 32 * 86_400_000);
  return ending === 'lapsed' && dayOf(at, calendar) > dayOf(monthAgo, calendar) ? 'cancelled' : ending;
}

type Made = { -readonly [Key in keyof PastCases]: PastCases[Key][number][] };

function tellOne(place: DemoPlace, arrival: Date, made: Made): void {
  const { chance, library, calendar } = place;
  const ending = endingFor(place, arrival);
  const online = library.slug === 'banyuwangi' ? 0.58 : 0.34;
  const channel = ending === 'lapsed' || chance.often(online) ? 'phone' : 'desk';
  const on: PlainDate = dayOf(arrival, calendar);
  const person = place.personFor({ on });
  const officerId = chance.weighted(place.officers.map((id, index) => [id, [5, 4, 2][index] ?? 1] as const));
  const pointId = pointFor(place);

  if (channel === 'phone' && (ending === 'lapsed' || ending === 'cancelled')) {
    const sentAt = atHome(place, arrival);
    const story = tellStory(place, { person, channel, pointId, visitId: null });
    submitAtHome(place, story, sentAt);
    const end =
      ending === 'lapsed'
        ? new Date(sentAt.getTime() + library.settings.retention.lapseDays * 86_400_000)
        : new Date(sentAt.getTime() + chance.int(20, 900) * MINUTE);
    const doer: Doer = ending === 'lapsed' ? { kind: 'system' } : { kind: 'applicant' };
    story.set({ decision_reason: ending === 'lapsed' ? 'lapsed' : 'withdrawn' });
    story.happen(
      end,
      doer,
      ending === 'lapsed' ? 'lapse' : 'withdraw',
      [{ kind: 'state', reason: ending === 'lapsed' ? 'lapsed' : 'withdrawn' }],
      ending,
    );
    made.stories.push(story);
    return;
  }

  const visit = chance.often(0.6)
    ? arrivalVisit(place, person.applicant.name, person.sex, arrival, pointId)
    : null;
  if (visit) made.visits.push(visit);
  const story = tellStory(place, { person, channel, pointId, visitId: visit?.id ?? null });
  made.stories.push(story);
  const clock = new Clock(arrival);
  const officer: Doer = { kind: 'officer', id: officerId };
  if (channel === 'phone') phoneToCounter(place, story, clock, officer, visit);
  else walkIn(place, story, clock, officer, visit);

  if (channel === 'phone' && chance.often(0.09)) correctionRound(place, story, clock, officer, officerId);
  if (ending === 'rejected') {
    rejected(place, story, clock, officer);
    return;
  }
  identity(place, story, clock, officer, officerId, chance.often(0.015));
  if (ending === 'already_member') {
    const at = clock.on(chance.around(25) * SECOND);
    made.knownMembers.push({ story, at, officerId });
    return;
  }
  if (ending === 'cancelled') {
    story.set({ decision_reason: 'withdrawn' });
    story.happen(
      clock.on(40 * SECOND),
      officer,
      'withdraw',
      [{ kind: 'state', reason: 'withdrawn' }],
      'cancelled',
    );
    return;
  }
  made.approvals.push(cardInHand(place, story, clock, officer, officerId));
}

/** The time of one case; every look at it goes on from the last. */
class Clock {
  now: Date;
  constructor(start: Date) {
    this.now = start;
  }
  on(milliseconds: number): Date {
    this.now = new Date(this.now.getTime() + Math.round(milliseconds));
    return this.now;
  }
}

/** The evening before, or some days before; a few fill the form in the hour before they come. */
function atHome({ chance }: DemoPlace, arrival: Date): Date {
  const hours = chance.weighted([
    [chance.int(1, 3), 3],
    [chance.int(10, 20), 5],
    [chance.int(24, 90), 3],
  ]);
  return new Date(arrival.getTime() - hours * 3_600_000 - chance.int(0, 3500) * SECOND);
}

function submitAtHome({ chance }: DemoPlace, story: Story, at: Date): void {
  story.happen(
    at,
    { kind: 'applicant' },
    'submit',
    [
      {
        kind: 'submitted',
        act: 'fill_form',
        startedAt: new Date(at.getTime() - Math.round(chance.around(380) * SECOND)),
      },
    ],
    story.person.applicant.guardian?.consented === false ? 'waiting_guardian' : 'submitted',
  );
}

/** Filled at home; the ticket is scanned at the counter, which takes the case. */
function phoneToCounter(
  place: DemoPlace,
  story: Story,
  clock: Clock,
  officer: Doer,
  visit: ArrivalVisit | null,
): void {
  const { chance } = place;
  const procedure = actsInOrder(place.library.procedure);
  const sentAt = atHome(place, clock.now);
  submitAtHome(place, story, sentAt);
  if (procedure.includes('photo') && chance.often(0.4)) {
    const taken = new Date(sentAt.getTime() + chance.int(2, 9) * MINUTE);
    photo(place, story, taken, { kind: 'applicant' }, 'status_page');
  }
  const at = clock.on(chance.around(visit ? 260 : 20) * SECOND);
  story.happen(
    at,
    officer,
    'take',
    [
      visit ? arrivedWith(visit) : { kind: 'ticket_scanned', act: 'arrive', startedAt: at },
      { kind: 'taken' },
    ],
    'in_review',
  );
}

/** Typed by the officer while the person stands there. */
function walkIn(
  place: DemoPlace,
  story: Story,
  clock: Clock,
  officer: Doer,
  visit: ArrivalVisit | null,
): void {
  const { chance } = place;
  const opened = clock.on(chance.around(70) * SECOND);
  const at = clock.on(chance.around(story.person.applicant.institution ? 230 : 255) * SECOND);
  story.happen(
    at,
    officer,
    'submit',
    [
      // Nobody saw the person come: the form that was opened is the arrival too.
      visit ? arrivedWith(visit) : { kind: 'arrived', act: 'arrive', effectiveAt: opened, place: 'counter' },
      { kind: 'submitted', act: 'fill_form', startedAt: opened },
    ],
    'in_review',
  );
}

function arrivedWith({ at, openedAt }: ArrivalVisit) {
  return { kind: 'arrived', act: 'arrive', effectiveAt: at, startedAt: openedAt, place: 'kiosk' } as const;
}

function identity(
  place: DemoPlace,
  story: Story,
  clock: Clock,
  officer: Doer,
  officerId: OfficerId,
  exception: boolean,
): void {
  const { chance, library, coordinator } = place;
  const hasVerify = actsInOrder(library.procedure).includes('verify');
  // Nobody looks at a document in less than twenty seconds, whatever the standard says.
  const at = clock.on(chance.around(Math.max(20, standardOf(place, 'see_identity', 60) * 0.82)) * SECOND);
  const reason = library.settings.noDocumentReasons[0]?.code ?? 'lost';
  story.sawDocument(at, exception ? coordinator : officerId, exception ? reason : undefined);
  story.comparedAs(at, officerId, 'new');
  if (exception)
    story.happen(new Date(at.getTime() - 30 * SECOND), officer, 'escalate', [
      { kind: 'escalated', reason: `no_document:${reason}` },
    ]);
  const doer: Doer = exception ? { kind: 'officer', id: coordinator } : officer;
  story.happen(at, doer, exception ? 'decide_exception' : 'see_identity', [
    ...(exception ? [{ kind: 'exception_decided', reason: 'allow' }] : []),
    {
      kind: 'act',
      act: 'see_identity',
      reason: exception ? 'exception' : 'original',
      ...(exception ? { startedAt: new Date(at.getTime() - 20 * SECOND) } : {}),
    },
    ...(hasVerify ? [{ kind: 'act', act: 'verify' as const }] : []),
    { kind: 'act', act: 'cross_check', reason: 'nobody_alike' },
  ]);
  // Decided, the case lies in the queue until an officer takes it again.
  if (exception) story.happen(clock.on(chance.around(40) * SECOND), officer, 'take', [{ kind: 'taken' }]);
  // Something mistyped, put right by the officer (SOP-J 6).
  if (chance.often(0.1)) {
    const began = clock.on(5 * SECOND);
    story.happen(clock.on(chance.around(75) * SECOND), officer, 'correct', [
      { kind: 'act', act: 'revise', startedAt: began },
    ]);
  }
}

function photo({ chance }: DemoPlace, story: Story, at: Date, doer: Doer, reason: string): void {
  story.happen(at, doer, 'set_photo', [
    {
      kind: 'act',
      act: 'photo',
      startedAt: new Date(at.getTime() - Math.round(chance.around(22) * SECOND)),
      reason,
    },
  ]);
}

function cardInHand(
  place: DemoPlace,
  story: Story,
  clock: Clock,
  officer: Doer,
  officerId: OfficerId,
): Approval {
  const { chance, library } = place;
  const whole = standardOf(place, 'photo', 60);
  photo(place, story, clock.on(chance.around(Math.min(150, whole * 0.75)) * SECOND), officer, 'webcam');
  const printing = actsInOrder(library.procedure).includes('print_card');
  // Where the card is printed at once, approving is part of the ten seconds that the procedure gives for printing.
  const at = clock.on(chance.around(printing ? 2.5 : Math.max(8, whole * 0.2)) * SECOND);
  story.happen(at, officer, 'approve', [{ kind: 'act', act: 'issue_card' }], 'approved');
  const prints = printing || chance.often(0.2);
  const printedAt = prints ? clock.on(chance.around(5.5) * SECOND) : null;
  if (printedAt) story.happen(printedAt, officer, 'print_card', [{ kind: 'act', act: 'print_card' }]);
  const handedOverAt = clock.on(chance.around(standardOf(place, 'hand_over', 30) * 0.72) * SECOND);
  story.happen(
    handedOverAt,
    officer,
    'hand_over',
    [{ kind: 'act', act: 'hand_over', reason: prints ? 'card' : 'kta_online' }],
    'completed',
  );
  return { story, at, printedAt, handedOverAt, officerId };
}

/** The officer asks for something; the answer comes hours later, and the person comes again. */
function correctionRound(
  { chance, library, calendar, today }: DemoPlace,
  story: Story,
  clock: Clock,
  officer: Doer,
  officerId: OfficerId,
): void {
  const asked = clock.on(chance.around(70) * SECOND);
  const reason = chance.pick(library.settings.correctionReasons).code;
  const answered = new Date(asked.getTime() + chance.int(15, 60) * MINUTE);
  const back = new Date(answered.getTime() + chance.int(5, 25) * MINUTE);
  // Not over closing time, nor into the present day.
  if (dayOf(back, calendar) !== dayOf(asked, calendar) || dayOf(back, calendar) >= today) return;
  story.correction(asked, officerId, 1, [reason === 'photo' ? 'photo' : 'address_line'], answered);
  story.happen(
    asked,
    officer,
    'request_correction',
    [{ kind: 'correction_requested', reason }],
    'needs_correction',
  );
  story.happen(
    answered,
    { kind: 'applicant' },
    'answer_correction',
    [{ kind: 'correction_answered' }],
    'submitted',
  );
  clock.now = back;
  story.happen(back, officer, 'take', [{ kind: 'taken' }], 'in_review');
}

/** Proposed by the officer, decided by the Sub Koordinator. */
function rejected(place: DemoPlace, story: Story, clock: Clock, officer: Doer): void {
  const { chance, library, coordinator } = place;
  const reason = chance.weighted(
    library.settings.rejectionReasons.map(
      ({ code }, index) => [code, [6, 5, 2, 1, 2, 1][index] ?? 1] as const,
    ),
  );
  const proposed = clock.on(chance.around(120) * SECOND);
  story.happen(proposed, officer, 'escalate', [{ kind: 'escalated', reason: `refuse:${reason}` }]);
  story.set({ decision_reason: reason });
  story.happen(
    clock.on(chance.around(300) * SECOND),
    { kind: 'officer', id: coordinator },
    'decide_exception',
    [
      { kind: 'exception_decided', reason: 'refuse' },
      { kind: 'state', reason },
    ],
    'rejected',
  );
}

function arrivalVisit(
  place: DemoPlace,
  name: string,
  sex: 'L' | 'P',
  at: Date,
  pointId: ArrivalVisit['pointId'],
): ArrivalVisit {
  const openedAt = new Date(at.getTime() - Math.round(place.chance.around(45) * SECOND));
  return { id: place.chance.uuid(at) as VisitId, openedAt, at, name, sex, pointId };
}

/** Ends a case with the membership that was found. */
export function concludeKnown(known: PastCases['knownMembers'][number], memberId: MemberId): void {
  const { story, at, officerId } = known;
  story.comparedAs(at, officerId, 'already_member', memberId);
  story.set({ member_id: memberId, decision_reason: 'already_member' });
  story.happen(
    at,
    { kind: 'officer', id: officerId },
    'conclude_already_member',
    [{ kind: 'act', act: 'cross_check', reason: 'already_member' }],
    'already_member',
  );
}
