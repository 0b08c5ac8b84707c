import type { Migration } from './migration.ts';

/** The functions of the sealing plan for the tables as they are. */
export const auditPlans: Migration = {
  id: 33,
  name: 'audit-plans',
  up: `-- A plan kept in a session from the days when log and seals were small walks all seals for each row of the log: a
-- portion of 5,000 rows then takes seconds instead of milliseconds, until the tables are next analysed.
alter function seal_audit(int) set plan_cache_mode = 'force_custom_plan';
alter function find_unsealed_audit(bigint, int) set plan_cache_mode = 'force_custom_plan';`,
};
