import type { Migration } from './migration.ts';
import { tenantTables } from './tenant-tables.ts';

/**
 * What went to which lending system when: ids and versions only, never a value. A member whose version went already is
 * not sent again where only changes are asked for.
 */
export const exporting: Migration = {
  id: 6,
  name: 'export',
  up: `${tenantTables(`create table export (
  library_id int not null,
  id uuid not null,
  target text not null check (target in ('inlislite-3.2', 'inlislite-3.3', 'slims', 'koha', 'koha-rest')),
  changed_only boolean not null,
  -- A file counts as gone once it was written to its end; withdrawn is one that was never used.
  state text not null check (state in ('running', 'done', 'failed', 'withdrawn')),
  failure text,
  identity_numbers boolean not null,
  sent int not null default 0,
  misfit int not null default 0,
  started_at timestamptz not null,
  finished_at timestamptz,
  started_by uuid,
  primary key (library_id, id)
);
create index export_started on export (library_id, started_at);

create table export_row (
  library_id int not null,
  target text not null,
  member_id uuid not null,
  export_id uuid not null,
  version int not null,
  sent boolean not null,
  -- Why it did not go, or what to look at there; codes only.
  reasons text[] not null default '{}',
  primary key (library_id, target, member_id, export_id)
);
create index export_row_told on export_row (library_id, export_id, member_id) where reasons <> '{}';`)}

-- Members whose old number was their NIK: the lending system knows them by it.
create index import_row_nik on import_row (library_id, member_id) where 'number_is_nik' = any (reasons);

-- Libraries of before get the new row of their settings; the policies want one library at a time.
do $$
declare
  one int;
begin
  for one in select id from library loop
    perform set_config('app.library_id', one::text, true);
    insert into setting (library_id, name, value, updated_at) values
      (one, 'lendingSystem', '{"identityNumbers": false, "fillerReady": false, "kohaBranch": "", "kohaCategories": []}', now())
      on conflict do nothing;
  end loop;
  perform set_config('app.library_id', '', true);
end
$$;`,
};
