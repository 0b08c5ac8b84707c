import { type Selectable, sql } from 'kysely';
import type { Tx } from '../db/connection.ts';
import type { MemberTable } from '../db/schema.ts';
import type { MemberId } from '../domain/ids.ts';
import { blockKeys, rarestKeys, storedKey } from '../domain/matching/block-keys.ts';
import { type Comparable, compare, type Match, type MatchCosts } from '../domain/matching/compare.ts';
import type { Deps, Scope } from './context.ts';
import { comparableOf } from './match-columns.ts';
import { populationFor } from './population.ts';

export type MemberRow = Selectable<MemberTable>;

/** Somebody to be looked for among the members. */
export interface Sought {
  readonly person: Comparable;
  /** `nikKeys` of the NIK, where there is one. */
  readonly nikKeys: readonly number[];
  /** Keyed hashes of numbers that are one person's: of the document and of the NIK. */
  readonly hashes: readonly Buffer[];
}

export interface MatchHit {
  readonly member: MemberRow;
  readonly match: Match;
}

/** People expected under the keys that are looked under; the true one is among the rarest. */
const BUDGET = 400;
/** Compared in full, those first who share most keys. */
const LOOKED_AT = 60;

/**
 * Members who resemble these people, in the order of the input, each with its comparison, the likeliest first; found by
 * stored keys in one query for all, whatever the size of the library. Also those clearly different are given: the caller
 * knows what it wants to show.
 * @param costs of the library
 */
export async function matchPeople(
  tx: Tx,
  deps: Pick<Deps, 'vault'>,
  scope: Scope,
  people: readonly Sought[],
  costs?: MatchCosts,
): Promise<readonly (readonly MatchHit[])[]> {
  if (people.length === 0) return [];
  const population = await populationFor(tx, deps, scope);
  const { id: library } = scope.library;
  const asked = people.map(({ person, nikKeys, hashes }) => ({
    keys: [
      ...rarestKeys(blockKeys(person, population), population.people, BUDGET).map((key) =>
        storedKey(library, key.text),
      ),
      ...nikKeys,
    ],
    hashes: hashes.map((hash) => `\\x${hash.toString('hex')}`),
    phone: person.phone,
  }));
  const { rows: pairs } = await sql<{ n: string; member_id: MemberId }>`
    select asked.n, found.member_id
    from unnest(${asked.map(({ keys }) => arrayText(keys))}::text[], ${asked.map(({ hashes }) => arrayText(hashes))}::text[],
      ${asked.map(({ phone }) => phone)}::text[]) with ordinality as asked (keys, hashes, phone, n),
      member_candidates(asked.keys::int[], asked.hashes::bytea[], asked.phone, ${LOOKED_AT}) as found`.execute(
    tx,
  );
  if (pairs.length === 0) return people.map(() => []);
  const members = await tx
    .selectFrom('member')
    .selectAll()
    .where('id', '=', sql<MemberId>`any(${[...new Set(pairs.map((pair) => pair.member_id))]}::uuid[])`)
    .execute();
  const known = new Map(
    members.map((member) => [member.id, { member, person: comparableOf(member, member.nik_slots) }]),
  );
  const hits = people.map((): MatchHit[] => []);
  for (const { n, member_id } of pairs) {
    const at = Number(n) - 1;
    const sought = people[at];
    const other = known.get(member_id);
    if (sought && other)
      hits[at]?.push({
        member: other.member,
        match: compare(sought.person, other.person, population, costs),
      });
  }
  for (const each of hits) each.sort((one, other) => other.match.score - one.match.score);
  return hits;
}

/** Arrays of different lengths cannot be one array of arrays. */
function arrayText(values: readonly (string | number)[]): string {
  return `{${values.map((value) => (typeof value === 'number' ? value : `"${value.replace(/\\/g, '\\\\')}"`)).join(',')}}`;
}
