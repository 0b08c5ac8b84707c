import type { Db } from '../db/connection.ts';
import { changeFromDay, type FromDay, type FromDayOutcome } from './change-from-day.ts';
import type { Deps, Scope } from './context.ts';

/**
 * Suspends a membership: the card is refused until it is resumed; its end of validity goes on counting.
 * @param input.reason a code of the library's `suspensionReasons`
 */
export function suspendMember(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: FromDay & { readonly reason: string },
): Promise<FromDayOutcome<'unknown-reason'>> {
  const { reason } = input;
  const known = scope.library.settings.suspensionReasons.some((one) => one.code === reason);
  return changeFromDay<'unknown-reason'>(db, deps, scope, 'suspend', input, () =>
    known ? { kind: 'suspended', reason } : 'unknown-reason',
  );
}

/**
 * Makes a membership active again: after a suspension, after bebas pustaka, or when an end was a mistake or the
 * person comes back. An end that stopped the messages leaves them stopped: only the member may consent again.
 */
export function resumeMember(db: Db, deps: Deps, scope: Scope, input: FromDay): Promise<FromDayOutcome> {
  // Figures tell a return of somebody who had left from the end of a suspension.
  return changeFromDay<never>(db, deps, scope, 'resume', input, (row) => ({
    kind: row.state === 'ended' ? 'reactivated' : 'resumed',
  }));
}
