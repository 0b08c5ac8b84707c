import type { Db } from '../db/connection.ts';
import { listLibraries } from '../db/library.ts';
import { addActiveKey, addFormerKey, type LibraryKey } from '../db/library-key.ts';
import { libraryVerifier, type SigningKey, signingKeyFromSeed, verifyByPhone } from '../db/signing-key.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { OfficerId } from '../domain/ids.ts';
import { may } from '../domain/permissions.ts';
import { hexOf } from '../domain/published-keys.ts';
import type { CodeVerifier } from '../domain/scanned-code.ts';
import { writeAudit } from './audit.ts';
import type { Deps, LibraryContext, Scope } from './context.ts';

/** Made once of each key: the library's settings are read anew every few seconds, and its key is the same. */
const signers = new WeakMap<Deps['vault'], Map<string, SigningKey>>();
const verifiers = new WeakMap<readonly LibraryKey[], CodeVerifier>();

/** What signs new codes of this library. The seed leaves the vault only into this. */
export function signerOf(deps: Pick<Deps, 'vault'>, library: LibraryContext): SigningKey {
  const active = library.keys.find((key) => key.state === 'active');
  if (!active || active.sealedSeed === null) throw new Error('a library has a key');
  const name = `${library.id}|${hexOf(active.keyId)}`;
  const known = signers.get(deps.vault) ?? new Map<string, SigningKey>();
  signers.set(deps.vault, known);
  const made =
    known.get(name) ?? signingKeyFromSeed(deps.vault.open(library.id, 'library_key', active.sealedSeed));
  known.set(name, made);
  return made;
}

/**
 * Checks signatures with the keys of this one library, so that who has another library's key signs nothing here. That
 * the code names this library is the caller's question.
 */
export function verifierOf(library: LibraryContext): CodeVerifier {
  const known = verifiers.get(library.keys);
  if (known) return known;
  const made = { library: libraryVerifier(library.keys), phone: verifyByPhone };
  verifiers.set(library.keys, made);
  return made;
}

/** Gives a key to every library that has none: those of before libraries had keys keep the old one beside it. */
export async function ensureLibraryKeys(db: Db, deps: Deps): Promise<void> {
  const at = deps.now();
  for (const { id } of await listLibraries(db)) {
    await inLibrary(db, id, async (tx) => {
      if (await tx.selectFrom('library_key').select('key_id').limit(1).executeTakeFirst()) return;
      await addFormerKey(tx, deps.vault, id, at);
      await addActiveKey(tx, deps.vault, { libraryId: id, seed: deps.randomBytes(32), at, by: null });
    });
  }
}

export type KeyChange =
  | { readonly ok: true; readonly keyId: string }
  | {
      readonly ok: false;
      readonly reason: 'not-allowed' | 'changed-meanwhile' | 'not-found' | 'already-revoked';
    };

/**
 * From now on the library signs with a new key. What the old one signed stays valid: it is kept for verifying, without
 * its private half.
 * @param replaces id of the active key as the officer saw it, in hex: pressed twice it is replaced once
 */
export function rotateKey(db: Db, deps: Deps, scope: Scope, replaces: string): Promise<KeyChange> {
  const { library, at } = scope;
  if (!mayChange(scope)) return Promise.resolve({ ok: false, reason: 'not-allowed' });
  const change = inLibrary<KeyChange>(db, library.id, async (tx) => {
    const retired = await tx
      .updateTable('library_key')
      .set({ state: 'retired', sealed_seed: null, retired_at: at, retired_by: officerOf(scope) })
      .where('key_id', '=', Buffer.from(replaces, 'hex'))
      .where('state', '=', 'active')
      .returning('key_id')
      .executeTakeFirst();
    if (!retired) return { ok: false, reason: 'changed-meanwhile' };
    const keyId = await addNewKey(tx, deps, scope);
    await writeAudit(tx, deps, scope, { action: 'key.rotate', subjectKind: 'key', subjectId: keyId });
    return { ok: true, keyId };
  });
  return tellGates(deps, scope, change);
}

/**
 * A key may be known to others: everything it signed is refused from now on, printed cards too, which have to be
 * printed again. Where it was the active one, a new one takes its place.
 * @param keyId in hex
 */
export function revokeKey(db: Db, deps: Deps, scope: Scope, keyId: string): Promise<KeyChange> {
  const { library, at } = scope;
  if (!mayChange(scope)) return Promise.resolve({ ok: false, reason: 'not-allowed' });
  const change = inLibrary<KeyChange>(db, library.id, async (tx) => {
    const key = await tx
      .selectFrom('library_key')
      .select(['key_id', 'state', 'retired_at', 'retired_by'])
      .where('key_id', '=', Buffer.from(keyId, 'hex'))
      .forUpdate()
      .executeTakeFirst();
    if (!key) return { ok: false, reason: 'not-found' };
    if (key.state === 'revoked') return { ok: false, reason: 'already-revoked' };
    const by = officerOf(scope);
    await tx
      .updateTable('library_key')
      .set({
        state: 'revoked',
        sealed_seed: null,
        revoked_at: at,
        revoked_by: by,
        ...(key.state === 'active' ? { retired_at: at, retired_by: by } : {}),
      })
      .where('key_id', '=', key.key_id)
      .execute();
    if (key.state === 'active') await addNewKey(tx, deps, scope);
    await writeAudit(tx, deps, scope, { action: 'key.revoke', subjectKind: 'key', subjectId: keyId });
    return { ok: true, keyId };
  });
  return tellGates(deps, scope, change);
}

/** Gates keep the keys: what changed is fetched at once, not with their next look. */
async function tellGates(deps: Deps, { library }: Scope, changing: Promise<KeyChange>): Promise<KeyChange> {
  const change = await changing;
  if (change.ok) deps.wake({ libraryId: library.id, topic: 'card', subjectId: null });
  return change;
}

async function addNewKey(tx: Parameters<typeof addActiveKey>[0], deps: Deps, scope: Scope): Promise<string> {
  const { library, at } = scope;
  const seed = deps.randomBytes(32);
  const added = await addActiveKey(tx, deps.vault, { libraryId: library.id, seed, at, by: officerOf(scope) });
  // Four bytes of a hash: two keys of one library with the same ones are not to be expected in any lifetime.
  if (!added) throw new Error('the new key has the id of another');
  return hexOf(added);
}

/** An admin, or whoever has the server. */
function mayChange({ actor }: Scope): boolean {
  return actor.kind === 'system' || (actor.kind === 'officer' && may(actor.roles, 'setting.change'));
}

function officerOf({ actor }: Scope): OfficerId | null {
  return actor.kind === 'officer' ? actor.id : null;
}
