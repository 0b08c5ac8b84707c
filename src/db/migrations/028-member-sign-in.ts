import { eachLibrary } from './each-library.ts';
import type { Migration } from './migration.ts';
import { tenantTables } from './tenant-tables.ts';

/**
 * Members sign in to other services (OpenID Connect, decision 035): the library's keys, what the provider keeps, who lets
 * which service know what, and passkeys of members. Services are rows of `client`. Off until a library switches it on.
 */
export const memberSignIn: Migration = {
  id: 28,
  name: 'member-sign-in',
  up: `alter table client drop constraint client_kind_check;
alter table client add constraint client_kind_check check (kind in ('sip2', 'api', 'oidc'));
alter table one_time_code drop constraint one_time_code_purpose_check;
alter table one_time_code add constraint one_time_code_purpose_check
  check (purpose in ('lost_link', 'own_page', 'sign_in'));
${tenantTables(`create table oidc_key (
  library_id int not null,
  -- JWK thumbprint (RFC 7638).
  kid text not null,
  algorithm text not null check (algorithm in ('ES256', 'RS256')),
  state text not null check (state in ('active', 'retired')),
  -- The private JWK.
  sealed_key bytea not null,
  made_at timestamptz not null,
  retired_at timestamptz,
  primary key (library_id, kid)
);
create unique index oidc_key_active on oidc_key (library_id, algorithm) where state = 'active';
create table oidc_record (
  library_id int not null,
  model text not null,
  -- Keyed hash of the id, which for tokens, codes and sessions is the secret itself.
  id_hash bytea not null,
  content bytea not null,
  uid_hash bytea,
  grant_hash bytea,
  member_id uuid,
  client_id uuid,
  ends_at timestamptz not null,
  -- When a code or refresh token was used: once.
  consumed_at timestamptz,
  primary key (library_id, model, id_hash)
);
create index oidc_record_uid on oidc_record (library_id, uid_hash) where uid_hash is not null;
create index oidc_record_grant on oidc_record (library_id, grant_hash) where grant_hash is not null;
create index oidc_record_member on oidc_record (library_id, member_id) where member_id is not null;
create index oidc_record_over on oidc_record (library_id, ends_at);
create table service_consent (
  library_id int not null,
  id uuid not null,
  member_id uuid not null,
  client_id uuid not null,
  scopes text[] not null,
  given_at timestamptz not null,
  last_used_at timestamptz,
  ended_at timestamptz,
  primary key (library_id, id)
);
create unique index service_consent_standing on service_consent (library_id, member_id, client_id)
  where ended_at is null;
create table member_passkey (
  library_id int not null,
  -- Of the credential, as the authenticator named it.
  id bytea not null,
  member_id uuid not null,
  label text not null,
  -- COSE, as the authenticator gave it.
  public_key bytea not null,
  counter bigint not null,
  transports text[] not null,
  -- Host name it was made for: it opens nothing anywhere else.
  rp_id text not null,
  synced boolean not null,
  created_at timestamptz not null,
  last_used_at timestamptz,
  primary key (library_id, id)
);
create index member_passkey_member on member_passkey (library_id, member_id);`)}
-- Libraries of before get the switch, off.
${eachLibrary(`insert into setting (library_id, name, value, updated_at) values
      (one, 'memberSignIn', '{"enabled": false}', now()) on conflict do nothing`)}`,
};
