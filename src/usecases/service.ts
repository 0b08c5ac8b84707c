import { createHash, createPublicKey } from 'node:crypto';
import { type ClientRow, findClientById } from '../db/client.ts';
import type { Db } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import { PER_MINUTE } from '../domain/client.ts';
import type { ClientId } from '../domain/ids.ts';
import {
  problemOfService,
  readServiceSettings,
  SERVICE_SCOPES,
  type ServiceAccount,
  type ServiceProblem,
} from '../domain/service.ts';
import { readServiceKeys, type ServiceKey, writeServiceKeys } from '../domain/service-keys.ts';
import type { Deps, LibraryContext, Scope } from './context.ts';
import {
  type AccountProblem,
  type ClientFacts,
  changeClient,
  insertClient,
  type Kept,
  listClients,
  managerOf,
  NAMED,
  problemOf,
} from './manage-client.ts';

/** A service that members sign in to. */
export interface Service extends Kept<ServiceAccount> {
  readonly id: ClientId;
  /** Of its secret; empty of a public one. */
  readonly secretHash: string;
}

export interface ListedService extends Omit<Service, 'secretHash'>, ClientFacts {}

/** What is decided about a service; where it comes from and how often is not. */
export type ServiceInput = Pick<ServiceAccount, 'name' | 'scopes' | 'settings'>;

type Refused = { readonly ok: false; readonly reason: AccountProblem | ServiceProblem };

/** The secret has 256 random bits: nobody guesses one, so a fast hash is enough. */
export function secretHashOf(secret: string): string {
  return `sha256:${createHash('sha256').update(secret).digest('base64url')}`;
}

/** A new service, with a secret that is shown once; null for one that has none. For an officer with `device.manage`, or a command. */
export async function createService(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: ServiceInput,
): Promise<{ readonly ok: true; readonly id: ClientId; readonly secret: string | null } | Refused> {
  managerOf(scope);
  const account = accountOf(input);
  const problem = problemOfAccount(scope, account);
  if (problem) return { ok: false, reason: problem };
  const { method } = input.settings;
  const secret =
    method === 'none' || method === 'jwt' ? null : Buffer.from(deps.randomBytes(32)).toString('base64url');
  const made = await insertClient(db, deps, scope, {
    kind: 'oidc',
    account,
    secretHash: secret === null ? '' : secretHashOf(secret),
  });
  return made.ok ? { ...made, secret } : made;
}

/** Changes a service from its next request on, its public keys as well; its name, its secret and how it shows who it is stay. */
export async function changeService(
  db: Db,
  deps: Deps,
  scope: Scope,
  id: ClientId,
  input: Omit<ServiceInput, 'name'>,
): Promise<{ readonly ok: true } | Refused | { readonly ok: false; readonly reason: 'not-found' }> {
  managerOf(scope);
  const known = await findService(db, scope.library, id, 'paused as well');
  if (!known) return { ok: false, reason: 'not-found' };
  const settings = { ...input.settings, method: known.settings.method };
  const account = accountOf({ ...input, settings, name: NAMED });
  const problem = problemOfSettings(account);
  if (problem) return { ok: false, reason: problem };
  return changeClient(db, deps, scope, { id, kind: 'oidc' }, account, undefined);
}

/** All services, revoked ones last; never a secret or its hash. */
export async function listServices(db: Db, scope: Scope): Promise<readonly ListedService[]> {
  const listed = await listClients(db, scope, 'oidc');
  return listed.map(({ row, facts }) => {
    const { secretHash: _, ...service } = serviceOf(row);
    return { ...service, ...facts };
  });
}

/** The service of this id, while it may be used. */
export async function findService(
  db: Db,
  library: LibraryContext,
  id: string,
  which: 'in use' | 'paused as well' = 'in use',
): Promise<Service | undefined> {
  if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) return undefined;
  const row = await inLibrary(db, library.id, (tx) => findClientById(tx, 'oidc', id as ClientId));
  const service = row && serviceOf(row);
  return service?.settings.paused === true && which === 'in use' ? undefined : service;
}

/** Origins whose pages ask for tokens themselves: of public services in use, where they are sent back to over https. */
export async function servicePageOrigins(db: Db, library: LibraryContext): Promise<ReadonlySet<string>> {
  const rows = await inLibrary(db, library.id, (tx) =>
    tx
      .selectFrom('client')
      .select('settings')
      .where('kind', '=', 'oidc')
      .where('revoked_at', 'is', null)
      .execute(),
  );
  const used = rows.map((row) => readServiceSettings(row.settings));
  return new Set(
    used.flatMap((one) => (one.method === 'none' && !one.paused ? pageOriginsOf(one.redirects) : [])),
  );
}

/** Origins of pages among addresses that a service is sent back to: programs on a computer have none. */
export function pageOriginsOf(redirects: readonly string[]): readonly string[] {
  return redirects.filter((one) => one.startsWith('https:')).map((one) => new URL(one).origin);
}

function serviceOf(row: ClientRow): Service {
  return {
    id: row.id,
    name: row.name,
    scopes: SERVICE_SCOPES.filter((one) => row.scopes.includes(one)),
    settings: readServiceSettings(row.settings),
    addresses: row.addresses,
    perMinute: row.per_minute,
    servicePointId: row.service_point_id,
    secretHash: row.secret_hash,
  };
}

/** Public keys of a service that signs; none of any other. */
export function serviceKeysOf({ settings }: Pick<ServiceAccount, 'settings'>): readonly ServiceKey[] {
  const read = settings.method === 'jwt' ? readServiceKeys(settings.keys) : undefined;
  return read?.ok === true ? read.keys : [];
}

function accountOf(input: ServiceInput): ServiceAccount {
  const { method, keys } = input.settings;
  const read = method === 'jwt' ? readServiceKeys(keys) : undefined;
  return {
    ...input,
    settings: {
      ...input.settings,
      // What cannot be read is refused by `problemOfSettings`.
      keys: method !== 'jwt' ? '' : read?.ok === true ? writeServiceKeys(read.keys) : keys,
    },
    scopes: SERVICE_SCOPES.filter((one) => input.scopes.includes(one)),
    addresses: [],
    perMinute: PER_MINUTE.usual,
    servicePointId: null,
  };
}

function problemOfAccount(
  scope: Scope,
  account: ServiceAccount,
): AccountProblem | ServiceProblem | undefined {
  const { name, addresses, perMinute, servicePointId } = account;
  return (
    problemOf(scope, { name, addresses, perMinute, servicePointId, settings: { blockReason: null } }) ??
    problemOfSettings(account)
  );
}

/** Beside what their form says: whether a point is on its curve, and the like. */
function problemOfSettings(account: ServiceAccount): ServiceProblem | undefined {
  const problem = problemOfService(account.settings);
  if (problem) return problem;
  try {
    for (const key of serviceKeysOf(account)) createPublicKey({ key, format: 'jwk' });
    return undefined;
  } catch {
    return 'keys-invalid';
  }
}
