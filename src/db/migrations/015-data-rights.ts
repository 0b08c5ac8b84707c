import type { Migration } from './migration.ts';
import { tenantTables } from './tenant-tables.ts';

const TABLES = `create table consent_text (
  library_id int not null,
  version text not null,
  purpose text not null check (purpose in ('notice', 'acknowledgement', 'guardian', 'photo_on_card', 'messages',
    'visit_notice')),
  lang text not null check (lang in ('id', 'en')),
  content text not null,
  -- SHA-256 of the content: a text that was printed or quoted elsewhere can be told from this one.
  digest bytea not null,
  kept_at timestamptz not null,
  primary key (library_id, version, purpose, lang)
);
-- Who came of age under a guardian's consent, and was asked for their own.
create table own_consent (
  library_id int not null,
  member_id uuid not null,
  asked_at timestamptz not null,
  answered_at timestamptz,
  primary key (library_id, member_id)
);
create table rights_request (
  library_id int not null,
  id uuid not null,
  kind text not null check (kind in ('access', 'correct', 'erase', 'object', 'withdraw')),
  member_id uuid,
  application_id uuid,
  channel text not null check (channel in ('phone', 'desk')),
  -- What the person wrote, sealed under the person's own key.
  words bytea,
  received_at timestamptz not null,
  received_by uuid,
  due_at timestamptz not null,
  state text not null check (state in ('open', 'done', 'refused', 'held')),
  decided_at timestamptz,
  decided_by uuid,
  -- A code.
  reason text,
  held_until date,
  version int not null default 0,
  primary key (library_id, id),
  check (member_id is not null or application_id is not null)
);
create index rights_request_open on rights_request (library_id, due_at) where state = 'open';
create index rights_request_member on rights_request (library_id, member_id) where member_id is not null;
create index rights_request_case on rights_request (library_id, application_id) where application_id is not null;
create table erasure_list (
  library_id int not null,
  subject uuid not null,
  subject_kind text not null check (subject_kind in ('member', 'application')),
  at timestamptz not null,
  cause text not null check (cause in ('retention', 'request', 'again')),
  -- When it stood in the file outside the database as well.
  written_at timestamptz,
  primary key (library_id, subject)
);
create index erasure_list_unwritten on erasure_list (library_id, at) where written_at is null;
create table retention_run (
  library_id int not null,
  id uuid not null,
  at timestamptz not null,
  ended_at timestamptz not null,
  -- How many of each kind; false where some were left for the next run.
  counts jsonb not null,
  complete boolean not null,
  primary key (library_id, id)
);
create table breach (
  library_id int not null,
  id uuid not null,
  state text not null check (state in ('open', 'closed')),
  title text not null,
  found_at timestamptz not null,
  happened text not null,
  cause text not null,
  data_kinds text[] not null,
  -- How many people, as far as is known.
  persons int,
  measures text not null,
  contact text not null,
  due_at timestamptz not null,
  persons_told_at timestamptz,
  persons_told_by uuid,
  authority_told_at timestamptz,
  authority_told_by uuid,
  closed_at timestamptz,
  recorded_at timestamptz not null,
  recorded_by uuid not null,
  version int not null default 0,
  primary key (library_id, id)
);`;

/** What a person may ask of their data (UU 27/2022), and what answers it. */
export const dataRights: Migration = {
  id: 15,
  name: 'data-rights',
  up: `${tenantTables(TABLES, {
    consent_text: 'select, insert',
    erasure_list: 'select, insert, update (written_at)',
    retention_run: 'select, insert',
    breach: 'select, insert, update',
    rights_request: 'select, insert, update',
  })}
-- In which language the text was shown; null for what was recorded before this was kept.
alter table consent add column text_lang text;
create index consent_by_guardian on consent (library_id, member_id)
  where by_guardian and given and withdrawn_at is null and member_id is not null;
create index import_row_member on import_row (library_id, member_id) where member_id is not null;

-- Words in rows that the app may add but never change: an erasure empties them, and this is the one way, for those only
-- who stand in the list of erasures. Codes of reasons stay, for the figures are counted by them.
create function forget_words(people uuid[]) returns void
  language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  code constant text := '^[a-z][a-z0-9_-]*(:[a-z0-9_-]*)?$';
  gone uuid[];
begin
  select array_agg(subject) into gone from erasure_list
    where library_id = app_library() and subject = any(people);
  update application_event set reason = null
    where library_id = app_library() and application_id = any(gone) and reason !~* code;
  update member_event set reason = null
    where library_id = app_library() and member_id = any(gone) and reason !~* code;
  update card_event set detail = null from card
    where card_event.library_id = app_library() and card.library_id = app_library() and card.id = card_event.card_id
      and card.member_id = any(gone) and card_event.detail !~* code;
  update revision set content = '', evidence = null
    where library_id = app_library() and (application_id = any(gone) or member_id = any(gone));
  -- Of a merge that was undone the other member goes on, and its key would still open what this one's columns held.
  update member_merge set content = ''
    where library_id = app_library() and (winner_id = any(gone) or loser_id = any(gone));
end $$;
revoke all on function forget_words(uuid[]) from public;
grant execute on function forget_words(uuid[]) to daftar_app;`,
};
