import { eachLibrary } from './each-library.ts';
import type { Migration } from './migration.ts';
import { tenantTables } from './tenant-tables.ts';

const TABLES = `create table audit_words (
  library_id int not null,
  audit_id uuid not null,
  -- The case or member whose own key seals them.
  subject uuid not null,
  content bytea not null,
  primary key (library_id, audit_id)
);
create index audit_words_subject on audit_words (library_id, subject);`;

/** What officers write goes with the person it is about, scans go once they have served, and who is 18 is written to. */
export const rightsAgain: Migration = {
  id: 23,
  name: 'rights-again',
  up: `${tenantTables(TABLES, { audit_words: 'select, insert' })}

-- A member without a case here, of an old list, is written to as well.
alter table outbox add column member_id uuid;

-- Who kept scans some days longer goes on doing so; all others now part with them once they were compared.
${eachLibrary(`update setting set value = value || jsonb_build_object('scanUntil',
      case when value ->> 'scanAfterDecision' = 'delete' then 'verified' else 'decided' end)
      where library_id = one and name = 'retention' and not value ? 'scanUntil'`)}

create or replace function forget_words(people uuid[]) returns void
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
  delete from audit_words where library_id = app_library() and subject = any(gone);
end $$;`,
};
