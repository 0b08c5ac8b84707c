import type { Migration } from './migration.ts';

/**
 * What is held comes back to the office's list on a day, and is held until somebody decides anew. Of before a request
 * could be held without one, which meant until the archive's schedule ends, and never came back: those come a year after
 * they were answered, and none sooner than 90 days after the upgrade: a day long past would tell people that nothing is held.
 */
export const holdDay: Migration = {
  id: 42,
  name: 'hold-day',
  up: `
alter table rights_request no force row level security;
update rights_request set version = version + 1,
    held_until = greatest((coalesce(decided_at, received_at) + interval '1 year')::date, current_date + 90)
  where state = 'held' and held_until is null;
alter table rights_request force row level security;
alter table rights_request add constraint rights_request_hold_day check (state <> 'held' or held_until is not null);
`,
};
