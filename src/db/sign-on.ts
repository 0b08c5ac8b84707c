import { type Selectable, sql } from 'kysely';
import type { LibraryId, OfficerId } from '../domain/ids.ts';
import type { ProviderRules } from '../domain/sign-on.ts';
import type { Db, Tx } from './connection.ts';
import type { Database } from './schema.ts';

export type ProviderRow = Selectable<Database['sign_on_provider']>;
export type IdentityRow = Selectable<Database['officer_identity']>;

/** The library's provider, switched on or off. */
export function findProvider(tx: Tx): Promise<ProviderRow | undefined> {
  return tx.selectFrom('sign_on_provider').selectAll().executeTakeFirst();
}

export function rulesOf(row: ProviderRow): ProviderRules {
  return {
    name: row.name,
    issuer: row.issuer,
    clientId: row.client_id,
    scopes: row.scopes,
    claim: row.claim,
    emailDomain: row.email_domain,
    secondFactor: row.second_factor,
    required: row.required,
    privateAddress: row.private_address,
    active: row.active,
  };
}

/** Libraries whose staff may come in through a provider: what the door offers before a library was named. */
export async function librariesWithSignOn(db: Db): Promise<readonly LibraryId[]> {
  const { rows } = await sql<{
    library_id: LibraryId;
  }>`select library_id from libraries_with_sign_on()`.execute(db);
  return rows.map((row) => row.library_id);
}

export function findIdentity(tx: Tx, officerId: OfficerId): Promise<IdentityRow | undefined> {
  return tx.selectFrom('officer_identity').selectAll().where('officer_id', '=', officerId).executeTakeFirst();
}

/**
 * Whether the own password and passkeys of this officer open nothing: linked, and the library asks for the provider.
 * Never an admin: somebody must be able to open the other doors again when the provider is down. By the officer's own
 * roles: who stands in for an admin for some days has the door they always have.
 * @returns the provider's name, or undefined
 */
export async function providerOnly(tx: Tx, officerId: OfficerId): Promise<string | undefined> {
  const row = await tx
    .selectFrom('sign_on_provider')
    .innerJoin('officer_identity', (join) =>
      join
        .onRef('officer_identity.library_id', '=', 'sign_on_provider.library_id')
        .onRef('officer_identity.issuer', '=', 'sign_on_provider.issuer'),
    )
    .innerJoin('officer', (join) =>
      join
        .onRef('officer.library_id', '=', 'officer_identity.library_id')
        .onRef('officer.id', '=', 'officer_identity.officer_id'),
    )
    .select('sign_on_provider.name')
    .where('officer_identity.officer_id', '=', officerId)
    .where(sql<boolean>`not 'admin' = any(officer.roles)`)
    .where('officer_identity.subject_hash', 'is not', null)
    .where('sign_on_provider.active', '=', true)
    .where('sign_on_provider.required', '=', true)
    .executeTakeFirst();
  return row?.name;
}
