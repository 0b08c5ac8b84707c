import type { Migration } from './migration.ts';

/** How far the clock of an officer's phone is from the server's, in steps of 30 seconds (`domain/code-clock.ts`). */
export const codeClock: Migration = {
  id: 35,
  name: 'code-clock',
  up: `-- totp_slip: another difference, told by the last code and not yet confirmed by the next.
alter table officer add column totp_drift smallint not null default 0, add column totp_slip smallint;`,
};
