import type { Migration } from './migration.ts';
import { tenantTables } from './tenant-tables.ts';

/**
 * Accounts of machines: SIP2 devices, later programs. A name is used again once its account was revoked, which stays
 * for the history. What was asked is counted by day, never who was asked about.
 */
export const clients: Migration = {
  id: 25,
  name: 'client',
  up: tenantTables(
    `create table client (
  library_id int not null,
  id uuid not null,
  kind text not null check (kind in ('sip2', 'api')),
  name text not null,
  secret_hash text not null,
  scopes text[] not null,
  settings jsonb not null,
  -- Addresses and CIDR ranges it may come from; empty: any.
  addresses text[] not null,
  per_minute int not null check (per_minute > 0),
  service_point_id uuid not null,
  created_at timestamptz not null,
  created_by uuid,
  rotated_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz,
  last_address text,
  primary key (library_id, id)
);
create unique index client_name on client (library_id, kind, name) where revoked_at is null;
create table client_day (
  library_id int not null,
  client_id uuid not null,
  day date not null,
  messages int not null,
  lookups int not null,
  primary key (library_id, client_id, day)
);`,
    { client: 'select, insert, update', client_day: 'select, insert, update, delete' },
  ),
};
