import { createHash } from 'node:crypto';
import { type ClientRow, useClient } from '../db/client.ts';
import type { Db } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import {
  API_SCOPES,
  type ApiAccount,
  type ApiScope,
  apiKeyOf,
  libraryOfApiKey,
  readApiSettings,
} from '../domain/api-scope.ts';
import type { ClientKind } from '../domain/client.ts';
import type { ClientId } from '../domain/ids.ts';
import { partsOf } from '../domain/parts.ts';
import { plainDateIn } from '../domain/plain-date.ts';
import { openAddressList, plainAddress } from './address-list.ts';
import { writeAudit } from './audit.ts';
import type { Deps, LibraryContext, Scope } from './context.ts';
import type { Libraries } from './get-library.ts';
import {
  type AccountProblem,
  type Changed,
  type ClientFacts,
  changeClient,
  insertClient,
  type Kept,
  listClients,
  managerOf,
  NAMED,
  problemOf,
} from './manage-client.ts';

const API: ClientKind = 'api';
/** How often at most is written down that a key was used. */
const TELL_EVERY_MS = 5_000;

/** A key in use. */
export interface ApiClient extends Kept<ApiAccount> {
  readonly id: ClientId;
}

export interface ListedKey extends ApiClient, ClientFacts {}

/** A key has 256 random bits: nobody guesses one, so a fast hash is enough. */
function hashOf(key: string): string {
  return `sha256:${createHash('sha256').update(key).digest('base64url')}`;
}

/**
 * A new key, shown once and kept as its hash. For an officer with `device.manage`, or a command on the server. An empty
 * list of scopes lets a program read what the library says of itself, no more.
 */
export async function createApiKey(
  db: Db,
  deps: Deps,
  scope: Scope,
  account: ApiAccount,
): Promise<
  | { readonly ok: true; readonly id: ClientId; readonly key: string }
  | { readonly ok: false; readonly reason: AccountProblem }
> {
  managerOf(scope);
  const problem = problemOfKey(scope, account);
  if (problem) return { ok: false, reason: problem };
  const key = apiKeyOf(scope.library.id, Buffer.from(deps.randomBytes(32)).toString('base64url'));
  const made = await insertClient(db, deps, scope, { kind: API, account, secretHash: hashOf(key) });
  return made.ok ? { ...made, key } : made;
}

/** Changes what a key may do, from the next request on; the key and its name stay. */
export function changeApiKey(
  db: Db,
  deps: Deps,
  scope: Scope,
  id: ClientId,
  account: Omit<ApiAccount, 'name'>,
): Promise<Changed> {
  const named = { ...account, name: NAMED };
  return changeClient(db, deps, scope, { id, kind: API }, named, problemOfKey(scope, named));
}

function problemOfKey(scope: Scope, account: ApiAccount): AccountProblem | undefined {
  return problemOf(scope, { ...account, settings: { blockReason: null } });
}

/** All keys, revoked ones last; never a key or its hash. */
export async function listApiKeys(db: Db, scope: Scope): Promise<readonly ListedKey[]> {
  const listed = await listClients(db, scope, API);
  return listed.map(({ row, facts }) => ({ ...clientOf(row), ...facts }));
}

/** Requests since it was last written down that a key is in use, by database and key. */
const uses = new WeakMap<Db, Map<ClientId, { toldAt: number; messages: number }>>();

export type OpenedKey =
  | { readonly ok: true; readonly library: LibraryContext; readonly client: ApiClient }
  | { readonly ok: false; readonly reason: 'unknown' }
  | { readonly ok: false; readonly reason: 'address'; readonly client: ApiClient };

/** Whose key this is, asked of the database each time: a key that was revoked is refused from that moment. */
export async function openApiKey(
  db: Db,
  deps: Deps,
  libraries: Libraries,
  input: { readonly key: string; readonly address: string; readonly requestId: string },
): Promise<OpenedKey> {
  const { key, address, requestId } = input;
  const libraryId = libraryOfApiKey(key);
  const library = libraryId && (await libraries.findById(libraryId));
  if (!library) return { ok: false, reason: 'unknown' };
  const at = deps.now();
  return inLibrary(db, library.id, async (tx) => {
    const row = await tx
      .selectFrom('client')
      .selectAll()
      .where('kind', '=', API)
      .where('secret_hash', '=', hashOf(key))
      .where('revoked_at', 'is', null)
      .executeTakeFirst();
    if (!row) return { ok: false, reason: 'unknown' } as const;
    const client = clientOf(row);
    if (row.addresses.length > 0 && !openAddressList(row.addresses)(plainAddress(address))) {
      // Once for a key that is used from elsewhere, not for each of its requests.
      if (useOf(db, client.id, at) !== undefined) {
        const scope: Scope = { library, actor: { kind: 'system' }, at, requestId };
        await writeAudit(tx, deps, scope, {
          action: 'client.refuse',
          subjectKind: 'client',
          subjectId: client.id,
          fields: ['addresses'],
        });
      }
      return { ok: false, reason: 'address', client } as const;
    }
    const messages = useOf(db, client.id, at);
    if (messages !== undefined) {
      const day = plainDateIn(library.settings.profile.timezone, at);
      await useClient(tx, client.id, { day, messages, lookups: 0, address: plainAddress(address) }, at);
    }
    return { ok: true, library, client } as const;
  });
}

/** Counts one use; the number to be written down now, undefined where that was done a moment ago. */
function useOf(db: Db, id: ClientId, at: Date): number | undefined {
  const known = uses.get(db) ?? new Map<ClientId, { toldAt: number; messages: number }>();
  uses.set(db, known);
  const use = known.get(id) ?? { toldAt: Number.NEGATIVE_INFINITY, messages: 0 };
  known.set(id, use);
  use.messages++;
  if (Math.abs(at.getTime() - use.toldAt) < TELL_EVERY_MS) return undefined;
  const { messages } = use;
  use.toldAt = at.getTime();
  use.messages = 0;
  return messages;
}

/** In whose name a program acts. */
export function scopeOfClient(
  deps: Pick<Deps, 'now'>,
  library: LibraryContext,
  client: ApiClient,
  requestId: string,
): Scope {
  const { id, servicePointId, scopes } = client;
  return {
    library,
    actor: {
      kind: 'device',
      id,
      servicePointId,
      memberActions: [
        ...(scopes.includes('members.suspend') ? (['suspend', 'resume'] as const) : []),
        ...(scopes.includes('members.write') ? (['correct'] as const) : []),
      ],
    },
    at: deps.now(),
    requestId,
  };
}

function clientOf(row: ClientRow): ApiClient {
  return {
    id: row.id,
    name: row.name,
    scopes: API_SCOPES.filter((one) => row.scopes.includes(one)),
    settings: readApiSettings(row.settings),
    addresses: row.addresses,
    perMinute: row.per_minute,
    servicePointId: row.service_point_id,
  };
}

/** The names of scopes as typed, by commas or spaces; undefined where one is unknown. */
export function readApiScopes(typed: string): readonly ApiScope[] | undefined {
  const names = partsOf(typed);
  const known = API_SCOPES.filter((one) => names.includes(one));
  return known.length === new Set(names).size ? known : undefined;
}
