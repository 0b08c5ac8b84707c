import { MEMBER_SPANS } from './member-span.ts';
import type { Migration } from './migration.ts';

/** Columns that describe a person; the same on a case and on a member, so that both are compared alike. */
const PERSON = `
  name text not null,
  name_key text not null,
  former_name_keys text[] not null default '{}',
  birth_place text,
  birth_date date,
  sex text check (sex in ('L', 'P')),
  document_type text,
  document_number bytea,
  document_hash bytea,
  nik bytea,
  nik_hash bytea,
  kk bytea,
  kk_hash bytea,
  no_document_reason text,
  address_line text,
  address_rt text,
  address_rw text,
  address_village text,
  present_same boolean not null default true,
  present_line text,
  present_rt text,
  present_rw text,
  present_village text,
  phone text,
  email text,
  occupation text,
  institution text,
  education text,
  member_type text not null,
  guardian_name text,
  guardian_relation text,
  guardian_phone text,
  photo_id uuid,
  person_key bytea not null`;

/**
 * Tables of a library: each is keyed (library_id, …) and closed by forced row-level security below. No foreign key to
 * `library`: its check would share-lock one row in every transaction of a library.
 */
const TENANT_TABLES = `
create table setting (
  library_id int not null,
  name text not null,
  value jsonb not null,
  updated_at timestamptz not null,
  updated_by uuid,
  primary key (library_id, name)
);

create table procedure_version (
  library_id int not null,
  version int not null,
  state text not null check (state in ('draft', 'checked_coordinator', 'checked_head', 'signed')),
  effective_from timestamptz,
  definition jsonb not null,
  created_at timestamptz not null,
  created_by uuid,
  coordinator_at timestamptz,
  coordinator_by uuid,
  head_at timestamptz,
  head_by uuid,
  signed_at timestamptz,
  signed_by uuid,
  returned_note text,
  edited_by uuid[] not null default '{}',
  edits int not null default 0,
  primary key (library_id, version)
);

create table monthly_report (
  library_id int not null,
  month text not null check (month ~ '^\\d{4}-(0[1-9]|1[0-2])$'),
  revision int not null,
  figures jsonb not null,
  digest bytea not null,
  checked_at timestamptz not null,
  checked_by uuid not null,
  checked_name text not null,
  checked_acting text check (checked_acting in ('plh', 'plt')),
  signed_at timestamptz,
  signed_by uuid,
  signed_name text,
  signed_acting text check (signed_acting in ('plh', 'plt')),
  withdrawn_at timestamptz,
  withdrawn_by uuid,
  withdrawn_name text,
  withdrawn_reason text,
  primary key (library_id, month, revision),
  check (signed_by <> checked_by)
);
create unique index monthly_report_standing on monthly_report (library_id, month) where withdrawn_at is null;

create table service_point (
  library_id int not null,
  id uuid not null,
  code text not null,
  name text not null,
  kind text not null,
  active boolean not null default true,
  primary key (library_id, id),
  unique (library_id, code)
);

create table officer (
  library_id int not null,
  id uuid not null,
  username text not null,
  name text not null,
  roles text[] not null,
  password_hash text not null,
  must_change_password boolean not null default true,
  totp_secret bytea,
  totp_step bigint,
  service_point_id uuid,
  active boolean not null default true,
  created_at timestamptz not null,
  primary key (library_id, id),
  unique (library_id, username)
);

create table session (
  library_id int not null,
  token_hash bytea not null,
  officer_id uuid not null,
  created_at timestamptz not null,
  last_seen_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz,
  primary key (library_id, token_hash)
);
create index session_officer on session (library_id, officer_id);

create table delegation (
  library_id int not null,
  id uuid not null,
  officer_id uuid not null,
  role text not null,
  kind text not null check (kind in ('plh', 'plt')),
  from_day date not null,
  until_day date not null,
  created_by uuid not null,
  created_at timestamptz not null,
  primary key (library_id, id)
);

create table device (
  library_id int not null,
  id uuid not null,
  kind text not null check (kind in ('kiosk', 'gate')),
  name text not null,
  service_point_id uuid not null,
  pairing_hash bytea,
  pairing_expires_at timestamptz,
  token_hash bytea,
  paired_at timestamptz,
  paired_by uuid not null,
  revoked_at timestamptz,
  last_seen_at timestamptz,
  primary key (library_id, id)
);
create unique index device_token on device (library_id, token_hash) where token_hash is not null;

create table number_counter (
  library_id int not null,
  series text not null,
  next bigint not null,
  primary key (library_id, series)
);

create table file (
  library_id int not null,
  id uuid not null,
  kind text not null check (kind in ('photo', 'scan', 'guardian_letter', 'emblem', 'evidence')),
  application_id uuid,
  member_id uuid,
  mime text not null,
  bytes bytea,
  size int not null,
  created_at timestamptz not null,
  created_by uuid,
  deleted_at timestamptz,
  primary key (library_id, id)
);
create index file_application on file (library_id, application_id) where application_id is not null;
create index file_member on file (library_id, member_id) where member_id is not null;

create table draft (
  library_id int not null,
  id uuid not null,
  code_hash bytea not null,
  token_hash bytea not null,
  phone_code_hash bytea,
  phone_code_expires_at timestamptz,
  content bytea not null,
  visit_id uuid,
  attempts int not null default 0,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  taken_at timestamptz,
  primary key (library_id, id),
  unique (library_id, token_hash)
);
create unique index draft_code on draft (library_id, code_hash) where taken_at is null;
create unique index draft_phone_code on draft (library_id, phone_code_hash) where phone_code_hash is not null;

create table application (
  library_id int not null,
  id uuid not null,
  state text not null,
  state_effective_at timestamptz not null,
  procedure_version int not null,
  service_point_id uuid not null,
  channel text not null check (channel in ('phone', 'kiosk', 'desk', 'import', 'api')),
  submit_key bytea not null,
  token_hash bytea not null,
  access_generation int not null default 0,
  ticket_code text not null,
  visit_id uuid,
  family_of uuid,
  language text not null default 'id',
  created_at timestamptz not null,
  submitted_at timestamptz,
  arrived_at timestamptz,
  closed_at timestamptz,
  held_by uuid,
  held_at timestamptz,
  done_acts text[] not null default '{}',
  escalated_at timestamptz,
  escalated_by uuid,
  escalation_reason text,
  guardian_consented_at timestamptz,
  decision_reason text,
  decision_note text,
  correction_round int not null default 0,
  member_id uuid,
  twin_of uuid,
  version int not null default 0,${PERSON},
  primary key (library_id, id)
);
create unique index application_submit_key on application (library_id, submit_key);
create unique index application_token on application (library_id, token_hash);
create unique index application_ticket on application (library_id, ticket_code);
create index application_open on application (library_id, state, submitted_at)
  where state in ('waiting_guardian', 'submitted', 'in_review', 'needs_correction', 'approved');
create index application_document on application (library_id, document_hash) where document_hash is not null;
create index application_nik on application (library_id, nik_hash) where nik_hash is not null;
create index application_phone on application (library_id, phone) where phone is not null;
create index application_birth on application (library_id, birth_date);
create index application_created on application (library_id, created_at);

create table application_event (
  library_id int not null,
  id uuid not null,
  application_id uuid not null,
  at timestamptz not null,
  effective_at timestamptz not null,
  kind text not null,
  act text,
  from_state text,
  to_state text,
  started_at timestamptz,
  place text not null check (place in ('home', 'counter', 'kiosk', 'none')),
  round int not null default 0,
  actor_kind text not null check (actor_kind in ('applicant', 'officer', 'device', 'system')),
  actor_id uuid,
  service_point_id uuid,
  reason text,
  primary key (library_id, application_id, id)
);
create index application_event_at on application_event (library_id, effective_at);

create table step_time (
  library_id int not null,
  application_id uuid not null,
  first_step int not null,
  round int not null default 0,
  covers int[] not null,
  procedure_version int not null,
  standard_seconds int not null,
  started_at timestamptz,
  ended_at timestamptz,
  working_seconds int,
  waiting_seconds int,
  outcome text not null check (outcome in ('done', 'at_home', 'not_needed')),
  officer_id uuid,
  service_point_id uuid,
  primary key (library_id, application_id, first_step, round)
);
create index step_time_ended on step_time (library_id, ended_at);

create table queue_ticket (
  library_id int not null,
  id uuid not null,
  service_point_id uuid not null,
  day date not null,
  number int not null,
  priority text check (priority in ('lansia', 'disabilitas', 'ibu_hamil')),
  application_id uuid,
  visit_id uuid,
  opened_at timestamptz,
  issued_at timestamptz not null,
  called_at timestamptz,
  called_by uuid,
  calls int not null default 0,
  done_at timestamptz,
  primary key (library_id, id),
  unique (library_id, service_point_id, day, number)
);
create index queue_ticket_application on queue_ticket (library_id, application_id);

create table consent (
  library_id int not null,
  id uuid not null,
  application_id uuid,
  member_id uuid,
  purpose text not null,
  given boolean not null,
  by_guardian boolean not null default false,
  text_version text not null,
  channel text not null,
  recorded_at timestamptz not null,
  recorded_by uuid,
  withdrawn_at timestamptz,
  primary key (library_id, id)
);
create index consent_application on consent (library_id, application_id);
create index consent_member on consent (library_id, member_id) where member_id is not null;

create table identity_check (
  library_id int not null,
  id uuid not null,
  application_id uuid not null,
  document_type text,
  document_form text,
  exception_reason text,
  at timestamptz not null,
  officer_id uuid not null,
  primary key (library_id, application_id, id)
);

create table cross_check (
  library_id int not null,
  id uuid not null,
  application_id uuid not null,
  outcome text not null check (outcome in ('new', 'already_member', 'escalated')),
  reason text,
  candidates jsonb not null,
  member_id uuid,
  at timestamptz not null,
  officer_id uuid,
  primary key (library_id, application_id, id)
);

create table correction (
  library_id int not null,
  id uuid not null,
  application_id uuid not null,
  round int not null,
  fields text[] not null,
  message bytea,
  requested_at timestamptz not null,
  requested_by uuid not null,
  answered_at timestamptz,
  primary key (library_id, application_id, id)
);

create table revision (
  library_id int not null,
  id uuid not null,
  application_id uuid,
  member_id uuid,
  at timestamptz not null,
  actor_kind text not null,
  actor_id uuid,
  fields text[] not null,
  content bytea not null,
  evidence text,
  primary key (library_id, id)
);
create index revision_application on revision (library_id, application_id) where application_id is not null;
create index revision_member on revision (library_id, member_id) where member_id is not null;

create table photo_link (
  library_id int not null,
  token_hash bytea not null,
  code_hash bytea not null,
  generation int not null,
  application_id uuid not null,
  created_by uuid not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  primary key (library_id, token_hash)
);

create table member (
  library_id int not null,
  id uuid not null,
  number text not null,
  state text not null check (state in ('active', 'suspended', 'cleared', 'ended')),
  state_effective_at timestamptz not null,
  state_reason text,
  service_point_id uuid not null,
  application_id uuid,
  member_since date not null,
  valid_from date not null,
  valid_until date,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  notice_given boolean not null default true,
  version int not null default 0,${PERSON},
  primary key (library_id, id)
);
create unique index member_number on member (library_id, number);
create unique index member_application on member (library_id, application_id) where application_id is not null;
create index member_document on member (library_id, document_hash) where document_hash is not null;
create index member_nik on member (library_id, nik_hash) where nik_hash is not null;
create index member_kk on member (library_id, kk_hash) where kk_hash is not null;
create index member_phone on member (library_id, phone) where phone is not null;
create index member_birth on member (library_id, birth_date);
create index member_name on member using gin (library_id, name_key gin_trgm_ops);
create index member_state on member (library_id, state, id);
create index member_renamed on member (library_id) where former_name_keys <> '{}';
create index member_former_names on member using gin (former_name_keys) where former_name_keys <> '{}';

create table member_event (
  library_id int not null,
  id uuid not null,
  member_id uuid not null,
  at timestamptz not null,
  effective_at timestamptz not null,
  kind text not null check (kind in ('joined', 'renewed', 'suspended', 'resumed', 'cleared', 'ended', 'corrected',
    'card_replaced', 'reactivated')),
  reason text,
  old_valid_until date,
  valid_until date,
  member_type text not null,
  sex text,
  birth_year int,
  district text,
  actor_kind text not null,
  actor_id uuid,
  service_point_id uuid,
  primary key (library_id, member_id, id)
);

create table member_span (
  library_id int not null,
  member_id uuid not null,
  n int not null,
  recorded_at timestamptz not null,
  day date not null,
  next_day date,
  kind text not null,
  from_status text,
  status text not null,
  expires_on date,
  valid_until date,
  member_type text not null,
  sex text,
  birth_year int,
  district text,
  service_point_id uuid,
  primary key (library_id, member_id, n)
);
create index member_span_day on member_span (library_id, day) include (kind, from_status, status, recorded_at);
create index member_span_expires on member_span (library_id, expires_on) where expires_on is not null;

create table card (
  library_id int not null,
  id uuid not null,
  member_id uuid not null,
  token_hash bytea not null,
  access_generation int not null default 0,
  service_point_id uuid not null,
  issued_at timestamptz not null,
  valid_until date,
  printed_at timestamptz,
  handed_over_at timestamptz,
  revoked_at timestamptz,
  revoked_reason text,
  pickup_hash bytea,
  pickup_expires_at timestamptz,
  primary key (library_id, id)
);
create index card_pickup on card (library_id, pickup_hash) where pickup_hash is not null;
create unique index card_token on card (library_id, token_hash);
create index card_member on card (library_id, member_id);

create table card_event (
  library_id int not null,
  id uuid not null,
  card_id uuid not null,
  kind text not null check (kind in ('issued', 'printed', 'print_failed', 'handed_over', 'revoked', 'replaced')),
  at timestamptz not null,
  effective_at timestamptz not null,
  actor_kind text not null,
  actor_id uuid,
  service_point_id uuid,
  detail text,
  primary key (library_id, card_id, id)
);

create table visit (
  library_id int not null,
  id uuid not null,
  submit_key bytea not null,
  opened_at timestamptz,
  at timestamptz not null,
  day date not null,
  kind text not null check (kind in ('member', 'non_member', 'group')),
  mode text not null default 'luring' check (mode in ('luring', 'daring')),
  member_id uuid,
  purpose text not null,
  service_point_id uuid not null,
  device_id uuid,
  officer_id uuid,
  persons int not null default 1 check (persons between 1 and 5000),
  name text,
  sex text,
  education text,
  occupation text,
  institution text,
  group_phone text,
  group_counts jsonb,
  counted boolean not null default true,
  replaces uuid,
  voided_at timestamptz,
  voided_by uuid,
  void_reason text,
  primary key (library_id, id)
);
create unique index visit_submit_key on visit (library_id, submit_key);
create index visit_day on visit (library_id, day);
create index visit_member on visit (library_id, member_id, day) where member_id is not null;

create table outbox (
  library_id int not null,
  id uuid not null,
  kind text not null,
  application_id uuid,
  created_at timestamptz not null,
  sent_at timestamptz,
  attempts int not null default 0,
  next_attempt_at timestamptz,
  last_error_code text,
  primary key (library_id, id)
);
create index outbox_due on outbox (next_attempt_at, library_id) where next_attempt_at is not null;

create table audit_log (
  library_id int not null,
  id uuid not null,
  at timestamptz not null,
  actor_kind text not null,
  actor_id uuid,
  action text not null,
  subject_kind text not null,
  subject_id text,
  fields text[] not null default '{}',
  purpose text,
  digest bytea,
  request_id text,
  primary key (library_id, id)
);
create index audit_log_subject on audit_log (library_id, subject_id);
create index audit_log_actor on audit_log (library_id, actor_id, at);
`;

const tenantTables = [...TENANT_TABLES.matchAll(/^create table (\w+)/gm)].map((match) => match[1] ?? '');

/** The app may never rewrite history: these tables take new rows only. */
const APPEND_ONLY = [
  'audit_log',
  'application_event',
  'member_event',
  'card_event',
  'consent',
  'revision',
  'monthly_report',
];

export const base: Migration = {
  id: 1,
  name: 'base',
  up: `
create extension if not exists pg_trgm;
create extension if not exists btree_gin;

-- The app's role is neither owner nor superuser, so that row-level security binds it. The search role owns the
-- definer functions: its own always-true policy keeps trigram and array operators on their indexes, which under a
-- policy with a condition they lose, not being leakproof (docs/decisions).
do $$ begin
  if not exists (select from pg_roles where rolname = 'daftar_app') then create role daftar_app nologin; end if;
  if not exists (select from pg_roles where rolname = 'daftar_search') then create role daftar_search nologin; end if;
exception when duplicate_object or unique_violation then null;
end $$;
grant usage on schema public to daftar_app, daftar_search;

create function app_library() returns int language sql stable
  as $$ select nullif(current_setting('app.library_id', true), '')::int $$;

create table installation (key text primary key, value text not null);
create table library (
  id int primary key,
  slug text not null unique,
  name text not null,
  timezone text not null,
  created_at timestamptz not null
);
create table region (
  code text primary key,
  name text not null,
  level smallint not null,
  parent_code text,
  path text not null,
  search_key text not null
);
create index region_search on region using gin (search_key gin_trgm_ops);
create index region_name on region (search_key text_pattern_ops);
create index region_parent on region (parent_code);

${TENANT_TABLES}

${tenantTables
  .map(
    (table) => `
alter table ${table} enable row level security;
alter table ${table} force row level security;
create policy tenant on ${table} using (library_id = app_library()) with check (library_id = app_library());
grant select, insert${APPEND_ONLY.includes(table) ? '' : ', update, delete'} on ${table} to daftar_app;`,
  )
  .join('\n')}

${MEMBER_SPANS}

grant select on installation, library, region to daftar_app;
grant update (name, timezone) on library to daftar_app;
grant update (withdrawn_at, member_id) on consent to daftar_app;
-- Figures, digest and who checked them stay as they were written.
grant update (signed_at, signed_by, signed_name, signed_acting, withdrawn_at, withdrawn_by, withdrawn_name,
  withdrawn_reason) on monthly_report to daftar_app;
create policy search on member for select to daftar_search using (true);
grant select on member to daftar_search;
create policy due on outbox for select to daftar_search using (true);
grant select (library_id, next_attempt_at) on outbox to daftar_search;
`,
};
