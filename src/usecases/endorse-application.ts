import type { Db } from '../db/connection.ts';
import type { ApplicationId } from '../domain/ids.ts';
import { type CaseRefusal, changeCase } from './change-case.ts';
import type { Deps, Scope } from './context.ts';

/** The approval by another role before the card, where the procedure asks for one; its holder sees masked data. */
export function endorseApplication(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: {
    readonly applicationId: ApplicationId;
    /** When the page was opened for it. */
    readonly startedAt?: Date | null;
    readonly expectedVersion?: number | undefined;
  },
): Promise<{ readonly ok: true; readonly version: number } | CaseRefusal> {
  const { startedAt = null, ...target } = input;
  return changeCase<object, CaseRefusal>(db, deps, scope, { ...target, action: 'endorse' }, async () => ({
    ok: true,
    change: { events: [{ kind: 'act', act: 'endorse', startedAt }] },
    result: {},
  }));
}
