import type { Migration } from './migration.ts';
import { tenantTables } from './tenant-tables.ts';

/** What goes to a lending system by itself: to Koha's server, or as a file that the other system fetches. */
export const feeding: Migration = {
  id: 9,
  name: 'feed',
  up: `${tenantTables(`create table feed (
  library_id int not null,
  target text not null check (target in ('inlislite-3.2', 'inlislite-3.3', 'slims', 'koha', 'koha-rest')),
  -- Koha is spoken to: where, as whom, how often. The secret is sealed.
  url text,
  access text check (access in ('basic', 'oauth')),
  account text,
  secret bytea,
  every_minutes int check (every_minutes between 5 and 1440),
  active boolean not null default false,
  -- A file is fetched by whoever shows the token of this keyed hash.
  token_hash bytea,
  made_at timestamptz not null,
  made_by uuid not null,
  version int not null default 1,
  -- When it is looked at next; asked: somebody wants it now, the refused included.
  next_at timestamptz,
  asked boolean not null default false,
  looked_at timestamptz,
  failures int not null default 0,
  failure text,
  primary key (library_id, target),
  check (case when target = 'koha-rest'
    then url is not null and access is not null and account is not null and secret is not null
      and every_minutes is not null and next_at is not null and token_hash is null
    else url is null and secret is null and token_hash is not null and not active and not asked end)
);`)}

-- Which exports went by themselves, and which are under way.
alter table export add column feed boolean not null default false;
create index export_running on export (library_id, started_at) where state = 'running';
create index export_feed on export (library_id, target, started_at) where feed;

-- For the job: which libraries have a feed to look at. Their numbers, which are public, and nothing else.
create policy due on feed for select to daftar_search using (true);
grant select (library_id, active, asked, next_at) on feed to daftar_search;
create function libraries_with_feed(p_at timestamptz)
  returns table (library_id int)
  language sql stable security definer
  set search_path = public, pg_temp
  as $$ select library_id from feed where asked or (active and next_at <= p_at) $$;
grant create on schema public to daftar_search;
alter function libraries_with_feed(timestamptz) owner to daftar_search;
revoke create on schema public from daftar_search;
revoke all on function libraries_with_feed(timestamptz) from public;
grant execute on function libraries_with_feed(timestamptz) to daftar_app;
`,
};
