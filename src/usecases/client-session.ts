import { createHash } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { type ClientRow, type ClientUse, findClient, useClient } from '../db/client.ts';
import type { Db } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { ClientKind, Sip2Account } from '../domain/client.ts';
import type { ClientId } from '../domain/ids.ts';
import { openAddressList, plainAddress } from './address-list.ts';
import { writeAudit } from './audit.ts';
import type { Deps, LibraryContext, Scope } from './context.ts';
import { PASSWORD_HASHING } from './create-library.ts';
import { accountOf, type Kept } from './manage-client.ts';

/** A machine that has signed in. */
export interface SignedInClient extends Kept<Sip2Account> {
  readonly id: ClientId;
  /** Changes with the password, and tells nothing of it. */
  readonly secretTag: string;
}

/**
 * Passwords that were right a while ago, as keyed hashes in memory: devices connect anew all day, and each check of
 * the slow hash costs as much as hundreds of answers.
 */
const proven = new WeakMap<Db, Map<string, number>>();
const PROVEN_MS = 60 * 60_000;
const MOST_PROVEN = 1_000;

/** Checked where the name is unknown, so that the time tells nobody which names exist. */
let nobodysHash: Promise<string> | undefined;

/**
 * Signs a machine in. A wrong name, a wrong password and an address that is not on the account's list are the same
 * refusal; who calls this limits the tries.
 * @param library undefined: no such library, which takes as long as a wrong password
 * @param input.quick whether only a password that was right a while ago is taken: after too many wrong ones, and
 *   without their cost
 */
export async function signInClient(
  db: Db,
  deps: Deps,
  library: LibraryContext | undefined,
  input: {
    readonly kind: ClientKind;
    readonly name: string;
    readonly password: string;
    readonly address: string;
    readonly requestId: string;
    readonly quick: boolean;
  },
): Promise<{ readonly ok: true; readonly client: SignedInClient } | { readonly ok: false }> {
  const { kind, name, password, address, quick } = input;
  const at = deps.now();
  const row = library && (await inLibrary(db, library.id, (tx) => findClient(tx, kind, name)));
  if (!library || !row) {
    nobodysHash ??= hash('nobody', PASSWORD_HASHING);
    if (!quick) await verify(await nobodysHash, password);
    return { ok: false };
  }
  const known = proven.get(db) ?? new Map<string, number>();
  proven.set(db, known);
  const proof = deps.vault
    .hash(library.id, 'client_proof', `${row.id}|${row.secret_hash}|${password}`)
    .toString('base64');
  const right = isProven(known, proof, at) || (!quick && (await verify(row.secret_hash, password)));
  if (right && mayComeFrom(row, address)) {
    known.delete(proof);
    known.set(proof, at.getTime());
    for (const oldest of known.keys()) {
      if (known.size <= MOST_PROVEN) break;
      known.delete(oldest);
    }
    return { ok: true, client: clientOf(row) };
  }
  if (!quick) {
    const scope: Scope = { library, actor: { kind: 'system' }, at, requestId: input.requestId };
    await inLibrary(db, library.id, (tx) =>
      writeAudit(tx, deps, scope, {
        action: 'client.refuse',
        subjectKind: 'client',
        subjectId: row.id,
        fields: [right ? 'addresses' : 'password'],
      }),
    );
  }
  return { ok: false };
}

/**
 * Counts what a machine did and asks how its account stands now.
 * @returns undefined where it was revoked, has another password by now, or may not come from here any more
 */
export async function stillSignedIn(
  db: Db,
  deps: Deps,
  library: LibraryContext,
  client: SignedInClient,
  use: ClientUse,
): Promise<SignedInClient | undefined> {
  const row = await inLibrary(db, library.id, (tx) => useClient(tx, client.id, use, deps.now()));
  if (!row || !mayComeFrom(row, use.address)) return undefined;
  const now = clientOf(row);
  return now.secretTag === client.secretTag ? now : undefined;
}

function clientOf(row: ClientRow): SignedInClient {
  return {
    ...accountOf(row),
    id: row.id,
    secretTag: createHash('sha256').update(row.secret_hash).digest('base64'),
  };
}

function mayComeFrom(row: ClientRow, address: string): boolean {
  return row.addresses.length === 0 || openAddressList(row.addresses)(plainAddress(address));
}

function isProven(known: ReadonlyMap<string, number>, proof: string, at: Date): boolean {
  const when = known.get(proof);
  return when !== undefined && at.getTime() - when < PROVEN_MS;
}
