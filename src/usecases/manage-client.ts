import { hash } from '@node-rs/argon2';
import { type ClientRow, listClientRows } from '../db/client.ts';
import type { Db, Tx } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import {
  type ClientKind,
  clientLogin,
  isClientName,
  MOST_ADDRESSES,
  PER_MINUTE,
  readSip2Settings,
  SIP2_SCOPES,
  type Sip2Scope,
  type Sip2Settings,
} from '../domain/client.ts';
import type { ClientId, OfficerId, ServicePointId } from '../domain/ids.ts';
import { may } from '../domain/permissions.ts';
import { isAddressRange } from './address-list.ts';
import { writeAudit } from './audit.ts';
import { type Deps, newId, type Scope, servicePointOf, todayOf } from './context.ts';
import { newPassword, PASSWORD_HASHING } from './create-library.ts';

/** What an officer, or whoever has the server, decides about a SIP2 device. */
export interface Sip2Account {
  readonly name: string;
  readonly scopes: readonly Sip2Scope[];
  readonly settings: Sip2Settings;
  /** Addresses and CIDR ranges it may come from; empty: any. */
  readonly addresses: readonly string[];
  readonly perMinute: number;
  /** Null: the library's first one. */
  readonly servicePointId: ServicePointId | null;
}

export interface ListedClient extends Omit<Sip2Account, 'servicePointId'> {
  readonly id: ClientId;
  readonly kind: ClientKind;
  readonly login: string;
  readonly servicePointId: ServicePointId;
  readonly createdAt: Date;
  readonly rotatedAt: Date | null;
  readonly revokedAt: Date | null;
  readonly lastUsedAt: Date | null;
  readonly lastAddress: string | null;
  readonly messagesToday: number;
  readonly lookupsToday: number;
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
  const { library, at } = scope;
  const createdBy = managerOf(scope);
  const problem = problemOf(scope, account);
  if (problem) return { ok: false, reason: problem };
  const id = newId<ClientId>(deps, at);
  const password = newPassword(deps);
  const secret_hash = await hash(password, PASSWORD_HASHING);
  return inLibrary(db, library.id, async (tx) => {
    const made = await tx
      .insertInto('client')
      .values({
        library_id: library.id,
        id,
        kind: 'sip2',
        name: account.name,
        secret_hash,
        ...columnsOf(scope, account),
        created_at: at,
        created_by: createdBy,
        rotated_at: null,
        revoked_at: null,
        last_used_at: null,
        last_address: null,
      })
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
      .executeTakeFirst();
    if (!made) return { ok: false, reason: 'name-taken' };
    await tell(tx, deps, scope, 'client.create', id, [...account.scopes]);
    return { ok: true, id, login: clientLogin(library.slug, account.name), password };
  });
}

/** Changes what a device may do, not its name. It notices within seconds. */
export async function changeSip2Client(
  db: Db,
  deps: Deps,
  scope: Scope,
  id: ClientId,
  account: Omit<Sip2Account, 'name'>,
): Promise<{ readonly ok: true } | NotFound | { readonly ok: false; readonly reason: AccountProblem }> {
  managerOf(scope);
  const problem = problemOf(scope, { ...account, name: 'x' });
  if (problem) return { ok: false, reason: problem };
  return inLibrary(db, scope.library.id, async (tx) => {
    const changed = await tx
      .updateTable('client')
      .set(columnsOf(scope, account))
      .where('id', '=', id)
      .where('kind', '=', 'sip2')
      .where('revoked_at', 'is', null)
      .returning('id')
      .executeTakeFirst();
    if (!changed) return { ok: false, reason: 'not-found' };
    await tell(tx, deps, scope, 'client.change', id, [...account.scopes]);
    return { ok: true };
  });
}

/** A new password; who signed in with the old one is sent away within seconds. */
export async function rotateClient(
  db: Db,
  deps: Deps,
  scope: Scope,
  which: { readonly id: ClientId } | { readonly kind: ClientKind; readonly name: string },
): Promise<Made | NotFound> {
  managerOf(scope);
  const password = newPassword(deps);
  const secret_hash = await hash(password, PASSWORD_HASHING);
  return inLibrary(db, scope.library.id, async (tx) => {
    const row = await tx
      .updateTable('client')
      .set({ secret_hash, rotated_at: scope.at })
      .where((is) => is.and('id' in which ? { id: which.id } : { kind: which.kind, name: which.name }))
      .where('revoked_at', 'is', null)
      .returning(['id', 'name'])
      .executeTakeFirst();
    if (!row) return { ok: false, reason: 'not-found' };
    await tell(tx, deps, scope, 'client.rotate', row.id);
    return { ok: true, id: row.id, login: clientLogin(scope.library.slug, row.name), password };
  });
}

/** Ends an account; who is signed in with it is sent away within seconds. Its name may be given again. */
export async function revokeClient(
  db: Db,
  deps: Deps,
  scope: Scope,
  which: { readonly id: ClientId } | { readonly kind: ClientKind; readonly name: string },
): Promise<{ readonly ok: true; readonly id: ClientId } | NotFound> {
  managerOf(scope);
  return inLibrary(db, scope.library.id, async (tx) => {
    const row = await tx
      .updateTable('client')
      .set({ revoked_at: scope.at })
      .where((is) => is.and('id' in which ? { id: which.id } : { kind: which.kind, name: which.name }))
      .where('revoked_at', 'is', null)
      .returning('id')
      .executeTakeFirst();
    if (!row) return { ok: false, reason: 'not-found' };
    await tell(tx, deps, scope, 'client.revoke', row.id);
    return { ok: true, id: row.id };
  });
}

/** All accounts of a kind, revoked ones last; never a password or its hash. */
export async function listClients(db: Db, scope: Scope, kind: ClientKind): Promise<readonly ListedClient[]> {
  const rows = await inLibrary(db, scope.library.id, (tx) => listClientRows(tx, kind, todayOf(scope)));
  return rows.map((row) => ({
    ...accountOf(row),
    id: row.id,
    kind: row.kind,
    login: clientLogin(scope.library.slug, row.name),
    createdAt: row.created_at,
    rotatedAt: row.rotated_at,
    revokedAt: row.revoked_at,
    lastUsedAt: row.last_used_at,
    lastAddress: row.last_address,
    messagesToday: row.messages ?? 0,
    lookupsToday: row.lookups ?? 0,
  }));
}

/** A stored account in the words of this program. */
export function accountOf(row: ClientRow): Sip2Account & { readonly servicePointId: ServicePointId } {
  return {
    name: row.name,
    scopes: SIP2_SCOPES.filter((scope) => row.scopes.includes(scope)),
    settings: readSip2Settings(row.settings),
    addresses: row.addresses,
    perMinute: row.per_minute,
    servicePointId: row.service_point_id,
  };
}

function columnsOf(scope: Scope, account: Omit<Sip2Account, 'name'>) {
  const { settings, addresses, perMinute, servicePointId } = account;
  return {
    scopes: SIP2_SCOPES.filter((one) => one === 'patron.read' || account.scopes.includes(one)),
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
