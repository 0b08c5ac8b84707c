import type { Migration } from './migration.ts';

/** Gates have rules of their own, a new row of the settings, and ask for the cards that are dead. */
export const gates: Migration = {
  id: 12,
  name: 'gate',
  up: `-- Libraries of before get it; the policies want one library at a time.
do $$
declare
  one int;
begin
  for one in select id from library loop
    perform set_config('app.library_id', one::text, true);
    insert into setting (library_id, name, value, updated_at) values
      (one, 'gate', '{"printed": "yes", "picture": "look", "listHours": 72, "attended": true, "purpose": null}', now())
      on conflict do nothing;
  end loop;
  perform set_config('app.library_id', '', true);
end
$$;
-- What a gate must know of cards while it is offline is gathered by these.
create index card_revoked on card (library_id, id) where revoked_at is not null;
create index card_regenerated on card (library_id, id) where access_generation > 0 and revoked_at is null;`,
};
