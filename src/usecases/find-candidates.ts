import { sql } from 'kysely';
import type { ApplicationRow } from '../db/application.ts';
import type { Tx } from '../db/connection.ts';
import type { ApplicationState } from '../domain/application.ts';
import { isPersonalDocument } from '../domain/document-number.ts';
import type { ApplicationId, MemberId, RegionCode } from '../domain/ids.ts';
import { compare, type Match, type MatchEqualities, type MatchPerson } from '../domain/matching/matching.ts';
import type { PlainDate } from '../domain/plain-date.ts';
import type { Scope } from './context.ts';
import type { PersonRow } from './revise-person.ts';

/** Somebody the applicant may be, with the score that says so and why. */
export type Candidate = Match & {
  /** The library wants it judged before the case can go on. */
  readonly mustJudge: boolean;
  readonly person: PersonRow;
  /** By keyed hash; null where one of them has no number, or it is of another kind of document. */
  readonly documentNumber: 'same' | 'different' | null;
} & (
    | {
        readonly kind: 'member';
        readonly id: MemberId;
        readonly number: string;
        readonly memberState: 'active' | 'suspended' | 'cleared' | 'ended';
        /** null: for life */
        readonly validUntil: PlainDate | null;
      }
    | {
        readonly kind: 'application';
        readonly id: ApplicationId;
        readonly ticketCode: string;
        readonly state: ApplicationState;
      }
  );

/** Cases that are still about to become a membership. */
const OPEN: readonly ApplicationState[] = ['waiting_guardian', 'submitted', 'in_review', 'needs_correction'];
/** Looked at before scoring; far more than anybody is shown. */
const LOOKED_AT = 60;

/**
 * Members and open cases that resemble a case, the closest first, from the library's `show` threshold on. Found by
 * keyed hashes of numbers, phone, birth date and name; scored by the one comparison that every check uses.
 */
export async function findCandidates(
  tx: Tx,
  scope: Scope,
  row: ApplicationRow,
): Promise<readonly Candidate[]> {
  const { show, mustJudge, limit } = scope.library.settings.crossCheck;
  const found = [...(await findMembers(tx, row)), ...(await findCases(tx, row))];
  return found
    .flatMap((other): Candidate[] => {
      const match = compare(personOf(row), personOf(other.person), equalities(row, other.person));
      return match.score < show
        ? []
        : [
            {
              ...match,
              ...other,
              mustJudge: match.score >= mustJudge,
              documentNumber: compareNumbers(row, other.person),
            },
          ];
    })
    .sort((one, other) => other.score - one.score)
    .slice(0, limit);
}

type Found = Pick<Candidate, 'person'> &
  (
    | Pick<Extract<Candidate, { kind: 'member' }>, 'kind' | 'id' | 'number' | 'memberState' | 'validUntil'>
    | Pick<Extract<Candidate, { kind: 'application' }>, 'kind' | 'id' | 'ticketCode' | 'state'>
  );

function personOf(row: PersonRow): MatchPerson {
  const village = row.present_same ? row.address_village : row.present_village;
  return {
    name: row.name,
    // Former names are kept as comparison keys, which compare like names.
    otherNames: row.former_name_keys,
    birthDate: row.birth_date,
    sex: row.sex,
    village: village as RegionCode | null,
  };
}

function equalities(row: PersonRow, other: PersonRow): MatchEqualities {
  const equal = (one: Buffer | null, another: Buffer | null) =>
    one === null || another === null ? null : one.equals(another);
  const text = (one: string | null, another: string | null) =>
    one === null || another === null ? null : one.toLowerCase() === another.toLowerCase();
  const sameKind =
    row.document_type !== null &&
    row.document_type === other.document_type &&
    isPersonalDocument(row.document_type);
  return {
    nikEqual: equal(row.nik_hash, other.nik_hash),
    documentEqual: sameKind ? equal(row.document_hash, other.document_hash) : null,
    familyCardEqual: equal(row.kk_hash, other.kk_hash),
    phoneEqual: text(row.phone, other.phone),
    emailEqual: text(row.email, other.email),
  };
}

/** A KTP, a KIA and a new SIM carry one number; a student number says nothing about a passport. */
function compareNumbers(row: PersonRow, other: PersonRow): Candidate['documentNumber'] {
  if (row.document_hash === null || other.document_hash === null) return null;
  if (row.document_hash.equals(other.document_hash)) return 'same';
  const isNik = (person: PersonRow) =>
    person.nik_hash !== null && person.document_hash?.equals(person.nik_hash) === true;
  return row.document_type === other.document_type || (isNik(row) && isNik(other)) ? 'different' : null;
}

/** Keyed hashes of numbers that belong to one person; a KK belongs to a family. */
function hashesOf(row: ApplicationRow): Buffer[] {
  const personal = row.document_type !== null && isPersonalDocument(row.document_type);
  return [personal ? row.document_hash : null, row.nik_hash].filter((hash) => hash !== null);
}

async function findMembers(tx: Tx, row: ApplicationRow): Promise<Found[]> {
  const ids = await sql<{ member_id: MemberId }>`
    select member_id from member_candidates(${row.name_key}, ${row.birth_date}, ${row.phone},
      ${hashesOf(row)}::bytea[], ${LOOKED_AT}::int)`.execute(tx);
  if (ids.rows.length === 0) return [];
  const members = await tx
    .selectFrom('member')
    .selectAll()
    .where(
      'id',
      'in',
      ids.rows.map((each) => each.member_id),
    )
    .execute();
  return members.map((member) => ({
    kind: 'member',
    id: member.id,
    number: member.number,
    memberState: member.state,
    validUntil: member.valid_until,
    person: member,
  }));
}

async function findCases(tx: Tx, row: ApplicationRow): Promise<Found[]> {
  const hashes = hashesOf(row);
  const cases = await tx
    .selectFrom('application')
    .selectAll()
    .where('state', 'in', OPEN)
    .where('id', '<>', row.id)
    .where(({ or, eb }) =>
      or([
        ...(hashes.length > 0 ? [eb('document_hash', 'in', hashes), eb('nik_hash', 'in', hashes)] : []),
        ...(row.phone === null ? [] : [eb('phone', '=', row.phone)]),
        ...(row.birth_date === null ? [] : [eb('birth_date', '=', row.birth_date)]),
      ]),
    )
    .orderBy('created_at', 'desc')
    .limit(LOOKED_AT)
    .execute();
  // Twins were told apart once: nobody asks again.
  return cases
    .filter((other) => other.twin_of !== row.id && row.twin_of !== other.id)
    .map((other) => ({
      kind: 'application',
      id: other.id,
      ticketCode: other.ticket_code,
      state: other.state,
      person: other,
    }));
}
