import { sql } from 'kysely';
import type { ApplicationRow } from '../db/application.ts';
import { PREPARED, type Tx } from '../db/connection.ts';
import { readWithStanding } from '../db/member-family.ts';
import { type ApplicationState, OPEN_STATES } from '../domain/application.ts';
import type { ApplicationId, MemberId } from '../domain/ids.ts';
import { compare, isOneNumber, type Match, onlyOneSame } from '../domain/matching/compare.ts';
import type { PlainDate } from '../domain/plain-date.ts';
import type { MemberRow } from './change-member.ts';
import type { Deps, Scope } from './context.ts';
import { comparableOf, nikKeys, personalHashes, slotsOf } from './match-columns.ts';
import { matchPeople, type Sought } from './match-people.ts';
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

/** Before it is known what officers said about the two. */
type Unasked<T> = T extends unknown ? Omit<T, 'mustJudge' | 'notAlso'> : never;

/** A case, as far as the check looks at it. */
export type CheckedCase = PersonRow & Pick<ApplicationRow, 'id'>;

/** Cases looked at before scoring; far more than anybody is shown. */
const CASES_LOOKED_AT = 60;
/** In the text of the statement, so that indexes of open cases are known to fit. */
const OPEN = sql.join(OPEN_STATES.map((state) => sql.lit(state)));

/**
 * Members and open cases that resemble a case, or members that resemble a member; the closest first, whom the library's
 * costs do not call different, without those whom an officer told apart from this person. Found by stored keys and keyed
 * hashes; scored by the one comparison that every check uses.
 */
export async function findCandidates(
  tx: Tx,
  deps: Pick<Deps, 'vault'>,
  scope: Scope,
  row: CheckedCase | MemberRow,
): Promise<readonly Candidate[]> {
  const { crossCheck } = scope.library.settings;
  const sought = soughtOf(deps, scope, row);
  const self = 'merged_into' in row ? (row.merged_into ?? row.id) : null;
  // Asked together: they travel together.
  const [members, cases] = await Promise.all([
    findMembers(tx, deps, scope, sought),
    'merged_into' in row ? [] : findCases(tx, deps, scope, row, sought),
  ]);
  const found = [...members, ...cases]
    .map((each) => ({ ...each, oneNumber: isOneNumber(each.match) }))
    .filter(({ match, oneNumber }) => match.verdict !== 'different' || oneNumber)
    .sort((one, other) => other.match.score - one.match.score);
  const read = await readWithStanding(
    tx,
    found.flatMap((each) => (each.kind === 'member' ? [each.id] : [])),
  );
  const rows = new Map(read.map((member) => [member.id, member]));
  const alike = found
    .flatMap(({ match, oneNumber, ...other }): Unasked<Candidate>[] => {
      const judged = {
        ...match,
        verdict: oneNumber && match.verdict === 'different' ? ('look' as const) : match.verdict,
      };
      if (other.kind === 'application')
        return [{ ...judged, ...other, documentNumber: compareNumbers(row, other.person) }];
      const member = rows.get(other.id);
      // Data of a merged membership still find the person; who stands for it is who is shown.
      if (!member || member.standing_id === self) return [];
      return [
        {
          ...judged,
          kind: 'member' as const,
          id: member.standing_id,
          number: member.standing_number,
          memberState: member.standing_state,
          validUntil: member.standing_until,
          person: member,
          documentNumber: compareNumbers(row, member),
        },
      ];
    })
    // Found under two memberships that were merged: the nearer one says why.
    .filter((one, index, all) => all.findIndex(({ id }) => id === one.id) === index);
  const left = await leaveOutToldApart(tx, deps, scope, row.id, alike);
  // A case and a membership may both be this person's; of two memberships one is another's.
  const ofMembers = new Map(
    onlyOneSame(left.filter(({ kind }) => kind === 'member')).map((one) => [one.id, one]),
  );
  const asked = left.map((one) => ofMembers.get(one.id as MemberId) ?? one);
  return asked.slice(0, crossCheck.limit).map((one) => ({ ...one, mustJudge: one.notAlso === null }));
}

/** Found and compared; what is shown of a member is read when it is known that it will be. */
type Found = { readonly match: Match } & (
  | { readonly kind: 'member'; readonly id: MemberId }
  | Pick<Extract<Candidate, { kind: 'application' }>, 'kind' | 'id' | 'ticketCode' | 'state' | 'person'>
);

/** A case or member as it is looked for; its NIK leaves this function as hashes only. */
export function soughtOf(deps: Pick<Deps, 'vault'>, scope: Scope, row: PersonRow): Sought {
  const { vault } = deps;
  const { id } = scope.library;
  const nik = row.nik === null ? null : vault.openText(id, 'nik', row.nik);
  return {
    person: comparableOf(row, nik === null ? null : slotsOf(vault, id, nik), nik),
    nikKeys: nik === null ? [] : nikKeys(vault, id, nik, row.birth_date),
    hashes: personalHashes(row),
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

async function findMembers(
  tx: Tx,
  deps: Pick<Deps, 'vault'>,
  scope: Scope,
  sought: Sought,
): Promise<Found[]> {
  const [hits = []] = await matchPeople(tx, deps, scope, [sought], scope.library.settings.crossCheck);
  return hits.map(({ member, match }) => ({ kind: 'member', id: member.id, match }));
}

async function findCases(
  tx: Tx,
  deps: Pick<Deps, 'vault'>,
  scope: Scope,
  row: CheckedCase,
  sought: Sought,
): Promise<Found[]> {
  const [hash = null, otherHash = null] = sought.hashes;
  // Each by its own index: few are open, and nearly all who were born on a day are not. Two hashes and no array of them: of
  // an array the database thinks that it is long, and plans anew each time.
  const { rows: cases } = await sql<ApplicationRow>`${sql.raw(PREPARED)}
    select * from (
      select * from application where id <> ${row.id} and id = any(array(
        select id from application where state in (${OPEN}) and document_hash in (${hash}, ${otherHash})
        union all select id from application where state in (${OPEN}) and nik_hash in (${hash}, ${otherHash})
        union all select id from application where state in (${OPEN}) and phone = ${row.phone}
        union all select id from application where state in (${OPEN}) and birth_date = ${row.birth_date})) offset 0
    ) as found order by created_at desc limit ${CASES_LOOKED_AT}`.execute(tx);
  if (cases.length === 0) return [];
  const population = await populationFor(tx, deps, scope);
  return cases.map((other) => {
    // Two numbers are compared with what each says of its person: a wrong digit, or a parent's on a child's form.
    const person =
      sought.person.nik !== null && other.nik !== null
        ? soughtOf(deps, scope, other).person
        : comparableOf(other, null);
    return {
      kind: 'application',
      id: other.id,
      ticketCode: other.ticket_code,
      state: other.state,
      person: other,
      match: compare(sought.person, person, population, scope.library.settings.crossCheck),
    };
  });
}
