import { eachLibrary } from './each-library.ts';
import type { Migration } from './migration.ts';
import { tenantTables } from './tenant-tables.ts';

/**
 * Connections to the databases of INLISLite and SLiMS beside Koha's server, and what is known of each member there: by
 * digests, so that a change made there is noticed and nobody's values are kept twice.
 */
export const lending: Migration = {
  id: 30,
  name: 'lending',
  up: `${tenantTables(`create table lending_link (
  library_id int not null,
  target text not null check (target in ('koha-rest', 'inlislite-db', 'slims-db')),
  member_id uuid not null,
  -- Sealed: the key of the row there, which in SLiMS is the member number. Null: not there yet.
  foreign_id bytea,
  state text not null check (state in ('waiting', 'done', 'refused', 'later', 'conflict')),
  reasons text[] not null default '{}',
  -- Digests by field: left, intended, apart, agreed.
  memory jsonb not null,
  -- Sealed: the fields that differ, as they stand on both sides, until a person has decided.
  differences bytea,
  tries int not null default 0,
  -- Sent although nothing about the member has changed: after a decision, an erasure, a row that was busy.
  again_at timestamptz,
  changed_at timestamptz not null,
  -- Counts judgements and decisions: of two officers who decide at once the second is told.
  seq int not null default 1,
  primary key (library_id, target, member_id),
  check ((state = 'conflict') = (differences is not null))
);
create index lending_link_waits on lending_link (library_id, target, state, member_id) where state <> 'done';
create index lending_link_again on lending_link (library_id, target, again_at) where again_at is not null;`)}

alter table export drop constraint export_target_check;
alter table export add constraint export_target_check check (target in
  ('inlislite-3.2', 'inlislite-3.3', 'slims', 'koha', 'koha-rest', 'inlislite-db', 'slims-db'));

alter table feed drop constraint feed_target_check;
alter table feed drop constraint feed_check;
alter table feed
  -- May the address be inside the network; an address of before was typed when any was taken.
  add column inside boolean not null default false,
  -- At the first meeting with a row that was there before: ask, or ours.
  add column first_meeting text not null default 'ask' check (first_meeting in ('ask', 'ours')),
  -- Such as the GRANT that is missing.
  add column failure_note text,
  add column failing_since timestamptz,
  add column succeeded_at timestamptz;
-- What went to Koha before was ours throughout.
${eachLibrary("update feed set inside = true, first_meeting = 'ours' where target = 'koha-rest'")}
alter table feed add constraint feed_target_check check (target in
  ('inlislite-3.2', 'inlislite-3.3', 'slims', 'koha', 'koha-rest', 'inlislite-db', 'slims-db'));
alter table feed add constraint feed_check check (case when target in ('koha-rest', 'inlislite-db', 'slims-db')
  then url is not null and (access is not null) = (target = 'koha-rest') and account is not null and secret is not null
    and every_minutes is not null and next_at is not null and token_hash is null
  else url is null and secret is null and token_hash is not null and not active and not asked end);

-- For the job: which connection of which library has work. Public words and numbers, and nothing else.
grant select (target) on feed to daftar_search;
create function feeds_due(p_at timestamptz)
  returns table (library_id int, target text)
  language sql stable security definer
  set search_path = public, pg_temp
  as $$ select library_id, target from feed where asked or (active and next_at <= p_at) $$;
grant create on schema public to daftar_search;
alter function feeds_due(timestamptz) owner to daftar_search;
revoke create on schema public from daftar_search;
revoke all on function feeds_due(timestamptz) from public;
grant execute on function feeds_due(timestamptz) to daftar_app;
drop function libraries_with_feed(timestamptz);
`,
};
