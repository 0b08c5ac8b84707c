import type { Migration } from './migration.ts';

/**
 * What finds members is written many at a time while an import makes them (docs/decisions/030), and the statistics that an
 * import has made of its tables cost a quarter.
 */
export const importKeys: Migration = {
  id: 24,
  name: 'import-keys',
  up: `
-- An import's members come by the thousand: their keys are gathered up to a megabyte, then put into the index in its order,
-- many that stand together at once. Whoever searches meanwhile looks through what is gathered too, some milliseconds at
-- most; therefore only then. The setting needs the index for itself for a moment: where somebody holds it for long, such as
-- a backup, everything stays as it is, for nobody else may be made to wait behind.
create function gather_member_keys(p_gather boolean) returns boolean language plpgsql security definer
  set search_path = public, pg_temp
  set lock_timeout = '100ms'
  as $$
  declare
    gathers boolean := exists (select from pg_class where oid = 'member_match'::regclass
      and 'fastupdate=on' = any (reloptions));
  begin
    begin
      if p_gather and not gathers then
        alter index member_match set (fastupdate = on, gin_pending_list_limit = 1024);
        gathers := true;
      elsif gathers and not p_gather then
        alter index member_match set (fastupdate = off);
        gathers := false;
      end if;
    exception when lock_not_available then
      null;
    end;
    if not p_gather then
      perform gin_clean_pending_list('member_match');
    end if;
    return gathers;
  end $$;
revoke all on function gather_member_keys(boolean) from public;
grant execute on function gather_member_keys(boolean) to daftar_app;

-- As before, looking at a quarter of the rows: it only has to know that the tables are not empty any more.
create or replace function refresh_import_statistics() returns void language plpgsql security definer
  set search_path = public, pg_temp
  set default_statistics_target = 25
  as $$
  begin
    -- Columns by which rows are found; looking through lists of keys would take most of the time.
    analyze import_row (library_id, import_id, n, row_hash, number_hash, outcome, decision, member_id, applied_at);
    analyze member (library_id, id, number, document_hash, nik_hash, kk_hash, phone, birth_date, state);
    analyze member_event (library_id, id, member_id);
    analyze member_span (library_id, member_id, n);
  end $$;
`,
};
