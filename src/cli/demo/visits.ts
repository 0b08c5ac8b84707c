import type { Education, Occupation, Sex } from '../../domain/applicant.ts';
import type { MemberId, ServicePointId, VisitId } from '../../domain/ids.ts';
import type { PlainDate } from '../../domain/plain-date.ts';
import type { GroupCounts } from '../../domain/visit.ts';
import { busyness, dayOf, momentIn, serviceDaysUpTo } from './calendar.ts';
import { nameOf } from './people.ts';
import { type DemoPlace, libraryIdOf, pointFor } from './place.ts';
import type { Row } from './rows.ts';

/** An entry of the guest book with which a registration began. */
export interface ArrivalVisit {
  readonly id: VisitId;
  readonly openedAt: Date;
  readonly at: Date;
  readonly name: string;
  readonly sex: Sex;
  readonly pointId: ServicePointId;
}

/** Who can check in: from when to when. */
export interface Visitor {
  readonly memberId: MemberId;
  readonly from: PlainDate;
  readonly until: PlainDate | null;
}

/**
 * The guest book of a year: members, others and school groups by the rhythm of the days.
 * @param perDay persons on an ordinary day, groups left out
 */
export function visitRows(
  place: DemoPlace,
  input: {
    readonly members: readonly Visitor[];
    readonly arrivals: readonly ArrivalVisit[];
    readonly perDay: number;
  },
): readonly Row<'visit'>[] {
  const { chance, calendar, today, now } = place;
  const days = serviceDaysUpTo(today, 365, calendar);
  // Some come every week, many once: a member's place in this list decides how often.
  const regulars = [...input.members].sort((one, other) =>
    one.memberId.slice(-6) < other.memberId.slice(-6) ? -1 : 1,
  );
  const rows: Row<'visit'>[] = input.arrivals.map((arrival) => ({
    ...blankVisit(place, arrival.at, arrival.pointId, arrival.id),
    opened_at: arrival.openedAt,
    kind: 'non_member' as const,
    purpose: 'DAFTAR',
    name: chance.often(0.7) ? arrival.name : null,
    sex: arrival.sex,
  }));
  for (const day of days) {
    const persons = Math.round(input.perDay * busyness(day, chance));
    for (let n = 0; n < persons; n++) {
      const at = momentIn(day, calendar, chance);
      if (at > now) continue;
      if (chance.often(0.68)) rows.push(...memberVisits(place, regulars, day, at));
      else rows.push(otherVisit(place, at));
    }
    if (isSchoolDay(day) && chance.often(0.34)) {
      const at = momentIn(day, calendar, chance);
      if (at <= now) rows.push(groupVisit(place, at));
    }
  }
  return rows;
}

function blankVisit(
  place: DemoPlace,
  at: Date,
  pointId: ServicePointId,
  id = place.chance.uuid(at) as VisitId,
): Row<'visit'> {
  const libraryId = libraryIdOf(place);
  const atKiosk = pointId === place.points[0];
  return {
    library_id: libraryId,
    id,
    submit_key: place.vault.hash(libraryId, 'submit_key', `demo visit ${id}`),
    at,
    day: dayOf(at, place.calendar),
    kind: 'non_member',
    mode: 'luring',
    member_id: null,
    purpose: 'BACA',
    service_point_id: pointId,
    device_id: atKiosk ? place.kioskId : null,
    officer_id: atKiosk ? null : (place.officers[0] ?? null),
    persons: 1,
    name: null,
    sex: null,
    education: null,
    occupation: null,
    institution: null,
    group_phone: null,
    group_counts: null,
    counted: true,
  } satisfies Row<'visit'>;
}

function purposeOf({ chance, library }: DemoPlace, online: boolean): string {
  const codes = library.settings.services.filter(({ active }) => active).map(({ code }) => code);
  const likely: Readonly<Record<string, number>> = online
    ? { REFERENSI: 5, LARE_OSING: 8 }
    : {
        BACA: 46,
        PINJAM: 24,
        KEMBALI: 16,
        DIRECT: 6,
        REFERENSI: 5,
        KLIK: 2,
        LARE_OSING: 0,
        POCADI: 9,
        DAFTAR: 0,
        LAIN: 3,
      };
  return chance.weighted(codes.map((code) => [code, likely[code] ?? (online ? 0.2 : 1)] as const));
}

function memberVisits(
  place: DemoPlace,
  regulars: readonly Visitor[],
  day: PlainDate,
  at: Date,
): readonly Row<'visit'>[] {
  const { chance, calendar, now } = place;
  for (let tries = 0; tries < 6; tries++) {
    const index = Math.floor(regulars.length * chance.next() ** 2.4);
    const member = regulars[index];
    if (!member || member.from > day || (member.until !== null && member.until < day)) continue;
    const online = chance.often(0.05);
    const visit = {
      ...blankVisit(place, at, pointFor(place)),
      kind: 'member' as const,
      mode: online ? ('daring' as const) : ('luring' as const),
      member_id: member.memberId,
      purpose: purposeOf(place, online),
    };
    // Back after lunch: counted once a day, as both presets say.
    const again = new Date(at.getTime() + chance.int(40, 170) * 60_000);
    if (!chance.often(0.04) || again > now || dayOf(again, calendar) !== day) return [visit];
    const { kind, mode, member_id, purpose } = visit;
    return [
      visit,
      { ...blankVisit(place, again, visit.service_point_id), kind, mode, member_id, purpose, counted: false },
    ];
  }
  return [];
}

function otherVisit(place: DemoPlace, at: Date): Row<'visit'> {
  const { chance } = place;
  const sex: Sex = chance.often(0.55) ? 'P' : 'L';
  const occupation = chance.weighted<Occupation>([
    ['student', 34],
    ['pupil', 30],
    ['private_employee', 12],
    ['civil_servant', 8],
    ['teacher', 6],
    ['homemaker', 6],
    ['other', 4],
  ]);
  const education = chance.weighted<Education>([
    ['sma', 40],
    ['s1', 34],
    ['smp', 12],
    ['sd', 8],
    ['diploma', 6],
  ]);
  return {
    ...blankVisit(place, at, pointFor(place)),
    purpose: purposeOf(place, false),
    name: chance.often(0.45) ? nameOf(chance, sex) : null,
    sex: chance.often(0.92) ? sex : null,
    education: chance.often(0.75) ? education : null,
    occupation: chance.often(0.75) ? occupation : null,
  };
}

function groupVisit(place: DemoPlace, at: Date): Row<'visit'> {
  const { chance } = place;
  const school = chance.weighted([
    [['TK Contoh', 'none'] as const, 3],
    [['SD Contoh', 'sd'] as const, 5],
    [['SMP Contoh', 'smp'] as const, 3],
    [['SMA Contoh', 'sma'] as const, 2],
  ]);
  const pupils = chance.int(22, 68);
  const teachers = Math.max(2, Math.round(pupils / 18));
  const persons = pupils + teachers;
  const women = Math.round(persons * (0.44 + 0.16 * chance.next()));
  const counts: GroupCounts = {
    total: persons,
    bySex: { P: women, L: persons - women },
    byEducation: { [school[1]]: pupils, s1: teachers },
    byOccupation: { pupil: pupils, teacher: teachers },
  };
  return {
    ...blankVisit(place, at, pointFor(place)),
    kind: 'group',
    purpose: 'BACA',
    persons,
    name: nameOf(chance, 'P'),
    institution: `${school[0]} ${chance.int(1, 12)}`,
    group_counts: JSON.stringify(counts),
  };
}

/** Schools come from Monday to Thursday, hardly in the holidays at the end of June and December. */
function isSchoolDay(day: PlainDate): boolean {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  const holidays = /-(06-(2|3)|07-0|12-(2|3)|01-0[1-5])/.test(day);
  return weekday >= 1 && weekday <= 4 && !holidays;
}
