import type { Migration } from './migration.ts';
import { tenantTables } from './tenant-tables.ts';

/** How far the sealed audit log has gone to the other system that AUDIT_TO names: everything up to seal `n`. */
export const auditSent: Migration = {
  id: 39,
  name: 'audit-sent',
  up: tenantTables(
    `create table audit_sent (
  library_id int primary key,
  n int not null,
  at timestamptz not null
);`,
    { audit_sent: 'select, insert, update' },
  ),
};
