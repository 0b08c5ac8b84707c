import { CompiledQuery } from 'kysely';
import type { Education, Occupation, Sex } from '../domain/applicant.ts';
import type { CardId, LibraryId, MemberId, OfficerId, ServicePointId, VisitId } from '../domain/ids.ts';
import type { PlainDate } from '../domain/plain-date.ts';
import type { GroupCounts, VisitKind } from '../domain/visit.ts';
import { type Db, PREPARED } from './connection.ts';

/** Who writes the visit: a signed-in officer, or a device known only by the hash of its secret. */
export type Recorder =
  | { readonly by: 'device'; readonly tokenHash: Buffer }
  | { readonly by: 'officer'; readonly officerId: OfficerId; readonly servicePointId: ServicePointId };

/** How the visitor named the membership; all are resolved inside the statement. */
export type MemberKey =
  | { readonly by: 'id'; readonly memberId: MemberId }
  | { readonly by: 'number'; readonly number: string }
  | { readonly by: 'card'; readonly cardId: CardId }
  /** Hash of the secret in a KTA's address. */
  | { readonly by: 'kta'; readonly tokenHash: Buffer };

export interface NewVisit {
  readonly id: VisitId;
  readonly submitKey: Buffer;
  /** When the page for it was opened; null where that was not seen. */
  readonly openedAt: Date | null;
  readonly at: Date;
  readonly day: PlainDate;
  readonly kind: VisitKind;
  readonly purpose: string;
  readonly persons: number;
  readonly name: string | null;
  readonly sex: Sex | null;
  readonly education: Education | null;
  readonly occupation: Occupation | null;
  readonly institution: string | null;
  readonly phone: string | null;
  readonly counts: GroupCounts | null;
  /** The entry that this one corrects. */
  readonly replaces: VisitId | null;
}

/** An earlier check-in of the same member that counted, on or after this day and after this instant: not counted again. */
export interface RepeatWindow {
  readonly fromDay: PlainDate;
  readonly after: Date;
}

export interface WrittenVisit {
  /** False: no such device, or it was revoked; nothing was written. */
  readonly known: boolean;
  /** False where a visit with this submit key exists; nothing was written then. */
  readonly written: boolean;
  readonly memberId: MemberId | null;
  readonly counted: boolean;
}

/**
 * Writes one visit in one statement, which is one round trip and one commit: sets the library, finds the device by its
 * secret and the member by number or card, applies the repeat rule and inserts. The lateral look-ups carry `limit 1`:
 * that keeps the planner from running them before the library is set, when row-level security would hide every row.
 * Two check-ins of one member in the same instant may both count; the price of no lock on the busiest path.
 * @param repeat null where every check-in counts
 */
export async function insertVisit(
  db: Db,
  libraryId: LibraryId,
  recorder: Recorder,
  member: MemberKey | null,
  visit: NewVisit,
  repeat: RepeatWindow | null,
): Promise<WrittenVisit> {
  const parameters: unknown[] = [];
  const value = (one: unknown, type: string): string => {
    parameters.push(one);
    return `$${parameters.length}::${type}`;
  };
  const library = value(String(libraryId), 'text');
  const text = `${PREPARED} with scope as materialized (
  select set_config('app.library_id', ${library}, true)::int as library_id
), recorder as materialized (
  ${recorderSql(recorder, value)}
), visitor as materialized (
  ${member === null ? 'select *, null::uuid as member_id, null::uuid as standing_id from recorder' : memberSql(member, value)}
), written as (
  insert into visit (library_id, service_point_id, device_id, officer_id, member_id, id, submit_key, opened_at, at, day, kind,
    purpose, persons, name, sex, education, occupation, institution, group_phone, group_counts, replaces, counted)
  select library_id, service_point_id, device_id, officer_id, member_id, ${value(visit.id, 'uuid')},
    ${value(visit.submitKey, 'bytea')}, ${value(visit.openedAt, 'timestamptz')}, ${value(visit.at, 'timestamptz')},
    ${value(visit.day, 'date')}, ${value(visit.kind, 'text')}, ${value(visit.purpose, 'text')}, ${value(visit.persons, 'int')},
    ${value(visit.name, 'text')}, ${value(visit.sex, 'text')}, ${value(visit.education, 'text')},
    ${value(visit.occupation, 'text')}, ${value(visit.institution, 'text')}, ${value(visit.phone, 'text')},
    ${value(visit.counts === null ? null : JSON.stringify(visit.counts), 'jsonb')},
    ${value(visit.replaces, 'uuid')}, ${member === null || repeat === null ? 'true' : repeatSql(repeat, value)}
  from visitor
  on conflict (library_id, submit_key) do nothing
  returning counted
)
select (select count(*)::int from recorder) as known, (select member_id from visitor) as member_id,
  (select counted from written) as counted`;
  const { rows } = await db.executeQuery<{
    known: number;
    member_id: MemberId | null;
    counted: boolean | null;
  }>(CompiledQuery.raw(text, parameters));
  const row = rows[0];
  return {
    known: row?.known === 1,
    written: typeof row?.counted === 'boolean',
    memberId: row?.member_id ?? null,
    counted: row?.counted === true,
  };
}

type Value = (one: unknown, type: string) => string;

function recorderSql(recorder: Recorder, value: Value): string {
  if (recorder.by === 'officer') {
    return `select library_id, null::uuid as device_id, ${value(recorder.officerId, 'uuid')} as officer_id,
    ${value(recorder.servicePointId, 'uuid')} as service_point_id from scope`;
  }
  return `select scope.library_id, found.id as device_id, null::uuid as officer_id, found.service_point_id
  from scope cross join lateral (
    select device.id, device.service_point_id from device
    where device.library_id = scope.library_id and device.token_hash = ${value(recorder.tokenHash, 'bytea')}
      and device.revoked_at is null
    limit 1
  ) found`;
}

function memberSql(member: MemberKey, value: Value): string {
  return `select recorder.*, found.member_id, found.standing_id
  from recorder left join lateral (${foundMember(member, value)} limit 1) found on true`;
}

/** The membership that was named keeps the visit; who stands for it is who came. */
const FOUND = 'member.id as member_id, coalesce(member.merged_into, member.id) as standing_id';

/** A lost card's codes die with it: who shows one is not taken for the member. */
function foundMember(member: MemberKey, value: Value): string {
  switch (member.by) {
    case 'id':
      return `select ${FOUND} from member
    where member.library_id = recorder.library_id and member.id = ${value(member.memberId, 'uuid')}`;
    case 'number':
      return `select ${FOUND} from member
    where member.library_id = recorder.library_id and member.number = ${value(member.number, 'text')}`;
    case 'card':
      return `select ${FOUND} from card join member on member.library_id = card.library_id and member.id = card.member_id
      where card.library_id = recorder.library_id and card.id = ${value(member.cardId, 'uuid')} and card.revoked_at is null`;
    case 'kta':
      return `select ${FOUND} from card join member on member.library_id = card.library_id and member.id = card.member_id
      where card.library_id = recorder.library_id and card.token_hash = ${value(member.tokenHash, 'bytea')} and card.revoked_at is null`;
  }
}

/**
 * Looks at the visits of all memberships that one person stands for. The day stands in a row with the member, so that only the index of members can serve it: every morning the statistics
 * know no row of today yet, and the planner would read all of today's visits for each check-in.
 */
function repeatSql(repeat: RepeatWindow, value: Value): string {
  return `not exists (select from (
      select visitor.standing_id as id
      union all
      select merged.id from member merged
        where merged.library_id = visitor.library_id and merged.merged_into = visitor.standing_id
    ) own cross join lateral (
      select from visit earlier where earlier.library_id = visitor.library_id and earlier.member_id = own.id
        and (earlier.member_id, earlier.day) >= (own.id, ${value(repeat.fromDay, 'date')})
        and earlier.at > ${value(repeat.after, 'timestamptz')} and earlier.counted and earlier.voided_at is null
      limit 1
    ) found)`;
}
