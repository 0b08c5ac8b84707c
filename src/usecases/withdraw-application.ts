import type { Db } from '../db/connection.ts';
import type { ApplicationId } from '../domain/ids.ts';
import { type CaseRefusal, changeCase } from './change-case.ts';
import type { Deps, Scope } from './context.ts';

/**
 * Ends a case at the applicant's wish, from the status page or said at the desk. Where an officer holds it the case
 * is let go: the officer's screen hears of it at once.
 */
export function withdrawApplication(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: { readonly applicationId: ApplicationId; readonly expectedVersion?: number | undefined },
): Promise<{ readonly ok: true; readonly version: number } | CaseRefusal> {
  return changeCase<object, CaseRefusal>(
    db,
    deps,
    scope,
    { applicationId: input.applicationId, action: 'withdraw', expectedVersion: input.expectedVersion },
    async () => ({
      ok: true,
      change: {
        toState: 'cancelled',
        patch: { closed_at: scope.at, held_by: null, held_at: null, decision_reason: 'withdrawn' },
        events: [{ kind: 'state', reason: 'withdrawn' }],
      },
      result: {},
    }),
  );
}
