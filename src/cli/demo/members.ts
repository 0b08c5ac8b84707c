import type { FileId, MemberId, MemberNumber, OfficerId, ServicePointId } from '../../domain/ids.ts';
import { formatMemberNumber, parseNumberFormat, seriesKey } from '../../domain/member-number.ts';
import { addDays, datePartsOf, type PlainDate } from '../../domain/plain-date.ts';
import { renewedUntil, validUntil } from '../../domain/validity.ts';
import { matchColumns } from '../../usecases/match-columns.ts';
import { personColumns } from '../../usecases/person-columns.ts';
import { dayOf, momentIn, serviceDaysUpTo } from './calendar.ts';
import type { Approval } from './past-cases.ts';
import type { SamplePerson } from './people.ts';
import { type DemoPlace, pointFor } from './place.ts';
import type { Row } from './rows.ts';
import type { StoryRows } from './story.ts';
import type { Visitor } from './visits.ts';

type EventKind = Row<'member_event'>['kind'];

interface Life {
  readonly id: MemberId;
  readonly person: SamplePerson;
  readonly joinedAt: Date;
  readonly pointId: ServicePointId;
  /** Those who joined through a case of this year. */
  readonly approval: (Approval & { readonly rows: StoryRows }) | null;
}

export interface MemberRows {
  readonly members: readonly Row<'member'>[];
  readonly events: readonly Row<'member_event'>[];
  readonly cards: readonly Row<'card'>[];
  readonly cardEvents: readonly Row<'card_event'>[];
  /** By picture: the same drawing stands for many people. */
  readonly photos: ReadonlyMap<Buffer, readonly Row<'file'>[]>;
  readonly counters: readonly Row<'number_counter'>[];
  readonly visitors: readonly Visitor[];
  /** What the cases of the approvals take on: member and photo. */
  readonly ofCase: ReadonlyMap<string, { readonly memberId: MemberId; readonly photoId: FileId }>;
}

/** Members who were there before the year: on average two years and a half on file. */
export function standingMembers(place: DemoPlace, count: number): readonly Omit<Life, 'id'>[] {
  const { chance, calendar, today } = place;
  const days = serviceDaysUpTo(today, 365 * 4, calendar).filter((day) => day < addDays(today, -366));
  return Array.from({ length: count }, () => {
    // More of them in the later years: the library grows.
    const day = days[Math.floor(days.length * Math.sqrt(chance.next()))] ?? days[0];
    if (day === undefined) throw new RangeError('no service days');
    return {
      person: place.personFor({ on: day }),
      joinedAt: momentIn(day, calendar, chance),
      pointId: pointFor(place),
      approval: null,
    };
  });
}

/** All members with their histories, numbers and cards; numbers in the order of joining. */
export function memberRows(
  place: DemoPlace,
  standing: readonly Omit<Life, 'id'>[],
  approvals: readonly (Approval & { readonly rows: StoryRows })[],
): MemberRows {
  const { chance } = place;
  const lives: Life[] = [
    ...standing,
    ...approvals.map((approval) => ({
      person: approval.story.person,
      joinedAt: approval.at,
      pointId: approval.story.pointId,
      approval,
    })),
  ]
    .sort((one, other) => one.joinedAt.getTime() - other.joinedAt.getTime())
    .map((life) => ({ ...life, id: chance.uuid(life.joinedAt) as MemberId }));
  const numbers = numbering(place);
  const photos = new Map<Buffer, Row<'file'>[]>();
  const made = { members: [], events: [], cards: [], cardEvents: [], visitors: [] } as {
    -readonly [Key in Exclude<keyof MemberRows, 'counters' | 'ofCase' | 'photos'>]: MemberRows[Key][number][];
  };
  const ofCase = new Map<string, { readonly memberId: MemberId; readonly photoId: FileId }>();
  for (const life of lives) {
    const photoId = chance.uuid(life.joinedAt) as FileId;
    const lived = liveOn(place, life);
    made.events.push(...lived.events);
    made.members.push(memberRow(place, life, lived, numbers.next(life), photoId));
    const jpeg = chance.pick(place.photos[life.person.sex]);
    photos.set(jpeg, [...(photos.get(jpeg) ?? []), photoRow(place, life, photoId, jpeg)]);
    const cards = cardRows(place, life, lived);
    made.cards.push(...cards.cards);
    made.cardEvents.push(...cards.events);
    const gone = lived.state === 'ended' || lived.state === 'suspended';
    const from = dayOf(life.joinedAt, place.calendar);
    made.visitors.push({
      memberId: life.id,
      from,
      until: gone ? dayOf(lived.stateAt, place.calendar) : lived.validUntil,
    });
    if (life.approval) ofCase.set(life.approval.story.id, { memberId: life.id, photoId });
  }
  return { ...made, photos, counters: numbers.counters(), ofCase };
}

interface Lived {
  readonly events: readonly Row<'member_event'>[];
  readonly state: Row<'member'>['state'];
  readonly stateAt: Date;
  readonly stateReason: string | null;
  readonly validFrom: PlainDate;
  readonly validUntil: PlainDate | null;
  readonly replacedAt: Date | null;
}

/** What becomes of a membership: some renew in time, some come back late, most of the others lapse. */
function liveOn(place: DemoPlace, life: Life): Lived {
  const { chance, calendar, today, library } = place;
  const { applicant, birthDate, sex } = life.person;
  const rule = library.settings.memberTypes.find(({ code }) => code === applicant.memberType)?.validity ?? {
    months: 12,
  };
  const events: Row<'member_event'>[] = [];
  const joined = dayOf(life.joinedAt, calendar);
  let until = validUntil(joined, rule);
  let validFrom = joined;
  const village = (applicant.presentSame ? applicant.address : (applicant.present ?? applicant.address))
    .village;
  const record = (
    kind: EventKind,
    at: Date,
    reason: string | null,
    oldUntil: PlainDate | null,
    officer: OfficerId | null,
  ) =>
    events.push({
      library_id: library.id,
      id: chance.uuid(at),
      member_id: life.id,
      at,
      effective_at: at,
      kind,
      reason,
      old_valid_until: oldUntil,
      valid_until: until,
      member_type: applicant.memberType,
      sex,
      birth_year: datePartsOf(birthDate).year,
      district: village === null ? null : village.split('.').slice(0, 3).join('.'),
      actor_kind: officer === null ? 'system' : 'officer',
      actor_id: officer,
      service_point_id: life.pointId,
    });
  record('joined', life.joinedAt, null, null, life.approval?.officerId ?? null);
  const faithful = chance.often(0.62);
  while (until !== null) {
    const late = chance.often(faithful ? 0.18 : 0.7) ? chance.int(20, 260) : chance.int(-24, 12);
    const on = nextServiceDay(place, addDays(until, late));
    if (on >= today || !chance.often(faithful ? 0.86 : 0.2)) break;
    const oldUntil: PlainDate = until;
    const start: PlainDate = oldUntil > on ? oldUntil : on;
    until = renewedUntil(oldUntil, on, rule);
    validFrom = start;
    record('renewed', momentIn(on, calendar, chance), null, oldUntil, chance.pick(place.officers));
  }
  const last = events.at(-1)?.effective_at as Date;
  const away = laterDay(place, dayOf(last, calendar));
  const stays = {
    events,
    state: 'active' as const,
    stateAt: life.joinedAt,
    stateReason: null,
    validFrom,
    validUntil: until,
    replacedAt: null,
  };
  if (away === undefined) return stays;
  const at = momentIn(away, calendar, chance);
  const isActive = until === null || until >= away;
  switch (
    chance.weighted([
      ['none', 940],
      ['ended', 20],
      ['suspended', isActive ? 16 : 0],
      ['cleared', isActive ? 5 : 0],
      ['replaced', isActive ? 28 : 0],
    ] as const)
  ) {
    case 'none':
      return stays;
    case 'ended': {
      const reason = chance.weighted([
        ['moved', 5],
        ['request', 4],
        ['deceased', 2],
        ['other', 1],
      ] as const);
      record('ended', at, reason, until, place.coordinator);
      return { ...stays, state: 'ended', stateAt: at, stateReason: reason };
    }
    case 'suspended': {
      const reason = chance.pick(library.settings.suspensionReasons).code;
      record('suspended', at, reason, until, place.coordinator);
      const back = laterDay(place, addDays(away, 10));
      if (back === undefined || !chance.often(0.55))
        return { ...stays, state: 'suspended', stateAt: at, stateReason: reason };
      const backAt = momentIn(back, calendar, chance);
      record('resumed', backAt, null, until, place.coordinator);
      return { ...stays, stateAt: backAt };
    }
    case 'cleared':
      record('cleared', at, 'lending_system', until, place.coordinator);
      return { ...stays, state: 'cleared', stateAt: at, stateReason: 'lending_system' };
    case 'replaced':
      record(
        'card_replaced',
        at,
        chance.pick(library.settings.replacementReasons).code,
        until,
        chance.pick(place.officers),
      );
      return { ...stays, replacedAt: at };
  }
}

function nextServiceDay(place: DemoPlace, from: PlainDate): PlainDate {
  const day = [...place.calendar.holidays].some((holiday) => holiday.date === from) ? addDays(from, 1) : from;
  return serviceDaysUpTo(addDays(day, 12), 12, place.calendar)[0] ?? day;
}

/** Some service day after another one, before today; undefined where none is left. */
function laterDay({ chance, today, calendar }: DemoPlace, after: PlainDate): PlainDate | undefined {
  const span = Math.round((Date.parse(today) - Date.parse(after)) / 86_400_000) - 1;
  if (span < 2) return undefined;
  const day = addDays(after, chance.int(1, span));
  return serviceDaysUpTo(addDays(day, 10), 10, calendar).find((each) => each >= day && each < today);
}

function memberRow(
  place: DemoPlace,
  life: Life,
  lived: Lived,
  number: MemberNumber,
  photoId: FileId,
): Row<'member'> {
  const { vault, library } = place;
  const application = life.approval?.rows.application;
  const last = lived.events.at(-1)?.effective_at as Date;
  const person = {
    ...personColumns(vault, library.id, life.person.applicant),
    former_name_keys: [],
  };
  return {
    library_id: library.id,
    id: life.id,
    number,
    state: lived.state,
    state_effective_at: lived.stateAt,
    state_reason: lived.stateReason,
    service_point_id: life.pointId,
    application_id: life.approval?.story.id ?? null,
    member_since: dayOf(life.joinedAt, place.calendar),
    valid_from: lived.validFrom,
    valid_until: lived.validUntil,
    created_at: life.joinedAt,
    updated_at: last,
    notice_given: true,
    version: lived.events.length - 1,
    ...person,
    ...matchColumns(vault, library.id, person),
    photo_id: photoId,
    // A member takes over the key of the case: revisions stay readable.
    person_key: application?.person_key ?? vault.newPersonKey(library.id),
  };
}

function photoRow({ library }: DemoPlace, life: Life, photoId: FileId, jpeg: Buffer): Row<'file'> {
  return {
    library_id: library.id,
    id: photoId,
    kind: 'photo',
    application_id: life.approval?.story.id ?? null,
    member_id: life.id,
    mime: 'image/jpeg',
    bytes: null,
    size: jpeg.length,
    created_at: life.joinedAt,
    created_by: life.approval?.officerId ?? null,
    deleted_at: null,
  };
}

function cardRows(
  place: DemoPlace,
  life: Life,
  lived: Lived,
): { readonly cards: readonly Row<'card'>[]; readonly events: readonly Row<'card_event'>[] } {
  const { chance, vault, library } = place;
  const cards: Row<'card'>[] = [];
  const events: Row<'card_event'>[] = [];
  const officer = life.approval?.officerId ?? null;
  const tell = (card: Row<'card'>, kind: Row<'card_event'>['kind'], at: Date, detail: string | null = null) =>
    events.push({
      library_id: library.id,
      id: chance.uuid(at),
      card_id: card.id,
      kind,
      at,
      effective_at: at,
      actor_kind: officer === null ? 'system' : 'officer',
      actor_id: officer,
      service_point_id: life.pointId,
      detail,
    });
  const issue = (at: Date, printedAt: Date | null, handedOverAt: Date | null) => {
    const id = chance.uuid(at) as Row<'card'>['id'];
    const card: Row<'card'> = {
      library_id: library.id,
      id,
      member_id: life.id,
      token_hash: vault.hash(library.id, 'token', vault.token(library.id, 'kta', id, 0)),
      access_generation: 0,
      service_point_id: life.pointId,
      issued_at: at,
      valid_until: lived.validUntil,
      printed_at: printedAt,
      handed_over_at: handedOverAt,
      revoked_at: null,
      revoked_reason: null,
      pickup_hash: null,
      pickup_expires_at: null,
    };
    cards.push(card);
    tell(card, 'issued', at);
    if (printedAt) tell(card, 'printed', printedAt);
    if (handedOverAt) tell(card, 'handed_over', handedOverAt, printedAt ? 'card' : 'kta_online');
    return card;
  };
  const handedOverAt = life.approval?.handedOverAt ?? life.joinedAt;
  const first = issue(life.joinedAt, life.approval ? life.approval.printedAt : life.joinedAt, handedOverAt);
  if (lived.replacedAt) {
    first.revoked_at = lived.replacedAt;
    first.revoked_reason = 'lost';
    tell(first, 'revoked', lived.replacedAt, 'lost');
    issue(lived.replacedAt, lived.replacedAt, lived.replacedAt);
  }
  return { cards, events };
}

/** Numbers as the library gives them, and where its counters stand afterwards. */
function numbering(place: DemoPlace): {
  next(life: Life): MemberNumber;
  counters(): readonly Row<'number_counter'>[];
} {
  const { numberFormat, servicePoints } = place.library.settings;
  const parsed = parseNumberFormat(numberFormat.pattern, numberFormat.prefix);
  if (!parsed.ok) throw new Error(`member number format: ${parsed.reason}`);
  const taken = new Map<string, number>();
  return {
    next(life) {
      const date = dayOf(life.joinedAt, place.calendar);
      const series = seriesKey(parsed.format, date);
      const sequence = (taken.get(series) ?? 0) + 1;
      taken.set(series, sequence);
      const code = place.library.servicePoints.find(({ id }) => id === life.pointId)?.code;
      const location = servicePoints.find((point) => point.code === code)?.locationCode ?? '';
      return formatMemberNumber(parsed.format, { date, sequence, location });
    },
    counters: () =>
      [...taken].map(([series, last]) => ({ library_id: place.library.id, series, next: last + 1 })),
  };
}
