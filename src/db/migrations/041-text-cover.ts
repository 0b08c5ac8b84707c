import type { Migration } from './migration.ts';
import { tenantTables } from './tenant-tables.ts';

/** How far the texts of before the rule on identity numbers were looked through, and what was covered in them (`cover-texts.ts`). */
export const textCover: Migration = {
  id: 41,
  name: 'text-cover',
  up: tenantTables(
    `create table text_cover (
  library_id int not null,
  -- IDENTITY_RULE of domain/identity-in-text: a higher one looks through everything again.
  rule int not null,
  started_at timestamptz not null,
  -- The table that is looked through, and the last key that was; null before its first row.
  at_table text not null,
  position text,
  looked bigint not null default 0,
  -- {"member.address_line": 3}
  counts jsonb not null default '{}',
  -- Rows that could not be changed, such as one whose person key is of a data key that is not here.
  unchanged int not null default 0,
  -- The first of them, for whoever tries again: [{"table": "member", "key": "...", "error": "UnknownKeyError"}]
  left_rows jsonb not null default '[]',
  ended_at timestamptz,
  primary key (library_id, rule)
);`,
    { text_cover: 'select, insert, update' },
  ),
};
