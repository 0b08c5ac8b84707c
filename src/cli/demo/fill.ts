import { sql } from 'kysely';
import type { Db, Tx } from '../../db/connection.ts';
import { inLibrary } from '../../db/tenancy.ts';
import type { LibraryId, MemberId, RegionCode } from '../../domain/ids.ts';
import { calendarOf, openSpansBetween } from '../../domain/opening-hours.ts';
import { plainDateIn } from '../../domain/plain-date.ts';
import type { Deps } from '../../usecases/context.ts';
import { loadLibrary } from '../../usecases/get-library.ts';
import { memberRows, standingMembers } from './members.ts';
import { signMonths } from './months.ts';
import { openCases } from './open-cases.ts';
import { concludeKnown, pastCases } from './past-cases.ts';
import { type Places, peopleOf } from './people.ts';
import { type DemoPlace, demoDeps } from './place.ts';
import { chanceOf } from './random.ts';
import { insertRows } from './rows.ts';
import { drawSilhouettes } from './silhouettes.ts';
import { addStaff, FILLED } from './staff.ts';
import { visitRows } from './visits.ts';

/** How large the demonstration is; 1 is about three thousand members a library. */
export interface DemoSize {
  readonly scale: number;
}

/** Persons on an ordinary day, without groups. */
const PER_DAY: Readonly<Record<string, number>> = { jateng: 118, banyuwangi: 74 };

/**
 * Fills a library with a fictional year that ends now. All of the past is one transaction; what is open today is made
 * by the use cases after it.
 * @returns how many rows the past has; 0 where the library has members or cases of its own already
 */
export async function fillLibrary(
  db: Db,
  deps: Deps,
  slug: string,
  { scale }: DemoSize,
  photos: DemoPlace['photos'],
): Promise<number> {
  const now = deps.now();
  const library = await loadLibrary(db, slug, now);
  if (!library) throw new Error(`no library ${slug}`);
  if (await hasPeople(db, library.id)) return 0;
  const chance = chanceOf(`daftar pustaka ${slug}`);
  const calendar = calendarOf(library.settings);
  const today = plainDateIn(calendar.zone, now);
  const settings = library.settings;
  const staff = await inLibrary(db, library.id, (tx) => addStaff(tx, deps, chance, library, now));
  const villages = await inLibrary(db, library.id, (tx) =>
    placesOf(tx, settings.homeRegion, settings.profile.city),
  );
  const documents = library.procedure.documents.map(({ type }) => type);
  const person = peopleOf(chance, villages);
  const place: DemoPlace = {
    library,
    calendar,
    chance,
    vault: deps.vault,
    now,
    today,
    officers: staff.officers,
    coordinator: staff.coordinator,
    points: library.servicePoints.map(({ id }) => id),
    kioskId: staff.kioskId,
    photos,
    documents,
    personFor: (wanted) => person({ ...wanted, consentVersion: settings.consents.version, documents }),
  };
  const rows = await inLibrary(db, library.id, (tx) => writePast(tx, place, scale));
  await openCases(db, demoDeps(deps, chance), place, lastOpen(place));
  await signMonths(db, deps, place, staff);
  return rows;
}

/** The last moment at which the library was open, so that work of today is not done at night. */
function lastOpen({ calendar, now }: DemoPlace): Date {
  const spans = openSpansBetween(new Date(now.getTime() - 12 * 86_400_000), now, calendar);
  return spans.at(-1)?.to ?? now;
}

async function hasPeople(db: Db, libraryId: LibraryId): Promise<boolean> {
  return inLibrary(db, libraryId, async (tx) => {
    const { rows } = await sql<{ found: boolean }>`
      select exists (select from member) or exists (select from application) as found`.execute(tx);
    return rows[0]?.found ?? false;
  });
}

async function writePast(tx: Tx, place: DemoPlace, scale: number): Promise<number> {
  const { chance, library } = place;
  const standing = standingMembers(place, Math.round(1_950 * scale));
  const past = pastCases(place, Math.round(1_240 * scale));
  const approvals = past.approvals.map((approval) => ({ ...approval, rows: approval.story.end() }));
  const members = memberRows(place, standing, approvals);
  for (const known of past.knownMembers) {
    const member = chance.pick(members.members.slice(0, standing.length));
    concludeKnown(known, member.id as MemberId);
  }
  const rowsOf = new Map(approvals.map(({ story, rows }) => [story.id, rows] as const));
  const cases = past.stories.map((story) => rowsOf.get(story.id) ?? story.end());
  const visits = visitRows(place, {
    members: members.visitors,
    arrivals: past.visits,
    perDay: (PER_DAY[library.slug] ?? 60) * scale,
  });
  const applications = cases.map(({ application }) => {
    const made = members.ofCase.get(application.id);
    return made ? { ...application, member_id: made.memberId, photo_id: made.photoId } : application;
  });
  const consents = cases.flatMap(({ application, consents: given }) => {
    const made = members.ofCase.get(application.id);
    return made ? given.map((consent) => ({ ...consent, member_id: made.memberId })) : given;
  });
  const events = cases.flatMap((each) => each.events);
  const stepTimes = cases.flatMap((each) => each.stepTimes);
  const audit = cases.flatMap((each) => each.audit);
  await insertRows(tx, 'application', applications);
  await insertRows(tx, 'application_event', events);
  await insertRows(tx, 'step_time', stepTimes);
  await insertRows(tx, 'consent', consents);
  await insertRows(
    tx,
    'identity_check',
    cases.flatMap((each) => each.identityChecks),
  );
  await insertRows(
    tx,
    'cross_check',
    cases.flatMap((each) => each.crossChecks),
  );
  await insertRows(
    tx,
    'correction',
    cases.flatMap((each) => each.corrections),
  );
  for (const [jpeg, photos] of members.photos)
    await insertRows(tx, 'file', photos, {
      column: 'bytes',
      value: place.vault.seal(library.id, 'file', jpeg),
    });
  await insertRows(tx, 'member', members.members);
  await insertRows(tx, 'member_event', members.events);
  await insertRows(tx, 'card', members.cards);
  await insertRows(tx, 'card_event', members.cardEvents);
  await insertRows(tx, 'number_counter', members.counters);
  await insertRows(tx, 'visit', visits);
  await insertRows(tx, 'audit_log', [...audit, markOf(place)]);
  return applications.length + events.length + members.members.length + members.events.length + visits.length;
}

/** How a later start knows that the people here are made up, and may set the passwords of its accounts. */
function markOf({ library, chance, now }: DemoPlace) {
  return {
    library_id: library.id,
    id: chance.uuid(now),
    at: now,
    actor_kind: 'system' as const,
    actor_id: null,
    action: FILLED,
    subject_kind: 'library',
    subject_id: String(library.id),
    fields: [],
    purpose: null,
    digest: null,
    request_id: 'demo',
  };
}

/** Kota Semarang, where the library of the province stands. */
const SEMARANG = '33.74';

/** Districts of the library's own region, the nearest ones most; the made-up province where regions are not loaded. */
async function placesOf(tx: Tx, homeRegion: string | null, city: string): Promise<Places> {
  const villagesIn = async (prefix: string) =>
    (
      await tx
        .selectFrom('region')
        .select('code')
        .where('level', '=', 4)
        .where('code', 'like', `${prefix}.%`)
        .orderBy('code')
        .execute()
    ).map(({ code }) => code as RegionCode);
  const real = homeRegion === null ? [] : await villagesIn(homeRegion);
  const villages = real.length > 0 ? real : await villagesIn('99');
  const districtOf = (code: string) => code.split('.').slice(0, 3).join('.');
  const sizes = new Map<string, number>();
  for (const code of villages) sizes.set(districtOf(code), (sizes.get(districtOf(code)) ?? 0) + 1);
  // A province has hundreds of districts: most members of its library live in the city where it stands.
  const capital = [...sizes.keys()].filter((code) => code.startsWith(SEMARANG));
  const near = [...(capital.length > 0 ? capital : sizes.keys())];
  // The district that bears the town's name is the one around the library.
  const town = await tx
    .selectFrom('region')
    .select('code')
    .where('level', '=', 3)
    .where('name', '=', city)
    .where('code', 'in', near)
    .executeTakeFirst();
  if (town) near.unshift(...near.splice(near.indexOf(town.code), 1));
  const weights = new Map(near.map((code, index) => [code, 40 / (1 + index * 0.45)]));
  return {
    birthPlace: city || 'Contoh',
    villages: villages.flatMap((code, index) => {
      const weight = weights.get(districtOf(code)) ?? (index % 40 === 0 ? 0.4 : 0);
      return weight === 0 ? [] : [[code, weight / (sizes.get(districtOf(code)) ?? 1)] as const];
    }),
  };
}

/** Fills every library that is still empty; draws the heads once. */
export async function fillDemo(
  db: Db,
  deps: Deps,
  slugs: readonly string[],
  size: DemoSize,
): Promise<{ readonly rows: number; readonly skipped: readonly string[] }> {
  const photos = await drawSilhouettes();
  // Side by side: while the database writes one, the other is made up. Each has a chance of its own.
  const written = await Promise.all(slugs.map((slug) => fillLibrary(db, deps, slug, size, photos)));
  return {
    rows: written.reduce((sum, rows) => sum + rows, 0),
    skipped: slugs.filter((_, index) => written[index] === 0),
  };
}
