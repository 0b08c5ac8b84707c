import { hash, verify } from '@node-rs/argon2';
import type { Db } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { OfficerId } from '../domain/ids.ts';
import { type PasswordProblem, passwordProblem } from '../domain/password-rules.ts';
import { writeAudit } from './audit.ts';
import { commonPasswords } from './common-passwords.ts';
import type { Deps, Scope } from './context.ts';
import { PASSWORD_HASHING } from './create-library.ts';
import { endOtherSessions } from './end-other-sessions.ts';

/** Sets a password of the officer's own and ends all other sessions. */
export async function changePassword(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: {
    readonly officerId: OfficerId;
    readonly current: string;
    readonly next: string;
    readonly token: string;
  },
): Promise<
  | { ok: true }
  | { ok: false; reason: 'wrong-password' | 'unchanged' | 'breached' | 'not-checked' | PasswordProblem }
> {
  if (input.next === input.current) return { ok: false, reason: 'unchanged' };
  const { library } = scope;
  const officer = await inLibrary(db, library.id, (tx) =>
    tx
      .selectFrom('officer')
      .select(['password_hash', 'username', 'name'])
      .where('id', '=', input.officerId)
      .executeTakeFirstOrThrow(),
  );
  const { profile } = library.settings;
  const common = await commonPasswords();
  const problem = passwordProblem(
    input.next,
    [library.slug, profile.name, profile.shortName, profile.city, officer.username, officer.name],
    (word) => common.has(word),
  );
  if (problem !== undefined) return { ok: false, reason: problem };
  // Where the list cannot be read no password is set, rather than one that nobody looked up.
  const breached = await deps.isBreached?.(input.next).catch(() => 'not-checked' as const);
  if (breached === 'not-checked') return { ok: false, reason: breached };
  if (breached) return { ok: false, reason: 'breached' };
  if (!(await verify(officer.password_hash, input.current))) return { ok: false, reason: 'wrong-password' };
  const passwordHash = await hash(input.next, PASSWORD_HASHING);
  await inLibrary(db, library.id, async (tx) => {
    await tx
      .updateTable('officer')
      .set({ password_hash: passwordHash, must_change_password: false })
      .where('id', '=', input.officerId)
      .execute();
    await endOtherSessions(tx, deps, scope, input.officerId, input.token);
    await writeAudit(tx, deps, scope, {
      action: 'officer.change_password',
      subjectKind: 'officer',
      subjectId: input.officerId,
    });
  });
  return { ok: true };
}
