import type { Migration } from './migration.ts';

/** Which records an officer said do name an erased person, and which do not: a restore asks nobody (`erase-again.ts`). */
export const erasureMentions: Migration = {
  id: 38,
  name: 'erasure-mentions',
  up: `
-- Tables and keys, no words: {"taken": ["breach/<id>"], "left": []}; null where nobody decided.
alter table erasure_list add column mentions jsonb;
`,
};
