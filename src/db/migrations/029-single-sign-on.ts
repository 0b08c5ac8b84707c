import type { Migration } from './migration.ts';
import { tenantTables } from './tenant-tables.ts';

/**
 * Staff may come in through an OpenID Connect provider of their government. Who an officer is there is kept as keyed
 * hashes only: some governments use an NIP or even a NIK for it.
 */
export const singleSignOn: Migration = {
  id: 29,
  name: 'single-sign-on',
  up: `${tenantTables(`create table sign_on_provider (
  library_id int not null,
  issuer text not null,
  -- As the button says it.
  name text not null,
  client_id text not null,
  client_secret bytea not null,
  scopes text[] not null,
  -- Of the ID token: what an officer is expected by before the first sign-in.
  claim text not null,
  email_domain text,
  -- Values of acr or amr, one of which must come; empty: what the provider asks is one factor.
  second_factor text[] not null,
  -- Officers who are linked do not come in by their own password.
  required boolean not null,
  private_address boolean not null,
  active boolean not null,
  version int not null default 1,
  set_at timestamptz not null,
  set_by uuid not null,
  primary key (library_id, issuer)
);
create unique index sign_on_provider_one on sign_on_provider (library_id);
create table officer_identity (
  library_id int not null,
  officer_id uuid not null,
  issuer text not null,
  -- Either who is expected, or who came: the first sign-in puts the subject in the place of what was expected.
  expected_hash bytea,
  subject_hash bytea,
  set_at timestamptz not null,
  linked_at timestamptz,
  last_used_at timestamptz,
  primary key (library_id, officer_id),
  check ((expected_hash is null) <> (subject_hash is null))
);
create unique index officer_identity_subject on officer_identity (library_id, issuer, subject_hash);
create unique index officer_identity_expected on officer_identity (library_id, issuer, expected_hash);`)}
-- By what a session was opened; null: before this was written down.
alter table session add column way text;
-- Whether the provider had said who it is.
alter table session add column by_provider boolean not null default false;

-- For the door, where nobody has said of which library: their numbers, which are public, and nothing else.
create policy at_door on sign_on_provider for select to daftar_search using (true);
grant select (library_id, active) on sign_on_provider to daftar_search;
create function libraries_with_sign_on()
  returns table (library_id int)
  language sql stable security definer
  set search_path = public, pg_temp
  as $$ select library_id from sign_on_provider where active $$;
grant create on schema public to daftar_search;
alter function libraries_with_sign_on() owner to daftar_search;
revoke create on schema public from daftar_search;
revoke all on function libraries_with_sign_on() from public;
grant execute on function libraries_with_sign_on() to daftar_app;
`,
};
