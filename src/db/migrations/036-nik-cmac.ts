import type { Migration } from './migration.ts';

/**
 * Keys and slots of a NIK are codes of AES-CMAC now (`db/block-cmac.ts`), so those of before go. Of members and of lists that are
 * being read a start makes them anew before it serves (`usecases/fill-match-keys.ts`, `fill-import-keys.ts`), of rows that
 * wait to be taken over whoever needs them.
 */
export const nikCmac: Migration = {
  id: 36,
  name: 'nik-cmac',
  up: `
-- With their indexes; rows are written anew when they are filled.
alter table member drop column match_keys, drop column nik_slots;
alter table member add column match_keys int[], add column nik_slots bytea;
create index member_match on member using gin (match_keys) with (fastupdate = off);
create index member_unkeyed on member (library_id) where match_keys is null;
alter table import_row drop column match_keys, drop column nik_slots;
alter table import_row add column match_keys int[], add column nik_slots bytea;
`,
};
