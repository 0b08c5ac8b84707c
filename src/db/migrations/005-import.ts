import type { Migration } from './migration.ts';
import { tenantTables } from './tenant-tables.ts';

/** Members of other systems on their way in: what was read waits here until it is taken over (docs/decisions/014). */
export const importing: Migration = {
  id: 5,
  name: 'import',
  up: tenantTables(
    `create table import (
  library_id int not null,
  id uuid not null,
  format text not null,
  file_name text not null,
  source_hash bytea not null,
  file_facts jsonb not null,
  mapping jsonb not null,
  state text not null check (state in ('uploading', 'mapping', 'reading', 'comparing', 'checked', 'applying', 'done',
    'failed', 'discarded')),
  paused boolean not null default false,
  failure text,
  size bigint not null,
  progress bigint not null default 0,
  last_row int not null default 0,
  counts jsonb not null default '{}',
  phase_began_at timestamptz,
  phase_began_with bigint not null default 0,
  beat_at timestamptz,
  created_at timestamptz not null,
  created_by uuid,
  applied_by uuid,
  finished_at timestamptz,
  primary key (library_id, id)
);
create index import_created on import (library_id, created_at);

-- The file as it was sent, in sealed pieces; gone once it has been read.
create table import_chunk (
  library_id int not null,
  import_id uuid not null,
  n int not null,
  bytes bytea not null,
  primary key (library_id, import_id, n)
);

-- One row of the source. Content is sealed; candidates are ids, scores and codes.
create table import_row (
  library_id int not null,
  import_id uuid not null,
  n int not null,
  content bytea,
  row_hash bytea not null,
  number_hash bytea,
  outcome text not null check (outcome in ('new', 'same', 'look', 'refused')),
  reasons text[] not null,
  candidates jsonb not null default '[]',
  keys int[],
  decision text check (decision in ('same', 'different')),
  decided_at timestamptz,
  decided_by uuid,
  member_id uuid,
  applied_at timestamptz,
  photo_done boolean not null default false,
  primary key (library_id, import_id, n)
);
create index import_row_known on import_row (library_id, row_hash);
create index import_row_number on import_row (library_id, number_hash) where number_hash is not null;
create index import_row_outcome on import_row (library_id, import_id, outcome, n);
create index import_row_waiting on import_row (library_id, import_id, n) where member_id is null and applied_at is null;`,
  ),
};
