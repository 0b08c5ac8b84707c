import type { Migration } from './migration.ts';

/**
 * What is held is held until a day, on which it comes back to the office's list. Of before a request could be held without
 * one and never came back: those come a year after they were answered.
 */
export const holdDay: Migration = {
  id: 42,
  name: 'hold-day',
  up: `
alter table rights_request no force row level security;
update rights_request set held_until = (coalesce(decided_at, received_at) + interval '1 year')::date, version = version + 1
  where state = 'held' and held_until is null;
alter table rights_request force row level security;
alter table rights_request add constraint rights_request_hold_day check (state <> 'held' or held_until is not null);
`,
};
