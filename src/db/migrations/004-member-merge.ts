import type { Migration } from './migration.ts';
import { tenantTables } from './tenant-tables.ts';

/** What officers decided about two records that look alike: two people, or one (docs/decisions/013). */
export const memberMerge: Migration = {
  id: 4,
  name: 'member-merge',
  up: `
${tenantTables(
  `-- Each id is a member's or a case's; the smaller one first, so that a pair has one row.
create table told_apart (
  library_id int not null,
  id uuid not null,
  one_id uuid not null,
  other_id uuid not null,
  one_digest bytea not null,
  other_digest bytea not null,
  score double precision not null,
  reason text not null,
  decided_at timestamptz not null,
  decided_by uuid,
  primary key (library_id, id),
  check (one_id < other_id)
);
create unique index told_apart_pair on told_apart (library_id, one_id, other_id);
create index told_apart_other on told_apart (library_id, other_id);

create table member_merge (
  library_id int not null,
  id uuid not null,
  winner_id uuid not null,
  loser_id uuid not null,
  fields text[] not null,
  content bytea not null,
  loser_state text not null,
  loser_state_reason text,
  loser_state_effective_at timestamptz not null,
  reason text not null,
  merged_at timestamptz not null,
  merged_by uuid not null,
  undone_at timestamptz,
  undone_by uuid,
  undo_reason text,
  primary key (library_id, id),
  check (winner_id <> loser_id)
);
create unique index member_merge_standing on member_merge (library_id, loser_id) where undone_at is null;
create index member_merge_winner on member_merge (library_id, winner_id);`,
  {
    member_merge: 'select, insert, update (undone_at, undone_by, undo_reason)',
  },
)}

-- The member who stands for this one now; of a chain the last, so that one step always leads there.
alter table member add column merged_into uuid check (merged_into <> id);
create index member_merged on member (library_id, merged_into) where merged_into is not null;

-- All the ids one person has on file: whoever stands for this member, and everybody merged into that one.
create function member_family(p_member uuid) returns table (member_id uuid) language sql stable as $$
  with head as (select coalesce(merged_into, id) as id from member where id = p_member)
  select id from head
  union all
  select member.id from head join member on member.merged_into = head.id
$$;
grant execute on function member_family(uuid) to daftar_app;

-- Thresholds follow from the costs of the errors now; row-level security binds an owner only where it is forced.
alter table setting no force row level security;
update setting set value = jsonb_build_object('wrongSame', 25, 'missed', 2.5, 'limit', value -> 'limit')
  where name = 'crossCheck' and value ? 'mustJudge';
alter table setting force row level security;

-- All cases of a person.
create index application_member on application (library_id, member_id) where member_id is not null;
-- Twins are told apart like any two people.
alter table application drop column twin_of;
`,
};
