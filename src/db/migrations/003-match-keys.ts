import type { Migration } from './migration.ts';

/**
 * Members are found by the keys of `domain/matching`: one index whatever the name, the rarest keys first, so that ten
 * million members take no longer than the few who resemble the one who comes. Members of before have none until
 * `usecases/fill-match-keys.ts` has made them, which a start does before it serves.
 */
export const matchKeys: Migration = {
  id: 3,
  name: 'match-keys',
  up: `
alter table member add column match_keys int[], add column nik_slots bytea;
-- Without its list of pending entries: whoever comes next would have to read it through.
create index member_match on member using gin (match_keys) with (fastupdate = off);
create index member_unkeyed on member (library_id) where match_keys is null;
create index member_number_begin on member (library_id, number text_pattern_ops);
create index member_number_end on member (library_id, reverse(number) text_pattern_ops);
drop index member_name;
drop index member_renamed;
drop index member_former_names;

drop function member_candidates(text, date, text, bytea[], int);
drop function member_search(text, text, text, date, int);

-- Ids of members who may be a person, those first who share the rarest keys. The library has a part in each key.
create function member_candidates(p_keys int[], p_weights int[], p_hashes bytea[], p_phone text, p_limit int)
  returns table (member_id uuid)
  language plpgsql stable security definer
  set search_path = public, pg_temp
  -- A plan made while a library is small must not read the whole of a large one.
  set enable_seqscan = off
  as $$
  begin
    return query
      with found as (
        (select id, 1000 as weight from member
          where library_id = app_library() and document_hash = any (p_hashes) limit 20)
        union all
        (select id, 1000 from member where library_id = app_library() and nik_hash = any (p_hashes) limit 20)
        union all
        (select id, 20 from member where library_id = app_library() and phone = p_phone limit 40)
        union all
        (select m.id, (select sum(weight)::int from unnest(p_keys, p_weights) as asked (key, weight)
            where key = any (m.match_keys))
          from member m where m.match_keys && p_keys and m.library_id = app_library() limit 1000)
      )
      select id from found group by id order by sum(weight) desc, id limit p_limit;
  end $$;

-- What an officer types. p_words are patterns for LIKE, already escaped, each for a word's beginning; p_walk says that
-- so many have them that the newest members are looked through first.
create function member_search(p_keys int[], p_words text[], p_walk boolean, p_number text, p_phone text, p_birth date,
    p_limit int)
  returns table (member_id uuid)
  language plpgsql stable security definer
  set search_path = public, pg_temp
  set enable_seqscan = off
  as $$
  declare
    found_so_far int := 0;
  begin
    if p_number is not null then
      return query select id from member where library_id = app_library()
        and number like p_number || '%' order by number limit p_limit;
      return query select id from member where library_id = app_library()
        and reverse(number) like reverse(p_number) || '%' limit p_limit;
    end if;
    if p_phone is not null then
      return query select id from member where library_id = app_library() and phone = p_phone limit p_limit;
    end if;
    if p_birth is not null then
      return query select id from member where library_id = app_library() and birth_date = p_birth limit p_limit;
    end if;
    if p_words is null then
      return;
    end if;
    if p_walk then
      return query select newest.id from (
          select id, name_key, former_name_keys from member where library_id = app_library() order by id desc
          limit 20000) as newest
        where ' ' || name_key || ' ' || array_to_string(former_name_keys, ' ') like all (p_words) limit p_limit;
      get diagnostics found_so_far = row_count;
    end if;
    if found_so_far < p_limit and cardinality(p_keys) > 0 then
      return query select id from member where match_keys @> p_keys and library_id = app_library()
        and ' ' || name_key || ' ' || array_to_string(former_name_keys, ' ') like all (p_words) limit p_limit;
    end if;
  end $$;

grant create on schema public to daftar_search;
alter function member_candidates(int[], int[], bytea[], text, int) owner to daftar_search;
alter function member_search(int[], text[], boolean, text, text, date, int) owner to daftar_search;
revoke create on schema public from daftar_search;
revoke all on function member_candidates(int[], int[], bytea[], text, int) from public;
revoke all on function member_search(int[], text[], boolean, text, text, date, int) from public;
grant execute on function member_candidates(int[], int[], bytea[], text, int) to daftar_app;
grant execute on function member_search(int[], text[], boolean, text, text, date, int) to daftar_app;
`,
};
