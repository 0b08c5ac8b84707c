import type { Tx } from '../db/connection.ts';
import { later } from '../db/later.ts';
import type { MemberEventKind, Sex } from '../db/schema.ts';
import type { MemberId } from '../domain/ids.ts';
import { datePartsOf, type PlainDate } from '../domain/plain-date.ts';
import { actorColumns, type Deps, newId, type Scope, servicePointOf } from './context.ts';

/** What the figures of a month count a member by, at the time of the event. */
export interface CountedMember {
  readonly id: MemberId;
  readonly member_type: string;
  readonly sex: Sex | null;
  readonly birth_date: PlainDate | null;
  readonly present_same?: boolean | undefined;
  readonly address_village: string | null;
  readonly present_village: string | null;
}

/**
 * Records a change of a membership with everything the reports count by. The figures are counted from these rows
 * alone, so that a later correction, merge or erasure never changes a closed month.
 */
export async function writeMemberEvent(
  tx: Tx,
  deps: Deps,
  scope: Scope,
  member: CountedMember,
  event: {
    readonly kind: MemberEventKind;
    readonly reason?: string | null;
    readonly oldValidUntil?: PlainDate | null;
    readonly validUntil: PlainDate | null;
    /** When it took effect, where that is not now. */
    readonly effectiveAt?: Date;
  },
): Promise<void> {
  const village = member.present_same === false ? member.present_village : member.address_village;
  await later(
    tx,
    tx.insertInto('member_event').values({
      library_id: scope.library.id,
      id: newId(deps, scope.at),
      member_id: member.id,
      at: scope.at,
      effective_at: event.effectiveAt ?? scope.at,
      kind: event.kind,
      reason: event.reason ?? null,
      old_valid_until: event.oldValidUntil ?? null,
      valid_until: event.validUntil,
      member_type: member.member_type,
      sex: member.sex,
      birth_year: member.birth_date === null ? null : datePartsOf(member.birth_date).year,
      // The first three parts of a village's code are its district: 33.74.01.1001 -> 33.74.01.
      district: village === null ? null : village.split('.').slice(0, 3).join('.'),
      ...actorColumns(scope.actor),
      service_point_id: servicePointOf(scope),
    }),
  );
}
