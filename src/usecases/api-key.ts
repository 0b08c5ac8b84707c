import { createHash } from 'node:crypto';
import { type ClientRow, useClient } from '../db/client.ts';
import type { Db } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import {
  API_SCOPES,
  type ApiScope,
  type ApiSettings,
  apiKeyOf,
  libraryOfApiKey,
  readApiSettings,
} from '../domain/api-scope.ts';
import type { ClientKind } from '../domain/client.ts';
import type { ClientId, ServicePointId } from '../domain/ids.ts';
import { plainDateIn } from '../domain/plain-date.ts';
import { openAddressList, plainAddress } from './address-list.ts';
import { writeAudit } from './audit.ts';
import { type Deps, type LibraryContext, newId, type Scope, servicePointOf } from './context.ts';
import type { Libraries } from './get-library.ts';
import { type AccountProblem, managerOf, problemOf, tell } from './manage-client.ts';

const API: ClientKind = 'api';
/** How often at most is written down that a key was used. */
const TELL_EVERY_MS = 5_000;

/** What an officer, or whoever has the server, decides about a key. */
export interface ApiAccount {
  readonly name: string;
  readonly scopes: readonly ApiScope[];
  readonly settings: ApiSettings;
  /** Addresses and CIDR ranges it may be used from; empty: any. */
  readonly addresses: readonly string[];
  readonly perMinute: number;
  /** Null: the library's first one. */
  readonly servicePointId: ServicePointId | null;
}

/** A key in use. */
export interface ApiClient extends ApiAccount {
  readonly id: ClientId;
  readonly servicePointId: ServicePointId;
}

export interface ListedKey extends ApiClient {
  readonly createdAt: Date;
  readonly revokedAt: Date | null;
  readonly lastUsedAt: Date | null;
  readonly lastAddress: string | null;
}

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
  const { library, at } = scope;
  const createdBy = managerOf(scope);
  const problem = problemOf(scope, { ...account, settings: { blockReason: null } });
  if (problem) return { ok: false, reason: problem };
  const id = newId<ClientId>(deps, at);
  const key = apiKeyOf(library.id, Buffer.from(deps.randomBytes(32)).toString('base64url'));
  return inLibrary(db, library.id, async (tx) => {
    const made = await tx
      .insertInto('client')
      .values({
        library_id: library.id,
        id,
        kind: API,
        name: account.name,
        secret_hash: hashOf(key),
        scopes: API_SCOPES.filter((one) => account.scopes.includes(one)),
        settings: JSON.stringify(account.settings),
        addresses: [...account.addresses],
        per_minute: account.perMinute,
        service_point_id: account.servicePointId ?? servicePointOf({ ...scope, actor: { kind: 'system' } }),
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
    return { ok: true, id, key };
  });
}

/** All keys, revoked ones last; never a key or its hash. */
export async function listApiKeys(db: Db, scope: Scope): Promise<readonly ListedKey[]> {
  const rows = await inLibrary(db, scope.library.id, (tx) =>
    tx
      .selectFrom('client')
      .selectAll()
      .where('kind', '=', API)
      .orderBy((is) => is('revoked_at', 'is not', null))
      .orderBy('name')
      .orderBy('created_at', 'desc')
      .execute(),
  );
  return rows.map((row) => ({
    ...clientOf(row),
    createdAt: row.created_at,
    revokedAt: row.revoked_at,
    lastUsedAt: row.last_used_at,
    lastAddress: row.last_address,
  }));
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
  const names = typed.split(/[\s,]+/).filter((one) => one !== '');
  const known = API_SCOPES.filter((one) => names.includes(one));
  return known.length === new Set(names).size ? known : undefined;
}
