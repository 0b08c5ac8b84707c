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
`,
};
