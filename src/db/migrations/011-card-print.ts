import type { Migration } from './migration.ts';
import { tenantTables } from './tenant-tables.ts';

/** Cards that are printed together, and what a library's cards look like. */
export const cardPrint: Migration = {
  id: 11,
  name: 'card-print',
  up: `${tenantTables(`create table card_batch (
  library_id int not null,
  id uuid not null,
  -- Of the page it was asked on: pressed twice, it is one batch.
  submit_key uuid not null,
  made_at timestamptz not null,
  made_by uuid not null,
  service_point_id uuid not null,
  layout text not null check (layout in ('cr80', 'cr80_bleed', 'a4')),
  -- Place of the first card on a sheet of A4 that was begun before.
  start_at int not null default 0 check (start_at between 0 and 9),
  -- Who is in it: codes of the choice that was made, never a name.
  selection text not null,
  -- Why cards are printed that were printed before.
  reason text,
  cards int not null check (cards > 0),
  -- Told by whoever stood at the printer; null until then.
  told_at timestamptz,
  told_by uuid,
  failed int not null default 0,
  primary key (library_id, id),
  check ((told_at is null) = (told_by is null))
);
create unique index card_batch_submit on card_batch (library_id, submit_key);
create index card_batch_made on card_batch (library_id, made_at);

create table card_batch_row (
  library_id int not null,
  batch_id uuid not null,
  -- From 1, in the order of printing.
  place int not null,
  card_id uuid not null,
  -- It had come out of a printer before.
  reprint boolean not null,
  outcome text check (outcome in ('printed', 'failed', 'gone')),
  primary key (library_id, batch_id, place)
);
create index card_batch_row_card on card_batch_row (library_id, card_id);`)}

-- Cards that wait for their printing, the longest waiting first.
create index card_unprinted on card (library_id, issued_at)
  where printed_at is null and revoked_at is null;

-- How many came out of the printers in a month.
create index card_event_printed on card_event (library_id, at) where kind = 'printed';

alter table file drop constraint file_kind_check;
alter table file add constraint file_kind_check
  check (kind in ('photo', 'scan', 'guardian_letter', 'emblem', 'evidence', 'card_picture'));

-- Libraries of before get the new row of their settings; the policies want one library at a time.
do $$
declare
  one int;
begin
  for one in select id from library loop
    perform set_config('app.library_id', one::text, true);
    insert into setting (library_id, name, value, updated_at) values
      (one, 'cardDesigns', '{"own": [], "usual": "shelf", "byType": {}}', now())
      on conflict do nothing;
    update setting set value = value - 'barcode' where name = 'card';
  end loop;
  perform set_config('app.library_id', '', true);
end
$$;`,
};
