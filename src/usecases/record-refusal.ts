import type { Db } from '../db/connection.ts';
import { inLibrary } from '../db/tenancy.ts';
import { writeAudit } from './audit.ts';
import type { Deps, Scope } from './context.ts';

/**
 * An officer tried an address that their roles do not open.
 * @param route its pattern, never the address itself
 */
export async function recordRefusal(db: Db, deps: Deps, scope: Scope, route: string): Promise<void> {
  const { actor } = scope;
  if (actor.kind !== 'officer') return;
  await inLibrary(db, scope.library.id, (tx) =>
    writeAudit(tx, deps, scope, {
      action: 'access.refuse',
      subjectKind: 'officer',
      subjectId: actor.id,
      purpose: route,
    }),
  );
}
