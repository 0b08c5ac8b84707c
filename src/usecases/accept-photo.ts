import type { Db } from '../db/connection.ts';
import type { ApplicationId } from '../domain/ids.ts';
import { type CaseRefusal, changeCase } from './change-case.ts';
import type { Deps, Scope } from './context.ts';

/**
 * The officer looked at the photo that came from home and at the person who stands there: it is the photo of the
 * card. One act, recorded at the counter.
 */
export function acceptPhoto(
  db: Db,
  deps: Deps,
  scope: Scope,
  input: { readonly applicationId: ApplicationId; readonly expectedVersion?: number | undefined },
): Promise<
  | { readonly ok: true; readonly version: number }
  | CaseRefusal
  | { readonly ok: false; readonly reason: 'no-photo' }
> {
  return changeCase<object, CaseRefusal | { readonly ok: false; readonly reason: 'no-photo' }>(
    db,
    deps,
    scope,
    { ...input, action: 'set_photo' },
    async (_tx, { row }) =>
      row.photo_id === null
        ? { ok: false, reason: 'no-photo' }
        : { ok: true, change: { events: [{ kind: 'act', act: 'photo', reason: 'accepted' }] }, result: {} },
  );
}
