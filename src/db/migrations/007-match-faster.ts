import type { Migration } from './migration.ts';

/**
 * The cross-check asks less of the database: who shares a key comes first by how few really have it, a search
 * says who stands for whom it finds, and open cases have an index of birth dates. Keys and NIK slots are made otherwise
 * (`usecases/match-columns.ts`), so those of before go: `usecases/fill-match-keys.ts` makes them anew before a start serves.
 */
export const matchFaster: Migration = {
  id: 7,
  name: 'match-faster',
  up: `
-- With their indexes; rows are written anew when they are filled.
alter table member drop column match_keys, drop column nik_slots;
alter table member add column match_keys int[], add column nik_slots bytea;
create index member_match on member using gin (match_keys) with (fastupdate = off);
create index member_unkeyed on member (library_id) where match_keys is null;

-- Born on one day are thousands of cases in ten years, and a handful of open ones.
drop index application_birth;
create index application_birth on application (library_id, birth_date)
  where state in ('waiting_guardian', 'submitted', 'in_review', 'needs_correction');

drop function member_candidates(int[], int[], bytea[], text, int);
drop function member_search(int[], text[], boolean, text, text, date, int);

-- Ids of members who may be a person, those first who share the keys that the fewest have. p_expected says how many were
-- thought to have each key, p_people how many are on file. The library has a part in each key.
create function member_candidates(p_keys int[], p_expected float8[], p_people float8, p_hashes bytea[], p_phone text,
    p_limit int)
  returns table (member_id uuid)
  language plpgsql stable security definer rows 40
  set search_path = public, pg_temp
  -- A plan made while a library is small must not read the whole of a large one.
  set enable_seqscan = off
  as $$
  begin
    return query
      -- "is not null": an array not known yet might be empty, and then would not fit a partial index.
      with found as (
        (select id, 1000::float8 as weight from member
          where library_id = app_library() and document_hash = any (p_hashes) and document_hash is not null limit 20)
        union all
        (select id, 1000 from member
          where library_id = app_library() and nik_hash = any (p_hashes) and nik_hash is not null limit 20)
        union all
        (select id, 14 from member where library_id = app_library() and phone = p_phone limit 40)
        union all
        -- A key that too many share is cut short, whatever was expected of it; the others still find their people.
        (select hit.id, ln(greatest(p_people, 1000) /
            case when hit.shared < 150 then hit.shared else greatest(keyed.expected, 150) end)
          from unnest(p_keys, p_expected) as keyed (key, expected),
            lateral (select those.id, those.library_id, count(*) over () as shared
              from (select m.id, m.library_id from member m where m.match_keys @> array[keyed.key] limit 150) as those) as hit
          where hit.library_id = app_library())
      )
      -- Keys of one word tell of each other: the rarest counts in full, the others in part.
      select id from found group by id order by 0.7 * max(weight) + 0.3 * sum(weight) desc, id limit p_limit;
  end $$;

-- What an officer types: those who stand for whom it finds, the same one more than once now and then. p_words are patterns
-- for LIKE, already escaped, each for a word's beginning; p_walk says that so many have them that the newest members are
-- looked through first.
create function member_search(p_keys int[], p_words text[], p_walk boolean, p_number text, p_phone text, p_birth date,
    p_limit int)
  returns table (member_id uuid)
  language plpgsql stable security definer rows 100
  set search_path = public, pg_temp
  set enable_seqscan = off
  -- The newest first is the order of the key: nothing is sorted.
  set enable_sort = off
  as $$
  declare
    found_so_far int := 0;
  begin
    if p_number is not null then
      return query select coalesce(merged_into, id) from member where library_id = app_library()
        and number like p_number || '%' order by number limit p_limit;
      return query select coalesce(merged_into, id) from member where library_id = app_library()
        and reverse(number) like reverse(p_number) || '%' limit p_limit;
    end if;
    if p_phone is not null then
      return query select coalesce(merged_into, id) from member
        where library_id = app_library() and phone = p_phone limit p_limit;
    end if;
    if p_birth is not null then
      return query select coalesce(merged_into, id) from member
        where library_id = app_library() and birth_date = p_birth limit p_limit;
    end if;
    if p_words is null then
      return;
    end if;
    if p_walk then
      return query select coalesce(newest.merged_into, newest.id) from (
          select id, merged_into, name_key, former_name_keys from member where library_id = app_library()
          order by id desc limit 20000) as newest
        where ' ' || name_key || ' ' || array_to_string(former_name_keys, ' ') like all (p_words) limit p_limit;
      get diagnostics found_so_far = row_count;
    end if;
    if found_so_far < p_limit and cardinality(p_keys) > 0 then
      -- The keys alone decide which index is read: the library has a part in each.
      return query select coalesce(keyed.merged_into, keyed.id)
        from (select id, merged_into, library_id, name_key, former_name_keys from member where match_keys @> p_keys
          offset 0) as keyed
        where keyed.library_id = app_library()
          and ' ' || name_key || ' ' || array_to_string(former_name_keys, ' ') like all (p_words) limit p_limit;
    end if;
  end $$;

grant create on schema public to daftar_search;
alter function member_candidates(int[], float8[], float8, bytea[], text, int) owner to daftar_search;
alter function member_search(int[], text[], boolean, text, text, date, int) owner to daftar_search;
revoke create on schema public from daftar_search;
revoke all on function member_candidates(int[], float8[], float8, bytea[], text, int) from public;
revoke all on function member_search(int[], text[], boolean, text, text, date, int) from public;
grant execute on function member_candidates(int[], float8[], float8, bytea[], text, int) to daftar_app;
grant execute on function member_search(int[], text[], boolean, text, text, date, int) to daftar_app;
`,
};
