import type { Migration } from './migration.ts';

/**
 * Counts of the limits, shared by all processes. Unlogged: after a crash everybody begins anew, and no count waits
 * for the disk. Keys are keyed hashes, so that no address or name stands here.
 */
export const rateWindow: Migration = {
  id: 17,
  name: 'rate-window',
  up: `create unlogged table rate_window (
  key bytea primary key,
  count int not null,
  ends_at timestamptz not null
);
create index rate_window_over on rate_window (ends_at);
grant select, insert, update, delete on rate_window to daftar_app;`,
};
