import type { Db, Tx } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import type { Education, Occupation, Sex } from '../domain/applicant.ts';
import { cleanText } from '../domain/clean-text.ts';
import { coverIdentityNumbers } from '../domain/identity-in-text.ts';
import type { DeviceId, VisitId } from '../domain/ids.ts';
import type { Scope } from './context.ts';

/** How long the device that wrote a visit may still add to it. */
export const FRESH_VISIT_MS = 15 * 60_000;
const LONGEST = 120;

export interface VisitDetails {
  readonly name: string;
  readonly sex: Sex | null;
  readonly education: Education | null;
  readonly occupation: Occupation | null;
}

/**
 * What a visitor who is no member may add after the visit was written, all of it optional. Only the device that wrote
 * the visit may, within minutes, and only where nothing stands yet: going back at the kiosk changes nobody else's entry.
 * @returns false where there is nothing that may be described
 */
export async function describeVisit(
  db: Db,
  scope: Scope,
  visitId: VisitId,
  details: VisitDetails,
): Promise<boolean> {
  const name = cleanText(coverIdentityNumbers(details.name), LONGEST);
  const changed = await inLibrary(db, scope.library.id, (tx) =>
    freshVisits(tx, scope, visitId)
      .set({
        name: name.ok && name.text !== '' ? name.text : null,
        sex: details.sex,
        education: details.education,
        occupation: details.occupation,
      })
      .where('name', 'is', null)
      .where('sex', 'is', null)
      .where('education', 'is', null)
      .where('occupation', 'is', null)
      .executeTakeFirst(),
  );
  return changed.numUpdatedRows === 1n;
}

function freshVisits(tx: Tx, scope: Scope, visitId: VisitId) {
  return tx
    .updateTable('visit')
    .where('id', '=', visitId)
    .where('kind', '=', 'non_member')
    .where('device_id', '=', deviceOf(scope))
    .where('at', '>', new Date(scope.at.getTime() - FRESH_VISIT_MS))
    .where('voided_at', 'is', null);
}

/** The device that acts. */
export function deviceOf(scope: Scope): DeviceId {
  if (scope.actor.kind !== 'device') throw new Error('only a device goes on with a visit it wrote');
  return scope.actor.id as DeviceId;
}
