import type { Db } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { OfficerId, ServicePointId } from '../domain/ids.ts';
import type { Role } from '../domain/permissions.ts';
import type { PlainDate } from '../domain/plain-date.ts';
import type { Scope } from './context.ts';
import { officerVersion } from './manage-officer.ts';

export interface ListedOfficer {
  readonly id: OfficerId;
  readonly username: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly servicePointId: ServicePointId | null;
  readonly active: boolean;
  readonly mustChangePassword: boolean;
  readonly secondFactor: boolean;
  /** How the account stands to the identity provider. */
  readonly signOn: 'none' | 'expected' | 'linked';
  readonly lastSeenAt: Date | null;
  readonly version: string;
  readonly delegations: readonly Delegation[];
}

export interface Delegation {
  readonly id: string;
  readonly role: Role;
  readonly kind: 'plh' | 'plt';
  readonly from: PlainDate;
  readonly until: PlainDate;
}

/** All accounts of the library, those in use first, with the offices they act in. */
export function listOfficers(db: Db, scope: Scope): Promise<readonly ListedOfficer[]> {
  return inLibrary(db, scope.library.id, async (tx) => {
    const officers = await tx
      .selectFrom('officer')
      .selectAll()
      .orderBy('active', 'desc')
      .orderBy('name')
      .execute();
    const delegations = await tx.selectFrom('delegation').selectAll().orderBy('from_day', 'desc').execute();
    const seen = await tx
      .selectFrom('session')
      .select(['officer_id', (select) => select.fn.max('last_seen_at').as('at')])
      .groupBy('officer_id')
      .execute();
    const passkeys = await tx.selectFrom('passkey').select('officer_id').distinct().execute();
    const identities = await tx.selectFrom('officer_identity').select(['officer_id', 'linked_at']).execute();
    const signOn = new Map(
      identities.map((row) => [row.officer_id, row.linked_at === null ? 'expected' : 'linked'] as const),
    );
    const withPasskey = new Set(passkeys.map((row) => row.officer_id));
    const lastSeen = new Map(seen.map((row) => [row.officer_id, row.at]));
    return officers.map((row) => ({
      id: row.id,
      username: row.username,
      name: row.name,
      roles: row.roles,
      servicePointId: row.service_point_id,
      active: row.active,
      mustChangePassword: row.must_change_password,
      secondFactor: row.totp_secret !== null || withPasskey.has(row.id),
      signOn: signOn.get(row.id) ?? 'none',
      lastSeenAt: lastSeen.get(row.id) ?? null,
      version: officerVersion(row),
      delegations: delegations
        .filter((one) => one.officer_id === row.id)
        .map((one) => ({
          id: one.id,
          role: one.role,
          kind: one.kind,
          from: one.from_day,
          until: one.until_day,
        })),
    }));
  });
}
