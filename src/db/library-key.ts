import type { LibraryId, OfficerId } from '../domain/ids.ts';
import type { Tx } from './connection.ts';
import { keyIdOf, signingKeyFromSeed, type VerifyingKey } from './signing-key.ts';
import type { Vault } from './vault.ts';

/** A key of a library: public, but for the sealed seed of the active one. */
export interface LibraryKey extends VerifyingKey {
  readonly keyId: Uint8Array;
  readonly origin: 'library' | 'installation';
  readonly sealedSeed: Buffer | null;
  readonly madeAt: Date;
  readonly retiredAt: Date | null;
  readonly revokedAt: Date | null;
}

/** All keys of the library of this transaction, the newest first. */
export async function listLibraryKeys(tx: Tx): Promise<readonly LibraryKey[]> {
  const rows = await tx
    .selectFrom('library_key')
    .selectAll()
    .orderBy('retired_at', (order) => order.desc().nullsFirst())
    .orderBy('made_at', 'desc')
    .execute();
  return rows.map((row) => ({
    keyId: new Uint8Array(row.key_id),
    publicKey: new Uint8Array(row.public_key),
    state: row.state,
    origin: row.origin,
    sealedSeed: row.sealed_seed,
    madeAt: row.made_at,
    retiredAt: row.retired_at,
    revokedAt: row.revoked_at,
  }));
}

/**
 * Adds the key that the library signs with from now on; the caller has retired the one before.
 * @param seed 32 random bytes
 * @returns its id; undefined where another process was faster
 */
export async function addActiveKey(
  tx: Tx,
  vault: Vault,
  input: {
    readonly libraryId: LibraryId;
    readonly seed: Uint8Array;
    readonly at: Date;
    readonly by: OfficerId | null;
  },
): Promise<Uint8Array | undefined> {
  const { libraryId, seed, at, by } = input;
  const { keyId, publicKey } = signingKeyFromSeed(seed);
  const added = await tx
    .insertInto('library_key')
    .values({
      library_id: libraryId,
      key_id: Buffer.from(keyId),
      public_key: Buffer.from(publicKey),
      state: 'active',
      sealed_seed: vault.seal(libraryId, 'library_key', seed),
      origin: 'library',
      made_at: at,
      made_by: by,
      retired_at: null,
      retired_by: null,
      revoked_at: null,
      revoked_by: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('key_id')
    .executeTakeFirst();
  return added && keyId;
}

/** Keeps accepting what the one key of the installation signed, before the library had its own. */
export async function addFormerKey(tx: Tx, vault: Vault, libraryId: LibraryId, at: Date): Promise<void> {
  const { publicKey } = signingKeyFromSeed(vault.formerSigningSeed());
  await tx
    .insertInto('library_key')
    .values({
      library_id: libraryId,
      key_id: Buffer.from(keyIdOf(publicKey)),
      public_key: Buffer.from(publicKey),
      state: 'retired',
      sealed_seed: null,
      origin: 'installation',
      made_at: at,
      made_by: null,
      retired_at: at,
      retired_by: null,
      revoked_at: null,
      revoked_by: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
