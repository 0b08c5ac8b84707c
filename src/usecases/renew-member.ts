import type { Db } from '../db/connection.ts';
import type { MemberId } from '../domain/ids.ts';
import type { PlainDate } from '../domain/plain-date.ts';
import { renewedUntil } from '../domain/validity.ts';
import { changeMember, type MemberRefusal } from './change-member.ts';
import { type Deps, type Scope, todayOf } from './context.ts';
import { outdateCards } from './outdate-cards.ts';

export interface Renewed {
  readonly validUntil: PlainDate | null;
  readonly oldValidUntil: PlainDate | null;
  /** A plastic or paper card out there still shows the old date. */
  readonly reprint: boolean;
}

/**
 * Extends a membership from the later of today and its old end. The number, the card and the KTA address stay; a card
 * that was printed has to be printed again, because its date is old.
 * @returns `for-life` where there is no end to extend, `member-type-gone` where the library no longer has the type
 */
export function renewMember(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: {
    readonly memberId: MemberId;
    readonly expectedVersion?: number | undefined;
    /** Refuses one that still runs: pressed twice, the second press finds it extended. */
    readonly onlyLapsed?: boolean;
  },
): Promise<
  | ({ readonly ok: true; readonly version: number } & Renewed)
  | MemberRefusal
  | { readonly ok: false; readonly reason: 'for-life' | 'member-type-gone' | 'not-lapsed' }
> {
  return changeMember<
    Renewed,
    { readonly ok: false; readonly reason: 'for-life' | 'member-type-gone' | 'not-lapsed' }
  >(
    db,
    deps,
    scope,
    { memberId: input.memberId, expectedVersion: input.expectedVersion, action: 'renew' },
    async (tx, row) => {
      const today = todayOf(scope);
      const type = scope.library.settings.memberTypes.find((one) => one.code === row.member_type);
      if (!type) return { ok: false, reason: 'member-type-gone' };
      if (row.valid_until === null) return { ok: false, reason: 'for-life' };
      const lapsed = row.valid_until < today;
      if (input.onlyLapsed === true && !lapsed) return { ok: false, reason: 'not-lapsed' };
      const validUntil = renewedUntil(row.valid_until, today, type.validity);
      const reprint = await outdateCards(tx, row.id, validUntil);
      return {
        ok: true,
        change: {
          patch: { valid_until: validUntil, ...(lapsed ? { valid_from: today } : {}) },
          event: { kind: 'renewed' },
          fields: ['valid_until'],
        },
        result: { validUntil, oldValidUntil: row.valid_until, reprint },
      };
    },
  );
}
