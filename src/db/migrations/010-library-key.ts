import type { Migration } from './migration.ts';
import { tenantTables } from './tenant-tables.ts';

/** Each library signs its cards with a key of its own, which can be replaced and taken back. */
export const libraryKeys: Migration = {
  id: 10,
  name: 'library-key',
  up: `${tenantTables(
    `create table library_key (
  library_id int not null,
  key_id bytea not null check (length(key_id) = 4),
  public_key bytea not null check (length(public_key) = 32),
  state text not null check (state in ('active', 'retired', 'revoked')),
  -- Sealed; only of the active key: what signs no more cannot be stolen.
  sealed_seed bytea,
  -- 'installation': the one key that all libraries had before.
  origin text not null check (origin in ('library', 'installation')),
  made_at timestamptz not null,
  made_by uuid,
  retired_at timestamptz,
  retired_by uuid,
  revoked_at timestamptz,
  revoked_by uuid,
  primary key (library_id, key_id),
  check ((state = 'active') = (sealed_seed is not null)),
  check ((state = 'active') = (retired_at is null)),
  check ((state = 'revoked') = (revoked_at is not null))
);
create unique index library_key_active on library_key (library_id) where state = 'active';`,
    // No key leaves: cards that it signed are out there.
    { library_key: 'select, insert, update' },
  )}
`,
};
