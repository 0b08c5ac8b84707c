import type { Migration } from './migration.ts';
import { tenantTables } from './tenant-tables.ts';

/** Codes that are sent to a person's own e-mail address, and the mails that carry them. */
export const oneTimeCodes: Migration = {
  id: 22,
  name: 'one-time-code',
  up: `${tenantTables(`create table one_time_code (
  library_id int not null,
  id uuid not null,
  -- Keyed hash of what the page carries: a code without its page is worth nothing.
  ticket_hash bytea not null,
  purpose text not null check (purpose in ('lost_link', 'own_page')),
  -- Whose; both null where nobody was found, and the row is only there so that the answer is the same.
  member_id uuid,
  application_id uuid,
  -- The code is a keyed hash of it: neither the code nor anything it could be tried against stands here.
  seed bytea not null,
  language text not null,
  tries int not null default 0,
  made_at timestamptz not null,
  ends_at timestamptz not null,
  used_at timestamptz,
  primary key (library_id, id)
);
create unique index one_time_code_ticket on one_time_code (library_id, ticket_hash);
create index one_time_code_member on one_time_code (library_id, member_id, made_at);
create index one_time_code_case on one_time_code (library_id, application_id, made_at);
create index one_time_code_over on one_time_code (library_id, ends_at);`)}
alter table outbox add column one_time_code_id uuid;`,
};
