import { sql } from 'kysely';
import type { Tx } from './connection.ts';

export interface PopulationCounts {
  /** Members on file, ended ones too: they may come again. */
  readonly people: number;
  /** How many were looked at; the counts below are of these. */
  readonly looked: number;
  /** How many have each word of a name, by `nameTokens`; words of one person only are left out. */
  readonly words: ReadonlyMap<string, number>;
  /** How many live in each village. */
  readonly villages: ReadonlyMap<string, number>;
  /** How many were born in each place, as written in small letters. */
  readonly birthPlaces: ReadonlyMap<string, number>;
}

/** Enough to know what is common; more would only take longer. */
const LOOKED_AT = 50_000;

/** What the members of the library are like; of a large library a sample of its pages. */
export async function countPopulation(tx: Tx): Promise<PopulationCounts> {
  const { rows } = await sql<{ people: number }>`select count(*)::int as people from member`.execute(tx);
  const people = rows[0]?.people ?? 0;
  // A little more than needed: the pages drawn hold other libraries' members as well.
  const percent = people <= LOOKED_AT ? 100 : Math.min(100, (120 * LOOKED_AT) / people);
  const counted = await sql<{ kind: 'word' | 'village' | 'place' | 'looked'; what: string; count: number }>`
    with looked as materialized (
      select name_key, case when present_same then address_village else present_village end as village,
        lower(birth_place) as place
      from member tablesample system (${sql.lit(percent)})
    )
    select 'looked' as kind, '' as what, count(*)::int as count from looked
    union all
    (select 'word', word, count(*)::int from looked, unnest(string_to_array(name_key, ' ')) as word
      group by word having count(*) > 1 order by 3 desc limit 5000)
    union all
    (select 'village', village, count(*)::int from looked where village is not null
      group by village order by 3 desc limit 2000)
    union all
    (select 'place', place, count(*)::int from looked where place is not null
      group by place order by 3 desc limit 2000)`.execute(tx);
  const of = (kind: 'word' | 'village' | 'place') =>
    new Map(counted.rows.filter((row) => row.kind === kind).map((row) => [row.what, row.count]));
  return {
    people,
    looked: counted.rows.find((row) => row.kind === 'looked')?.count ?? 0,
    words: of('word'),
    villages: of('village'),
    birthPlaces: of('place'),
  };
}
