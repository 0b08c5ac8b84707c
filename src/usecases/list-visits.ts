import { type Selectable, type SelectQueryBuilder, sql } from 'kysely';
import type { Db, Tx } from '../db/connection.ts';
import { isStandingFor } from '../db/member-family.ts';
import type { Database, VisitTable } from '../db/schema.ts';
import { sharing } from '../db/share.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { Sex } from '../domain/applicant.ts';
import type { DeviceId, MemberId, OfficerId, Phone, ServicePointId, VisitId } from '../domain/ids.ts';
import type { MemberState } from '../domain/member.ts';
import type { PlainDate } from '../domain/plain-date.ts';
import type { GroupCounts, VisitKind } from '../domain/visit.ts';
import type { Scope } from './context.ts';

export interface ListedVisit {
  readonly id: VisitId;
  readonly at: Date;
  readonly day: PlainDate;
  readonly kind: VisitKind;
  readonly purpose: string;
  readonly servicePointId: ServicePointId;
  readonly persons: number;
  /** As given; for a group, its leader. */
  readonly name: string | null;
  readonly institution: string | null;
  readonly phone: Phone | null;
  readonly sex: Sex | null;
  readonly education: string | null;
  readonly occupation: string | null;
  readonly counts: GroupCounts | null;
  /** Null for a member's check-in: nobody has the number that was typed. */
  readonly member: {
    readonly id: MemberId;
    readonly number: string;
    readonly name: string;
    readonly state: MemberState;
    readonly expired: boolean;
  } | null;
  readonly counted: boolean;
  readonly deviceId: DeviceId | null;
  readonly officerId: OfficerId | null;
  readonly corrected: boolean;
  readonly voidedAt: Date | null;
  readonly voidReason: string | null;
}

export interface VisitCount<Key> {
  readonly key: Key;
  readonly persons: number;
  readonly visits: number;
}

/** One day of the guest book. Persons count; repeats and voided entries do not. */
export interface VisitDay {
  readonly persons: number;
  readonly byKind: readonly VisitCount<VisitKind>[];
  readonly byPurpose: readonly VisitCount<string>[];
  readonly byServicePoint: readonly VisitCount<ServicePointId>[];
}

const shareDay = sharing<VisitDay>();

/** The figures of one day. */
export function readVisitDay(db: Db, scope: Scope, day: PlainDate): Promise<VisitDay> {
  const libraryId = scope.library.id;
  return shareDay(db, `${libraryId}|${day}`, () => inLibrary(db, libraryId, (tx) => countDay(tx, day)));
}

/** One look at the day's rows for all three. */
async function countDay(tx: Tx, day: PlainDate): Promise<VisitDay> {
  const { rows } = await sql<{
    by: 'kind' | 'purpose' | 'point';
    key: string;
    persons: number;
    visits: number;
  }>`
    select case when grouping(kind) = 0 then 'kind' when grouping(purpose) = 0 then 'purpose' else 'point' end as by,
      coalesce(kind::text, purpose::text, service_point_id::text) as key, sum(persons) as persons, count(*) as visits
    from visit where day = ${day} and counted and voided_at is null
    group by grouping sets ((kind), (purpose), (service_point_id))`.execute(tx);
  const countsBy = (by: 'kind' | 'purpose' | 'point') =>
    rows
      .filter((row) => row.by === by)
      .map((row) => ({ key: row.key, persons: row.persons, visits: row.visits }))
      .sort((one, other) => other.persons - one.persons);
  const byKind = countsBy('kind') as VisitCount<VisitKind>[];
  return {
    persons: byKind.reduce((sum, row) => sum + row.persons, 0),
    byKind,
    byPurpose: countsBy('purpose'),
    byServicePoint: countsBy('point') as VisitCount<ServicePointId>[],
  };
}

interface VisitPage {
  readonly visits: readonly ListedVisit[];
  readonly total: number;
}

const sharePage = sharing<VisitPage>();

/** Entries of a day, the latest first. */
export function listVisits(
  db: Db,
  scope: Scope,
  day: PlainDate,
  page: { readonly offset: number; readonly limit: number },
): Promise<VisitPage> {
  const libraryId = scope.library.id;
  const read = () => inLibrary(db, libraryId, (tx) => readPage(tx, day, page));
  return sharePage(db, `${libraryId}|${day}|${page.offset}|${page.limit}`, read);
}

async function readPage(
  tx: Tx,
  day: PlainDate,
  page: { readonly offset: number; readonly limit: number },
): Promise<VisitPage> {
  const [{ total }, rows] = await Promise.all([
    tx
      .selectFrom('visit')
      .select(({ fn }) => fn.countAll<number>().as('total'))
      .where('day', '=', day)
      .executeTakeFirstOrThrow(),
    // The page first: members are joined to its rows, not to all of the day.
    visitsWithMembers(
      tx,
      tx
        .selectFrom('visit')
        .selectAll()
        .where('day', '=', day)
        .orderBy('at', 'desc')
        .orderBy('id', 'desc')
        // In the text, and no offset where there is none: as parameters they would be planned for each time.
        .$if(page.offset > 0, (later) => later.offset(page.offset))
        .limit(sql.lit(page.limit)),
    )
      .orderBy('visit.at', 'desc')
      .orderBy('visit.id', 'desc')
      .execute(),
  ]);
  return { visits: rows.map(listed), total: Number(total) };
}

/** One entry, for its page. */
export async function findVisit(db: Db, scope: Scope, visitId: VisitId): Promise<ListedVisit | undefined> {
  const row = await inLibrary(db, scope.library.id, (tx) =>
    visitsWithMembers(tx, tx.selectFrom('visit').selectAll().where('id', '=', visitId)).executeTakeFirst(),
  );
  return row && listed(row);
}

function visitsWithMembers(tx: Tx, visits: SelectQueryBuilder<Database, 'visit', Selectable<VisitTable>>) {
  return tx
    .selectFrom(visits.as('visit'))
    .leftJoin('member as own', (join) =>
      join.onRef('own.library_id', '=', 'visit.library_id').onRef('own.id', '=', 'visit.member_id'),
    )
    .leftJoin('member', (join) =>
      join.onRef('member.library_id', '=', 'own.library_id').on(isStandingFor('own')),
    )
    .selectAll('visit')
    .select([
      'member.id as standing_id',
      'member.number as member_number',
      'member.name as member_name',
      'member.state as member_state',
      'member.valid_until as member_valid_until',
    ]);
}

type Row = Awaited<ReturnType<ReturnType<typeof visitsWithMembers>['execute']>>[number];

function listed(row: Row): ListedVisit {
  return {
    id: row.id,
    at: row.at,
    day: row.day,
    kind: row.kind,
    purpose: row.purpose,
    servicePointId: row.service_point_id,
    persons: row.persons,
    name: row.name,
    institution: row.institution,
    phone: row.group_phone as Phone | null,
    sex: row.sex,
    education: row.education,
    occupation: row.occupation,
    counts: row.group_counts,
    member:
      row.standing_id === null || row.member_number === null || row.member_name === null
        ? null
        : {
            id: row.standing_id,
            number: row.member_number,
            name: row.member_name,
            state: row.member_state ?? 'active',
            expired: row.member_valid_until !== null && row.member_valid_until < row.day,
          },
    counted: row.counted,
    deviceId: row.device_id,
    officerId: row.officer_id,
    corrected: row.replaces !== null,
    voidedAt: row.voided_at,
    voidReason: row.void_reason,
  };
}
