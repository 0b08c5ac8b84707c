import type { Migration } from './migration.ts';
import { tenantTables } from './tenant-tables.ts';

/**
 * Keys of `/api/v1` are accounts of machines of the kind `api`, found by the hash of the key. What a program sent with an
 * `Idempotency-Key` is answered once and the answer kept, sealed, for a day.
 */
export const apiRequests: Migration = {
  id: 26,
  name: 'api',
  up: tenantTables(
    `create unique index client_secret on client (library_id, secret_hash) where kind = 'api';
-- Programs ask who has changed since; the id settles what changed in one moment.
create index member_changed on member (library_id, updated_at, id);
create table api_request (
  library_id int not null,
  client_id uuid not null,
  -- Keyed hashes of the program's own key and of all it sent with it.
  key_hash bytea not null,
  request_hash bytea not null,
  at timestamptz not null,
  -- Null while it is being done.
  status int,
  answer bytea,
  primary key (library_id, client_id, key_hash)
);
create index api_request_at on api_request (library_id, at);`,
    { api_request: 'select, insert, update, delete' },
  ),
};
