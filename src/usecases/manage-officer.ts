import { hash } from '@node-rs/argon2';
import type { Selectable } from 'kysely';
import type { Db, Tx } from '../db/connection.ts';
import type { Database } from '../db/schema.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { OfficerId, ServicePointId } from '../domain/ids.ts';
import { may, ROLES, type Role } from '../domain/permissions.ts';
import { cleanName } from '../domain/person-name.ts';
import { writeAudit } from './audit.ts';
import { type Deps, newId, type Scope } from './context.ts';
import { newPassword, PASSWORD_HASHING } from './create-library.ts';
import { hasFactor, NO_CODE_CLOCK } from './second-factor.ts';

type OfficerRow = Selectable<Database['officer']>;

export interface OfficerInput {
  readonly name: string;
  readonly roles: readonly string[];
  readonly servicePointId: ServicePointId | null;
}

export type OfficerProblem =
  | 'username-invalid'
  | 'username-taken'
  | 'name-missing'
  | 'no-role'
  | 'unknown-service-point';

export type OfficerRefusal =
  | { readonly ok: false; readonly reason: 'not-allowed' | 'not-found' | 'changed-meanwhile' }
  /** Somebody must be left who can manage accounts. */
  | { readonly ok: false; readonly reason: 'last-admin' }
  /** Nobody locks themselves out, or takes the second look away from their own sign-in. */
  | { readonly ok: false; readonly reason: 'own-account' }
  /** Nobody gives themselves rights. `otherAdmin`: whether there is somebody who can. */
  | { readonly ok: false; readonly reason: 'own-roles'; readonly otherAdmin: boolean }
  | { readonly ok: false; readonly reason: 'invalid'; readonly problem: OfficerProblem };

/** Names an officer's state, for the hidden field of the form that changes it. */
export function officerVersion(
  row: Pick<OfficerRow, 'name' | 'roles' | 'service_point_id' | 'active'>,
): string {
  return JSON.stringify([row.name, row.roles, row.service_point_id, row.active]);
}

/** A new account. Its password is made here, returned once, and must be changed at the first sign-in. */
export async function createOfficer(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: OfficerInput & { readonly username: string },
): Promise<{ readonly ok: true; readonly officerId: OfficerId; readonly password: string } | OfficerRefusal> {
  const username = input.username.trim().toLowerCase();
  if (!/^[a-z0-9][a-z0-9._-]{1,39}$/.test(username)) return invalid('username-invalid');
  const checked = checkInput(scope, input);
  if (!checked.ok) return checked;
  const password = newPassword(deps);
  // Hashing takes long on purpose: before the transaction, not inside it.
  const passwordHash = await hash(password, PASSWORD_HASHING);
  const { library, at } = scope;
  return managing(db, scope, async (tx) => {
    const officerId = newId<OfficerId>(deps, at);
    const written = await tx
      .insertInto('officer')
      .values({
        library_id: library.id,
        id: officerId,
        username,
        name: checked.name,
        roles: [...checked.roles],
        password_hash: passwordHash,
        totp_secret: null,
        service_point_id: input.servicePointId,
        created_at: at,
      })
      .onConflict((conflict) => conflict.columns(['library_id', 'username']).doNothing())
      .returning('id')
      .executeTakeFirst();
    if (!written) return invalid('username-taken');
    await audit(tx, deps, scope, officerId, 'create', ['username', 'name', 'roles', 'service_point_id']);
    return { ok: true, officerId, password };
  });
}

/**
 * Changes name, roles and service point; roles count from the next request on. Own roles are changed by another admin,
 * so that no account widens itself. It does not stop an admin who makes a second account with any role and signs in
 * with the first password shown: that is recorded, not prevented. The audit log names who made the account, and its
 * first sign-in has to change the password.
 */
export function updateOfficer(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: OfficerInput & { readonly officerId: OfficerId; readonly version: string | null },
): Promise<{ readonly ok: true } | OfficerRefusal> {
  return managing(db, scope, async (tx) => {
    const row = await lockOfficer(tx, input.officerId);
    if (!row) return { ok: false, reason: 'not-found' };
    if (input.version !== null && input.version !== officerVersion(row))
      return { ok: false, reason: 'changed-meanwhile' };
    const checked = checkInput(scope, input);
    if (!checked.ok) return checked;
    if (isOwn(scope, row.id) && !sameRoles(row.roles, checked.roles))
      return { ok: false, reason: 'own-roles', otherAdmin: !(await isLastAdmin(tx, row.id)) };
    if (row.active && row.roles.includes('admin') && !checked.roles.includes('admin')) {
      if (await isLastAdmin(tx, row.id)) return { ok: false, reason: 'last-admin' };
    }
    const fields = [
      ...(row.name === checked.name ? [] : ['name']),
      ...(sameRoles(row.roles, checked.roles) ? [] : ['roles']),
      ...(row.service_point_id === input.servicePointId ? [] : ['service_point_id']),
    ];
    if (fields.length === 0) return { ok: true };
    await tx
      .updateTable('officer')
      .set({ name: checked.name, roles: [...checked.roles], service_point_id: input.servicePointId })
      .where('id', '=', row.id)
      .execute();
    await audit(tx, deps, scope, row.id, 'change', fields);
    return { ok: true };
  });
}

/** Closes an account, with every session of it, or opens it again. What the officer did stays under their name. */
export function setOfficerActive(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: { readonly officerId: OfficerId; readonly active: boolean },
): Promise<{ readonly ok: true } | OfficerRefusal> {
  return managing(db, scope, async (tx) => {
    const row = await lockOfficer(tx, input.officerId);
    if (!row) return { ok: false, reason: 'not-found' };
    if (row.active === input.active) return { ok: true };
    if (!input.active) {
      if (isOwn(scope, row.id)) return { ok: false, reason: 'own-account' };
      if (row.roles.includes('admin') && (await isLastAdmin(tx, row.id)))
        return { ok: false, reason: 'last-admin' };
      await endSessions(tx, scope, row.id);
    }
    await tx.updateTable('officer').set({ active: input.active }).where('id', '=', row.id).execute();
    await audit(tx, deps, scope, row.id, input.active ? 'activate' : 'deactivate', ['active']);
    return { ok: true };
  });
}

/** A new password for somebody who forgot theirs, shown once; all their sessions end. */
export async function resetPassword(
  db: Db,
  deps: Deps,
  scope: Scope,
  officerId: OfficerId,
): Promise<{ readonly ok: true; readonly password: string } | OfficerRefusal> {
  // The own password is changed with the old one, so that a session left open is not an account lost.
  if (isOwn(scope, officerId)) return { ok: false, reason: 'own-account' };
  const password = newPassword(deps);
  const passwordHash = await hash(password, PASSWORD_HASHING);
  return managing(db, scope, async (tx) => {
    const row = await lockOfficer(tx, officerId);
    if (!row) return { ok: false, reason: 'not-found' };
    await tx
      .updateTable('officer')
      .set({ password_hash: passwordHash, must_change_password: true })
      .where('id', '=', officerId)
      .execute();
    await endSessions(tx, scope, officerId);
    await audit(tx, deps, scope, officerId, 'reset_password', ['password']);
    return { ok: true, password };
  });
}

/** How an admin made sure that whoever asks is the officer; the words are the interface's (ASVS 6.4.4). */
export const RECOGNITIONS = [
  'recognised_document',
  'recognised_in_person',
  'recognised_video',
  'recognised_superior',
] as const;

/**
 * Takes app, passkeys and recovery codes away from somebody who lost what they are on; all their sessions end.
 * @param input.recognised one of `RECOGNITIONS`, which the audit log keeps
 */
export function resetSecondFactor(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: { readonly officerId: OfficerId; readonly recognised: string },
): Promise<
  { readonly ok: true } | OfficerRefusal | { readonly ok: false; readonly reason: 'not-recognised' }
> {
  const { officerId } = input;
  if (isOwn(scope, officerId)) return Promise.resolve({ ok: false, reason: 'own-account' });
  const recognised = RECOGNITIONS.find((one) => one === input.recognised);
  return managing<{ readonly ok: true } | { readonly ok: false; readonly reason: 'not-recognised' }>(
    db,
    scope,
    async (tx) => {
      const row = await lockOfficer(tx, officerId);
      if (!row) return { ok: false, reason: 'not-found' };
      if (!(await hasFactor(tx, row))) return { ok: true };
      if (recognised === undefined) return { ok: false, reason: 'not-recognised' };
      await tx.deleteFrom('passkey').where('officer_id', '=', officerId).execute();
      await tx.deleteFrom('recovery_code').where('officer_id', '=', officerId).execute();
      await tx
        .updateTable('officer')
        .set({ totp_secret: null, ...NO_CODE_CLOCK, factor_due_at: null })
        .where('id', '=', officerId)
        .execute();
      await endSessions(tx, scope, officerId);
      await audit(tx, deps, scope, officerId, 'reset_second_factor', ['totp_secret'], recognised);
      return { ok: true };
    },
  );
}

/** One transaction of somebody who may manage officers; two of them are done one after the other. */
export function managing<T>(
  db: Db,
  scope: Scope,
  work: (tx: Tx) => Promise<T | OfficerRefusal>,
): Promise<T | OfficerRefusal> {
  const { actor, library } = scope;
  if (actor.kind !== 'officer' || !may(actor.roles, 'officer.manage'))
    return Promise.resolve({ ok: false, reason: 'not-allowed' });
  return inLibrary(db, library.id, async (tx) => {
    // All admins are locked: of two who remove each other at once, one must stay.
    await tx.selectFrom('officer').select('id').orderBy('id').forUpdate().execute();
    return work(tx);
  });
}

export function isOwn({ actor }: Scope, id: OfficerId): boolean {
  return actor.kind === 'officer' && actor.id === id;
}

function lockOfficer(tx: Tx, id: OfficerId): Promise<OfficerRow | undefined> {
  return tx.selectFrom('officer').selectAll().where('id', '=', id).executeTakeFirst();
}

async function isLastAdmin(tx: Tx, id: OfficerId): Promise<boolean> {
  const others = await tx
    .selectFrom('officer')
    .select('roles')
    .where('active', '=', true)
    .where('id', '<>', id)
    .execute();
  return !others.some((other) => other.roles.includes('admin'));
}

async function endSessions(tx: Tx, scope: Scope, id: OfficerId): Promise<void> {
  await tx
    .updateTable('session')
    .set({ ended_at: scope.at })
    .where('officer_id', '=', id)
    .where('ended_at', 'is', null)
    .execute();
}

function checkInput(
  scope: Scope,
  input: OfficerInput,
): { readonly ok: true; readonly name: string; readonly roles: readonly Role[] } | OfficerRefusal {
  const name = cleanName(input.name);
  if (!name.ok) return invalid('name-missing');
  const roles = ROLES.filter((role) => input.roles.includes(role));
  if (roles.length === 0) return invalid('no-role');
  const { servicePointId } = input;
  if (servicePointId !== null && !scope.library.servicePoints.some((point) => point.id === servicePointId))
    return invalid('unknown-service-point');
  return { ok: true, name: name.name, roles };
}

function invalid(problem: OfficerProblem): OfficerRefusal {
  return { ok: false, reason: 'invalid', problem };
}

function sameRoles(one: readonly Role[], other: readonly Role[]): boolean {
  return one.length === other.length && one.every((role) => other.includes(role));
}

function audit(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  officerId: OfficerId,
  verb: string,
  fields: readonly string[],
  purpose: string | null = null,
): Promise<void> {
  return writeAudit(tx, deps, scope, {
    action: `officer.${verb}`,
    subjectKind: 'officer',
    subjectId: officerId,
    fields,
    purpose,
  });
}
