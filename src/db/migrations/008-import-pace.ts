import type { Migration } from './migration.ts';

/**
 * What finds a member is computed once, when the row is read, and kept until the row is one (docs/decisions/014). A later
 * step that changes how keys are made empties the two columns: they are then made anew.
 * Who is to become a member is found along the outcomes, so that taking over writes one index less.
 */
export const importPace: Migration = {
  id: 8,
  name: 'import-pace',
  up: `
alter table import add column in_service boolean not null default false;
alter table import_row add column match_keys int[], add column nik_slots bytea;
drop index import_row_waiting;

-- What the database knows of tables that an import fills from nothing: planned without it, a statement about five hundred
-- rows would read all that came before. Waiting for the next round of autovacuum would take most of the import.
create function refresh_import_statistics() returns void language plpgsql security definer
  set search_path = public, pg_temp as $$
  begin
    -- Columns by which rows are found; looking through lists of keys would take most of the time.
    analyze import_row (library_id, import_id, n, row_hash, number_hash, outcome, decision, member_id, applied_at);
    analyze member (library_id, id, number, document_hash, nik_hash, kk_hash, phone, birth_date, state);
    analyze member_event (library_id, id, member_id);
    analyze member_span (library_id, member_id, n);
  end $$;
revoke all on function refresh_import_statistics() from public;
grant execute on function refresh_import_statistics() to daftar_app;
`,
};
