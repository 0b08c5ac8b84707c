import { type Selectable, sql } from 'kysely';
import { arrayText } from '../db/bulk-insert.ts';
import { PREPARED, type Tx } from '../db/connection.ts';
import type { MemberTable } from '../db/schema.ts';
import { keysSought, rarestKeys, storedKey } from '../domain/matching/block-keys.ts';
import { type Comparable, compareNear, type Match, type MatchCosts } from '../domain/matching/compare.ts';
import type { Deps, Scope } from './context.ts';
import { comparableOf } from './match-columns.ts';
import { populationFor } from './population.ts';

/** Somebody to be looked for among the members. */
export interface Sought {
  readonly person: Comparable;
  /** `nikKeys` of the NIK, where there is one. */
  readonly nikKeys: readonly number[];
  /** Keyed hashes of numbers that are one person's: of the document and of the NIK. */
  readonly hashes: readonly Buffer[];
}

/** A member as far as it is compared. */
export type ComparedMember = Pick<Selectable<MemberTable>, (typeof COMPARED)[number] | 'nik'>;

export interface MatchHit {
  readonly member: ComparedMember;
  readonly match: Match;
}

/** People expected under the keys that are looked under; the true one is among the rarest. */
const BUDGET = 200;
/** Compared in full, those first who share the rarest keys. */
export const LOOKED_AT = 50;

/** What of a member is compared. */
export const COMPARED = [
  'id',
  'number',
  'state',
  'name',
  'former_name_keys',
  'birth_date',
  'birth_place',
  'sex',
  'nik_hash',
  'nik_slots',
  'document_type',
  'document_hash',
  'kk_hash',
  'phone',
  'email',
  'present_same',
  'address_line',
  'address_village',
  'present_line',
  'present_village',
] as const satisfies readonly (keyof MemberTable)[];

/**
 * Members who resemble these people, in the order of the input, each with its comparison, the likeliest first; found by
 * stored keys in one query for all, whatever the size of the library. Many who are clearly
 * different are left out; of the others the caller knows what it wants to show.
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
  const asked = people.map(({ person, nikKeys, hashes }) => {
    const chosen = rarestKeys(keysSought(person, population), population.people, BUDGET);
    return {
      keys: [...chosen.map((key) => storedKey(library, key.text)), ...nikKeys],
      expected: [...chosen.map((key) => Math.round(population.people * key.share)), ...nikKeys.map(() => 1)],
      hashes: hashes.map((hash) => `\\x${hash.toString('hex')}`),
      phone: person.phone,
    };
  });
  const columns = sql.join(COMPARED.map((column) => sql.ref(`m.${column}`)));
  // Arrays as subselects: how long they are must not make the database think of a plan for each.
  const { rows } = await sql<ComparedMember & { n: number }>`${sql.raw(PREPARED)}
    select asked.n::int as n, ${columns},
      case when m.birth_date is null or m.nik_hash = any(asked.hashes::bytea[]) then m.nik end as nik
    from unnest((select ${asked.map(({ keys }) => arrayText(keys))}::text[]),
        (select ${asked.map(({ expected }) => arrayText(expected))}::text[]),
        (select ${asked.map(({ hashes }) => arrayText(hashes))}::text[]),
        (select ${asked.map(({ phone }) => phone)}::text[])) with ordinality as asked (keys, expected, hashes, phone, n),
      member_candidates(asked.keys::int[], asked.expected::float8[], ${population.people}::float8,
        asked.hashes::bytea[], asked.phone, ${LOOKED_AT}) as found
      join member m on m.id = found.member_id`.execute(tx);
  const hits = people.map((): MatchHit[] => []);
  for (const { n, ...member } of rows) {
    const sought = people[n - 1];
    if (!sought) continue;
    const nik = member.nik === null ? null : deps.vault.openText(library, 'nik', member.nik);
    const other = comparableOf(member, member.nik_slots, nik);
    const match = compareNear(sought.person, other, population, costs);
    if (match !== undefined) hits[n - 1]?.push({ member, match });
  }
  for (const each of hits) each.sort((one, other) => other.match.score - one.match.score);
  return hits;
}
