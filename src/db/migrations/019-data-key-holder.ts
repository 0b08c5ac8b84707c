import type { Migration } from './migration.ts';

/**
 * One row a running process: which data keys it has, by number and check, never the keys. A new key seals nothing before
 * every process that was seen within a minute has it. Of the whole installation, not of a library. Unlogged: it is of the
 * present, and no part of a backup.
 */
export const dataKeyHolders: Migration = {
  id: 19,
  name: 'data-key-holder',
  up: `
create unlogged table data_key_holder (
  process uuid primary key,
  host text not null,
  pid int not null,
  active int not null,
  keys text[] not null,
  seen_at timestamptz not null default now()
);
grant select, insert, update, delete on data_key_holder to daftar_app;
`,
};
