import type { Db } from '../db/connection.ts';
import type { MemberId } from '../domain/ids.ts';
import type { PlainDate } from '../domain/plain-date.ts';
import { changeMember, type MemberRefusal } from './change-member.ts';
import type { Deps, Scope } from './context.ts';
import { effectiveTime } from './effective-time.ts';

/**
 * Bebas pustaka: nothing is owed any more. It waits for the lending system's word, which this product does not hold:
 * the officer says that it was asked and answered "no loans, no fines".
 */
export function clearMember(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: {
    readonly memberId: MemberId;
    /** The lending system says that nothing is owed. */
    readonly lendingConfirmed: boolean;
    readonly effectiveOn: PlainDate | null;
    readonly expectedVersion?: number | undefined;
  },
): Promise<
  | { readonly ok: true; readonly version: number }
  | MemberRefusal
  | { readonly ok: false; readonly reason: 'lending-not-confirmed' | 'effective-date' }
> {
  type Refusal = { readonly ok: false; readonly reason: 'lending-not-confirmed' | 'effective-date' };
  const { memberId, expectedVersion } = input;
  return changeMember<object, Refusal>(
    db,
    deps,
    scope,
    { memberId, expectedVersion, action: 'clear' },
    async (_tx, row) => {
      if (!input.lendingConfirmed) return { ok: false, reason: 'lending-not-confirmed' };
      const effectiveAt = effectiveTime(scope, row, input.effectiveOn);
      if (!effectiveAt) return { ok: false, reason: 'effective-date' };
      return {
        ok: true,
        change: { event: { kind: 'cleared', reason: 'lending_confirmed', effectiveAt } },
        result: {},
      };
    },
  );
}
