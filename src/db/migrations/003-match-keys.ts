import type { Migration } from './migration.ts';

/**
 * Members are found by the keys of `domain/matching/block-keys.ts`: one index whatever the name, the rarest keys first,
 * so that ten million members take no longer than the few who resemble the one who comes. Members of before have none
 * until `usecases/fill-match-keys.ts` has made them, which a start does before it serves.
 */
export const matchKeys: Migration = {
  id: 3,
  name: 'match-keys',
  up: `
alter table member add column match_keys int[], add column nik_slots bytea;
-- Without its list of pending entries: whoever comes next would have to read it through.
create index member_match on member using gin (match_keys) with (fastupdate = off);
create index member_unkeyed on member (library_id) where match_keys is null;

drop function member_candidates(text, date, text, bytea[], int);
-- Ids of members who may be a person, those first who share most. The library has a part in each key.
create function member_candidates(p_keys int[], p_hashes bytea[], p_phone text, p_limit int)
  returns table (member_id uuid)
  language plpgsql stable security definer
  set search_path = public, pg_temp
  -- A plan made while a library is small must not read the whole of a large one.
  set enable_seqscan = off
  as $$
  begin
    return query
      with found as (
        (select id, 100 as shared from member
          where library_id = app_library() and document_hash = any (p_hashes) limit 20)
        union all
        (select id, 100 from member where library_id = app_library() and nik_hash = any (p_hashes) limit 20)
        union all
        (select id, 5 from member where library_id = app_library() and phone = p_phone limit 40)
        union all
        (select m.id, (select count(*)::int from unnest(m.match_keys) as key where key = any (p_keys))
          from member m where m.match_keys && p_keys and m.library_id = app_library() limit 2000)
      )
      select id from found group by id order by sum(shared) desc, id limit p_limit;
  end $$;
grant create on schema public to daftar_search;
alter function member_candidates(int[], bytea[], text, int) owner to daftar_search;
revoke create on schema public from daftar_search;
revoke all on function member_candidates(int[], bytea[], text, int) from public;
grant execute on function member_candidates(int[], bytea[], text, int) to daftar_app;
`,
};
