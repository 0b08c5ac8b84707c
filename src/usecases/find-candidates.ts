import { sql } from 'kysely';
import type { ApplicationRow } from '../db/application.ts';
import type { Tx } from '../db/connection.ts';
import { withStanding } from '../db/member-family.ts';
import type { ApplicationState } from '../domain/application.ts';
import { isPersonalDocument } from '../domain/document-number.ts';
import type { ApplicationId, MemberId } from '../domain/ids.ts';
import { type Comparable, compare, type Match, prepare } from '../domain/matching/compare.ts';
import { nikDeletions, SLOT_BYTES } from '../domain/matching/nik-slots.ts';
import type { PlainDate } from '../domain/plain-date.ts';
import type { MemberRow } from './change-member.ts';
import type { Deps, Scope } from './context.ts';
import { populationFor } from './population.ts';
import type { PersonRow } from './revise-person.ts';
import { leaveOutToldApart } from './told-apart.ts';

/** Somebody the applicant may be, with the score that says so and why. */
export type Candidate = Match & {
  /** It has to be judged before the case can go on. */
  readonly mustJudge: boolean;
  /** Who seems to be this very person, and is not this one, as an officer said. */
  readonly notAlso: string | null;
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
 * Members and open cases that resemble a case, or members that resemble a member; the closest first, from the
 * library's costs on, without those whom an officer told apart from this person. Found by keyed hashes of
 * numbers, phone, birth date and name; scored by the one comparison that every check uses.
 */
export async function findCandidates(
  tx: Tx,
  deps: Pick<Deps, 'vault'>,
  scope: Scope,
  row: ApplicationRow | MemberRow,
): Promise<readonly Candidate[]> {
  const { crossCheck } = scope.library.settings;
  const found = [...(await findMembers(tx, row)), ...('ticket_code' in row ? await findCases(tx, row) : [])];
  if (found.length === 0) return [];
  const population = await populationFor(tx, deps, scope);
  const applicant = comparableOf(deps, scope, row);
  const alike = found
    .flatMap((other) => {
      const match = compare(applicant, comparableOf(deps, scope, other.person), population, crossCheck);
      // One number cannot be two people's: that is judged however little else agrees.
      const oneNumber = match.reasons.some(({ code }) => code === 'nik_same' || code === 'document_same');
      if (match.verdict === 'different' && !oneNumber) return [];
      return [
        {
          ...match,
          ...other,
          verdict: oneNumber && match.verdict === 'different' ? ('look' as const) : match.verdict,
          documentNumber: compareNumbers(row, other.person),
        },
      ];
    })
    .sort((one, other) => other.score - one.score)
    // Found under two memberships that were merged: the nearer one says why.
    .filter((one, index, all) => all.findIndex(({ id }) => id === one.id) === index);
  const asked = await leaveOutToldApart(tx, deps, scope, row.id, alike);
  return asked.slice(0, crossCheck.limit).map((one) => ({ ...one, mustJudge: one.notAlso === null }));
}

type Found = Pick<Candidate, 'person'> &
  (
    | Pick<Extract<Candidate, { kind: 'member' }>, 'kind' | 'id' | 'number' | 'memberState' | 'validUntil'>
    | Pick<Extract<Candidate, { kind: 'application' }>, 'kind' | 'id' | 'ticketCode' | 'state'>
  );

function comparableOf(deps: Pick<Deps, 'vault'>, scope: Scope, row: PersonRow): Comparable {
  const hex = (hash: Buffer | null) => (hash === null ? null : hash.toString('hex'));
  const here = row.present_same;
  const document = hex(row.document_hash);
  return prepare({
    name: row.name,
    // Former names are kept as comparison keys, which compare like names.
    otherNames: row.former_name_keys,
    birthDate: row.birth_date,
    birthPlace: row.birth_place,
    sex: row.sex,
    nik: hex(row.nik_hash),
    nikSlots: row.nik === null ? null : slotsOf(deps, scope, row.nik),
    document:
      document !== null && row.document_type !== null && isPersonalDocument(row.document_type)
        ? { kind: row.document_type, number: document }
        : null,
    familyCard: hex(row.kk_hash),
    phone: row.phone,
    email: row.email?.toLowerCase() ?? null,
    address: here ? row.address_line : row.present_line,
    village: here ? row.address_village : row.present_village,
  });
}

/** A mistyped NIK is found by hashes with a digit left out; the number itself leaves this function only so. */
function slotsOf(deps: Pick<Deps, 'vault'>, scope: Scope, sealed: Buffer): Uint8Array {
  const { vault } = deps;
  const nik = vault.openText(scope.library.id, 'nik', sealed);
  return Buffer.concat(
    nikDeletions(nik).map((digits) =>
      vault.hash(scope.library.id, 'nik_slot', digits).subarray(0, SLOT_BYTES),
    ),
  );
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
function hashesOf(row: PersonRow): Buffer[] {
  const personal = row.document_type !== null && isPersonalDocument(row.document_type);
  return [personal ? row.document_hash : null, row.nik_hash].filter((hash) => hash !== null);
}

async function findMembers(tx: Tx, row: ApplicationRow | MemberRow): Promise<Found[]> {
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
  const self = 'ticket_code' in row ? null : (row.merged_into ?? row.id);
  // Data of a merged membership still find the person; who stands for it is who is shown.
  return (await withStanding(tx, members))
    .filter(({ standing }) => standing.id !== self)
    .map(({ row: person, standing }) => ({
      kind: 'member',
      id: standing.id,
      number: standing.number,
      memberState: standing.state,
      validUntil: standing.valid_until,
      person,
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
  return cases.map((other) => ({
    kind: 'application',
    id: other.id,
    ticketCode: other.ticket_code,
    state: other.state,
    person: other,
  }));
}
