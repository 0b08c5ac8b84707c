import { sql } from 'kysely';
import type { PopulationCounts } from '../domain/matching/population.ts';
import type { Tx } from './connection.ts';

/** Enough to know what is common; more would only take longer. */
const LOOKED_AT = 50_000;

/** What the members of the library are like; of a large library a sample of its pages. */
export async function countPopulation(tx: Tx): Promise<PopulationCounts> {
  // As the database remembers it, of all libraries: counting millions would take seconds.
  const { rows } = await sql<{ rows: number }>`
    select greatest(reltuples, 0)::float8 as rows from pg_class where oid = 'member'::regclass`.execute(tx);
  const all = rows[0]?.rows ?? 0;
  const percent = all <= 2 * LOOKED_AT ? 100 : (100 * LOOKED_AT) / all;
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
  const looked = counted.rows.find((row) => row.kind === 'looked')?.count ?? 0;
  return {
    people: Math.round((looked * 100) / percent),
    looked,
    words: of('word'),
    villages: of('village'),
    birthPlaces: of('place'),
  };
}
