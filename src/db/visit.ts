import { CompiledQuery } from 'kysely';
import type { Education, Occupation, Sex } from '../domain/applicant.ts';
import type { CardId, LibraryId, MemberId, OfficerId, ServicePointId, VisitId } from '../domain/ids.ts';
import type { PlainDate } from '../domain/plain-date.ts';
import type { GroupCounts, VisitKind } from '../domain/visit.ts';
import { type Db, PREPARED } from './connection.ts';
import { gathering } from './gather.ts';
import { jsonRow } from './json-row.ts';

/** Who writes the visit: a signed-in officer, or a device known only by the hash of its secret. */
export type Recorder =
  | { readonly by: 'device'; readonly tokenHash: Buffer }
  | { readonly by: 'officer'; readonly officerId: OfficerId; readonly servicePointId: ServicePointId }
  /** A program with a key of the API. */
  | { readonly by: 'client'; readonly servicePointId: ServicePointId };

/** How the visitor named the membership; all are resolved inside the statement. */
export type MemberKey =
  | { readonly by: 'id'; readonly memberId: MemberId }
  | { readonly by: 'number'; readonly number: string }
  /** `generation`: of the code of a phone or picture, which dies when the KTA's address is given anew. */
  | { readonly by: 'card'; readonly cardId: CardId; readonly generation?: number }
  /** Hash of the secret in a KTA's address. */
  | { readonly by: 'kta'; readonly tokenHash: Buffer }
  /** A card that a gate let in, when it may not have been revoked yet. */
  | { readonly by: 'passed'; readonly cardId: CardId };
export const MEMBER_KEYS: readonly MemberKey['by'][] = ['id', 'number', 'card', 'kta', 'passed'];

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

/**
 * Another check-in of the same member that counted, on or after this day and between these instants: not counted again.
 * A visit may arrive days later than it was, from a gate that was offline: what came after it is not "earlier".
 */
export interface RepeatWindow {
  readonly fromDay: PlainDate;
  readonly after: Date;
  readonly before: Date;
}

export interface WrittenVisit {
  /** False: no such device, or it was revoked; nothing was written. */
  readonly known: boolean;
  /** False where a visit with this submit key exists; nothing was written then. */
  readonly written: boolean;
  readonly memberId: MemberId | null;
  readonly counted: boolean;
}

interface Asked {
  readonly libraryId: LibraryId;
  readonly recorder: Recorder;
  readonly member: MemberKey | null;
  readonly visit: NewVisit;
  readonly repeat: RepeatWindow | null;
}

const writeTogether = gathering<Asked, WrittenVisit>(async (db, items) => {
  const asked = JSON.stringify(items.map(askedRow));
  const { rows } = await db.executeQuery<{
    n: number;
    known: boolean;
    member_id: MemberId | null;
    counted: boolean | null;
  }>(CompiledQuery.raw(textFor(items), [String(items[0]?.libraryId), asked]));
  const answers: WrittenVisit[] = [];
  for (const { n, known, member_id, counted } of rows)
    answers[n] = { known, written: counted !== null, memberId: member_id, counted: counted === true };
  return answers;
});

/**
 * Writes one visit in one round trip and one commit, together with what others of the library have waiting
 * (see `gathering`); at once where `db` is a transaction.
 * @param repeat null where every check-in counts
 */
export function insertVisit(
  db: Db,
  libraryId: LibraryId,
  recorder: Recorder,
  member: MemberKey | null,
  visit: NewVisit,
  repeat: RepeatWindow | null,
): Promise<WrittenVisit> {
  return writeTogether(db, String(libraryId), { libraryId, recorder, member, visit, repeat });
}

/** One row of what the statement is asked, named as the statement names it. */
function askedRow({ recorder, member, visit, repeat }: Asked, n: number): Record<string, unknown> {
  return jsonRow({
    n,
    device_hash: recorder.by === 'device' ? recorder.tokenHash : undefined,
    officer_id: recorder.by === 'officer' ? recorder.officerId : undefined,
    officer_point: recorder.by === 'device' ? undefined : recorder.servicePointId,
    by_id: member?.by === 'id' ? member.memberId : undefined,
    by_number: member?.by === 'number' ? member.number : undefined,
    by_card: member?.by === 'card' ? member.cardId : undefined,
    by_generation: member?.by === 'card' ? member.generation : undefined,
    by_kta: member?.by === 'kta' ? member.tokenHash : undefined,
    by_passed: member?.by === 'passed' ? member.cardId : undefined,
    from_day: repeat?.fromDay,
    after: repeat?.after,
    before: repeat?.before,
    id: visit.id,
    submit_key: visit.submitKey,
    opened_at: visit.openedAt,
    at: visit.at,
    day: visit.day,
    kind: visit.kind,
    purpose: visit.purpose,
    persons: visit.persons,
    name: visit.name,
    sex: visit.sex,
    education: visit.education,
    occupation: visit.occupation,
    institution: visit.institution,
    group_phone: visit.phone,
    group_counts: visit.counts,
    replaces: visit.replaces,
  });
}

/** The membership that was named keeps the visit; who stands for it is who came. */
const FOUND = 'select member.id as member_id, coalesce(member.merged_into, member.id) as standing_id from';
/** A lost card's codes die with it: who shows one is not taken for the member. */
const BY_CARD = `${FOUND} card join member on member.library_id = card.library_id and member.id = card.member_id
      where card.library_id = scope.library_id and card.revoked_at is null and`;

const LOOK_UPS: Readonly<Record<MemberKey['by'], string>> = {
  id: `${FOUND} member where member.library_id = scope.library_id and member.id = by_id`,
  number: `${FOUND} member where member.library_id = scope.library_id and member.number = by_number`,
  card: `${BY_CARD} card.id = by_card
        and (by_generation is null or card.access_generation <= by_generation)`,
  kta: `${BY_CARD} card.token_hash = by_kta`,
  passed: `${FOUND} card join member on member.library_id = card.library_id and member.id = card.member_id
      where card.library_id = scope.library_id and card.id = by_passed
        and (card.revoked_at is null or card.revoked_at > asked.at)`,
};

/** By the ways in which members were named; those that nobody used would be a third of a lone visitor's work. */
const texts = new Map<string, string>();

function textFor(items: readonly Asked[]): string {
  const used = MEMBER_KEYS.filter((by) => items.some(({ member }) => member?.by === by));
  const text = texts.get(used.join()) ?? visitStatement(used);
  texts.set(used.join(), text);
  return text;
}

/**
 * Sets the library, finds each device by its secret and each member by number or card, applies the repeat rule and
 * inserts. The lateral look-ups carry `limit 1`: that keeps the planner from running them before the library is set,
 * when row-level security would hide every row.
 *
 * The repeat rule looks at the visits of all memberships that one person stands for. The day stands in a row with the
 * member, so that only the index of members can serve it: every morning the statistics know no row of today yet, and
 * the planner would read all of today's visits for each check-in. Then it looks at the check-ins beside, the same one
 * sent twice apart. Two processes may count one member twice in the same instant; the price of no lock on the busiest
 * path. Rows are written in the order of their keys: two processes that hold the same two would else wait for each other.
 */
export function visitStatement(used: readonly MemberKey['by'][]): string {
  const lookUps = used.map((by) => LOOK_UPS[by]);
  return `${PREPARED} with scope as materialized (
  select set_config('app.library_id', $1::text, true)::int as library_id
), visitor as materialized (
  select scope.library_id, asked.*, device.id as device_id, coalesce(device.service_point_id, officer_point) as point,
    found.member_id, found.standing_id
  from scope cross join json_to_recordset($2::json) as asked (n int, device_hash bytea, officer_id uuid,
    officer_point uuid, by_id uuid, by_number text, by_card uuid, by_generation int, by_kta bytea, by_passed uuid, from_day date, after timestamptz, before timestamptz,
    id uuid, submit_key bytea, opened_at timestamptz, at timestamptz, day date, kind text, purpose text, persons int,
    name text, sex text, education text, occupation text, institution text, group_phone text, group_counts jsonb,
    replaces uuid)
  left join lateral (
    select device.id, device.service_point_id from device
    where device.library_id = scope.library_id and device.token_hash = device_hash and device.revoked_at is null
    limit 1
  ) device on true
  left join lateral (
    ${lookUps.length === 0 ? 'select null::uuid as member_id, null::uuid as standing_id' : lookUps.join('\n    union all\n    ')}
    limit 1
  ) found on true
), written as (
  insert into visit (library_id, service_point_id, device_id, officer_id, member_id, id, submit_key, opened_at, at, day, kind,
    purpose, persons, name, sex, education, occupation, institution, group_phone, group_counts, replaces, counted)
  select library_id, point, device_id, officer_id, member_id, id, submit_key, opened_at, at, day, kind,
    purpose, persons, name, sex, education, occupation, institution, group_phone, group_counts, replaces,
    from_day is null or (not exists (
      select from (
        select visitor.standing_id as id
        union all
        select merged.id from member merged
          where merged.library_id = visitor.library_id and merged.merged_into = visitor.standing_id
      ) own cross join lateral (
        select from visit earlier where earlier.library_id = visitor.library_id and earlier.member_id = own.id
          and (earlier.member_id, earlier.day) >= (own.id, visitor.from_day)
          and earlier.at > visitor.after and earlier.at < visitor.before
          and earlier.counted and earlier.voided_at is null
        limit 1
      ) found
    ) and not exists (
      select from visitor beside where beside.standing_id = visitor.standing_id and beside.point is not null
        and (beside.at, beside.submit_key) < (visitor.at, visitor.submit_key) and beside.submit_key <> visitor.submit_key
        and beside.day >= visitor.from_day and beside.at > visitor.after
    ))
  from visitor where point is not null
  order by submit_key
  on conflict (library_id, submit_key) do nothing
  returning id, counted
)
select n, point is not null as known, member_id, written.counted from visitor left join written using (id)`;
}
