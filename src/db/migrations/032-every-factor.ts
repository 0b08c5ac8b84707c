import type { Migration } from './migration.ts';

/**
 * What a sign-in asks for is asked again before accounts and factors change; recovery codes lie under the hash of
 * passwords; one word in the place of a code is a word.
 */
export const everyFactor: Migration = {
  id: 32,
  name: 'every-factor',
  up: `-- When password or identity provider, and when app, passkey or recovery code were last given in this session; null asks
-- for them. confirmed_at stays the later of the two.
alter table session add column password_proven_at timestamptz, add column factor_proven_at timestamptz;

-- Of Argon2id, one for all codes of an officer, so that a code typed is hashed once. Null: code_hash is the keyed hash
-- alone, of codes made before, until a job or the next code typed has hashed it (recovery-codes.ts).
alter table recovery_code add column salt bytea;
create index recovery_code_unsalted on recovery_code (library_id) where salt is null;

-- "KTP" and a single name look like a code; the only codes there ever were are these two.
drop index revision_evidence_plain;
create index revision_evidence_plain on revision (library_id) where evidence not in ('merged', 'merge_undone');`,
};
