import type { Migration } from './migration.ts';
import { tenantTables } from './tenant-tables.ts';

/** Passkeys, recovery codes, when a session last proved who sits there, and whom a library asks for a second factor. */
export const doors: Migration = {
  id: 16,
  name: 'doors',
  up: `${tenantTables(`create table passkey (
  library_id int not null,
  -- Of the credential, as the authenticator named it.
  id bytea not null,
  officer_id uuid not null,
  -- The officer's own word for it.
  label text not null,
  -- COSE, as the authenticator gave it.
  public_key bytea not null,
  -- What the authenticator counts; most count nothing and say 0.
  counter bigint not null,
  transports text[] not null,
  -- Host name it was made for: it opens nothing anywhere else.
  rp_id text not null,
  -- Synchronised between the officer's devices.
  synced boolean not null,
  created_at timestamptz not null,
  last_used_at timestamptz,
  primary key (library_id, id)
);
create index passkey_officer on passkey (library_id, officer_id);
create table passkey_answer (
  library_id int not null,
  -- Keyed hash of a challenge that was answered: no answer opens a door twice.
  challenge_hash bytea not null,
  ends_at timestamptz not null,
  primary key (library_id, challenge_hash)
);
create index passkey_answer_over on passkey_answer (library_id, ends_at);
create table recovery_code (
  library_id int not null,
  officer_id uuid not null,
  -- Keyed hash of officer and code; the code itself is nowhere.
  code_hash bytea not null,
  made_at timestamptz not null,
  used_at timestamptz,
  primary key (library_id, officer_id, code_hash)
);`)}
-- When password, code or passkey were last given in this session; null asks again.
alter table session add column confirmed_at timestamptz;
-- From then on nothing is done in this account before it has a second factor.
alter table officer add column factor_due_at timestamptz;
-- Libraries of before get the rule; the policies want one library at a time.
do $$
declare
  one int;
begin
  for one in select id from library loop
    perform set_config('app.library_id', one::text, true);
    insert into setting (library_id, name, value, updated_at) values
      (one, 'signIn', '{"secondFactor": {"petugas": false, "sub_koordinator": false, "kepala_bidang": false, "kepala_skpd": false, "admin": true}, "graceDays": 14}', now())
      on conflict do nothing;
  end loop;
  perform set_config('app.library_id', '', true);
end
$$;`,
};
