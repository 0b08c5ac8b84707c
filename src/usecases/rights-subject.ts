import type { Tx } from '../db/connection.ts';
import { findStanding } from '../db/member-family.ts';
import type { ApplicationId, MemberId } from '../domain/ids.ts';
import type { Deps, Scope } from './context.ts';

/** Who asks about their data: a membership, or a case that is none yet. */
export interface RightsSubject {
  /** Who stands for the membership today. */
  readonly memberId: MemberId | null;
  /** The case of the page, or the one the membership came from. */
  readonly applicationId: ApplicationId | null;
  /** Only what was asked and answered is left. */
  readonly erased: boolean;
}

/** Which secret address leads to the page: the KTA's or that of the case. */
export const RIGHTS_WAYS = ['kta', 'permohonan'] as const;
export type RightsWay = (typeof RIGHTS_WAYS)[number];

/**
 * The person behind a secret address; undefined for any other secret. A KTA that was taken back (a phone was lost)
 * opens nothing, but for those whose data are gone: there it shows the answer, and there is nothing else to show.
 */
export async function subjectByToken(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  way: RightsWay,
  token: string,
): Promise<RightsSubject | undefined> {
  const hash = deps.vault.hash(scope.library.id, 'token', token);
  if (way === 'permohonan') {
    const row = await tx
      .selectFrom('application')
      .select(['id', 'member_id', 'name'])
      .where('token_hash', '=', hash)
      .executeTakeFirst();
    if (!row) return undefined;
    // Found to be a member already: the membership's data are for the KTA's address alone, which the member has.
    const own = row.member_id === null ? undefined : (await membershipsOf(tx, [row.id])).get(row.id);
    if (own === undefined) return { memberId: null, applicationId: row.id, erased: row.name === '' };
    return { memberId: own, applicationId: row.id, erased: row.name === '' };
  }
  const card = await tx
    .selectFrom('card')
    .innerJoin('member', (join) =>
      join.onRef('member.library_id', '=', 'card.library_id').onRef('member.id', '=', 'card.member_id'),
    )
    .select(['member.id', 'member.name', 'member.application_id', 'card.revoked_at', 'card.revoked_reason'])
    .where('card.token_hash', '=', hash)
    .executeTakeFirst();
  if (!card) return undefined;
  const erased = card.name === '';
  if (card.revoked_at !== null && !(erased && card.revoked_reason === 'erased')) return undefined;
  const memberId = (await findStanding(tx, card.id)) ?? card.id;
  return { memberId, applicationId: card.application_id, erased };
}

/** The memberships that these very cases made, or who stands for them. */
export async function membershipsOf(
  tx: Tx,
  ids: readonly ApplicationId[],
): Promise<ReadonlyMap<ApplicationId, MemberId>> {
  if (ids.length === 0) return new Map();
  const rows = await tx
    .selectFrom('member')
    .select(['id', 'merged_into', 'application_id'])
    .where('application_id', 'in', ids)
    .execute();
  return new Map(
    rows.flatMap((row) =>
      row.application_id === null ? [] : [[row.application_id, row.merged_into ?? row.id] as const],
    ),
  );
}

/** A member whom an officer has before them. */
export async function subjectOfMember(tx: Tx, id: MemberId): Promise<RightsSubject | undefined> {
  const row = await tx
    .selectFrom('member')
    .select(['id', 'merged_into', 'application_id', 'name'])
    .where('id', '=', id)
    .executeTakeFirst();
  return (
    row && { memberId: row.merged_into ?? row.id, applicationId: row.application_id, erased: row.name === '' }
  );
}
