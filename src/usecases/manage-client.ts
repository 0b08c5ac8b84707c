import { hash } from '@node-rs/argon2';
import { type ClientRow, listClientRows } from '../db/client.ts';
import type { Db, Tx } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import {
  type ClientAccount,
  type ClientKind,
  clientLogin,
  isClientName,
  MOST_ADDRESSES,
  PER_MINUTE,
  readSip2Settings,
  SIP2_SCOPES,
  type Sip2Account,
  type Sip2Settings,
} from '../domain/client.ts';
import type { ClientId, OfficerId, ServicePointId } from '../domain/ids.ts';
import { may } from '../domain/permissions.ts';
import { isAddressRange } from './address-list.ts';
import { writeAudit } from './audit.ts';
import { type Deps, newId, type Scope, servicePointOf, todayOf } from './context.ts';
import { newPassword, PASSWORD_HASHING } from './create-library.ts';

/** A kept account, and what is known of its use. */
export interface ClientFacts {
  readonly id: ClientId;
  readonly createdAt: Date;
  readonly rotatedAt: Date | null;
  readonly revokedAt: Date | null;
  readonly lastUsedAt: Date | null;
  readonly lastAddress: string | null;
  readonly messagesToday: number;
  readonly lookupsToday: number;
}

/** An account as it is kept: a service point is named. */
export type Kept<Account> = Omit<Account, 'servicePointId'> & { readonly servicePointId: ServicePointId };

export interface ListedClient extends Kept<Sip2Account>, ClientFacts {
  readonly login: string;
}

export type AccountProblem =
  | 'name-invalid'
  | 'name-taken'
  | 'unknown-service-point'
  | 'address-invalid'
  | 'pace-invalid'
  | 'unknown-reason';

type Made = {
  readonly ok: true;
  readonly id: ClientId;
  /** Shown once, with the password. */
  readonly login: string;
  readonly password: string;
};

export type Changed =
  | { readonly ok: true }
  | NotFound
  | { readonly ok: false; readonly reason: AccountProblem };

/** Stands for the name of an account that keeps it. */
export const NAMED = 'x';

/** An account of a kind, by its id or by the name that no other in use has: no kind's page acts on another's account. */
export type WhichClient = { readonly kind: ClientKind } & (
  | { readonly id: ClientId }
  | { readonly name: string }
);

type NotFound = { readonly ok: false; readonly reason: 'not-found' };

/**
 * A new account of a SIP2 device, with a password that is shown once and kept as a hash. For an officer with
 * `device.manage`, or a command on the server.
 */
export async function createSip2Client(
  db: Db,
  deps: Deps,
  scope: Scope,
  account: Sip2Account,
): Promise<Made | { readonly ok: false; readonly reason: AccountProblem }> {
  managerOf(scope);
  const problem = problemOf(scope, account);
  if (problem) return { ok: false, reason: problem };
  const password = newPassword(deps);
  const secretHash = await hash(password, PASSWORD_HASHING);
  const made = await insertClient(db, deps, scope, { kind: 'sip2', account: lawful(account), secretHash });
  return made.ok ? { ...made, login: clientLogin(scope.library.slug, account.name), password } : made;
}

/** A new account of any kind; `name-taken` where one of this name is in use. The caller has looked for other problems. */
export function insertClient(
  db: Db,
  deps: Deps,
  scope: Scope,
  made: {
    readonly kind: ClientKind;
    readonly account: ClientAccount<string, object>;
    readonly secretHash: string;
  },
): Promise<
  { readonly ok: true; readonly id: ClientId } | { readonly ok: false; readonly reason: 'name-taken' }
> {
  const { library, at } = scope;
  const { kind, account, secretHash } = made;
  const created_by = managerOf(scope);
  const id = newId<ClientId>(deps, at);
  return inLibrary(db, library.id, async (tx) => {
    const row = await tx
      .insertInto('client')
      .values({
        library_id: library.id,
        id,
        kind,
        name: account.name,
        secret_hash: secretHash,
        ...columnsOf(scope, account),
        created_at: at,
        created_by,
        rotated_at: null,
        revoked_at: null,
        last_used_at: null,
        last_address: null,
      })
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
      .executeTakeFirst();
    if (!row) return { ok: false, reason: 'name-taken' };
    await tell(tx, deps, scope, 'client.create', id, [...account.scopes]);
    return { ok: true, id };
  });
}

/** Changes what a device may do, not its name. It notices within seconds. */
export function changeSip2Client(
  db: Db,
  deps: Deps,
  scope: Scope,
  id: ClientId,
  account: Omit<Sip2Account, 'name'>,
): Promise<Changed> {
  const named = { ...account, name: NAMED };
  return changeClient(db, deps, scope, { id, kind: 'sip2' }, lawful(named), problemOf(scope, named));
}

/** Changes an account of any kind, not its name, unless there is a problem with it. */
export async function changeClient(
  db: Db,
  deps: Deps,
  scope: Scope,
  which: { readonly id: ClientId; readonly kind: ClientKind },
  account: ClientAccount<string, object>,
  problem: AccountProblem | undefined,
): Promise<Changed> {
  managerOf(scope);
  if (problem) return { ok: false, reason: problem };
  return inLibrary(db, scope.library.id, async (tx) => {
    const changed = await tx
      .updateTable('client')
      .set(columnsOf(scope, account))
      .where((is) => is.and(which))
      .where('revoked_at', 'is', null)
      .returning('id')
      .executeTakeFirst();
    if (!changed) return { ok: false, reason: 'not-found' };
    await tell(tx, deps, scope, 'client.change', which.id, [...account.scopes]);
    return { ok: true };
  });
}

/** A new password; who signed in with the old one is sent away within seconds. */
export async function rotateClient(
  db: Db,
  deps: Deps,
  scope: Scope,
  which: WhichClient,
): Promise<Made | NotFound> {
  managerOf(scope);
  const password = newPassword(deps);
  const secret_hash = await hash(password, PASSWORD_HASHING);
  return inLibrary(db, scope.library.id, async (tx) => {
    const row = await tx
      .updateTable('client')
      .set({ secret_hash, rotated_at: scope.at })
      .where((is) => is.and(which))
      .where('revoked_at', 'is', null)
      .returning(['id', 'name'])
      .executeTakeFirst();
    if (!row) return { ok: false, reason: 'not-found' };
    await tell(tx, deps, scope, 'client.rotate', row.id);
    return { ok: true, id: row.id, login: clientLogin(scope.library.slug, row.name), password };
  });
}

/**
 * Ends an account; who is signed in with it is sent away within seconds. Its name may be given again. One that ended before,
 * named by its id, stands: pressed twice it ends once.
 */
export async function revokeClient(
  db: Db,
  deps: Deps,
  scope: Scope,
  which: WhichClient,
): Promise<{ readonly ok: true; readonly id: ClientId } | NotFound> {
  managerOf(scope);
  return inLibrary(db, scope.library.id, async (tx) => {
    const row = await tx
      .updateTable('client')
      .set({ revoked_at: scope.at })
      .where((is) => is.and(which))
      .where('revoked_at', 'is', null)
      .returning('id')
      .executeTakeFirst();
    if (!row) {
      const ended =
        'id' in which &&
        (await tx
          .selectFrom('client')
          .select('id')
          .where((is) => is.and(which))
          .executeTakeFirst());
      return ended ? { ok: true, id: ended.id } : { ok: false, reason: 'not-found' };
    }
    await tell(tx, deps, scope, 'client.revoke', row.id);
    return { ok: true, id: row.id };
  });
}

/** All accounts of SIP2 devices, revoked ones last; never a password or its hash. */
export async function listSip2Clients(db: Db, scope: Scope): Promise<readonly ListedClient[]> {
  const listed = await listClients(db, scope, 'sip2');
  return listed.map(({ row, facts }) => ({
    ...accountOf(row),
    ...facts,
    login: clientLogin(scope.library.slug, row.name),
  }));
}

/** All accounts of a kind as rows, with what is known of their use today. */
export async function listClients(
  db: Db,
  scope: Scope,
  kind: ClientKind,
): Promise<readonly { readonly row: ClientRow; readonly facts: ClientFacts }[]> {
  const rows = await inLibrary(db, scope.library.id, (tx) => listClientRows(tx, kind, todayOf(scope)));
  return rows.map((row) => ({
    row,
    facts: {
      id: row.id,
      createdAt: row.created_at,
      rotatedAt: row.rotated_at,
      revokedAt: row.revoked_at,
      lastUsedAt: row.last_used_at,
      lastAddress: row.last_address,
      messagesToday: row.messages ?? 0,
      lookupsToday: row.lookups ?? 0,
    },
  }));
}

/** A stored account in the words of this program. */
export function accountOf(row: ClientRow): Kept<Sip2Account> {
  return {
    name: row.name,
    scopes: SIP2_SCOPES.filter((scope) => row.scopes.includes(scope)),
    settings: readSip2Settings(row.settings),
    addresses: row.addresses,
    perMinute: row.per_minute,
    servicePointId: row.service_point_id,
  };
}

/** A device that may not ask who is a member has no reason to be there. */
function lawful(account: Sip2Account): Sip2Account {
  return {
    ...account,
    scopes: SIP2_SCOPES.filter((one) => one === 'patron.read' || account.scopes.includes(one)),
  };
}

function columnsOf(scope: Scope, account: ClientAccount<string, object>) {
  const { scopes, settings, addresses, perMinute, servicePointId } = account;
  return {
    scopes: [...scopes],
    settings: JSON.stringify(settings),
    addresses: [...addresses],
    per_minute: perMinute,
    service_point_id: servicePointId ?? servicePointOf({ ...scope, actor: { kind: 'system' } }),
  };
}

/** What is wrong with an account, where something is. */
export function problemOf(
  { library }: Scope,
  account: Pick<Sip2Account, 'name' | 'addresses' | 'perMinute' | 'servicePointId'> & {
    readonly settings: Pick<Sip2Settings, 'blockReason'>;
  },
): AccountProblem | undefined {
  const { name, addresses, perMinute, servicePointId, settings } = account;
  if (!isClientName(name)) return 'name-invalid';
  if (servicePointId !== null && !library.servicePoints.some(({ id }) => id === servicePointId))
    return 'unknown-service-point';
  if (addresses.length > MOST_ADDRESSES || !addresses.every(isAddressRange)) return 'address-invalid';
  if (!Number.isInteger(perMinute) || perMinute < PER_MINUTE.min || perMinute > PER_MINUTE.max)
    return 'pace-invalid';
  const { blockReason } = settings;
  const known = library.settings.suspensionReasons.some(({ code }) => code === blockReason);
  return blockReason !== null && !known ? 'unknown-reason' : undefined;
}

/** The pages ask for this permission too; a thing that may ask about everybody has a second lock. */
export function managerOf({ actor }: Scope): OfficerId | null {
  if (actor.kind === 'system') return null;
  if (actor.kind !== 'officer' || !may(actor.roles, 'device.manage'))
    throw new Error('accounts of machines are managed by officers with device.manage');
  return actor.id;
}

/** The row of the audit log about an account. */
export function tell(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  action: string,
  id: ClientId,
  fields: readonly string[] = [],
): Promise<void> {
  return writeAudit(tx, deps, scope, { action, subjectKind: 'client', subjectId: id, fields });
}
