import type { Migration } from './migration.ts';

/**
 * The only queries that look at rows outside row-level security's own condition: trigram search, which names
 * `app_library()` itself and returns ids only, and the libraries that have mail to send. Each is attacked by the tenancy property test.
 */
export const search: Migration = {
  id: 2,
  name: 'search',
  up: `
-- Loads pg_trgm into this session: only then may an owner who is no superuser name its setting below.
select show_limit();

create function member_candidates(p_name_key text, p_birth date, p_phone text, p_hashes bytea[], p_limit int)
  returns table (member_id uuid)
  language sql stable security definer
  set search_path = public, pg_temp
  set pg_trgm.similarity_threshold = 0.55
  as $$
    with found as (
      (select id, 9.0 as closeness from member
        where library_id = app_library() and document_hash = any (p_hashes) limit 20)
      union all
      (select id, 9.0 from member where library_id = app_library() and nik_hash = any (p_hashes) limit 20)
      union all
      (select id, 2.0 + similarity(name_key, p_name_key) from member
        where library_id = app_library() and phone = p_phone limit 20)
      union all
      (select id, 3.0 + similarity(name_key, p_name_key) from member
        where library_id = app_library() and birth_date = p_birth and similarity(name_key, p_name_key) > 0.3
        order by similarity(name_key, p_name_key) desc limit 20)
      union all
      (select id, similarity(name_key, p_name_key) from member
        where library_id = app_library() and name_key % p_name_key
        order by similarity(name_key, p_name_key) desc limit 20)
      union all
      (select id, 2.5 from member
        where library_id = app_library() and former_name_keys @> array[p_name_key] and former_name_keys <> '{}' limit 5)
    )
    select id from found group by id order by max(closeness) desc limit p_limit
  $$;

-- What an officer types: part of a name, of a number, a phone number. p_pattern is already escaped for LIKE.
create function member_search(p_name_pattern text, p_number_pattern text, p_phone text, p_birth date, p_limit int)
  returns table (member_id uuid)
  language sql stable security definer
  set search_path = public, pg_temp
  as $$
    (select id from member where library_id = app_library() and p_number_pattern is not null
      and number like p_number_pattern order by number limit p_limit)
    union
    (select id from member where library_id = app_library() and p_phone is not null and phone = p_phone limit p_limit)
    union
    (select id from member where library_id = app_library() and p_birth is not null and birth_date = p_birth
      order by name_key limit p_limit)
    union
    (select id from member where library_id = app_library() and p_name_pattern is not null
      and name_key like p_name_pattern limit p_limit)
    union
    -- Few members have changed their name: the partial index member_renamed holds them all.
    (select id from member where library_id = app_library() and p_name_pattern is not null
      and former_name_keys <> '{}'
      and exists (select from unnest(former_name_keys) as former where former like p_name_pattern) limit p_limit)
  $$;

-- For the job that sends messages: which libraries have any due. Their numbers, which are public, and nothing else.
create function libraries_with_mail(p_at timestamptz)
  returns table (library_id int)
  language sql stable security definer
  set search_path = public, pg_temp
  as $$ select distinct library_id from outbox where next_attempt_at <= p_at $$;

grant create on schema public to daftar_search;
grant daftar_search to current_user;
alter function member_candidates(text, date, text, bytea[], int) owner to daftar_search;
alter function member_search(text, text, text, date, int) owner to daftar_search;
alter function libraries_with_mail(timestamptz) owner to daftar_search;
revoke create on schema public from daftar_search;
revoke all on function member_candidates(text, date, text, bytea[], int) from public;
revoke all on function member_search(text, text, text, date, int) from public;
revoke all on function libraries_with_mail(timestamptz) from public;
grant execute on function member_candidates(text, date, text, bytea[], int) to daftar_app;
grant execute on function member_search(text, text, text, date, int) to daftar_app;
grant execute on function libraries_with_mail(timestamptz) to daftar_app;
grant execute on function app_library() to daftar_search;
`,
};
