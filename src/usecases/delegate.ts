import type { Db } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { OfficerId } from '../domain/ids.ts';
import { may, type Role } from '../domain/permissions.ts';
import { addDays, type PlainDate } from '../domain/plain-date.ts';
import { writeAudit } from './audit.ts';
import { type Deps, newId, type Scope, todayOf } from './context.ts';

/** Offices that somebody can act in. Accounts are no office: an admin is appointed, not stood in for. */
export const DELEGABLE = [
  'sub_koordinator',
  'kepala_bidang',
  'kepala_skpd',
] as const satisfies readonly Role[];

/** Longer than any order that appoints a Plt.; it is renewed by a new one. */
const LONGEST_DAYS = 366;

export type DelegationRefusal = {
  readonly ok: false;
  readonly reason: 'not-allowed' | 'not-found' | 'own-account';
};

/**
 * Lets an officer act in an office (Plh. for some days, Plt. until somebody is appointed), both days included. The
 * role ends by itself. Nobody appoints themselves: an admin would come by the rights of the office alone.
 */
export function delegate(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: {
    readonly officerId: OfficerId;
    readonly role: string;
    readonly kind: string;
    readonly from: PlainDate;
    readonly until: PlainDate;
  },
): Promise<
  | { readonly ok: true; readonly id: string }
  | DelegationRefusal
  | { readonly ok: false; readonly reason: 'unknown-role' | 'dates' }
> {
  const { actor, library, at } = scope;
  return inLibrary(db, library.id, async (tx) => {
    if (actor.kind !== 'officer' || !may(actor.roles, 'officer.manage'))
      return { ok: false, reason: 'not-allowed' };
    if (input.officerId === actor.id) return { ok: false, reason: 'own-account' };
    const role = DELEGABLE.find((one) => one === input.role);
    const kind = (['plh', 'plt'] as const).find((one) => one === input.kind);
    if (!role || !kind) return { ok: false, reason: 'unknown-role' };
    const { from, until, officerId } = input;
    if (from > until || until < todayOf(scope) || until > addDays(from, LONGEST_DAYS))
      return { ok: false, reason: 'dates' };
    const officer = await tx
      .selectFrom('officer')
      .select('id')
      .where('id', '=', officerId)
      .where('active', '=', true)
      .executeTakeFirst();
    if (!officer) return { ok: false, reason: 'not-found' };
    const id = newId<string>(deps, at);
    await tx
      .insertInto('delegation')
      .values({
        library_id: library.id,
        id,
        officer_id: officerId,
        role,
        kind,
        from_day: from,
        until_day: until,
        created_by: actor.id,
        created_at: at,
      })
      .execute();
    await writeAudit(tx, deps, scope, {
      action: 'officer.delegate',
      subjectKind: 'officer',
      subjectId: officerId,
      fields: [role, kind],
    });
    return { ok: true, id };
  });
}

/** Ends somebody else's delegation with yesterday; what was done under it stays valid. */
export function endDelegation(
  db: Db,
  deps: Deps,
  scope: Scope,
  id: string,
): Promise<{ readonly ok: true } | DelegationRefusal> {
  const { actor, library } = scope;
  return inLibrary(db, library.id, async (tx) => {
    if (actor.kind !== 'officer' || !may(actor.roles, 'officer.manage'))
      return { ok: false, reason: 'not-allowed' };
    const standing = await tx
      .selectFrom('delegation')
      .select('officer_id')
      .where('id', '=', id)
      .executeTakeFirst();
    if (standing?.officer_id === actor.id) return { ok: false, reason: 'own-account' };
    const yesterday = addDays(todayOf(scope), -1);
    const row = await tx
      .updateTable('delegation')
      .set({ until_day: yesterday })
      .where('id', '=', id)
      .where('until_day', '>', yesterday)
      .returning(['officer_id', 'role'])
      .executeTakeFirst();
    // Ended before, it stays so.
    if (!row) return standing ? { ok: true } : { ok: false, reason: 'not-found' };
    await writeAudit(tx, deps, scope, {
      action: 'officer.end_delegation',
      subjectKind: 'officer',
      subjectId: row.officer_id,
      fields: [row.role],
    });
    return { ok: true };
  });
}
