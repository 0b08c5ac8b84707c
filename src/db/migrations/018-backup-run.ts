import type { Migration } from './migration.ts';

/**
 * One row a backup that was made or failed, written when it is over: what an admin sees of them. Of the whole
 * installation, not of a library; it names files and sizes only. Written by the owner.
 */
export const backupRuns: Migration = {
  id: 18,
  name: 'backup-run',
  up: `
create table backup_run (
  id uuid primary key default gen_random_uuid(),
  kind text not null check (kind in ('scheduled', 'manual', 'upgrade', 'replaced')),
  started_at timestamptz not null,
  ended_at timestamptz not null,
  -- Null: it was made.
  failure text,
  file text,
  bytes bigint,
  rows bigint,
  -- restored: into a scratch database; read: the whole file only; null: not checked
  checked text check (checked in ('restored', 'read')),
  second text check (second in ('copied', 'missing', 'failed'))
);
create index backup_run_latest on backup_run (started_at desc);
grant select on backup_run to daftar_app;
`,
};
