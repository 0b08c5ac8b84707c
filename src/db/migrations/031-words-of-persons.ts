import { eachLibrary } from './each-library.ts';
import type { Migration } from './migration.ts';
import { tenantTables } from './tenant-tables.ts';

/** Columns of `PersonColumns` that are texts, dates, hashes or sealed values, and empty as null once the person is erased. */
const EMPTIED = [
  'birth_place',
  'birth_date',
  'document_type',
  'document_number',
  'document_hash',
  'no_document_reason',
  'nik',
  'nik_hash',
  'kk',
  'kk_hash',
  'address_line',
  'address_rt',
  'address_rw',
  'address_village',
  'present_line',
  'present_rt',
  'present_rw',
  'present_village',
  'phone',
  'email',
  'institution',
  'guardian_name',
  'guardian_relation',
  'guardian_phone',
  'photo_id',
];
const SET = `name = '', name_key = '', former_name_keys = '{}', ${EMPTIED.map((name) => `${name} = null`).join(', ')}`;
const EMPTY = `name = '' and name_key = '' and former_name_keys = '{}' and num_nonnulls(${EMPTIED.join(', ')}) = 0`;

/**
 * Words that officers wrote about a person go under the person's key; whoever was erased stays erased, whatever was read
 * before; and a list that is being read knows whom it must not bring back.
 */
export const wordsOfPersons: Migration = {
  id: 31,
  name: 'words-of-persons',
  up: `-- What was written before is sealed at the first start after this step (seal-words.ts): the keys are not here.
alter table application rename column decision_note to decision_note_plain;
alter table application add column decision_note bytea;
-- A code stays in evidence; an officer's own words are here.
alter table revision add column evidence_words bytea;
-- What still waits to be sealed, for every later start to see at once that nothing does.
create index application_note_plain on application (library_id) where decision_note_plain is not null;
create index revision_evidence_plain on revision (library_id)
  where evidence !~* '^[a-z][a-z0-9_-]*(:[a-z0-9_-]*)?$';

${tenantTables(
  `create table import_erased (
  library_id int not null,
  import_id uuid not null,
  n int not null,
  -- What the rows that are still to be read are compared with; sealed, and gone when all have been.
  content bytea not null,
  primary key (library_id, import_id, n)
);`,
  { import_erased: 'select, insert, delete' },
)}

${eachLibrary(`update member set ${SET} where library_id = one and person_key = '' and not (${EMPTY})`)}
${eachLibrary(`update application set ${SET} where library_id = one and person_key = '' and not (${EMPTY})`)}
alter table member add constraint member_erased check (person_key <> '' or (${EMPTY}));
alter table application add constraint application_erased check (person_key <> '' or (${EMPTY}));

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
  update revision set content = '', evidence = null, evidence_words = null
    where library_id = app_library() and (application_id = any(gone) or member_id = any(gone));
  -- Of a merge that was undone the other member goes on, and its key would still open what this one's columns held.
  update member_merge set content = ''
    where library_id = app_library() and (winner_id = any(gone) or loser_id = any(gone));
  delete from audit_words where library_id = app_library() and subject = any(gone);
end $$;`,
};
