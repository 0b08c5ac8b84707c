import { eachLibrary } from './each-library.ts';
import type { Migration } from './migration.ts';
import { tenantTables } from './tenant-tables.ts';

/**
 * Codes also by text message, off until a library switches it on: how somebody asked to be sent a code, on which line a
 * message leaves, and what has left within the day, by which what it costs is limited.
 */
export const sms: Migration = {
  id: 39,
  name: 'sms',
  up: `alter table one_time_code add column way text not null default 'email' check (way in ('email', 'sms'));
-- Null until it is known, and where nothing but e-mail can leave.
alter table outbox add column way text check (way in ('email', 'sms'));
${tenantTables(`create table sms_sent (
  library_id int not null,
  id uuid not null,
  -- Keyed: enough to count what one number was sent.
  number_hash bytea not null,
  -- Asked for by a member number alone, at the door of other services, which may use up a part of the limits only.
  at_door boolean not null,
  at timestamptz not null,
  primary key (library_id, id)
);
create index sms_sent_day on sms_sent (library_id, at, number_hash);`)}
${eachLibrary(`insert into setting (library_id, name, value, updated_at) values
      (one, 'sms', '{"enabled": false, "gateway": "", "most": 200, "numberHour": 3, "numberDay": 6}', now())
      on conflict do nothing`)}`,
};
