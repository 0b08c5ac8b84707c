import type { Db } from '../db/connection.ts';
import type { MemberId } from '../domain/ids.ts';
import type { PlainDate } from '../domain/plain-date.ts';
import { changeMember, type MemberRefusal } from './change-member.ts';
import type { Deps, Scope } from './context.ts';
import { effectiveTime } from './effective-time.ts';

type Outcome<Reason extends string> =
  | { readonly ok: true; readonly version: number }
  | MemberRefusal
  | { readonly ok: false; readonly reason: Reason };

/**
 * Suspends a membership: the card is refused until it is resumed; its end of validity goes on counting.
 * @param input.reason a code of the library's `suspensionReasons`
 * @param input.effectiveOn the day it took effect; null is today
 */
export function suspendMember(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: {
    readonly memberId: MemberId;
    readonly reason: string;
    readonly effectiveOn: PlainDate | null;
    readonly expectedVersion?: number | undefined;
  },
): Promise<Outcome<'unknown-reason' | 'effective-date'>> {
  type Refusal = { readonly ok: false; readonly reason: 'unknown-reason' | 'effective-date' };
  const { memberId, expectedVersion, reason } = input;
  return changeMember<object, Refusal>(
    db,
    deps,
    scope,
    { memberId, expectedVersion, action: 'suspend' },
    async (_tx, row) => {
      if (!scope.library.settings.suspensionReasons.some((one) => one.code === reason))
        return { ok: false, reason: 'unknown-reason' };
      const effectiveAt = effectiveTime(scope, row, input.effectiveOn);
      if (!effectiveAt) return { ok: false, reason: 'effective-date' };
      return { ok: true, change: { event: { kind: 'suspended', reason, effectiveAt } }, result: {} };
    },
  );
}

/**
 * Makes a membership active again: after a suspension, after bebas pustaka, or when an end was a mistake or the
 * person comes back. An end that stopped the messages leaves them stopped: only the member may consent again.
 */
export function resumeMember(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: {
    readonly memberId: MemberId;
    readonly effectiveOn: PlainDate | null;
    readonly expectedVersion?: number | undefined;
  },
): Promise<Outcome<'effective-date'>> {
  const { memberId, expectedVersion } = input;
  return changeMember<object, { readonly ok: false; readonly reason: 'effective-date' }>(
    db,
    deps,
    scope,
    { memberId, expectedVersion, action: 'resume' },
    async (_tx, row) => {
      const effectiveAt = effectiveTime(scope, row, input.effectiveOn);
      if (!effectiveAt) return { ok: false, reason: 'effective-date' };
      // Figures tell a return of somebody who had left from the end of a suspension.
      const kind = row.state === 'ended' ? 'reactivated' : 'resumed';
      return { ok: true, change: { event: { kind, effectiveAt } }, result: {} };
    },
  );
}
